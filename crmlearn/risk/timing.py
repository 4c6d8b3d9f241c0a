"""When an event may happen: words about time become months of exposure."""

import re

from crmlearn.errors import Refusal

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ALL = tuple(range(1, 13))
_FULL = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_BY_NAME = {n: i for names in (_FULL, map(str.casefold, MONTHS)) for i, n in enumerate(names, 1)} | {"sept": 9}
_WHOLE_YEAR = {"", "any", "any month", "any time", "anytime", "always", "all year", "whole year", "every month"}
# Days that move with the moon can fall into either of two months.
_FEASTS = {
    "lunar new year": (1, 2), "chinese new year": (1, 2), "christmas": (12,), "deepavali": (10, 11),
    "mid-autumn festival": (9, 10), "national day": (8,), "year end": (11, 12), "year-end": (11, 12),
}  # fmt: skip
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_TO = re.compile(r"\s*(?:-|–|—|\bto\b|\buntil\b)\s*")


def months_of(timing):
    """Months (1 to 12) in which an event can happen.

    timing : str: "any month", a year, a month, months ("Nov to Jan", "Mar, Jun"), a quarter ("Q4"), a date
        ("2026-03-15", "13th December 2019"), or a feast such as "Lunar New Year"
    Returns: tuple of int, in the order of the calendar
    Errors: Refusal where no month can be read

    >>> months_of("Nov to Jan"), months_of("Mar 2026"), months_of("Lunar New Year"), len(months_of("2026"))
    ((1, 11, 12), (3,), (1, 2), 12)
    """
    text = " ".join(str(timing).split()).casefold().strip(" .")
    if text in _WHOLE_YEAR or re.fullmatch(r"(19|20)\d\d", text):
        return _ALL
    if text in _FEASTS:
        return _FEASTS[text]
    iso = re.fullmatch(r"(?:19|20)\d\d[-/.](\d\d?)(?:[-/.]\d\d?)?(?:[ t].*)?", text)
    if iso and 1 <= int(iso[1]) <= 12:
        return (int(iso[1]),)
    text = re.sub(r"\b(19|20)\d\d\b", " ", text).strip()  # the year says nothing about the month
    found = set()
    for part in re.split(r"\s*(?:,|;|/|&|\band\b|\bor\b)\s*", text):
        ends = [_month(end) for end in _TO.split(part) if not re.fullmatch(_DAY, end)]  # "13 - 15 December"
        if not 1 <= len(ends) <= 2 or None in ends:
            raise _unclear(timing)
        first, last = ends[0][0], ends[-1][-1]
        found |= {(m - 1) % 12 + 1 for m in range(first, last + 1 + 12 * (last < first))}
    return tuple(sorted(found))


def _month(text):
    """(first, last) month of "13th December", "Nov", "Q4"; None where there is none."""
    if quarter := re.fullmatch(r"q([1-4])", text.strip()):
        return (3 * int(quarter[1]) - 2, 3 * int(quarter[1]))
    words = [w for w in re.split(r"[\s.]+", text) if w and not re.fullmatch(rf"{_DAY}|early|mid|late|in", w)]
    if len(words) == 1 and words[0] in _BY_NAME:
        return (_BY_NAME[words[0]],) * 2
    return None


def _unclear(timing):
    return Refusal(
        "the timing names no months.", repr(str(timing))[:80], "'any month', 'Nov to Jan', 'Q4', '2026' or '2026-03-15'"
    )
