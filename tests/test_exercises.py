"""Every exercise: made from its solution, which passes; mistakes are told apart, and no answer shows too early."""

import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from crmlearn import checks, course
from crmlearn.checks import Matching, blank
from crmlearn.checks.blanks import STUB, TEXT_STUB, inside, write_all

ROOT = Path(__file__).parents[1] / "exercises"
SOLUTIONS = sorted((ROOT / "solutions").glob("*.ipynb"))
STEMS = [path.stem for path in SOLUTIONS]
TASKS = [(stem, n) for stem in STEMS for n in range(1, len(checks.tasks_of(stem)) + 1)]
# Ideas of syllabus.yml that an exercise must practise.
COVERED = {
    "11_value_pyramid": {"E1", "E2", "E5"},
    "02_paradigms": {"P1", "P2", "P3"},
    "07_customer_base": {"V0"},
    "08_clv_types": {"V1", "V2", "V3", "V4", "V5", "V6"},
    "09_clv_prediction": {"V2", "V5"},
    "10_value_creation": {"C1", "C2"},
    "12_risk_planning": {"R1", "R2", "R3", "R4", "R5", "R6", "R7"},
    "13_ethics": {"T1", "T2", "T3"},
    "14_pdpa": {"D1", "D2", "D3", "D4"},
}


def read(path):
    return nbformat.read(path, as_version=4)


def marks(cell):
    return cell.metadata.get("nbgrader", {})


def code(notebook):
    return [c for c in notebook.cells if c.cell_type == "code"]


def cell_of(notebook, grade_id):
    return next(c for c in notebook.cells if marks(c).get("grade_id") == grade_id)


def sources(notebook):
    """What must agree: everything but what running adds."""
    return [(c.id, c.cell_type, c.source, c.metadata) for c in notebook.cells]


def verdicts(notebook, stem):
    return [
        cell_of(notebook, f"check-{n}").outputs[-1].data["text/plain"] for n in range(1, len(checks.tasks_of(stem)) + 1)
    ]


def made_by(task, mistake):
    """A full answer of somebody who makes this mistake and no other."""
    value = mistake.value()
    if isinstance(task.expects, Matching):
        return task.answer() | value
    return value[: task.expects.count] if isinstance(task.expects, checks.Ids) else value


def texts_of(task):
    """Everything that a student may read without having solved the task."""
    return [task.title, task.wanted, *task.hints, *(m.message for m in task.mistakes)]


def test_each_stem_has_a_chapter_a_blank_and_checks():
    assert STEMS
    assert (
        {p.stem for p in ROOT.glob("[0-9]*.ipynb")}
        == {p.stem for p in (ROOT / "checks").glob("[0-9]*.py")}
        == set(STEMS)
    )
    for stem in STEMS:
        assert course.stem(stem) == stem and (ROOT.parent / "notebooks" / f"{stem}.ipynb").exists()


