"""A deck: its form, its items, where it lies."""

import difflib
import json
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from crmlearn import course, home
from crmlearn.errors import Refusal
from crmlearn.forms import Form, Misplaced, load
from crmlearn.quiz.items import Item, Scenario
from crmlearn.quiz.items.base import Text


class Term(Form):
    """A word of the trade, in one line."""

    term: Text
    means: Annotated[str, Field(pattern=r"\S", max_length=160)]
    topic: Text  # id of the syllabus


class Deck(Form):
    """A deck of items. Source of the form: crmlearn.deck/1."""

    form: Literal["crmlearn.deck/1"]
    id: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    title: Text
    version: int
    licence: Text
    items: Annotated[list[Item], Field(min_length=1)]
    glossary: list[Term] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ids_differ(self):
        known = set()
        for place, item in enumerate(self.items):
            parts = item.questions if isinstance(item, Scenario) else []
            at = [(item, ("id",)), *((part, ("questions", n, "id")) for n, part in enumerate(parts))]
            for one, where in at:
                if one.id in known:
                    mend = "give each item an id of its own"
                    raise Misplaced("two items have one id.", one.id, mend, "items", place, *where)
                known.add(one.id)
        return self

    @cached_property
    def questions(self):
        """All questions, those of a scenario one by one."""
        return [q for item in self.items for q in (item.questions if isinstance(item, Scenario) else [item])]

    @property
    def preview(self):
        """Whether it belongs to a page of the course that is not written yet; then nothing of it is scheduled."""
        return any(n["stem"] == self.id and n["status"] == "planned" for n in course.syllabus()["notebooks"])

    def __repr__(self):
        return f"{self.title}: {len(self.questions)} questions"

    __str__ = __repr__


def schema():
    """The JSON Schema of a deck, text: editors complete and check a deck with it."""
    told = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "crmlearn.deck/1"}
    return json.dumps(told | Deck.model_json_schema(), indent=1)


def folder():
    return home.folder("exercises") / "decks"


def names():
    """The decks of the course.

    >>> "08_clv_types" in names()
    True
    """
    return sorted(path.stem for path in folder().glob("*.yaml"))


def decks():
    """All decks of the course."""
    return [deck(name) for name in names()]


@cache
def _loaded(path, _changed):
    return load(path, Deck, visible=True)


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
        path = folder() / f"{stem}.yaml"
        return _loaded(path, path.stat().st_mtime_ns)
    near = difflib.get_close_matches(stem, known, 1) or known
    raise Refusal(f"{stem} has no deck yet.", f"decks are {', '.join(known) or 'not there'}", f"quiz.ask({near[0]!r})")
