"""What every kind of question shares: its words, its fingerprint, and the four things that it can do."""

import hashlib
import json
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr

from crmlearn import texts
from crmlearn.forms import Form

RIGHT, WRONG, CANNOT_CHECK = "right", "wrong", "cannot check"
Text = Annotated[str, Field(pattern=r"\S")]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]


@dataclass(frozen=True)
class Grade:
    """What is said to an answer.

    verdict : "right", "wrong" or "cannot check"; feedback : Markdown; understood : what was answered, as text
    marks : of an answer in several parts, whether each part is right, in the order in which they are shown
    """

    verdict: str
    feedback: str = ""
    understood: str = ""
    marks: tuple = ()


class Question(Form):
    """One question. Its kinds say what may be seen, whether an answer is right, and what the right one is.

    What a page sends counts the options as it shows them; `seed` says how they were mixed, and without it they stand
    as in the deck.
    """

    id: Id
    topics: Annotated[list[Text], Field(min_length=1)]  # ids of the syllabus
    asks: Literal["recall", "scenario", "compute"]
    stem: Text
    explanation: Text
    reread: Text  # the heading that teaches it
    hints: list[Text] = Field(default_factory=list)

    _sha: str = PrivateAttr("")
    _case: str = PrivateAttr("")

    def sha(self):
        """Fingerprint of the question as it stands in the deck, 16 hexadecimal digits."""
        if self._sha:
            return self._sha
        text = json.dumps(self.model_dump(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def case(self):
        """The story in which the question stands, Markdown; empty where there is none."""
        return self._case

    def drawn(self, seed):
        """The question with its numbers drawn; most have none to draw."""
        return self

    def card(self, seed=None):
        """What a page may see before the answer: plain values and HTML, and nothing of the key."""
        return {
            "type": self.type,
            "case": texts.html(self.case) if self.case else "",
            "stem": texts.html(self.stem),
            "hints": len(self.hints),
            **self.face(seed),
        }

    def face(self, seed):
        """What this kind adds to its card."""
        raise NotImplementedError

    def grade(self, given, seed=None):
        """Judge an answer, as a page sends it. Returns: Grade"""
        raise NotImplementedError

    def key(self):
        """The right answer in words, Markdown."""
        raise NotImplementedError

    def choices(self):
        """For a page of paper: the texts to choose from, mixed; None where there is nothing to choose."""
        return None

    def room(self):
        """For a page of paper: what to do there; empty where it is plain."""
        return "" if self.choices() else "Answer in your own words."


def mixed(seed, name, texts, pins=()):
    """Positions in the order in which they are shown: the same for the same seed, and pinned ones stay.

    >>> mixed(None, "a", ["x", "y"]), sorted(mixed("1", "a", ["x", "y", "z"])), mixed("1", "a", ["x", "y"], {1})
    ([0, 1], [0, 1, 2], [0, 1])
    """
    if seed is None:
        return list(range(len(texts)))

    def by_chance(position):
        return hashlib.sha256(f"{seed}{name}{texts[position]}".encode()).hexdigest()

    free = iter(sorted((i for i in range(len(texts)) if i not in pins), key=by_chance))
    return [i if i in pins else next(free) for i in range(len(texts))]


def position(value, below):
    """A place in a list, as a page sends it; None for anything else."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value < below else None


def positions(value, below):
    """Several of them, none twice; None for anything else."""
    if not isinstance(value, list) or any(position(v, below) is None for v in value) or len(set(value)) < len(value):
        return None
    return value


def repeated(texts):
    """The place of the first text that has stood there already, or None."""
    return next((place for place, text in enumerate(texts) if text in texts[:place]), None)
