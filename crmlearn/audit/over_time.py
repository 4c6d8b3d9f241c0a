"""Lenses 3 to 5: one cohort over time, cohorts compared, and the whole base by cohort."""

import numpy as np

from crmlearn.audit.counting import ratio, said
from crmlearn.errors import Refusal, whole
from crmlearn.transactions.books import balanced
from crmlearn.transactions.cells import MOST_PERIODS, cells_of
from crmlearn.transactions.ledgers import ledger, until
from crmlearn.transactions.periods import index, iso, label, span, unit_of


def one_cohort(tx, cohort, as_of, period="M", margin=None):
    """Lens 3: what the customers acquired in one span of time did since.

    tx : table, one row per order: customer_id, date, amount (>= 0, currency units); or a Ledger
    cohort : span of the first orders: "2021", "2021 Q1", "2021-03" or (first day, last day)
    as_of : date, the last day that was observed; orders after it are refused
    period : "W", "M", "Q" or "Y", the steps of time
    margin : as in transactions.ledger
    Returns: one row per period from the cohort's first: period, customers (acquired so far), active, orders, revenue,
        profit, share_active (of those acquired so far), orders_per_active, revenue_per_order, margin_share,
        cumulative_profit_per_customer (acquired in all), seen ("whole" or until when), profit_is
    Errors: Refusal when nobody was acquired in the span; Unbalanced

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-02-01", "2021-04-15", "2021-02-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> one_cohort(tx, "2021-02", "2021-04-30")[["period", "active", "share_active", "revenue"]]
        period  active  share_active  revenue
    0  2021-02       2           1.0     15.0
    1  2021-03       0           0.0      0.0
    2  2021-04       1           0.5     30.0
    """
    book, when = ledger(tx, margin, "one_cohort"), span("cohort", cohort)
    end, first = until(book, as_of), book.acquired
    member = (first >= when.first) & (first <= when.last)
    if not member.any():
        saw = f"first orders from {iso(first.min())} to {iso(first.max())}"
        raise Refusal(f"nobody was acquired in cohort={when.label}.", saw, "another span")
    rows = member[book.customer]
    at = index(book.day[rows], unit_of(period))
    start = int(index(first[member].min(), period))
    n = int(index(end, period)) - start + 1
    who = book.customer[rows]
    fresh = np.r_[True, (who[1:] != who[:-1]) | (at[1:] != at[:-1])]
    table = {
        "customers": np.cumsum(np.bincount(index(first[member], period) - start, minlength=n)),
        "active": np.bincount(at[fresh] - start, minlength=n),
        "orders": np.bincount(at - start, book.opens[rows], n).astype(np.int64),
        "revenue": np.bincount(at - start, book.amount[rows], n),
        "profit": np.bincount(at - start, book.profit[rows], n),
    }
    scale = float(np.abs(book.profit[rows]).sum())
    balanced(table["profit"], float(book.per_customer(book.profit)[member].sum()), "periods = cohort, profit", scale)
    balanced(table["revenue"], float(book.per_customer(book.amount)[member].sum()), "periods = cohort, revenue")
    balanced(table["orders"], int(book.opens[rows].sum()), "periods = cohort, orders")
    names = {"period": np.array([label(start + i, period) for i in range(n)], object)}
    found = names | table | _per_head(table, table["customers"])
    found["cumulative_profit_per_customer"] = np.cumsum(table["profit"]) / int(member.sum())
    return book.table(found | {"seen": _seen(n, start, period, end)} | said(book, n))


