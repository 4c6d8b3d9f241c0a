"""Numbers that crmlearn computes for a question: from what is given, or from what was drawn for the round."""

import math
import re
from typing import Annotated

from pydantic import Field, model_validator

from crmlearn.errors import Refusal
from crmlearn.forms import Form
from crmlearn.quiz.items.base import Text
from crmlearn.quiz.keys import compute


class Span(Form):
    """Numbers from one to another."""

    first: float
    last: float
    step: Annotated[float, Field(gt=0)]

    @model_validator(mode="after")
    def _has_numbers(self):
        if self.first >= self.last:
            raise Refusal(
                "'last' must lie above 'first'.", f"{self.first:g} and {self.last:g}", "last: a larger number"
            )
        if (self.last - self.first) / self.step > 1000:
            raise Refusal("these are more than 1,000 numbers.", f"step {self.step:g}", "step: a larger one")
        return self

    def numbers(self):
        count = math.floor((self.last - self.first) / self.step + 1e-9) + 1
        return [round(self.first + n * self.step, 10) for n in range(count)]


Drawn = Span | Annotated[list[float], Field(min_length=2, max_length=1000)]
Given = dict[str, float | str | bool | list[float | str] | list[bool]]


class Call(Form):
    """A number that a function of crmlearn, such as ``clv.lifespan``, computes from what is given.

    A value such as ``=margin``, alone or in a list, is the number that was drawn under that name. Decks of one's own
    may write the number itself down, as ``value``; the course's are computed.
    """

    call: Text | None = None
    given: Given = Field(default_factory=dict)
    value: float | None = None
    pick: int | str | None = None  # of several parts: a position, a column (its last row counts), a field, a date
    times: float = 1.0  # 100 turns a share into percent
    plus: float = 0.0  # 100, with times: -100, turns a share into the percent that are left

    @model_validator(mode="after")
    def _computes(self):
        if (self.call is None) == (self.value is None):
            saw = "none" if self.call is None else "call and value"
            raise Refusal("an answer needs one number.", saw, "call: ... with given: {...}, or value: 500")
        if not self.names() and (abs(self.number()) >= 1e12 or (self.call and not self.number())):
            raise Refusal("the call gives a number that nobody can type.", f"{self.number():g}", "other values")
        return self

    def names(self):
        """The drawn numbers that it needs."""
        values = [v for given in self.given.values() for v in (given if isinstance(given, list) else [given])]
        return {v[1:] for v in values if _is_name(v)}

    def filled(self, numbers):
        def fill(value):
            if isinstance(value, list):
                return [fill(v) for v in value]
            return numbers[value[1:]] if _is_name(value) else value

        return Call(**dict(self) | {"given": {name: fill(value) for name, value in self.given.items()}})

    def number(self):
        return self.plus + self.times * (compute(self.call, self.given, self.pick) if self.call else self.value)


class Mistake(Form):
    """A usual wrong number, computed or written down, and what to say to it."""

    answer: Call | None = None
    value: float | None = None
    feedback: Text

    @model_validator(mode="after")
    def _one_number(self):
        if (self.answer is None) == (self.value is None):
            saw = "none" if self.answer is None else "answer and value"
            raise Refusal("a mistake needs one number.", saw, "answer: {call: ..., given: {...}} or value: 500")
        return self

    def number(self):
        return self.answer.number() if self.answer else self.value

    def filled(self, numbers):
        answer = self.answer.filled(numbers) if self.answer else None
        return Mistake(answer=answer, value=self.value, feedback=said(self.feedback, numbers))


def _is_name(value):
    return isinstance(value, str) and value.startswith("=")


def values_of(drawn):
    return drawn.numbers() if isinstance(drawn, Span) else drawn


def said(text, numbers):
    """A text with its drawn numbers; all other braces, such as those of formulas, stay.

    >>> said("$\\\\frac{1}{2}$ of {margin} dollars, {kept:%} stay, {n:,}", {"margin": 80.0, "kept": 0.75, "n": 1200})
    '$\\\\frac{1}{2}$ of 80 dollars, 75 % stay, 1,200'
    """

    def shown(match):
        number, how = numbers[match[1]], match[2] or ""
        if how == ":%":
            return f"{round(100 * number, 6):g} %"
        return f"{number:,.10g}" if how == ":," else f"{number:.10g}"

    names = "|".join(map(re.escape, numbers))
    return re.sub(rf"\{{({names})(:%|:,)?\}}", shown, text) if names else text
