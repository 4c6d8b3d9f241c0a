"""A decision of a rule: what it says, why, by which section, until when, and as of which day of the law."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from crmlearn import tables
from crmlearn.errors import Refusal

LAW_CHECKED_ON = date(2026, 5, 31)  # the law is stated as at May 2026
STALE_AFTER = timedelta(days=183)
SINGAPORE = ZoneInfo("Asia/Singapore")
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


@dataclass(frozen=True)
class Reason:
    """One step of a decision.

    text : a sentence; section : where it stands, such as "s 26B(1)(a)"; basis : "statute" or "regulation", whose text
        we have seen, "as summarised" where we know it from others, "guidance" of the Commission (which is no law), or
        "our reading" where the text leaves it open or we recall it
    """

    text: str
    section: str
    basis: str = "statute"

    def __str__(self):
        return f"{self.text} ({self.section}; {self.basis})"


@dataclass(frozen=True)
class Decision:
    """What a rule says of some facts.

    question, answer : str; reasons : tuple of Reason, in the order of the steps
    dates : {what: last day}; at : the day on which it is asked, or None; amount : dollars, where it is about money
    ground : the deciding reason in two or three words, where decisions about many people are counted
    """

    question: str
    answer: str
    reasons: tuple = ()
    dates: dict = field(default_factory=dict)
    at: date | None = None
    amount: float | None = None
    ground: str = ""

    @property
    def sections(self):
        """The sections that it rests on, each once, in their order."""
        return tuple(dict.fromkeys(r.section for r in self.reasons))

    @property
    def law_checked_on(self):
        """On which day of the law it stands, and whether that has grown old."""
        return law_as_of(self.at)

    def lines(self):
        dates = [f"  {what}: {day(on)}" for what, on in self.dates.items()]
        return [f"{self.question} {self.answer}.", *dates, *(f"  - {r}" for r in self.reasons), self.law_checked_on]

    def __repr__(self):
        return "\n".join(self.lines())

    def _repr_html_(self):
        rows = [[r.text, r.section, r.basis] for r in self.reasons]
        dates = "; ".join(f"{what}: {day(on)}" for what, on in self.dates.items())
        caption = f"{self.question} {self.answer}. {f'{dates}. ' if dates else ''}{self.law_checked_on}"
        return tables.html(["reason", "section", "basis"], rows, caption)


def law_as_of(at=None):
    """The day on which the law was checked, as every result tells it, and whether that day is long past.

    >>> law_as_of(date(2026, 6, 1))
    'Law as checked on 31 May 2026; not legal advice.'
    """
    told = f"Law as checked on {day(LAW_CHECKED_ON)}; not legal advice."
    if at is not None and at > LAW_CHECKED_ON + STALE_AFTER:
        told += f" Not re-checked since: on {day(at)} ask somebody who knows today's law."
    return told


def day(on):
    """A day in words: 4 August 2025.

    >>> day(date(2025, 8, 4))
    '4 August 2025'
    """
    return f"{on.day} {on:%B %Y}"


def yes(name, given):
    """Yes or no as a file may say it: yes, no, true, false, 1, 0.

    >>> yes("listed", "No"), yes("listed", 1.0)
    (False, True)
    """
    said = _YES.get(str(given).strip().casefold().removesuffix(".0"))
    if said is None:
        raise Refusal(f"{name} is neither yes nor no.", repr(given)[:40], "yes or no")
    return said


def moments(name, column):
    """A column of days or moments, in Singapore's time; 03/04/2025 is refused, since nobody knows which it is.

    >>> moments("at", pd.Series(["2025-08-01", "2025-08-01T20:00:00+00:00"])).tolist()
    [Timestamp('2025-08-01 00:00:00'), Timestamp('2025-08-02 04:00:00')]
    """
    if pd.api.types.is_numeric_dtype(column) and column.notna().any():
        raise Refusal(f"{name} holds numbers, no dates.", repr(column.dropna().iloc[0])[:40], "2025-08-01, year first")
    if pd.api.types.is_datetime64_any_dtype(column):
        zone = getattr(column.dt, "tz", None)
        return column if zone is None else column.dt.tz_convert(SINGAPORE).dt.tz_localize(None)
    read = [_moment(name, value) for value in column]
    return pd.Series(pd.to_datetime(read), index=column.index, name=column.name)


def _moment(name, value):
    if value is None or value != value or value == "":
        return pd.NaT
    try:
        if isinstance(value, (int, float)):
            raise TypeError
        moment = pd.Timestamp(datetime.fromisoformat(value) if isinstance(value, str) else value)
    except (ValueError, TypeError):
        raise Refusal(f"{name} holds something that is no date.", repr(value)[:40], "2025-08-01, year first") from None
    return moment if moment.tz is None else moment.tz_convert(SINGAPORE).tz_localize(None)


def in_singapore(name, given):
    """The calendar day in Singapore of a date, of a moment with a time zone, or of a text such as 2025-08-01.

    >>> in_singapore("assessed_on", datetime(2025, 8, 1, 23, 0, tzinfo=ZoneInfo("UTC")))  # already the next day there
    datetime.date(2025, 8, 2)
    """
    if isinstance(given, str):
        try:
            given = date.fromisoformat(given) if len(given) == 10 else datetime.fromisoformat(given)
        except ValueError:
            raise Refusal(f"{name} needs a date, year first.", repr(given)[:60], f"{name}='2025-08-01'") from None
    if isinstance(given, datetime):
        if given.tzinfo is None and given.time() == time.min:  # pandas makes a moment of every day
            return given.date()
        if given.tzinfo is None:
            wrong = f"{name} has a time of day but no time zone."
            raise Refusal(wrong, str(given), f"{name}='{given:%Y-%m-%d}', or a time with +08:00")
        return given.astimezone(SINGAPORE).date()
    if not isinstance(given, date):
        raise Refusal(f"{name} needs a date.", repr(given)[:60], f"{name}='2025-08-01'")
    return given
