"""Exercises that check themselves: an answer is compared with what crmlearn computes, and wrong ways are named.

An exercise has one stem in four places: exercises/solutions/NN_theme.ipynb (the source), exercises/NN_theme.ipynb (made
from it), exercises/checks/NN_theme.py (its tasks), and the chapter in notebooks/.
"""

from crmlearn.checks.blanks import blank
from crmlearn.checks.exercises import Exercise, exercise, tasks_of
from crmlearn.checks.expectations import Choice, Number
from crmlearn.checks.labelled import Ids, Labelled, Matching, Table
from crmlearn.checks.tasks import Mistake, Task
from crmlearn.checks.verdicts import Verdict

__all__ = [
    "Choice", "Exercise", "Ids", "Labelled", "Matching", "Mistake", "Number", "Table", "Task", "Verdict", "blank",
    "exercise", "tasks_of",
]  # fmt: skip
