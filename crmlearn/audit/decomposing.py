"""Why did the profit change? Its change divided exactly among the factors whose product it is."""

from itertools import combinations
from math import factorial, log, prod

import numpy as np

from crmlearn.audit.counting import said
from crmlearn.audit.one_period import factors_of
from crmlearn.audit.two_periods import compared
from crmlearn.errors import Refusal, number, one_of
from crmlearn.transactions.books import balanced

NAMES = ("customers", "orders per customer", "revenue per order", "margin share")


def factor_bridge(tx, first, second, margin=None, method="shapley"):
    """The change in profit, divided among customers, orders per customer, revenue per order and margin share.

    tx, first, second, margin : as in lost_kept_new
    method : "shapley", the mean over all sequences in which the factors could have changed one after another, works for
        losses too; "lmdi", the log-mean Divisia index, needs a profit in both periods
    Returns: one row per step, as in bridge: step, change (currency units), before, after (the factor itself), total,
        profit_is. The steps add up exactly. It says what moved together with the profit, not what caused it.
    Errors: Refusal for a period without revenue, and for "lmdi" with a loss or a nothing
    Source: Shapley (1953); Ang (2005), Energy Policy 33(7), 867-871, for LMDI

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-02-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 20.0, 20.0]})
    >>> factor_bridge(tx, "2021-02", "2021-03")[["step", "change"]]
                     step  change
    0             2021-02    10.0
    1           customers    15.0
    2  orders per customer     0.0
    3    revenue per order    15.0
    4         margin share     0.0
    5             2021-03    40.0
    """
    one_of("method", method, ("shapley", "lmdi"))
    one, two, _ = compared(tx, first, second, margin, "factor_bridge")
    before, after = factors_of(one), factors_of(two)
    without = [found.span.label for found in (one, two) if not found.revenue.sum()]
    if without:
        raise Refusal("a period without revenue has no margin share.", " and ".join(without), "bridge(...) instead")
    parts = {"shapley": shapley, "lmdi": lmdi}[method](before, after)
    profits = [float(found.active()[2].sum()) for found in (one, two)]
    balanced([profits[0], *parts], profits[1], "profit 1 + the factors' parts = profit 2", one.scale + two.scale)
    nothing = float("nan")
    table = {
        "step": [one.span.label, *NAMES, two.span.label],
        "change": np.array([profits[0], *parts, profits[1]]),
        "before": np.array([nothing, *before, nothing]),
        "after": np.array([nothing, *after, nothing]),
        "total": [True, *[False] * len(parts), True],
    }
    return one.book.table(table | said(one.book, len(parts) + 2))


def shapley(before, after):
    """Each factor's part in the change of a product, averaged over all sequences of change; the parts add up exactly.

    before, after : the factors, any numbers
    Returns: list of parts

    >>> shapley((10, 1), (20, 3))
    [20.0, 30.0]
    """
    n, parts = len(before), []
    for at in range(n):
        others = [i for i in range(n) if i != at]
        part = 0.0
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for changed in combinations(others, size):
                part += weight * prod(after[i] if i in changed else before[i] for i in others)
        parts.append(part * (after[at] - before[at]))
    return parts


def lmdi(before, after):
    """Each factor's part in the change of a product by the log-mean Divisia index; the parts add up exactly.

    before, after : the factors, all above zero
    Returns: list of parts: L(V1, V0) ln(x1 / x0), with L(a, b) = (a - b) / ln(a / b)
    Source: Ang (2005), Energy Policy 33(7), 867-871

    >>> [round(part, 4) for part in lmdi((10, 1), (20, 3))]
    [19.3426, 30.6574]
    """
    for name, values in (("before", before), ("after", after)):
        for value in values:
            if not value > 0:
                raise Refusal("lmdi needs factors above zero.", f"{value:.4g} {name}", "method='shapley'")
            number(name, value)
    one, two = prod(before), prod(after)
    mean = one if abs(two - one) <= 1e-12 * one else (two - one) / log(two / one)
    return [mean * log(b / a) for a, b in zip(before, after, strict=True)]
