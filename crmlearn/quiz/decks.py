"""A deck: its form, its items, where it lies."""

import difflib
import hashlib
import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from crmlearn import course, home
from crmlearn.errors import Refusal
from crmlearn.forms import Form, Misplaced, load
from crmlearn.quiz.keys import compute

Text = Annotated[str, Field(pattern=r"\S")]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]


class Call(Form):
    """A number that a function of crmlearn, such as ``clv.lifespan``, computes from what is given."""

    call: Text
    given: dict[str, float | str | bool | list[float] | list[bool]]
    pick: int | str | None = None  # of a result with several parts: a position, or a column, whose last row counts
    times: float = 1.0  # 100 turns a share into percent

    @model_validator(mode="after")
    def _computes(self):
        if not 0 < abs(self.value()) < 1e12:
            raise Refusal("the call gives a number that nobody can type.", f"{self.value():g}", "other values")
        return self

    def value(self):
        return compute(self.call, self.given, self.pick) * self.times


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
        return self.answer.value() if self.answer else self.value


class Option(Form):
    """One choice. ``pin`` keeps it at the place where it was written, such as "none of these" at the end."""

    text: Text
    feedback: Text
    right: bool = False
    pin: bool = False


class _Item(Form):
    id: Id
    topics: Annotated[list[Text], Field(min_length=1)]  # ids of the syllabus
    asks: Literal["recall", "scenario", "compute"]
    stem: Text
    explanation: Text
    reread: Text  # the heading that teaches it
    hints: list[Text] = Field(default_factory=list)

    def sha(self):
        """Fingerprint of the question as it stands, 16 hexadecimal digits."""
        text = json.dumps(self.model_dump(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class Flip(_Item):
    """Think, turn over, and judge yourself."""

    type: Literal["flip"]
    back: Text


class Single(_Item):
    """One of several options; each has feedback of its own."""

    type: Literal["single"]
    options: Annotated[list[Option], Field(min_length=2, max_length=9)]

    @model_validator(mode="after")
    def _one_is_right(self):
        right = [place for place, option in enumerate(self.options) if option.right]
        if len(right) != 1:
            at = ("options", right[1]) if right else ("options",)
            raise Misplaced("one option must be right.", f"{len(right)} are", "right: true at one of them", *at)
        texts = [option.text for option in self.options]
        twice = [place for place, text in enumerate(texts) if text in texts[:place]]
        if twice:
            said = texts[twice[0]]
            raise Misplaced("two options say the same.", said, "change one of them", "options", twice[0])
        return self


class Numeric(_Item):
    """A number to compute; ``within`` says how far off still counts, in the unit."""

    type: Literal["numeric"]
    answer: Call
    unit: Text
    within: Annotated[float, Field(gt=0)]
    mistakes: list[Mistake] = Field(default_factory=list)

    @model_validator(mode="after")
    def _mistakes_are_wrong(self):
        key = self.answer.value()
        if self.within > abs(key) / 2:
            raise Misplaced("'within' lets nearly every number count.", f"{self.within:g}", "within: 0.5", "within")
        for place, mistake in enumerate(self.mistakes):
            if abs(mistake.number() - key) <= self.within:
                saw = f"{mistake.number():g}, within {self.within:g} of the answer"
                raise Misplaced("a mistake is as good as the answer.", saw, "another number", "mistakes", place)
        return self


Item = Annotated[Flip | Single | Numeric, Field(discriminator="type")]


class Deck(Form):
    """A deck of items. Source of the form: crmlearn.deck/1."""

    form: Literal["crmlearn.deck/1"]
    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    title: Text
    version: int
    licence: Text
    items: Annotated[list[Item], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_differ(self):
        ids = [item.id for item in self.items]
        for place, name in enumerate(ids):
            if name in ids[:place]:
                raise Misplaced("two items have one id.", name, "give each item an id of its own", "items", place, "id")
        return self

    def __repr__(self):
        return f"{self.title}: {len(self.items)} questions"

    __str__ = __repr__


def folder():
    return home.folder("exercises") / "decks"


def names():
    """The decks of the course.

    >>> "08_clv_types" in names()
    True
    """
    return sorted(path.stem for path in folder().glob("*.yaml"))


def deck(name):
    """One deck, checked.

    name : "08_clv_types", "08", or the path of a deck of your own (.yaml)
    Errors: Refusals for everything that is wrong in the file, each with its line

    >>> deck("08").title
    'Five kinds of CLV'
    """
    known = names()
    if Path(str(name)).suffix in (".yaml", ".yml"):
        if str(name).rpartition(".")[0] in known and not Path(str(name)).exists():
            name = Path(str(name)).stem
        else:
            return load(name, Deck, visible=True)
    stem = course.stem(name) if str(name) not in known else str(name)
    if stem in known:
        return load(folder() / f"{stem}.yaml", Deck, visible=True)
    near = difflib.get_close_matches(stem, known, 1) or known
    raise Refusal(f"{stem} has no deck yet.", f"decks are {', '.join(known) or 'not there'}", f"quiz.ask({near[0]!r})")
