"""The facts of a data breach: which kinds of data of how many people, and what happened with them."""

import difflib
from dataclasses import dataclass
from datetime import date

from crmlearn.errors import Refusal, one_of, refuse_all, whole
from crmlearn.pdpa.ruling import in_singapore

# Kinds of data by their part in the prescribed list. Families of Part 1 in our own words; the list has exact terms.
IDENTITY = ("full name", "alias", "identification number")
PART_1 = (
    "income", "payment card or bank account number", "net worth", "deposits", "withdrawals", "loans or debts",
    "investments", "insurance", "specified health data", "identity of a protected child or vulnerable adult",
    "adoption", "private cryptographic key",
)  # fmt: skip
ACCOUNT = ("account identifier", "password or access data")
OTHER = ("phone number", "e-mail address", "postal address", "purchase history", "membership number", "other")
PRESCRIBED = {"identity": IDENTITY, "part 1": PART_1, "account": ACCOUNT, "other": OTHER}
KINDS = tuple(kind for kinds in PRESCRIBED.values() for kind in kinds)
CLIENTS = {  # whom an intermediary tells, and where that stands
    "intermediary": ("organisation", "s 26C(3)(a)", "statute"),
    "intermediary of a public agency": ("public agency", "s 26E", "our reading"),
}


@dataclass(frozen=True)
class Breach:
    """The facts of a breach, as far as they are known.

    data : kinds of personal data that were touched, each person's together; see PRESCRIBED
    people : how many people are affected, or at least are believed to be
    internal_only : whether the data were seen or used only within the organisation, by people who should not
    public_data : kinds of data that were public already
    harm_otherwise : whether significant harm is likely although no prescribed data are touched
    remedied : whether action on or after the assessment makes significant harm unlikely
    protected_before : whether a measure that was there before, such as strong encryption, makes it unlikely
    silence : None, or who forbids telling people: "law enforcement" or "Commission"
    waived : whether the Commission has waived the duty to tell people
    role : "organisation"; "intermediary", who processes for another organisation; "intermediary of a public agency"
    noticed_on, assessed_on : days (or moments with a time zone); the clock of three days runs from the second
    """

    data: tuple
    people: int
    internal_only: bool = False
    public_data: tuple = ()
    harm_otherwise: bool = False
    remedied: bool = False
    protected_before: bool = False
    silence: str | None = None
    waived: bool = False
    role: str = "organisation"
    noticed_on: date | None = None
    assessed_on: date | None = None

    def __post_init__(self):
        problems = []
        for name in ("data", "public_data"):
            kinds = getattr(self, name)
            kinds = (kinds,) if isinstance(kinds, str) else tuple(kinds)
            kinds = tuple(kind.strip().casefold() if isinstance(kind, str) else kind for kind in kinds)
            object.__setattr__(self, name, kinds)
            problems += [_unknown(name, kind) for kind in kinds if kind not in KINDS]
        for name in ("noticed_on", "assessed_on"):
            if getattr(self, name) is not None:
                try:
                    object.__setattr__(self, name, in_singapore(name, getattr(self, name)))
                except Refusal as problem:
                    problems.append(problem)
        for check in (self._numbers, self._choices):
            try:
                check()
            except Refusal as problem:
                problems.append(problem)
        refuse_all(problems)

    def _numbers(self):
        object.__setattr__(self, "people", whole("people", self.people, 0, "people=612"))
        if (
            isinstance(self.noticed_on, date)
            and isinstance(self.assessed_on, date)
            and self.assessed_on < self.noticed_on
        ):
            raise Refusal(
                "the breach was assessed before anybody noticed it.", f"{self.assessed_on} and {self.noticed_on}",
                "assessed_on: the day on which the assessment was concluded",
            )  # fmt: skip

    def _choices(self):
        one_of("role", self.role, ("organisation", *CLIENTS))
        if self.silence is not None:
            one_of("silence", self.silence, ("law enforcement", "Commission"))


def _unknown(name, kind):
    near = difflib.get_close_matches(str(kind), KINDS, 1) or ["other"]
    return Refusal(
        f"{name} has a kind of data that is not known.", repr(kind)[:60], f"{near[0]!r}, see pdpa.PRESCRIBED"
    )
