"""A person's own data: what is held and how it was used, until when to answer, and whether data must be ported."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from crmlearn.errors import Refusal, columns
from crmlearn.pdpa.ruling import Decision, Reason, in_singapore

ANSWER_WITHIN = timedelta(days=30)
LOOK_BACK = timedelta(days=365)
PORTABILITY_IN_FORCE_FROM = None  # enacted in 2020; no day of commencement was found when the law was checked


@dataclass(frozen=True)
class PersonsData:
    """What is held about one person, to hand over.

    person : id; tables : {name: table of the person's rows}; uses : table of uses and disclosures within the last year
    """

    person: str
    tables: dict
    uses: Any

    def to_json(self):
        """Machine-readable: one object, dates as ISO 8601."""
        parts = {name: _records(table) for name, table in self.tables.items()}
        told = {"person": self.person, "data": parts, "uses": _records(self.uses)}
        return json.dumps(told, ensure_ascii=False, indent=1)

    def write(self, folder):
        """Write one CSV per table and uses.csv into a new folder. Returns: its path"""
        folder = Path(folder)
        if folder.exists():
            raise Refusal("this folder is there already.", str(folder), "a new one: nobody's data are mixed")
        folder.mkdir(parents=True)
        for name, table in {**self.tables, "uses": self.uses}.items():
            table.to_csv(folder / f"{name.replace('/', '_')}.csv", index=False)
        return folder

    def __repr__(self):
        rows = ", ".join(f"{name} {len(t):,}" for name, t in self.tables.items())
        return f"Data of one person: {rows}; {len(self.uses):,} uses within the last year"


def access(person, tables, asked_on, uses=None):
    """Gather what is held about a person, and how it was used within a year before they asked.

    person : id, as in the column customer_id of each table
    tables : {name: table with customer_id}; rows of others never get in
    asked_on : day of the request; uses : table with customer_id, at, and what was done; None for none
    Returns: PersonsData
    Errors: Refusal for tables without customer_id, and for a person of whom nothing is held
    Source: PDPA s 21 (data, and uses and disclosures within a year before the request)

    >>> held = access("P1", {"orders": pd.DataFrame({"customer_id": ["P1", "P2"], "amount": [5, 7]})}, "2025-08-01")
    >>> held, json.loads(held.to_json())["data"]["orders"]
    (Data of one person: orders 1; 0 uses within the last year, [{'customer_id': 'P1', 'amount': 5}])
    """
    asked = in_singapore("asked_on", asked_on)
    for name, table in tables.items():
        columns(f"the rows of {name}", ["customer_id"], table.columns)
    mine = {name: table[table["customer_id"] == person].reset_index(drop=True) for name, table in tables.items()}
    if not any(len(table) for table in mine.values()):
        raise Refusal(
            "nothing is held about this person.", repr(person)[:40], "check the id; the answer may be: nothing"
        )
    if uses is None:
        return PersonsData(person, mine, pd.DataFrame(columns=["customer_id", "at", "what"]))
    columns("uses", ["customer_id", "at"], uses.columns)
    on = pd.to_datetime(uses["at"])
    within = (on > pd.Timestamp(asked - LOOK_BACK)) & (on < pd.Timestamp(asked + timedelta(days=1)))
    return PersonsData(person, mine, uses[(uses["customer_id"] == person) & within].reset_index(drop=True))


def answer_by(asked_on, what="access"):
    """Until when a request is to be answered.

    asked_on : day of the request; what : "access" or "correction"
    Returns: Decision with the day in its dates

    >>> answer_by("2025-08-01").dates["answer, or say in writing when, by"].isoformat()
    '2025-08-31'
    """
    day = in_singapore("asked_on", asked_on)
    reasons = [
        Reason("as soon as reasonably possible", "ss 21, 22"),
        Reason("if not within 30 calendar days, say within them when", "PDP Regulations 2021 reg 5", "our reading"),
    ]
    if what == "correction":
        reasons.append(
            Reason("no fee is taken; who got the data within a year gets the correction", "s 22", "our reading")
        )
    elif what == "access":
        reasons.append(Reason("a reasonable fee may be asked for; say how much before", "s 21", "our reading"))
    else:
        raise Refusal(f"what={what!r} is not a request that is known.", "access, correction", "what='access'")
    dates = {"answer, or say in writing when, by": day + ANSWER_WITHIN}
    return Decision("Answer by when?", "within 30 days", tuple(reasons), dates, day)


def must_port(at, in_force_from=PORTABILITY_IN_FORCE_FROM):
    """Whether a person may ask to have their data sent to another organisation.

    at : day of the request; in_force_from : day from which Part 6B is in force, or None as long as it is not
    Returns: Decision

    >>> must_port("2026-05-31").answer, must_port("2031-01-01", in_force_from="2030-01-01").answer
    ('no', 'yes')
    """
    day = in_singapore("at", at)
    if in_force_from is not None and day >= in_singapore("in_force_from", in_force_from):
        reason = Reason("Part 6B is in force, for the data and organisations that are prescribed", "Part 6B, s 26F")
        return Decision("Must data be ported?", "yes", (reason,), at=day)
    reason = Reason(
        "enacted in 2020, not in force: no commencement was found; check before you rely on it", "Part 6B, s 26F"
    )
    return Decision("Must data be ported?", "no", (reason,), at=day)


def _records(table):
    return json.loads(table.to_json(orient="records", date_format="iso"))
