"""A firm's own records held against the obligations: what breaks a duty, what cannot be told, what to do next."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from crmlearn.errors import Refusal, columns, whole
from crmlearn.pdpa.consent import PURPOSES, Ledger
from crmlearn.pdpa.contact import Checks, screen
from crmlearn.pdpa.eleven import OBLIGATIONS
from crmlearn.pdpa.looking import LOOKS
from crmlearn.pdpa.ruling import in_singapore, moments

SEVERITY = ("serious", "mend", "nothing found", "cannot tell", "not in force")
_NEEDS = {
    "consents": ("customer_id", "at", "channel", "event"),
    "checks": ("customer_id", "register", "checked_on", "listed"),
    "messages": ("customer_id", "at", "channel", "purpose"),
    "orders": ("customer_id", "date"),
    "duplicates": ("customer_id",),
    "requests": ("asked_on", "answered_on"),
    "transfers": ("to", "safeguard"),
    "breaches": ("people", "noticed_on"),
}
_DATES = ("at", "date", "checked_on", "asked_on", "answered_on", "noticed_on", "assessed_on", "told_commission_on",
          "told_people_on")  # fmt: skip


_WORDS = ("channel", "purpose", "event", "route", "register")


def _plain(value):
    return value.strip() if isinstance(value, str) else value


def _word(value):
    return value.strip().casefold() if isinstance(value, str) else value


@dataclass(frozen=True)
class Records:
    """What a firm can lay on the table. What it does not have stays None and is told as "cannot tell".

    as_of : the day of the inspection
    consents : table: customer_id, at, channel, event; purpose, route, wording if any
    checks : table of the Do Not Call register: customer_id, register, checked_on, listed
    messages : table: customer_id, at, channel, purpose
    orders : table: customer_id, date; with keep_years, whose last order is older than the firm's own rule
    duplicates : table, several records of the same person: customer_id, and columns that should agree
    requests : table of requests for access or correction: asked_on, answered_on (missing where open)
    transfers : table of receivers abroad: to, safeguard (empty where there is none)
    breaches : table: people, noticed_on; if any also assessed_on, told_commission_on, told_people_on, data (kinds of
        PRESCRIBED, parted by ;), harm (whether significant harm is likely for another reason), internal_only,
        protected_before, remedied
    officer : business contact of the data protection officer; policies : where the policies are published
    holidays : days that are no business days; the law knows them, this does not
    keep_years : after how many years without an order the firm says that data go; the Act sets no number
    """

    as_of: Any
    consents: Any = None
    checks: Any = None
    messages: Any = None
    orders: Any = None
    duplicates: Any = None
    requests: Any = None
    transfers: Any = None
    breaches: Any = None
    officer: str | None = None
    policies: str | None = None
    keep_years: int | None = None
    holidays: tuple = ()
    _made: dict = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, "as_of", in_singapore("as_of", self.as_of))
        for name, needed in _NEEDS.items():
            if getattr(self, name) is not None:
                table = getattr(self, name)
                columns(name, list(needed), table.columns)
                dates = {c: moments(c, table[c]) for c in table if c in _DATES}
                words = {c: [_word(v) for v in table[c]] for c in table if c in _WORDS}
                ids = {c: [_plain(v) for v in table[c]] for c in table if c == "customer_id"}
                object.__setattr__(self, name, table.assign(**dates, **words, **ids))
        if self.keep_years is not None:
            object.__setattr__(self, "keep_years", whole("keep_years", self.keep_years, 1, "keep_years=5"))
        object.__setattr__(self, "holidays", tuple(in_singapore("holidays", day) for day in self.holidays))
        if self.messages is not None and self.consents is None:
            wrong = "messages cannot be judged without the ledger of consents."
            raise Refusal(wrong, "messages, no consents", "consents=a table, even an empty one")

    def ledger(self):
        """The consents as a Ledger. Made once."""
        if "ledger" not in self._made:
            self._made["ledger"] = Ledger.of(self.consents)
        return self._made["ledger"]

    def screened(self):
        """The messages until as_of, each with allowed, ground, why and section. Reckoned once."""
        if "screened" not in self._made:
            sent = self.messages[self.messages["at"] < pd.Timestamp(self.as_of) + pd.Timedelta(days=1)]
            sent = sent[sent["purpose"].isin(PURPOSES)]  # other purposes are a finding of their own
            checks = None if self.checks is None else Checks.of(self.checks)
            self._made["screened"] = screen(sent, self.ledger(), checks)
        return self._made["screened"]


def findings(records):
    """Hold a firm's records against the eleven obligations, and against the Do Not Call rules beside them.

    records : Records
    Returns: table, the most severe first: obligation, section, finding (a sentence), found, looked_at (counts, missing
        where nothing can be counted), severity (of SEVERITY), next_action, people (behind `found`; missing where they
        are not known). One obligation may have several rows.
    A finding is a reason to look, not a verdict; "nothing found" says only that these records show nothing.

    >>> told = findings(Records("2025-12-31", officer="dpo@example.com", policies="on the web site"))
    >>> told.loc[told["obligation"] == "accountability", "severity"].item()
    'nothing found'
    >>> told["severity"].value_counts()["cannot tell"]
    np.int64(10)
    """
    by = {o.name: o for o in OBLIGATIONS}
    rows = []
    for name, looked in LOOKS.items():
        sections = by[name].sections if name in by else "Part 9, s 43"
        for finding, found, of, severity, action, *people in looked(records):
            rows.append((name, sections, finding, found, of, severity, action, people[0] if people else None))
    names = ["obligation", "section", "finding", "found", "looked_at", "severity", "next_action", "people"]
    table = pd.DataFrame(rows, columns=names).astype({"found": "Int64", "looked_at": "Int64", "people": "Int64"})
    order = table["severity"].map(SEVERITY.index)
    return table.iloc[order.argsort(kind="stable")].reset_index(drop=True)
