"""Questions with options to choose from: one, several, or true and false."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from crmlearn import texts
from crmlearn.forms import Form, Misplaced
from crmlearn.quiz.items.base import (
    CANNOT_CHECK,
    RIGHT,
    WRONG,
    Grade,
    Question,
    Text,
    mixed,
    position,
    positions,
    repeated,
)


class Option(Form):
    """One choice. ``pin`` keeps it at the place where it was written, such as "none of these" at the end."""

    text: Text
    feedback: Text
    right: bool = False
    pin: bool = False


class _Choice(Question):
    options: Annotated[list[Option], Field(min_length=2, max_length=9)]

    def order(self, seed):
        """Positions of the options in the order in which they are shown."""
        pins = {i for i, option in enumerate(self.options) if option.pin}
        return mixed(seed, self.id, [option.text for option in self.options], pins)

    def face(self, seed):
        return {"options": [texts.html(self.options[i].text) for i in self.order(seed)]}

    def choices(self):
        return [self.options[i].text for i in self.order("")]

    def _refuse_twice(self):
        said = [option.text for option in self.options]
        twice = repeated(said)
        if twice is not None:
            raise Misplaced("two options say the same.", said[twice], "change one of them", "options", twice)


class Single(_Choice):
    """One of several options; each has feedback of its own."""

    type: Literal["single"]

    @model_validator(mode="after")
    def _one_is_right(self):
        right = [place for place, option in enumerate(self.options) if option.right]
        if len(right) != 1:
            at = ("options", right[1]) if right else ("options",)
            raise Misplaced("one option must be right.", f"{len(right)} are", "right: true at one of them", *at)
        self._refuse_twice()
        return self

    def grade(self, given, seed=None):
        place = position(given, len(self.options))
        if place is None:
            return Grade(CANNOT_CHECK, "Choose one of the answers first.")
        option = self.options[self.order(seed)[place]]
        return Grade(RIGHT if option.right else WRONG, option.feedback, option.text)

    def key(self):
        return next(option.text for option in self.options if option.right)


class Multi(_Choice):
    """Any number of several options; right when all right ones are chosen and no other."""

    type: Literal["multi"]

    @model_validator(mode="after")
    def _some_are_right(self):
        right = sum(option.right for option in self.options)
        if right in (0, len(self.options)):
            saw = f"{right} of {len(self.options)} are"
            raise Misplaced("some options must be right, and some not.", saw, "right: true at those", "options")
        self._refuse_twice()
        return self

    def grade(self, given, seed=None):
        places = positions(given, len(self.options))
        if not places:
            return Grade(CANNOT_CHECK, "Choose at least one answer first.")
        order = self.order(seed)
        chosen = [self.options[order[place]] for place in sorted(places)]
        missing = sum(option.right for option in self.options) - sum(option.right for option in chosen)
        wrong = [option for option in chosen if not option.right]
        said = "; ".join(option.text for option in chosen)
        if not wrong and not missing:
            return Grade(RIGHT, "\n\n".join(f"*{option.text}*: {option.feedback}" for option in chosen), said)
        told = [f"*{option.text}*: {option.feedback}" for option in wrong]
        if not wrong:
            told = ["All that you chose is right, but something is missing."]
        elif missing > 0:
            told.append("And something is missing.")
        return Grade(WRONG, "\n\n".join(told), said)

    def key(self):
        return "\n".join(f"- {option.text}" for option in self.options if option.right)

    def room(self):
        return "Choose all that are right."


class TrueFalse(Question):
    """A statement that is true or false; ``if_true`` and ``if_false`` are said to who chose that."""

    type: Literal["truefalse"]
    right: bool
    if_true: Text
    if_false: Text

    def face(self, seed):
        return {"options": self.choices()}

    def choices(self):
        return ["True", "False"]

    def grade(self, given, seed=None):
        place = position(given, 2)
        if place is None:
            return Grade(CANNOT_CHECK, "Choose true or false first.")
        feedback = (self.if_true, self.if_false)[place]
        return Grade(RIGHT if (place == 0) == self.right else WRONG, feedback, self.choices()[place])

    def key(self):
        return f"{self.right}. {self.if_true if self.right else self.if_false}"
