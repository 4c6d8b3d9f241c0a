"""Calendar periods as whole numbers: which week, month, quarter or year a day lies in, and the way back."""

import re
from typing import NamedTuple

import numpy as np

from crmlearn.errors import Refusal, one_of
from crmlearn.transactions.dates import as_datetime

UNITS = {"W": "week", "M": "month", "Q": "quarter", "Y": "year"}


class Span(NamedTuple):
    """First and last day of a period, as days since 1970-01-01, and its name."""

    first: int
    last: int
    label: str

    @property
    def days(self):
        return self.last - self.first + 1


def unit_of(period):
    return one_of("period", period, tuple(UNITS))


def index(days, unit):
    """The number of the period that each day lies in; weeks begin on Monday.

    >>> int(index(day_of("on", "2021-03-15"), "Q") - index(day_of("on", "2020-12-31"), "Q"))
    1
    """
    days = np.asarray(days)
    if unit == "W":
        return (days + 3) // 7  # 1970-01-01 was a Thursday
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months // {"M": 1, "Q": 3, "Y": 12}[unit]


def first_day(at, unit):
    """The first day of a period, as a number."""
    if unit == "W":
        return int(at) * 7 - 3
    return int(np.datetime64(int(at) * {"M": 1, "Q": 3, "Y": 12}[unit], "M").astype("datetime64[D]").astype(int))


def label(at, unit):
    """A period's name, which sorts as time does; a week is named by its Monday.

    >>> [label(index(day_of("on", "2021-03-17"), unit), unit) for unit in UNITS]
    ['2021-03-15', '2021-03', '2021 Q1', '2021']
    """
    day = str(np.datetime64(first_day(at, unit), "D"))
    return {"W": day, "M": day[:7], "Q": f"{day[:4]} Q{(int(day[5:7]) + 2) // 3}", "Y": day[:4]}[unit]


def day_of(name, value):
    """A date argument as the number of its day since 1970-01-01."""
    return int(np.datetime64(as_datetime(name, value).date(), "D").astype(int))


def iso(day):
    return str(np.datetime64(int(day), "D"))


def span(name, value):
    """A period as its days: "1997", "1997 Q1", "1997-03", or (first day, last day), both counted.

    >>> span("period", "1997 Q2").label, span("period", ("1997-04-01", "1997-06-30")).days
    ('1997 Q2', 91)
    """
    if isinstance(value, Span):
        return value
    written = re.fullmatch(r"\s*(\d{4})(?:[\s-]*Q([1-4])|-(\d{2}))?\s*", str(value)) if isinstance(value, str) else None
    if written:
        year, quarter, month = written.groups()
        unit, start = ("Q", 3 * int(quarter) - 2) if quarter else ("M", int(month)) if month else ("Y", 1)
        at = int(index(day_of(name, f"{year}-{start:02d}-01"), unit))
        return Span(first_day(at, unit), first_day(at + 1, unit) - 1, label(at, unit))
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise Refusal(
            f"{name} needs a period.", repr(value)[:80], f"{name}='2021', '2021 Q1', '2021-03' or (first day, last day)"
        )
    first, last = (day_of(name, day) for day in value)
    if first > last:
        raise Refusal(f"{name} ends before it begins.", f"{iso(first)} to {iso(last)}", "swap them")
    return Span(first, last, f"{iso(first)} to {iso(last)}")
