"""What the report on risks begins with: the register, read, its owners unnamed, its reviews held to a day."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from crmlearn import datasets, risk
from crmlearn.errors import Refusal, counted
from crmlearn.privacy import mask
from crmlearn.reports.exhibits import state, warn

_TEXTS = ("category", "cause", "event", "consequence", "evidence", "management", "contingency", "trigger", "residual",
          "probability_in_words", "impact_in_words")  # fmt: skip


_MOST = 10  # ids in a warning


@dataclass(frozen=True)
class OpenRegister:
    """A register ready for a report.

    register : risk.Register; addresses, phone and identity-card numbers in its words are masked, owners go unless they
        are wanted; source : path; about : one line on the data
    """

    register: Any
    source: Path
    about: str


def open_register(given):
    """Read the register that a report's parameters speak of, and tell what is late or missing in it.

    given : the parameters by name: data, overdue_on, reveal
    Returns: OpenRegister
    Refuses: what `risk.read` refuses, and a register in which nothing is in money
    """
    source = Path(given["data"]) if given["data"] else datasets.path("firm/risks")
    register = risk.read(source)
    state(data={"name": source.name, "sha256": datasets.sha256(source), "bytes": source.stat().st_size})
    if len(register.left_out) == len(register):
        raise Refusal(
            "no risk of this register is in money.",
            f"{counted(len(register), 'risk')} without a chance and a range of loss",
            "give a chance such as 0.10 to 0.25 and a loss such as 4000 to 25000 for one at least",
        )
    register = risk.Register(tuple(_masked(r, given["reveal"]) for r in register))
    _warn(register, given["overdue_on"])
    line = f"Data: {source.name}." if given["data"] else f"Data: {datasets.card('firm/risks').line}"
    return OpenRegister(register, source, line)


def _masked(one, reveal):
    """A risk whose words hold no addresses and numbers of people; its owner only where that is wanted."""
    texts = {name: mask(getattr(one, name)) for name in _TEXTS}
    controls = tuple(replace(c, name=mask(c.name)) for c in one.controls)
    return replace(one, owner=mask(one.owner) if reveal else "", controls=controls, **texts)


def _warn(register, day):
    if day:
        late = [r.id for r in register if r.review_on is not None and r.review_on < date.fromisoformat(day)]
        if late:
            more = f" and {len(late) - _MOST} more" if len(late) > _MOST else ""
            warn(f"A review is overdue for {counted(len(late), 'risk')}: {', '.join(late[:_MOST])}{more}.")
    unguarded = [r.id for r in register if not r.contingency and not r.management]
    if unguarded:
        said = "have" if len(unguarded) > 1 else "has"
        more = f" and {len(unguarded) - _MOST} more" if len(unguarded) > _MOST else ""
        warn(f"{', '.join(unguarded[:_MOST])}{more} {said} neither prevention nor contingency in the register.")
