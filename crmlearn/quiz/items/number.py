"""Questions that ask for a number. crmlearn computes the key, and may draw the numbers anew each time."""

import itertools
import math
import random
import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from crmlearn.errors import Refusal, counted
from crmlearn.forms import Form, Misplaced
from crmlearn.quiz.items.base import CANNOT_CHECK, RIGHT, WRONG, Grade, Question, Text
from crmlearn.quiz.keys import compute
from crmlearn.quiz.numbers import has_other_unit, readings

_TRIED = 200  # draws whose key and mistakes are tried when a deck is read


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
    pick: int | str | None = None  # of a result with several parts: a position, or a column, whose last row counts
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


class Numeric(Question):
    """A number to compute; ``within`` says how far off still counts, in the unit.

    draw : numbers that are drawn anew for each round; ``{margin}`` in a text shows one, ``{kept:%}`` shows it as a
        percentage, and ``=margin`` gives it to the function
    """

    type: Literal["numeric"]
    answer: Call
    unit: Text
    within: Annotated[float, Field(gt=0)]
    mistakes: list[Mistake] = Field(default_factory=list)
    draw: dict[Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")], Drawn] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _holds(self):
        self._refuse_unknown_names()
        if not self.draw:
            self._refuse_right_mistakes()
        for numbers in self._draws():
            told = ", ".join(f"{k}={v:g}" for k, v in numbers.items())
            try:
                self._with(numbers)
            except Refusal as problem:
                raise Misplaced(problem.wrong, f"{problem.saw}, with {told}", problem.try_, "draw") from None
        return self

    def _refuse_unknown_names(self):
        calls = [(self.answer, ("answer",))]
        calls += [(m.answer, ("mistakes", place, "answer")) for place, m in enumerate(self.mistakes) if m.answer]
        known = ", ".join(self.draw) or "nothing is"
        for call, at in calls:
            for name in sorted(call.names() - set(self.draw)):
                raise Misplaced("this number is not drawn.", f"={name}; drawn: {known}", "its name under 'draw'", *at)
        for name in self.draw:
            if said(self.stem, dict.fromkeys(self.draw, 1.0)) == said(
                self.stem, {n: 1.0 if n != name else 2.0 for n in self.draw}
            ):
                raise Misplaced("the stem does not say what was drawn.", name, f"{{{name}}} in the stem", "draw", name)

    def _refuse_right_mistakes(self):
        key = self.answer.number()
        if self.within > abs(key) / 2 > 0:
            raise Misplaced("'within' lets nearly every number count.", f"{self.within:g}", "within: 0.5", "within")
        for place, mistake in enumerate(self.mistakes):
            if abs(mistake.number() - key) <= self.within:
                saw = f"{mistake.number():g}, within {self.within:g} of the answer"
                raise Misplaced("a mistake is as good as the answer.", saw, "another number", "mistakes", place)

    def _draws(self):
        """All that can be drawn, or as many as are worth trying."""
        if not self.draw:
            return []
        values = [_values(drawn) for drawn in self.draw.values()]
        if math.prod(map(len, values)) <= _TRIED:
            return [dict(zip(self.draw, v, strict=True)) for v in itertools.product(*values)]
        return [self._drawn_numbers(n) for n in range(_TRIED)]

    def _drawn_numbers(self, seed):
        chance = random.Random(f"{seed}{self.id}")
        return {name: chance.choice(_values(drawn)) for name, drawn in self.draw.items()}

    def _with(self, numbers):
        texts = {name: said(getattr(self, name), numbers) for name in ("stem", "explanation")}
        parts = {
            "answer": self.answer.filled(numbers),
            "mistakes": [mistake.filled(numbers) for mistake in self.mistakes],
            "hints": [said(hint, numbers) for hint in self.hints],
        }
        same = {name: getattr(self, name) for name in type(self).model_fields if name not in (*texts, *parts, "draw")}
        filled = Numeric(**same, **texts, **parts)
        filled._sha, filled._case = self.sha(), self._case
        return filled

    def drawn(self, seed):
        return self._with(self._drawn_numbers(seed)) if self.draw else self

    def face(self, seed):
        return {"wanted": self.wanted()}

    def grade(self, given, seed=None):
        text = str(given).strip()
        told = text[:40]
        if has_other_unit(text, self.unit):
            return Grade(CANNOT_CHECK, f"The answer is asked for in {self.unit}.", told)
        values = readings(text, self.unit)
        if not values:
            return Grade(CANNOT_CHECK, "This is no number. Type it like 12.5, without words.", told)
        key = self.answer.number()

        def near(number, times=1, within=self.within):
            # The slack lets an answer count that was rounded exactly half a step off.
            return any(abs(times * value - number) <= within * (1 + 1e-9) for value in values)

        if near(key):
            return Grade(RIGHT, "", told)
        numbers = [mistake.number() for mistake in self.mistakes]
        if self.unit == "%" and "%" not in text and any(near(number, times=100) for number in (key, *numbers)):
            return Grade(CANNOT_CHECK, "This looks like a share of 1. Type it in percent.", told)
        for number, mistake in zip(numbers, self.mistakes, strict=True):
            if near(number, within=min(self.within, 0.01 * abs(number) + 1e-9)):  # 4.6 is not the mistake 5
                return Grade(WRONG, mistake.feedback, told)
        sides = {value > key for value in values}
        side = {frozenset({True}): "That is too large.", frozenset({False}): "That is too small."}
        return Grade(WRONG, side.get(frozenset(sides), "That is not it."), told)

    def key(self):
        unit = "%" if self.unit == "%" else f" {self.unit}"
        return f"{self.answer.number():.{self.decimals()}f}{unit}"

    def decimals(self):
        """How many decimals an answer needs to be close enough."""
        return next(d for d in range(7) if self.within >= 0.5 * 10.0**-d or d == 6)

    def wanted(self):
        """The unit and how exact: "dollars, rounded to whole ones"."""
        decimals = self.decimals()
        exact = "rounded to a whole number" if not decimals else f"with {counted(decimals, 'decimal')}"
        return f"{self.unit}, {exact}"

    def room(self):
        return f"Answer in {self.wanted()}: ............"


def _is_name(value):
    return isinstance(value, str) and value.startswith("=")


def _values(drawn):
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
