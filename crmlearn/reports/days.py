"""The day from which a report looks: said, of the latest order, or the last Sunday."""

from datetime import date, timedelta
from itertools import pairwise

LATEST, SUNDAY = "latest-order", "last-sunday"
IN_WORDS = {LATEST: "latest in the file", SUNDAY: "last Sunday"}
QUARTER, QUIET = timedelta(days=91), timedelta(days=7)


def as_of(rule, today=None):
    """The day that a rule means, or None for the day of the latest order, which only the data know.

    rule : "2021-04-03", "last-sunday" (the last Sunday that is over), "latest-order" or empty
    today : date; without it, by the clock

    >>> as_of("last-sunday", today=date(2026, 11, 22))  # a Sunday itself: it is not over
    datetime.date(2026, 11, 15)
    """
    if rule in ("", LATEST):
        return None
    if rule == SUNDAY:
        today = today or date.today()
        return today - timedelta(days=(today.weekday() + 1) % 7 or 7)
    return date.fromisoformat(rule)


def stale(days, day):
    """A sentence if the orders end long before the day from which a report looks, else an empty text.

    days : dates of orders, in any order; day : date
    Long is longer than a week, and than any gap between days with orders in the last 91 days of the file.

    >>> stale([date(2021, 3, 1), date(2021, 3, 3)], date(2021, 3, 20))
    'the latest order is of 2021-03-03, 17 days before 2021-03-20: the file may be old.'
    """
    distinct = sorted(set(days))
    last = distinct[-1]
    recent = [d for d in distinct if d >= last - QUARTER]
    gaps = [after - before for before, after in pairwise(recent)]
    if day - last <= max([QUIET, *gaps]):
        return ""
    return (
        f"the latest order is of {last:%Y-%m-%d}, {(day - last).days} days before {day:%Y-%m-%d}: the file may be old."
    )
