"""On how few customers does it rest? The Lorenz curve, Gini's index, and the shares of the best."""

import numpy as np

from crmlearn.audit.counting import counted_in, said
from crmlearn.errors import Refusal, one_of
from crmlearn.transactions.books import balanced

_POINTS = 200
_TOP = (0.01, 0.05, 0.10, 0.20, 0.50)


def lorenz(tx, period, margin=None, of="profit"):
    """Which share of the profit the least profitable customers bring together.

    tx : table, one row per order: customer_id, date, amount (>= 0, currency units); or a Ledger
    period : "2021", "2021 Q1", "2021-03" or (first day, last day)
    margin : as in transactions.ledger
    of : "profit" or "revenue"
    Returns: share_of_customers (from the least profitable up), share_of_profit (or share_of_revenue), profit_is; every
        customer is a point, or where they are more than 200, every half percent. With customers who cost, the curve
        starts below zero.
    Errors: Refusal when there is nothing to share
    Source: Lorenz (1905), Publications of the American Statistical Association 9(70), 209-219

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "b"], "date": days, "amount": [10.0, 30.0]})
    >>> lorenz(tx, "2021-03", of="revenue")[["share_of_customers", "share_of_revenue"]]
       share_of_customers  share_of_revenue
    0                 0.0              0.00
    1                 0.5              0.25
    2                 1.0              1.00
    """
    found, values = _values(tx, period, margin, of, "lorenz")
    at = np.linspace(0, 1, min(len(values), _POINTS) + 1)
    curve = _curve(values)(at)
    balanced(float(curve[-1]), 1.0, "all customers bring all of it")
    return found.book.table({"share_of_customers": at, f"share_of_{of}": curve} | said(found.book, len(at)))


def concentration(tx, period, margin=None, of="profit"):
    """Gini's index, and what the best customers bring.

    tx, period, margin, of : as in lorenz
    Returns: one row per measure: measure, value, unit, profit_is: customers; gini (0 all alike, 1 one brings all;
        above 1 is possible where customers cost); share of the best 1, 5, 10, 20 and 50 % of customers, also of parts
        of a customer; share of customers, the best first, who bring half and 80 % of it; peak, the share that the
        profitable bring together (above 1 where others cost)
    Source: Gini (1912); for the sorted form, Dorfman (1979), Review of Economics and Statistics 61(1), 146-149

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "b"], "date": days, "amount": [10.0, 30.0]})
    >>> concentration(tx, "2021-03", of="revenue")[["measure", "value"]].head(2)
         measure  value
    0  customers   2.00
    1       gini   0.25
    """
    found, values = _values(tx, period, margin, of, "concentration")
    n, total, curve = len(values), values.sum(), _curve(values)
    gini = 2 * float(np.arange(1, n + 1) @ values) / (n * total) - (n + 1) / n
    rows = [("customers", n, "customers"), ("gini", gini, "0 to 1")]
    rows += [(f"best {top:.0%}", 1 - float(curve(1 - top)), f"share of {of}") for top in _TOP]
    best = np.cumsum(values[::-1])
    for part in (0.5, 0.8):
        rows.append((f"bring {part:.0%}", _needed(best, values[::-1], part * total) / n, "share of customers"))
    rows.append(("peak", float(np.maximum(values, 0).sum() / total), f"share of {of}"))
    measures, numbers, units = (list(column) for column in zip(*rows, strict=True))
    table = {"measure": measures, "value": np.array(numbers, float), "unit": units}
    return found.book.table(table | said(found.book, len(rows)))


def _values(tx, period, margin, of, who):
    one_of("of", of, ("profit", "revenue"))
    found = counted_in(tx, period, margin, who)
    values = np.sort(found.active()[2 if of == "profit" else 1])
    if not values.sum() > 1e-9 * np.abs(values).sum():
        mend = "of='revenue'" if of == "profit" and found.revenue.sum() > 0 else "another period"
        raise Refusal(f"there is no {of} to have shares of.", f"{values.sum():.6g} in {found.span.label}", mend)
    return found, values


def _curve(values):
    """The share that the lowest part of customers brings; between two customers a straight line."""
    n, sums = len(values), np.r_[0.0, np.cumsum(values)]
    return lambda at: np.interp(np.asarray(at) * n, np.arange(n + 1), sums) / sums[-1]


def _needed(sums, values, wanted):
    """How many customers, the best first, bring this much; the last one in part."""
    at = int(np.argmax(sums >= wanted * (1 - 1e-12)))
    return at + 1 - max(sums[at] - wanted, 0) / values[at]
