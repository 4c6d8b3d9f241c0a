"""An argument about a dilemma, from all six sides. It is written and kept by the reader; nothing is scored."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from crmlearn.errors import Refusal, one_of
from crmlearn.ethics.sides import PERSPECTIVES

NAMES = tuple(p.name for p in PERSPECTIVES)


@dataclass(frozen=True)
class Argument:
    """What somebody thinks about a dilemma.

    case : the dilemma in words; sides : {perspective: what is owed and claimed there}
    decision, because, against : what one would do, why, and the strongest reason against it
    """

    case: str
    sides: dict = field(default_factory=dict)
    decision: str = ""
    because: str = ""
    against: str = ""

    def __post_init__(self):
        _words("case", self.case)
        if not isinstance(self.sides, dict):
            raise Refusal("sides are a dict.", repr(self.sides)[:40], "{'company to customer': 'what is owed there'}")
        for name, text in self.sides.items():
            _words(one_of("sides", name, NAMES), text)
        for part in ("decision", "because", "against"):
            if not isinstance(getattr(self, part), str):
                raise Refusal(f"{part} needs words.", repr(getattr(self, part))[:40], "text in quotation marks")

    def side(self, name, text):
        """The argument with one side written, or written anew. Errors: Refusal for an unknown side, and no words"""
        return replace(self, sides={**self.sides, one_of("side", name, NAMES): text})

    def decide(self, decision, because, against):
        """The argument with a decision, its reason, and the strongest reason against it.

        Errors: Refusal for no words
        """
        parts = {"decision": decision, "because": because, "against": against}
        return replace(self, **{part: _words(part, text) for part, text in parts.items()})

    @property
    def missing(self):
        """What is not written yet. An argument is whole when nothing is missing; that does not make it right."""
        sides = [name for name in NAMES if not self.sides.get(name, "").strip()]
        return sides + [part for part in ("decision", "because", "against") if not getattr(self, part).strip()]

    def table(self):
        """The argument as a table: part, text; what is not written is empty."""
        parts = [(name, self.sides.get(name, "")) for name in NAMES]
        parts += [("decision", self.decision), ("because", self.because), ("against it", self.against)]
        return pd.DataFrame(parts, columns=["part", "text"])

    def save(self, path, overwrite=False):
        """Keep it as a file of one's own (JSON), in a folder that is made where it is missing.

        Errors: Refusal where a file is already, and where none can be written
        """
        path = Path(path)
        if path.exists() and not overwrite:
            raise Refusal("this file is there already.", str(path), "another name, or overwrite=True")
        told = {"case": self.case, "sides": self.sides, "decision": self.decision, "because": self.because}
        words = json.dumps(told | {"against": self.against}, ensure_ascii=False, indent=1)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(words, encoding="utf-8")
        except OSError as problem:
            raise Refusal("no file can be written there.", f"{path}: {problem.strerror}", "another folder") from None
        return path

    @classmethod
    def load(cls, path):
        """An argument that was saved."""
        try:
            told = json.loads(Path(path).read_text(encoding="utf-8"))
            return cls(**{name: told[name] for name in ("case", "sides", "decision", "because", "against")})
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise Refusal(
                "this is no saved argument.", f"{type(problem).__name__}", "a file of Argument.save"
            ) from None


def argue(case):
    """Begin an argument.

    >>> begun = argue("A cheaper heater passes the law's test, and burns one child in a million.")
    >>> len(begun.missing), len(begun.side("company to customer", "safe goods, whatever the law asks").missing)
    (9, 8)
    """
    return Argument(case)


def _words(name, text):
    if not isinstance(text, str) or not text.strip():
        what = "a dilemma" if name == "case" else f"'{name}'"
        raise Refusal(f"{what} needs words.", repr(text)[:40], "a sentence in quotation marks")
    return text
