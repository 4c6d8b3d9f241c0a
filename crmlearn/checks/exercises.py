"""An exercise as a student holds it: check an answer, ask for a hint, look at a solution."""

import importlib.util
import json
import time
from dataclasses import dataclass
from functools import cache
from html import escape

from crmlearn import home, reviews, texts
from crmlearn.checks.blanks import inside
from crmlearn.checks.tasks import Task
from crmlearn.checks.verdicts import RIGHT, WRONG, panel
from crmlearn.course import stem
from crmlearn.errors import Refusal


@dataclass(frozen=True, repr=False)
class Help:
    """A hint or a solution: text for a reader, and code where there is some.

    title : "Hint 1 of 3"; text : Markdown; code : str
    """

    title: str
    text: str
    code: str = ""

    def __repr__(self):
        return "\n".join(part for part in (f"{self.title}. {self.text}", self.code) if part)

    def _repr_html_(self):
        look = "overflow-x:auto;margin:0.5em 0;color:inherit"
        code = f'<pre style="{look}"><code>{escape(self.code)}</code></pre>' if self.code else ""
        return panel(f"<strong>{escape(self.title)}.</strong> {code}{texts.html(self.text)}")


class Exercise:
    """One task in a student's hands. Its answers are remembered on this machine, see crmlearn.reviews."""

    def __init__(self, page, number, of, task):
        self.page, self.number, self.of, self.task = page, number, of, task
        self._hints, self._solved, self._since = 0, False, time.monotonic()

    def check(self, answer=...):
        """Compare an answer: not attempted, wrong, right, or cannot check.

        answer : a number, a Series, a table, ... as the task asks; any object is taken
        Returns: Verdict, true only when right
        """
        verdict = self.task.judge(answer)
        if verdict.state in (RIGHT, WRONG):
            return self._remembered(verdict)
        return verdict

    def hint(self):
        """The next hint. Each says more than the one before; the last but leaves the writing to you."""
        if self._hints >= len(self.task.hints):
            return Help("No more hints", f"`task_{self.number}.solution()` shows a solution.")
        self._hints += 1
        text = self.task.hints[self._hints - 1]
        last = self._hints == len(self.task.hints)
        after = f" This was the last hint; after it comes `task_{self.number}.solution()`." if last else ""
        return Help(f"Hint {self._hints} of {len(self.task.hints)}", text + after)

    def solution(self):
        """A solution with its explanation, from the exercise's solution notebook."""
        try:
            path = home.folder("exercises/solutions") / f"{self.page}.ipynb"
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (Refusal, OSError):
            return Help("No solution", "This installation of crmlearn comes without solutions.")
        self._solved = True
        found = next(i for i, cell in enumerate(cells) if _grade_id(cell) == f"answer-{self.number}")
        words = []
        for cell in cells[found + 1 :]:
            if (_grade_id(cell) or "").startswith("task-"):
                break
            if "solution" in cell["metadata"].get("tags", []):
                words.append("".join(cell["source"]))
        return Help(f"A solution of task {self.number}", "\n\n".join(words), inside("".join(cells[found]["source"])))

    def _remembered(self, verdict):
        now = time.monotonic()
        seconds, self._since = now - self._since, now
        item, about = f"{self.page}/task-{self.number}", verdict.understood[:200]
        try:
            hints = len(self.task.hints) + 1 if self._solved else self._hints  # a solution is the last hint
            known = ("exercise", item, self.task.fingerprint, "exercise", verdict.state, about, hints, seconds)
            reviews.add(reviews.Review(*known))
        except Exception as error:  # no disk, no room: the check itself has worked
            reason = error.wrong if isinstance(error, Refusal) else type(error).__name__
            return type(verdict)(verdict.state, verdict.understood, verdict.advice, f"(Not remembered: {reason})")
        return verdict

    def _usage(self):
        n = self.number
        return f"task_{n}.check(answer_{n})", f"task_{n}.hint()", f"task_{n}.solution()"

    def __repr__(self):
        head = f"Task {self.number} of {self.of}: {self.task.title}"
        return f"{head}\nWanted: {self.task.wanted}.\n{' · '.join(self._usage())}"

    def _repr_html_(self):
        usage = " · ".join(f"<code>{line}</code>" for line in self._usage())
        head = f"<strong>Task {self.number} of {self.of}: {escape(self.task.title)}</strong>"
        return panel(f"{head}<div>Wanted: {texts.html(self.task.wanted)}.</div><div>{usage}</div>", role="note")


def exercise(name, task):
    """Open one task of an exercise.

    name : "08_clv_types", "08" or 8
    task : its number, from 1
    Returns: Exercise, with check(answer), hint() and solution()
    Errors: Refusal for pages without an exercise and for tasks that do not exist

    >>> exercise("08", task=1).check(...).state
    'not attempted'
    """
    page = stem(name)
    tasks = tasks_of(page)
    if isinstance(task, bool) or not isinstance(task, int) or not 1 <= task <= len(tasks):
        said = f"exercise {page} has no task {repr(task)[:60]}."
        raise Refusal(said, f"tasks are 1 to {len(tasks)}", f"exercise({name!r}, task=1)")
    return Exercise(page, task, len(tasks), tasks[task - 1])


def tasks_of(page):
    """The tasks of a page's exercise, read from exercises/checks/NN_theme.py.

    Returns: tuple of Task
    Errors: Refusal for a page without an exercise
    """
    folder = home.folder("exercises") / "checks"
    path = folder / f"{page}.py"
    if not path.exists():
        there = sorted(p.stem for p in folder.glob("[0-9][0-9]_*.py"))
        raise Refusal(
            f"page {page} has no exercise yet.", f"exercises are {', '.join(there)}", f"exercise({there[0]!r}, task=1)"
        )
    return _loaded(path)


@cache
def _loaded(path) -> tuple[Task, ...]:
    spec = importlib.util.spec_from_file_location(f"crmlearn_checks_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return tuple(module.TASKS)


def _grade_id(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")
