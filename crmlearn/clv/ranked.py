"""Where the expected value lies: customers sorted by it, in groups of equal size, each with its interval."""

import numpy as np
import pandas as pd

from crmlearn.clv.forecast import Known, collected, terms
from crmlearn.clv.intervals import quantiles
from crmlearn.clv.models.fits import model_of
from crmlearn.errors import Refusal, whole


def tenths(
    model,
    spend,
    summary,
    horizon_months,
    discount_per_year,
    margin=1.0,
    unit="week",
    draws=None,
    groups=10,
    as_of=None,
):
    """Sort customers by expected value, the highest first, and cut the list into groups of equal size.

    model, spend, summary, horizon_months, discount_per_year, margin, unit, draws, as_of : as in individual
    groups : how many
    Returns: pandas table, one row per group: tenth, customers, p_alive (mean), expected_orders (mean, not discounted),
        value_per_customer, value (currency units of contribution), share (of the value of all), and low, high of
        value_per_customer at 95 % when draws are given. Who belongs to a group is decided once, by the best estimate,
        so an interval tells how sure the mean value of these customers is.
    Errors: Refusal for fewer customers than groups

    >>> from crmlearn.clv.models import BGNBD
    >>> base = pd.DataFrame({"x": [0, 3, 9, 1], "t_x": [0, 20.0, 37, 8], "T": [38.0, 38, 38, 30]})
    >>> table = tenths(BGNBD(0.243, 4.414, 0.793, 2.426), 35.0, base, 12, 0.1, margin=0.3, groups=2)
    >>> table[["tenth", "customers", "share"]].round(2)
       tenth  customers  share
    0      1          2   0.91
    1      2          2   0.09
    """
    given = terms(horizon_months, discount_per_year, margin, unit, as_of)
    n = whole("groups", groups, 2, "groups=10")
    frame = collected(summary)
    if len(frame) < n:
        raise Refusal(f"{n} groups need at least as many customers.", f"{len(frame)} customers", "groups=2")
    known, best, money = Known.of(frame), model_of(model), model_of(spend)
    value = known.values(best, money, given)
    group = np.empty(len(value), np.int64)
    group[np.argsort(-value, kind="stable")] = np.arange(len(value)) * n // len(value)
    size = np.bincount(group, minlength=n)
    history = known.x, known.t_x, known.T
    table = {
        "tenth": np.arange(n) + 1,
        "customers": size,
        "p_alive": np.bincount(group, best.p_alive(*history), n) / size,
        "expected_orders": np.bincount(
            group, best.discounted_orders(given["horizon"], given["count_rate"], *history), n
        )
        / size,
        "value_per_customer": np.bincount(group, value, n) / size,
        "value": np.bincount(group, value, n),
    }
    table["share"] = table["value"] / value.sum() if value.sum() > 0 else np.full(n, np.nan)
    if draws is not None:
        drawn = np.array([np.bincount(group, known.values(m, s, given), n) / size for m, s in draws])
        table["low"], table["high"] = quantiles(drawn)
    return pd.DataFrame(table)