@pytest.mark.parametrize("stem", STEMS)
class TestEveryExercise:
    def test_the_blank_is_what_its_solution_makes(self, stem):
        solved, given = read(ROOT / "solutions" / f"{stem}.ipynb"), read(ROOT / f"{stem}.ipynb")
        assert sources(blank(solved)) == sources(given), "make exercises"
        assert solved.metadata == given.metadata and sources(blank(given)) == sources(given)

    def test_both_were_run_from_top_to_bottom_without_errors(self, stem):
        for path in (ROOT / f"{stem}.ipynb", ROOT / "solutions" / f"{stem}.ipynb"):
            notebook = read(path)
            nbformat.validate(notebook)
            assert [c.execution_count for c in code(notebook)] == list(range(1, len(code(notebook)) + 1))
            outputs = [o for c in code(notebook) for o in c.outputs]
            assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]
            assert set(notebook.metadata) == {"kernelspec", "language_info"}
            assert not re.search(r"/(home|root|Users|work)/\w", path.read_text(encoding="utf-8"))

    def test_the_solution_is_right_and_the_blank_is_not_attempted(self, stem):
        assert all(v.startswith("Right.") for v in verdicts(read(ROOT / "solutions" / f"{stem}.ipynb"), stem))
        assert all(v.startswith("Not attempted.") for v in verdicts(read(ROOT / f"{stem}.ipynb"), stem))

    def test_the_solution_passes_when_it_is_run_now(self, stem):
        names = {}
        with pd.option_context("display.float_format", None):  # the page sets it for itself
            for cell in code(read(ROOT / "solutions" / f"{stem}.ipynb")):
                exec(cell.source, names)  # the hidden tests in it assert
        tasks = range(1, len(checks.tasks_of(stem)) + 1)
        assert all(names[f"task_{n}"].check(names[f"answer_{n}"]) for n in tasks)

    def test_nothing_of_a_solution_is_left_in_the_blank(self, stem):
        solved, given = read(ROOT / "solutions" / f"{stem}.ipynb"), read(ROOT / f"{stem}.ipynb")
        page = "\n".join(c.source for c in given.cells)
        for cell in (c for c in solved.cells if marks(c).get("solution")):
            secrets = inside(cell.source).splitlines() if cell.cell_type == "code" else [cell.source]
            assert secrets and not [line for line in secrets if line.strip() in page]
        assert "SOLUTION" not in page and "HIDDEN" not in page
        assert not [c for c in given.cells if "solution" in c.metadata.get("tags", [])]

    def test_marks_are_those_that_nbgrader_reads(self, stem):
        for notebook in (read(ROOT / "solutions" / f"{stem}.ipynb"), read(ROOT / f"{stem}.ipynb")):
            marked = [(c, marks(c)) for c in notebook.cells if marks(c)]
            ids = [m["grade_id"] for _, m in marked]
            assert len(ids) == len(set(ids)) and all(re.fullmatch(r"[a-z0-9-]+", i) for i in ids)
            for cell, m in marked:
                assert m["schema_version"] == 3 and m["task"] is False and m["locked"] is not m["solution"]
                assert ("points" in m) is m["grade"] and (cell.cell_type == "code" or m["grade"] is m["solution"])
            assert [c for c in code(notebook) if not marks(c)] == []

    def test_each_task_has_its_story_answer_check_and_reasons(self, stem):
        notebook = read(ROOT / "solutions" / f"{stem}.ipynb")
        order = [c.id for c in notebook.cells]
        for n, task in enumerate(checks.tasks_of(stem), 1):
            place = order.index(f"story-{n}")
            assert order[place : place + 5] == [f"{part}-{n}" for part in ("story", "task", "answer", "check", "why")]
            story, opened, answer, check, why = notebook.cells[place : place + 5]
            assert story.source.startswith(f"## Task {n}. {task.title}\n") and story.metadata.covers == list(
                task.topics
            )
            assert opened.source == f'task_{n} = checks.exercise("{stem}", task={n})\ntask_{n}'
            assert f"answer_{n} = " in answer.source.split("###")[0] and "# replace the dots" in answer.source
            hidden = f"### BEGIN HIDDEN TESTS\nassert task_{n}.check(answer_{n})\n### END HIDDEN TESTS\n"
            assert check.source == f"{hidden}task_{n}.check(answer_{n})" and why.metadata.tags == ["solution"]

    def test_a_student_writes_little_and_decides_at_the_end(self, stem):
        solved = read(ROOT / "solutions" / f"{stem}.ipynb")
        lengths = sorted(len(inside(c.source).splitlines()) for c in code(solved) if marks(c).get("solution"))
        assert len(lengths) >= 5 and lengths[len(lengths) // 2] <= 4
        written = [c for c in read(ROOT / f"{stem}.ipynb").cells if c.source == TEXT_STUB]
        assert len(written) == 1 and marks(written[0])["grade"]

    def test_it_asks_a_question_says_how_long_and_what_to_read(self, stem):
        first = read(ROOT / f"{stem}.ipynb").cells[0].source
        assert re.match(r"# .*\?\n", first) and f"../notebooks/{stem}.ipynb" in first and "minutes" in first
        for word in ("check", "hint()", "solution()"):
            assert word in first

    def test_the_topics_are_practised(self, stem):
        known = {idea["id"] for idea in course.syllabus()["ideas"]}
        practised = {topic for task in checks.tasks_of(stem) for topic in task.topics}
        assert COVERED.get(stem, set()) <= practised <= known and all(t.topics for t in checks.tasks_of(stem))


@pytest.mark.parametrize(("stem", "n"), TASKS)
class TestEveryTask:
    def test_each_mistake_is_wrong_with_its_own_message(self, stem, n):
        task = checks.tasks_of(stem)[n - 1]
        assert len(task.mistakes) >= 3
        assert len({m.message for m in task.mistakes}) == len({m.name for m in task.mistakes}) == len(task.mistakes)
        for mistake in task.mistakes:
            verdict = task.judge(made_by(task, mistake))
            assert (verdict.state, verdict.advice) == ("wrong", mistake.message), mistake.name

    def test_the_answer_is_right(self, stem, n):
        task = checks.tasks_of(stem)[n - 1]
        assert task.judge(task.answer())

    def test_nothing_that_can_be_read_before_gives_the_answer_away(self, stem, n):
        task = checks.tasks_of(stem)[n - 1]
        answer = task.right_answer
        numbers = [answer] if isinstance(answer, float) else list(answer.values()) if isinstance(answer, dict) else []
        for number in (x for x in numbers if isinstance(x, float)):
            # As asked, with four digits and with three. Shorter ones are everyday numbers.
            shown = {f"{number:,.{task.expects.decimals}f}", f"{number:.4g}", f"{number:.3g}", f"{number:,.0f}"}
            for digits in (d for d in shown if len(d.strip("-").replace(",", "").replace(".", "")) >= 3):
                assert not [t for t in texts_of(task) if digits in t], digits
        check_file = (ROOT / "checks" / f"{stem}.py").read_text(encoding="utf-8")
        if isinstance(answer, list):
            assert not re.search(r"\W+".join(map(re.escape, answer[:3])), check_file)

    def test_two_to_four_hints_and_texts_that_end_like_sentences(self, stem, n):
        task = checks.tasks_of(stem)[n - 1]
        assert 2 <= len(task.hints) <= 4 and not task.wanted.endswith(".") and task.title.endswith("?")
        for text in (*task.hints, *(m.message for m in task.mistakes), task.takeaway):
            assert re.search(r"[.?!)]$", text) and len(text.split()) <= 45, text


def test_writing_all_blanks_again_changes_nothing(monkeypatch, tmp_path):
    import shutil

    from crmlearn import home

    shutil.copytree(ROOT, tmp_path / "exercises")
    monkeypatch.setattr(home, "folder", lambda name: tmp_path / name)
    first = {path: path.read_bytes() for path in write_all()}
    assert first == {path: path.read_bytes() for path in write_all()} and len(first) == len(STEMS)
    for path in first:
        assert sources(read(path)) == sources(read(ROOT / path.name)) and STUB in path.read_text(encoding="utf-8")