def cohorts_compared(tx, as_of, period="Q", margin=None):
    """Lens 4: cohorts at the same age.

    tx, as_of, margin : as in one_cohort
    period : "W", "M", "Q" or "Y", for cohorts and for their age
    Returns: one row per cohort and age: cohort, age (periods since the cohort's own, 0), customers (acquired), active,
        orders, revenue, profit, share_active, orders_per_active, revenue_per_order, margin_share,
        profit_per_customer, cumulative_profit_per_customer (of all acquired), seen, profit_is

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-02-01", "2021-04-15", "2021-02-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> cohorts_compared(tx, "2021-06-30")[["cohort", "age", "share_active", "cumulative_profit_per_customer"]]
        cohort  age  share_active  cumulative_profit_per_customer
    0  2021 Q1    0           1.0                             7.5
    1  2021 Q1    1           0.5                            22.5
    """
    book = ledger(tx, margin, "cohorts_compared")
    cell = cells_of(book, until(book, as_of), unit_of(period)).tidy()
    seen = cell.pop("seen")
    del cell["period"]
    cell |= _per_head(cell, cell["customers"])
    cell["profit_per_customer"] = cell["profit"] / cell["customers"]
    sums = np.cumsum(cell["profit_per_customer"])
    starts = np.flatnonzero(cell["age"] == 0)
    carried = np.repeat(sums[starts] - cell["profit_per_customer"][starts], np.diff(np.r_[starts, len(sums)]))
    cell["cumulative_profit_per_customer"] = sums - carried
    return book.table(cell | {"seen": seen} | said(book, len(seen)))


def whole_base(tx, as_of, period="Q", cohort=None, margin=None):
    """Lens 5: each period's profit, stacked by the cohorts that brought it (the C3, customer-cohort chart).

    tx, as_of, margin : as in one_cohort
    period : steps of time; cohort : how newcomers are grouped ("Y" over quarters is usual); None for the same
    Returns: one row per period and cohort that existed by then: period, cohort, active, orders, revenue, profit, seen,
        profit_is. The cohorts of each period add up to the period.

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2020-02-01", "2021-04-15", "2021-02-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> whole_base(tx, "2021-12-31", "Y")[["period", "cohort", "active", "profit"]]
      period cohort  active  profit
    0   2020   2020       1    10.0
    1   2021   2020       1    30.0
    2   2021   2021       1     5.0
    """
    book = ledger(tx, margin, "whole_base")
    end, wide = until(book, as_of), unit_of(cohort or period)
    here = index(book.day, unit_of(period))
    kinds, own = np.unique(index(book.acquired, wide), return_inverse=True)
    start, n = int(here.min()), int(index(end, period)) - int(here.min()) + 1
    _few_enough(n, book, end)
    flat = (here - start) * len(kinds) + own[book.customer]
    fresh = np.r_[True, (book.customer[1:] != book.customer[:-1]) | (here[1:] != here[:-1])]
    size = n * len(kinds)
    table = {
        "active": np.bincount(flat[fresh], minlength=size),
        "orders": np.bincount(flat, book.opens, size).astype(np.int64),
        "revenue": np.bincount(flat, book.amount, size),
        "profit": np.bincount(flat, book.profit, size),
    }
    for name, values in (("orders", book.opens), ("revenue", book.amount), ("profit", book.profit)):
        whole, scale = np.bincount(here - start, values, n), np.bincount(here - start, np.abs(values), n)
        for at, parts in enumerate(table[name].reshape(n, -1)):
            balanced(parts, whole[at], f"sum of cohorts = {label(start + at, period)}, {name}", scale[at])
    row, column = np.divmod(np.arange(size), len(kinds))
    born = np.full(len(kinds), start + n)
    np.minimum.at(born, own, index(book.acquired, period))
    kept = born[column] <= row + start
    found = {
        "period": np.array([label(start + i, period) for i in range(n)], object)[row],
        "cohort": np.array([label(i, wide) for i in kinds], object)[column],
    }
    found |= table | {"seen": _seen(n, start, period, end)[row]} | said(book, size)
    return book.table({name: values[kept] for name, values in found.items()})


