"""Questions that ask for a number. crmlearn computes the key, and may draw the numbers anew each time."""

import itertools
import math
import random
from typing import Annotated, Literal

from pydantic import Field, model_validator

from crmlearn.errors import Refusal, counted
from crmlearn.forms import Misplaced
from crmlearn.quiz.items.base import CANNOT_CHECK, RIGHT, WRONG, Grade, Question, Text
from crmlearn.quiz.items.calls import Call, Drawn, Mistake, said, values_of
from crmlearn.quiz.numbers import has_other_unit, readings

_TRIED = 200  # draws whose key and mistakes are tried when a deck is read


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
        values = [values_of(drawn) for drawn in self.draw.values()]
        if math.prod(map(len, values)) <= _TRIED:
            return [dict(zip(self.draw, v, strict=True)) for v in itertools.product(*values)]
        return [self._drawn_numbers(n) for n in range(_TRIED)]

    def _drawn_numbers(self, seed):
        chance = random.Random(f"{seed}{self.id}")
        return {name: chance.choice(values_of(drawn)) for name, drawn in self.draw.items()}

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
