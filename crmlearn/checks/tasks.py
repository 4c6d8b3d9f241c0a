"""A task as data: what is asked, how it is answered by crmlearn, what goes wrong, and what helps."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from crmlearn.checks.expectations import Expectation
from crmlearn.checks.odd import Unreadable
from crmlearn.checks.reading import untouched
from crmlearn.checks.verdicts import CANNOT_CHECK, NOT_ATTEMPTED, RIGHT, WRONG, Verdict

_DOTS = "Write your answer in place of the dots, run that cell, then check again."
_NONE = "Your answer is None, which counts as no answer. print(...) and inplace=True give None."


@dataclass(frozen=True)
class Mistake:
    """A wrong way that many take.

    name : the misconception, in a few words
    value : function that computes what comes out of it
    message : names the mistake and leads on; never the number
    """

    name: str
    value: Callable[[], Any] = field(repr=False)
    message: str


@dataclass(frozen=True)
class Task:
    """One task of an exercise.

    title : the question behind it
    wanted : the expected answer in words, with unit and rounding
    expects : Number, Labelled, Table, Ids, Choice or Matching
    answer : function that computes the answer; called when first needed
    mistakes : the usual wrong ways, at least three
    hints : from a nudge to almost there
    takeaway : what a right answer means
    topics : ids of syllabus.yml

    >>> from crmlearn.checks.expectations import Number
    >>> late = Mistake("weeks for days", lambda: 1, "Count days, not weeks.")
    >>> days = Task("How long is a week?", "one number: days", Number("days", 0), lambda: 7, (late,), ("Look it up.",))
    >>> days.judge(1)
    Wrong. You gave 1. Count days, not weeks.
    """

    title: str
    wanted: str
    expects: Expectation
    answer: Callable[[], Any] = field(repr=False)
    mistakes: tuple[Mistake, ...]
    hints: tuple[str, ...]
    takeaway: str = ""
    topics: tuple[str, ...] = ()

    @cached_property
    def right_answer(self):
        """The answer as a student's would be read."""
        return self.expects.read(self.answer())

    @cached_property
    def _known_mistakes(self):
        return [(mistake, self.expects.read_mistake(mistake.value())) for mistake in self.mistakes]

    @cached_property
    def fingerprint(self):
        """Changes when another question is asked; hints and messages may be mended without it."""
        asked = repr((self.title, self.wanted, self.expects))
        return hashlib.sha256(asked.encode()).hexdigest()[:16]

    def judge(self, value):
        """Compare a student's value with the answer.

        value : anything
        Returns: Verdict; nothing is raised but KeyboardInterrupt
        """
        try:
            if untouched(value):
                return Verdict(NOT_ATTEMPTED, advice=_NONE if value is None else _DOTS)
            given = self.expects.read(value)
        except Unreadable as reason:
            return Verdict(CANNOT_CHECK, str(reason), f"Wanted: {self.wanted}.")
        except KeyboardInterrupt:
            raise
        except BaseException:  # a student's object may do anything, even ask Python to end
            said = "Your answer is an object that cannot be read."
            return Verdict(CANNOT_CHECK, said, f"Wanted: {self.wanted}.")
        try:
            return self._compared(given)
        except Exception as error:  # a data set was moved, a model found no answer
            said = f"This is not your mistake: crmlearn could not compute the answer ({error})."
            return Verdict(CANNOT_CHECK, said)

    def _compared(self, given):
        said = self.expects.said(given)
        if self.expects.same(given, self.right_answer):
            return Verdict(RIGHT, said, self.takeaway)
        for mistake, wrong in self._known_mistakes:
            if self.expects.matches(given, wrong):
                return Verdict(WRONG, said, mistake.message)
        return Verdict(WRONG, said, f"{self.expects.direction(given, self.right_answer)} Wanted: {self.wanted}.")
