"""Rates belong to a period. One place turns a rate of one period into the rate of another."""

from crmlearn.errors import number, one_of
from crmlearn.transactions.summary import DAYS


def convert(rate, per, to, kind="discount"):
    """Turn a rate per day, week, month or year into the equal rate per another of them.

    rate : float; discount > -1; retention and churn in [0, 1]
    per, to : "day", "week" (7 days), "month" (365.25 / 12 days), "year" (365.25 days)
    kind : "discount" compounds, "retention" multiplies, "churn" is one minus retention
    Returns: float

    A churn of 5 % a month is not 60 % a year, because those who left cannot leave again:

    >>> round(convert(0.05, per="month", to="year", kind="churn"), 4)
    0.4596
    >>> round(convert(0.10, per="year", to="month"), 6)
    0.007974
    """
    one_of("kind", kind, ("discount", "retention", "churn"))
    one_of("per", per, tuple(DAYS))
    one_of("to", to, tuple(DAYS))
    times = DAYS[to] / DAYS[per]
    if kind == "discount":
        return (1 + number("discount", rate, -1, low_open=True)) ** times - 1
    if kind == "retention":
        return number("retention", rate, 0, 1) ** times
    return 1 - (1 - number("churn", rate, 0, 1)) ** times
