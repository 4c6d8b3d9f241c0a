"""How to treat what every order file has, as one typed object."""

from dataclasses import dataclass, fields
from typing import Any, Literal

from crmlearn.errors import Refusal, one_of, refuse_all
from crmlearn.transactions.dates import as_datetime

Rule = Literal["keep", "drop", "refuse"]
Side = Literal["as_recorded", "subtract", "add"]


@dataclass(frozen=True)
class Policy:
    """How to treat what every order file has. Each choice is printed with what it changed.

    refunds : rows with a negative amount. "net" takes them off the order with the same id, else off the customer's
        latest orders up to that day; "drop", "refuse"
    zeros : orders of amount 0 (also those refunded in full): "keep", "drop", "refuse"
    same_day : several orders of one customer on one day: "merge" into one, or "keep" apart. Merging adds up money,
        keeps the other columns of the day's first row, and takes the time of day off every date
    missing_ids : orders without a customer: "drop", "refuse"
    duplicates : rows equal in every column: "keep" (two equal baskets are possible), "drop", "refuse"
    cancelled, test, staff : orders marked so in status, is_test, is_staff: "drop", "keep", "refuse"
    tax, shipping, discounts : "as_recorded", or "subtract" / "add" that column from / to the amount
    start, end : first and last day that counts (dates or ISO text); outside: "drop", "refuse"
    currency : the one to keep when the file holds several; without it several are refused
    cancelled_words : what a status of a cancelled order says, in any letters

    >>> Policy(refunds="net", zeros="drop").zeros
    'drop'
    """

    refunds: Literal["net", "drop", "refuse"] = "net"
    zeros: Rule = "keep"
    same_day: Literal["merge", "keep"] = "merge"
    missing_ids: Literal["drop", "refuse"] = "drop"
    duplicates: Rule = "keep"
    cancelled: Rule = "drop"
    test: Rule = "drop"
    staff: Rule = "drop"
    tax: Side = "as_recorded"
    shipping: Side = "as_recorded"
    discounts: Side = "as_recorded"
    start: Any = None
    end: Any = None
    outside: Literal["drop", "refuse"] = "drop"
    currency: str | None = None
    cancelled_words: tuple[str, ...] = ("cancelled", "canceled", "void", "voided", "failed")

    def __post_init__(self):
        problems = []
        for field in fields(self):
            choices = getattr(field.type, "__args__", ())
            try:
                if choices and all(isinstance(c, str) for c in choices):
                    one_of(field.name, getattr(self, field.name), choices)
                elif field.name in ("start", "end") and getattr(self, field.name) is not None:
                    as_datetime(field.name, getattr(self, field.name))
            except Refusal as problem:
                problems.append(problem)
        words = self.cancelled_words
        if not isinstance(words, (tuple, list, set, frozenset)) or not all(isinstance(word, str) for word in words):
            problems.append(
                Refusal("cancelled_words needs several words.", repr(words), "cancelled_words=('cancelled', 'void')")
            )
        refuse_all(problems)
        first, last = self.days()
        if first and last and first > last:
            raise Refusal("start lies after end.", f"{self.start} and {self.end}", "swap them")

    def days(self):
        """(start of the first day, end of the last day); None where there is no limit"""
        first = None if self.start is None else as_datetime("start", self.start)
        last = None if self.end is None else as_datetime("end", self.end)
        return first, last and last.replace(hour=23, minute=59, second=59, microsecond=999999)