def repeat_rates(tx, as_of, period="Q", within_days=365):
    """How many of each cohort ordered again, within the same number of days for all.

    tx, as_of, period : as in cohorts_compared
    within_days : days after the first order; an order on the first day itself is a second one too
    Returns: one row per cohort: cohort, customers, observed (customers whose whole span lies before as_of), repeated
        (of these), repeat_rate (missing where nobody was observed long enough), within_days

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-02-01", "2021-02-15", "2021-02-08", "2021-04-02"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b", "c"], "date": days, "amount": [10.0, 30.0, 5.0, 1.0]})
    >>> repeat_rates(tx, "2021-04-30", within_days=60)
        cohort  customers  observed  repeated  repeat_rate  within_days
    0  2021 Q1          2         2         1          0.5           60
    1  2021 Q2          1         0         0          NaN           60
    """
    book = ledger(tx, who="repeat_rates")
    end, days = until(book, as_of), whole("within_days", within_days, 1, "within_days=365")
    first = book.acquired
    rows = book.opens & (book.day <= first[book.customer] + days)
    again = np.bincount(book.customer[rows], minlength=book.customers) > 1
    observed = first + days <= end
    kinds, own = np.unique(index(first, unit_of(period)), return_inverse=True)
    table = {
        "cohort": np.array([label(i, period) for i in kinds], object),
        "customers": np.bincount(own),
        "observed": np.bincount(own, observed).astype(np.int64),
        "repeated": np.bincount(own, observed & again).astype(np.int64),
    }
    balanced(table["customers"], book.customers, "sum of cohorts = all customers")
    table["repeat_rate"] = ratio(table["repeated"], table["observed"])
    return book.table(table | {"within_days": np.full(len(kinds), within_days)})


def acquisition(tx, as_of, period="M", margin=None):
    """New and returning customers of each period.

    tx, as_of, margin : as in one_cohort
    Returns: one row per period: period, new, returning, active (their sum), acquired_so_far, new_revenue (of the
        newcomers, all their orders of the period), returning_revenue, revenue, new_profit, returning_profit, profit,
        returning_share_of_revenue, seen, profit_is

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-02-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> acquisition(tx, "2021-03-31")[["period", "new", "returning", "active", "new_revenue", "returning_revenue"]]
        period  new  returning  active  new_revenue  returning_revenue
    0  2021-02    1          0       1         10.0                0.0
    1  2021-03    1          1       2          5.0               30.0
    """
    book = ledger(tx, margin, "acquisition")
    end, here = until(book, as_of), index(book.day, unit_of(period))
    born = index(book.acquired, period)
    start, n = int(here.min()), int(index(end, period)) - int(here.min()) + 1
    _few_enough(n, book, end)
    fresh = np.r_[True, (book.customer[1:] != book.customer[:-1]) | (here[1:] != here[:-1])]
    new, at = born[book.customer] == here, here - start
    table = {"period": np.array([label(start + i, period) for i in range(n)], object)}
    table |= {"new": np.bincount(born - start, minlength=n), "returning": np.bincount(at[fresh & ~new], minlength=n)}
    table["active"] = np.bincount(at[fresh], minlength=n)
    table["acquired_so_far"] = np.cumsum(table["new"])
    for name, values in (("revenue", book.amount), ("profit", book.profit)):
        table[f"new_{name}"] = np.bincount(at[new], values[new], n)
        table[f"returning_{name}"] = np.bincount(at[~new], values[~new], n)
        table[name] = np.bincount(at, values, n)
        scale = float(np.abs(values).sum())
        for a, b, both in zip(table[f"new_{name}"], table[f"returning_{name}"], table[name], strict=True):
            balanced([a, b], both, f"new + returning {name} = {name} of the period", scale)
        balanced(table[name], float(values.sum()), f"sum of periods = all {name}", scale)
    balanced([*table["new"], *table["returning"]], table["active"], "new + returning = active customers")
    balanced(table["new"], book.customers, "all newcomers = all customers")
    table["returning_share_of_revenue"] = ratio(table["returning_revenue"], table["revenue"])
    return book.table(table | {"seen": _seen(n, start, period, end)} | said(book, n))


def _few_enough(periods, book, end):
    if periods > MOST_PERIODS:
        saw = f"{periods:,} periods, from {iso(book.day.min())} to {iso(end)}"
        raise Refusal("these are more periods than can be looked at.", saw, "a longer period, or a nearer as_of")


def _per_head(table, customers):
    return {
        "share_active": ratio(table["active"], customers),
        "orders_per_active": ratio(table["orders"], table["active"]),
        "revenue_per_order": ratio(table["revenue"], table["orders"]),
        "margin_share": ratio(table["profit"], table["revenue"]),
    }


def _seen(n, start, unit, end):
    seen = np.full(n, "whole", object)
    if int(index(end + 1, unit)) == start + n - 1:  # the next day lies in the same period
        seen[-1] = f"until {iso(end)}"
    return seen
