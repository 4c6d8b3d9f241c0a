"""Every notebook is complete, says what it shows, keeps its budgets, and its figures draw what they claim."""

import base64
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from crmlearn import course

ROOT = Path(__file__).parents[1] / "notebooks"
PAGES = sorted(ROOT.glob("[0-9][0-9]_*.ipynb"))
ALL = sorted([*PAGES, *ROOT.glob("reports/*.ipynb"), *ROOT.glob("summaries/*.ipynb")])


def read(path):
    return nbformat.read(path, as_version=4)


def code(notebook):
    return [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]


def prose(notebook):
    return "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def lines(cell):
    return [row for row in cell.source.splitlines() if row.strip() and not row.strip().startswith("#")]


def figures(notebook):
    for cell in code(notebook):
        for output in cell.outputs:
            html = output.get("data", {}).get("text/html", "")
            if "data:image/png" in html:
                yield cell, html


@pytest.mark.parametrize("path", ALL, ids=lambda p: f"{p.parent.name}/{p.stem}")
class TestEveryNotebook:
    def test_every_cell_was_run_in_order_and_the_page_has_outputs(self, path):
        # A notebook without outputs would pass nbval with nothing compared.
        cells = code(read(path))
        assert [c.execution_count for c in cells] == list(range(1, len(cells) + 1))
        assert any(c.outputs for c in cells)

    def test_it_is_valid_and_carries_no_machine(self, path):
        notebook = read(path)
        nbformat.validate(notebook)
        assert set(notebook.metadata) <= {"kernelspec", "language_info"}
        assert notebook.metadata.kernelspec.name == "python3"
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/(home|root|Users|work)/\w", re.sub(r"base64,[^\"\\]*", "", text))

    def test_errors_and_warnings_are_wanted(self, path):
        for cell in code(read(path)):
            for output in cell.outputs:
                if output.output_type == "error":
                    assert "raises-exception" in cell.metadata.get("tags", []), cell.source
                assert output.get("name") != "stderr", output.get("text")

    def test_figures_have_a_description_and_a_picture(self, path):
        for cell, html in figures(read(path)):
            alt = re.search(r'<img alt="([^"]*)"', html)[1]
            assert len(alt.split()) >= 8, cell.source
            picture = base64.b64decode(re.search(r"base64,([^\"]*)", html)[1])
            width = int.from_bytes(picture[16:20], "big")
            assert picture[:4] == b"\x89PNG" and 300 < width < 1400

    def test_no_picture_goes_without_a_description(self, path):
        for cell in code(read(path)):
            assert not any("image/png" in o.get("data", {}) for o in cell.outputs), cell.source


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
class TestEveryPage:
    def test_budgets(self, path):
        notebook = read(path)
        sizes = sorted(len(lines(c)) for c in code(notebook))
        assert len(prose(notebook).split()) >= 10 * sum(sizes)
        assert sizes[len(sizes) // 2] <= 4 and sizes[-1] <= 15
        assert sum(c.source.count("\ndef ") + c.source.startswith("def ") for c in code(notebook)) <= 3

    def test_title_is_a_question_with_an_answer(self, path):
        first = read(path).cells[0].source.splitlines()
        assert first[0].startswith("# ") and first[0].endswith("?")
        assert "you will be able to" in prose(read(path)).lower()

    def test_every_cell_has_a_slide_type(self, path):
        kinds = {c.metadata.get("slideshow", {}).get("slide_type") for c in read(path).cells}
        assert kinds <= {"slide", "subslide", "fragment", "skip", "notes", "-"}

    def test_estimates_have_at_most_four_digits(self, path):
        for cell in code(read(path)):
            for output in cell.outputs:
                text = str(output.get("text", "")) + output.get("data", {}).get("text/plain", "")
                assert not re.search(r"\d\.\d{5,}", text), text[:200]

    def test_headings_do_not_skip_a_level(self, path):
        levels = [len(m) for m in re.findall(r"^(#+) ", prose(read(path)), re.MULTILINE)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(b <= a + 1 for a, b in pairwise(levels))

    def test_links_between_pages_lead_somewhere(self, path):
        for target in re.findall(r"\]\(([^)#:]+\.ipynb)", prose(read(path))):
            assert (path.parent / target).exists(), target


class TestSyllabus:
    def test_pages_and_ideas_agree(self):
        plan = course.syllabus()
        stems = [p["stem"] for p in plan["notebooks"]]
        assert len(stems) == 16 and [s[:2] for s in stems] == [f"{i:02d}" for i in range(16)]
        assert {p["stem"] for p in plan["notebooks"] if p["status"] == "built"} == {p.stem for p in PAGES}
        ids = [i["id"] for i in plan["ideas"]]
        assert len(ids) == len(set(ids)) == 62
        for idea in plan["ideas"]:
            assert set(idea["notebooks"]) <= set(stems), idea["id"]

    def test_built_ideas_are_covered_by_a_cell(self):
        plan = course.syllabus()
        for idea in (i for i in plan["ideas"] if i["status"] == "built"):
            notebook = read(ROOT / f"{idea['notebooks'][0]}.ipynb")
            covered = {c for cell in notebook.cells for c in cell.metadata.get("covers", [])}
            assert idea["id"] in covered, idea["id"]
            assert idea["section"].lower() in prose(notebook).lower()

    def test_the_map_links_to_what_is_built_only(self):
        html = course.course_map()._repr_html_()
        assert html.count("<a href") == len(PAGES)
        assert 'href="08_clv_types.ipynb"' in html


class TestFiveKindsOfCLV:
    """Claims of notebook 08 that its own cells do not assert."""

    def test_three_rounds_of_traps_are_all_there(self):
        text = prose(read(ROOT / "08_clv_types.ipynb"))
        assert [f"Trap {i}" in text for i in range(1, 9)] == [True] * 8

    def test_each_round_asks_first_and_ends_on_monday(self):
        text = prose(read(ROOT / "08_clv_types.ipynb"))
        rounds = re.split(r"^## Round \d", text, flags=re.MULTILINE)[1:]
        assert len(rounds) == 5
        for part in rounds:
            assert part.index("Guess first") < part.lower().index("by hand") < part.index("On Monday I would")

    def test_the_slider_has_its_static_twin(self):
        cells = code(read(ROOT / "08_clv_types.ipynb"))
        slider = next(i for i, c in enumerate(cells) if "plots.play(" in c.source)
        assert "heatmap" in cells[slider + 1].source
