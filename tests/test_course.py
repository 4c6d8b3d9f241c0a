"""A person's own copy of the course: whatever the person did to it stays."""

import json
import subprocess
import sys
from datetime import datetime

import nbformat
import pytest

from crmlearn import cli, course, home
from crmlearn.course import copies
from crmlearn.errors import Refusal

PAGE = "notebooks/08_clv_types.ipynb"


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A small course that a test may change, as a new version would."""
    root = tmp_path / "package"
    for name in (PAGE, "notebooks/00_start_here.ipynb", "notebooks/reports/base.ipynb", "exercises/08_clv_types.ipynb",
                 "exercises/solutions/08_clv_types.ipynb"):  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"1  # {name}")]), root / name)
    for name in ("datasets/cdnow/orders.csv", "exercises/decks/08_clv_types.yaml", "exercises/checks/08_clv_types.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    monkeypatch.setattr(home, "folder", lambda name: root / name)
    return root


@pytest.fixture
def mine(tmp_path):
    return tmp_path / "my course"


def write(path, source, **metadata):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[0].source = source
    notebook.metadata.update(metadata)
    nbformat.write(notebook, path)


def read(path):
    return nbformat.read(path, as_version=4).cells[0].source


class TestStart:
    def test_a_student_gets_everything_but_the_solutions(self, shelf, mine):
        done = copies.copy(mine)
        there = sorted(p.relative_to(mine).as_posix() for p in mine.rglob("*") if p.is_file())
        assert there == sorted([copies.RECORD, *done.added])
        assert {n.split("/")[0] for n in done.added} == {"notebooks", "exercises", "datasets"}
        assert not [n for n in there if "solutions" in n or "decks" in n or "checks" in n]

    def test_a_lecturer_gets_the_solutions_too_at_once_or_later(self, shelf, mine, tmp_path):
        once = copies.copy(tmp_path / "other", lecturer=True)
        copies.copy(mine)
        write(mine / PAGE, "my own")
        later = copies.copy(mine, lecturer=True)
        assert {n.split("/")[1] for n in later.added} == {"solutions", "decks", "checks"}
        assert set(later.added) < set(once.added) and read(mine / PAGE) == "my own"
        assert copies.copy(mine, lecturer=True).added == ()

    def test_tomorrow_nothing_changes(self, shelf, mine):
        copies.copy(mine)
        write(mine / PAGE, "my own")
        (mine / "datasets/cdnow/orders.csv").unlink()
        assert copies.copy(mine) == copies.Copied(mine)

    def test_a_copy_that_was_interrupted_is_taken_up_again(self, shelf, mine, monkeypatch):
        put, calls = copies._put, []

        def stumble(source, target):
            calls.append(target)
            if len(calls) == 3:
                raise KeyboardInterrupt
            put(source, target)

        monkeypatch.setattr(copies, "_put", stumble)
        with pytest.raises(KeyboardInterrupt):
            copies.copy(mine)
        monkeypatch.setattr(copies, "_put", put)
        assert len(copies.copy(mine).added) == 3 and not list(mine.rglob("*.new"))

    def test_the_usual_folder_is_in_the_home_or_around_us(self, shelf, mine, monkeypatch, tmp_path):
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("USERPROFILE", str(tmp_path))
        monkeypatch.chdir(tmp_path)
        assert copies.usual_folder() == tmp_path / "crmlearn-course"
        copies.copy(mine)
        monkeypatch.chdir(mine / "notebooks")
        assert copies.usual_folder() == mine


class TestUpdate:
    def test_new_pages_come_and_untouched_ones_are_renewed(self, shelf, mine):
        copies.copy(mine)
        write(shelf / PAGE, "a better page")
        (shelf / "notebooks/15_board_report.ipynb").write_bytes((shelf / PAGE).read_bytes())
        assert copies.copy(mine).outdated
        done = copies.copy(mine, update=True)
        assert done.renewed == (PAGE,) and done.added == ("notebooks/15_board_report.ipynb",) and done.kept == ()
        assert read(mine / PAGE) == "a better page" and not copies.copy(mine).outdated

    def test_what_i_changed_stays_and_i_am_told_once(self, shelf, mine):
        copies.copy(mine)
        write(mine / PAGE, "my own")
        write(mine / "exercises/08_clv_types.ipynb", "my answer")  # this one has no new version
        write(shelf / PAGE, "a better page")
        done = copies.copy(mine, update=True)
        assert done.kept == (PAGE,) and done.renewed == () and read(mine / PAGE) == "my own"
        assert read(mine / "exercises/08_clv_types.ipynb") == "my answer"
        assert not copies.copy(mine).outdated

    def test_opening_and_running_a_page_is_no_change(self, shelf, mine):
        copies.copy(mine)
        page = nbformat.read(mine / PAGE, as_version=4)
        page.metadata["widgets"] = {"state": {}}
        page.cells[0].execution_count, page.cells[0].id = 7, "other"
        page.cells[0].outputs = [nbformat.v4.new_output("stream", text="1")]
        (mine / PAGE).write_text(json.dumps(page, indent=4), encoding="utf-8")
        write(shelf / PAGE, "a better page")
        assert copies.copy(mine, update=True).renewed == (PAGE,)

    def test_a_file_of_mine_under_the_name_of_a_new_page_stays(self, shelf, mine):
        copies.copy(mine)
        new = "notebooks/15_board_report.ipynb"
        (mine / new).write_text("no notebook at all")
        (shelf / new).write_bytes((shelf / PAGE).read_bytes())
        assert copies.copy(mine, update=True).kept == (new,) and (mine / new).read_text() == "no notebook at all"

    @pytest.mark.parametrize("record", ["", "{", "[]", '{"files": 3}', '{"files": {}, "offered": [], "lecturer": "x"}'])
    def test_with_a_damaged_record_all_is_mine(self, shelf, mine, record):
        copies.copy(mine)
        write(mine / PAGE, "my own")
        (mine / copies.RECORD).write_text(record)
        done = copies.copy(mine, update=True)
        assert done.kept == (PAGE,) and read(mine / PAGE) == "my own"


class TestReset:
    NOW = datetime(2026, 11, 22, 9, 30, 5)

    def test_a_page_comes_back_and_mine_is_kept_with_its_date(self, shelf, mine):
        copies.copy(mine)
        write(mine / PAGE, "my own")
        done = copies.restore("08", mine, self.NOW)
        page, kept = done.page, done.yours
        assert read(page) == f"1  # {PAGE}" and read(kept) == "my own"
        assert kept.name == "08_clv_types-mine-2026-11-22-093005.ipynb"
        write(page, "again")
        assert copies.restore("08", mine, self.NOW).yours.name == "08_clv_types-mine-2026-11-22-093005-2.ipynb"
        assert read(kept) == "my own"

    def test_outputs_and_tags_of_mine_are_kept_too(self, shelf, mine):
        copies.copy(mine)
        notebook = nbformat.read(mine / PAGE, as_version=4)
        notebook.cells[0].metadata["tags"] = ["for-monday"]
        notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="my result")]
        nbformat.write(notebook, mine / PAGE)
        write(shelf / PAGE, "a better page")
        assert copies.copy(mine, update=True).kept == (PAGE,)  # a tag is set on purpose
        kept = copies.restore("08", mine).yours
        assert nbformat.read(kept, as_version=4).cells[0].outputs[0].text == "my result"

    def test_on_a_full_disk_the_page_stays(self, shelf, mine, monkeypatch):
        copies.copy(mine)
        write(mine / PAGE, "my own")

        def full(source, target):
            target.write_text("half")
            raise OSError(28, "No space left on device", str(target))

        monkeypatch.setattr(copies.shutil, "copyfile", full)
        with pytest.raises(Refusal, match="No space left"):
            copies.restore("08", mine)
        assert read(mine / PAGE) == "my own"
        assert [p.name for p in (mine / "notebooks").glob("*08*")] == ["08_clv_types.ipynb"]
        assert not list(mine.rglob("*.new"))

    def test_a_table_of_the_course_can_be_put_back(self, shelf, mine):
        copies.copy(mine)
        (mine / "datasets/cdnow/orders.csv").write_text("opened and saved by a spreadsheet")
        done = copies.restore("datasets/cdnow/orders.csv", mine)
        assert done.page.read_text() == "datasets/cdnow/orders.csv" and "spreadsheet" in done.yours.read_text()

    def test_an_unchanged_or_deleted_page_leaves_no_copy(self, shelf, mine):
        copies.copy(mine)
        assert copies.restore("08_clv_types.ipynb", mine) == copies.Restored(mine / PAGE, None)
        (mine / PAGE).unlink()
        assert copies.restore(PAGE, mine).yours is None and (mine / PAGE).exists()

    @pytest.mark.parametrize("name", ["exercises/08", "exercises\\08_clv_types", "exercises/08_clv_types.ipynb"])
    def test_the_exercise_has_a_name_of_its_own(self, shelf, mine, name):
        copies.copy(mine)
        assert copies.restore(name, mine).page == mine / "exercises/08_clv_types.ipynb"
        assert copies.restore("reports/base", mine).page == mine / "notebooks/reports/base.ipynb"

    def test_reset_takes_the_new_version(self, shelf, mine):
        copies.copy(mine)
        write(mine / PAGE, "my own")
        write(shelf / PAGE, "a better page")
        done = course.restore("08", mine)
        page, kept = done.page, done.yours
        assert read(page) == "a better page" and read(kept) == "my own" and not copies.copy(mine).outdated


class TestRefusals:
    def test_a_folder_with_other_things(self, shelf, mine):
        mine.mkdir()
        (mine / "thesis.docx").write_text("years of work")
        with pytest.raises(Refusal, match="is not empty"):
            copies.copy(mine)
        assert [p.name for p in mine.iterdir()] == ["thesis.docx"]

    def test_a_copy_that_lost_its_record_is_still_the_course_and_all_mine(self, shelf, mine):
        copies.copy(mine)
        write(mine / PAGE, "my own")
        (mine / copies.RECORD).unlink()
        done = copies.copy(mine)
        assert done.kept == (PAGE,) and done.added == () and read(mine / PAGE) == "my own"

    @pytest.mark.parametrize("folder", ["~nosuchuser/x", "/" + "x" * 300, "/proc/x"])
    def test_folders_that_cannot_be(self, shelf, folder):
        for deed in (lambda: copies.copy(folder), lambda: copies.restore("08", folder)):
            with pytest.raises(Refusal):
                deed()

    def test_a_page_that_nests_without_end_is_the_persons_own(self, shelf, mine):
        copies.copy(mine)
        (mine / PAGE).write_text("[" * 100_000)
        write(shelf / PAGE, "a better page")
        assert copies.copy(mine, update=True).kept == (PAGE,)

    def test_a_file_in_the_place_of_the_folder(self, shelf, mine):
        mine.write_text("a file")
        with pytest.raises(Refusal, match="is a file"):
            copies.copy(mine)

    def test_a_file_in_the_place_of_a_folder_of_the_course(self, shelf, mine):
        copies.copy(mine)
        for path in sorted((mine / "exercises").rglob("*"), reverse=True):
            path.unlink()
        (mine / "exercises").rmdir()
        (mine / "exercises").write_text("mine")
        with pytest.raises(Refusal, match="cannot be written"):
            copies.copy(mine, update=True)
        assert (mine / "exercises").read_text() == "mine"

    def test_reset_without_a_copy_or_of_an_unknown_page(self, shelf, mine):
        with pytest.raises(Refusal, match="no copy of the course"):
            copies.restore("08", mine)
        copies.copy(mine)
        assert copies.restore("8", mine).page == mine / PAGE
        for unknown in ("88", "", "solutions/08", "exercises/solutions/08"):
            with pytest.raises(Refusal, match="has no page"):
                copies.restore(unknown, mine)
        with pytest.raises(Refusal, match="crmlearn reset 08_clv_types"):
            copies.restore("08_clv_type", mine)


class TestCommandLine:
    def test_start_and_reset_say_what_they_did(self, mine, capsys):
        assert cli.main(["start", str(mine), "--no-lab"]) == 0
        assert f"Your course is in {mine}" in capsys.readouterr().out
        write(mine / PAGE, "my own")
        assert cli.main(["reset", "08", "--dir", str(mine)]) == 0
        assert "is kept as 08_clv_types-mine-" in capsys.readouterr().out
        assert cli.main(["reset", "77", "--dir", str(mine)]) == 2
        assert "has no page '77'" in capsys.readouterr().err

    def test_kept_pages_are_named_with_the_way_to_the_new_one(self, shelf, mine, capsys):
        cli.main(["start", str(mine), "--no-lab"])
        write(mine / PAGE, "my own")
        write(shelf / PAGE, "a better page")
        assert cli.main(["start", str(mine), "--no-lab"]) == 0
        assert f'crmlearn start "{mine}" --update' in capsys.readouterr().out
        assert cli.main(["start", str(mine), "--update", "--no-lab"]) == 0
        assert "was changed by you and stays; the new one: crmlearn reset 08_clv_types --dir" in capsys.readouterr().out

    def test_lab_opens_in_the_folder_on_the_first_page(self, shelf, mine, monkeypatch):
        started = []

        class Lab:
            def __init__(self, command):
                started.append(command)
                self.waits = 0

            def wait(self):
                self.waits += 1
                if self.waits == 1:
                    raise KeyboardInterrupt  # JupyterLab asks for itself
                return 0

        monkeypatch.setattr(subprocess, "Popen", Lab)
        assert cli.main(["start", str(mine), "--no-browser"]) == 0
        (command,) = started
        assert command[:3] == [sys.executable, "-m", "jupyterlab"] and f"--ServerApp.root_dir={mine}" in command
        assert "--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb" in command and "--no-browser" in command


@pytest.mark.parametrize("short", ["08", 8, "8", "08_clv_types"])
def test_a_page_has_short_names(short):
    assert course.stem(short) == "08_clv_types"


@pytest.mark.parametrize("odd", [99, True, "", None, "08_clv_typ"])
def test_other_names_are_refused(odd):
    with pytest.raises(Refusal, match="has no page"):
        course.stem(odd)
