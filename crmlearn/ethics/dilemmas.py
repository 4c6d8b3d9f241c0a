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
        for name in self.sides:
            one_of("sides", name, NAMES)

    def side(self, name, text):
        """The argument with one side written, or written anew."""
        return replace(self, sides={**self.sides, one_of("side", name, NAMES): str(text)})

    def decide(self, decision, because, against):
        """The argument with a decision, its reason, and the strongest reason against it."""
        return replace(self, decision=str(decision), because=str(because), against=str(against))

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
        """Keep it as a file of one's own (JSON). Errors: Refusal where a file is already"""
        path = Path(path)
        if path.exists() and not overwrite:
            raise Refusal("this file is there already.", str(path), "another name, or overwrite=True")
        told = {"case": self.case, "sides": self.sides, "decision": self.decision, "because": self.because}
        path.write_text(json.dumps(told | {"against": self.against}, ensure_ascii=False, indent=1), encoding="utf-8")
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
    if not str(case).strip():
        raise Refusal("a dilemma needs words.", repr(case), "argue('We know that ..., and the law says nothing.')")
    return Argument(str(case))
