"""From a segment to a list, lawfully: whom of these people a message may go to, and why not the others."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from crmlearn.errors import Refusal, columns
from crmlearn.pdpa.consent import moment
from crmlearn.pdpa.contact import may_contact
from crmlearn.pdpa.ruling import law_as_of
from crmlearn.progress import progress

_MANY = 20_000  # people, about two seconds


@dataclass(frozen=True)
class ContactList:
    """Whom a message may go to.

    allowed : table, one row per person: the columns given, ground (why), valid_until (of a check of the register, else
        missing); personal data
    excluded : table: ground, people; nobody is named in it
    channel, purpose : str; at : date
    """

    allowed: Any
    excluded: Any
    channel: str
    purpose: str
    at: date

    @property
    def law_checked_on(self):
        return law_as_of(self.at)

    def __repr__(self):
        asked = len(self.allowed) + int(self.excluded["people"].sum())
        out = "; ".join(f"{n:,} {ground}" for ground, n in self.excluded.itertuples(index=False))
        told = f"{len(self.allowed):,} of {asked:,} people may get this {self.channel} for {self.purpose}."
        kind = " Of service only as long as nothing in it promotes." if self.purpose == "service" else ""
        return f"{told} Left out: {out or 'nobody'}.{kind} {self.law_checked_on}"


def contact_list(people, ledger, channel, purpose, at, checks=None, related=False):
    """Ask `may_contact` for each of these people.

    people : table with customer_id, and what is needed to reach them; people named twice count once
    ledger, channel, purpose, at, checks, related : as in may_contact
    Returns: ContactList
    Errors: Refusal for a purpose that sends nothing, and for people without an id

    >>> from crmlearn.pdpa import Ledger
    >>> people = pd.DataFrame({"customer_id": ["P1", "P2", "P3"]})
    >>> book = Ledger().add("P1", "2025-01-05", "sms").add("P2", "2025-01-05", "sms", event="withdrawn")
    >>> contact_list(people, book, "sms", "marketing", "2025-08-01").excluded
           ground  people
    0  no consent       1
    1   withdrawn       1
    """
    columns("people", ["customer_id"], people.columns)
    if purpose == "analytics":
        raise Refusal("analytics sends nothing, so it needs no list.", purpose, "purpose='marketing' or 'service'")
    if people["customer_id"].isna().any():
        n = int(people["customer_id"].isna().sum())
        raise Refusal("some rows have no customer id.", f"{n:,} rows", "nobody's consent can be looked up without it")
    people = people.drop_duplicates("customer_id").reset_index(drop=True)
    grounds, valid, yes = [], [], []
    asked = people["customer_id"]
    for who in progress(asked, "asking for each person") if len(asked) > _MANY else asked:
        decision = may_contact(ledger, who, channel, purpose, at, checks, related)
        yes.append(decision.answer == "yes")
        grounds.append(decision.ground)
        valid.append(decision.dates.get("the check is valid until"))
    told = people.assign(ground=grounds, valid_until=pd.Series(valid, dtype=object))
    yes = pd.Series(yes, dtype=bool)
    excluded = told.loc[~yes, "ground"].value_counts().rename_axis("ground").rename("people").reset_index()
    excluded = excluded.sort_values(["people", "ground"], ascending=[False, True], ignore_index=True)
    return ContactList(told[yes].reset_index(drop=True), excluded, channel, purpose, moment("at", at, end=True).date())
