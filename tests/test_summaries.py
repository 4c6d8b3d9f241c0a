"""A theme on one page: complete, from stored outputs, nothing of outside, nothing overwritten."""

import re

import nbformat
import pytest

from crmlearn import cli, course, reports
from crmlearn.errors import Refusal
from crmlearn.reports.one_page import folder


@pytest.mark.parametrize("stem", reports.summaries())
class TestEverySummary:
    def test_it_has_formulas_a_picture_and_what_is_better(self, stem, tmp_path):
        text = reports.summary(stem, tmp_path / "new").read_text(encoding="utf-8")
        assert "<math" in text and text.count("<img") >= 1 and "Your notes say" in text and "<pre" not in text
        assert "@page { size: A4" in text and not re.search(r"(src|href)=\"(?!#|data:)", text)

    def test_its_theme_is_built_and_leads_to_it(self, stem):
        page = next(p for p in course.syllabus()["notebooks"] if p["stem"] == stem)
        assert page["status"] == "built"
        source = (folder().parent / f"{stem}.ipynb").read_text(encoding="utf-8")
        assert f"(summaries/{stem}.ipynb)" in source
        covered = {
            c for cell in nbformat.read(folder() / f"{stem}.ipynb", 4).cells for c in cell.metadata.get("covers", [])
        }
        assert covered == {i["id"] for i in course.syllabus()["ideas"] if i["notebooks"][0] == stem}


def test_the_command_writes_the_page_once(tmp_path, capsys):
    assert cli.main(["summary", "02", "--out", str(tmp_path)]) == 0
    assert "02_paradigms_summary.html" in capsys.readouterr().out
    assert cli.main(["summary", "02", "--out", str(tmp_path)]) == 2 and "there already" in capsys.readouterr().err


def test_a_theme_without_a_summary_is_refused():
    with pytest.raises(Refusal, match="no summary of 00_start_here"):
        reports.summary("00")
