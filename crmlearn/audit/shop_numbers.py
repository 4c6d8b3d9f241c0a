"""What the dashboards of shop systems show: waiting times, refunds, what a customer cost and brought back."""

import narwhals.stable.v2 as nw
import numpy as np

from crmlearn.audit.counting import ratio, said
from crmlearn.audit.over_time import acquisition, repeat_rates
from crmlearn.errors import Refusal, number
from crmlearn.transactions.books import balanced
from crmlearn.transactions.cells import cells_of
from crmlearn.transactions.ledgers import ledger, until
from crmlearn.transactions.periods import index, label, unit_of

CAVEAT = "3:1 is a rule of thumb; we know of no research that supports it."


def time_between_orders(tx, as_of):
    """Days from one order of a customer to the next.

    tx : table, one row per order: customer_id, date, amount (>= 0, currency units); or a Ledger
    as_of : date; orders after it are refused
    Returns: one row per step: step ("1 to 2", "2 to 3", "3 to 4", "later", "all"), gaps, customers, p25_days,
        median_days, p75_days. Only gaps that ended are known: waits that still last are missing here, so the true
        times are longer (cohorts.time_to_nth_order counts them).
    Errors: Refusal when nobody ordered twice

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> time_between_orders(tx, "2021-03-31")[["step", "gaps", "median_days"]]
         step  gaps  median_days
    0  1 to 2     1         14.0
    1     all     1         14.0
    """
    book = ledger(tx, who="time_between_orders")
    until(book, as_of)
    day, customer = book.day[book.opens], book.customer[book.opens]
    same = customer[1:] == customer[:-1]
    if not same.any():
        raise Refusal("nobody ordered twice.", f"{book.customers:,} customers with one order each", "a longer log")
    starts = np.flatnonzero(np.r_[True, ~same])
    nth = np.arange(len(day)) - np.repeat(starts, np.diff(np.r_[starts, len(day)]))
    gaps, step = np.diff(day)[same], np.minimum(nth[1:][same], 4)
    balanced(len(gaps), len(day) - book.customers, "gaps = orders - customers")
    who = customer[1:][same]
    rows = [(name, step == at) for at, name in enumerate(("1 to 2", "2 to 3", "3 to 4", "later"), 1)]
    rows = [(name, at) for name, at in [*rows, ("all", step > 0)] if at.any()]
    quarters = np.array([np.quantile(gaps[at], (0.25, 0.5, 0.75)) for _, at in rows])
    table = {"step": [name for name, _ in rows], "gaps": np.array([at.sum() for _, at in rows])}
    table["customers"] = np.array([len(np.unique(who[at])) for _, at in rows])
    return book.table(table | {f"{n}_days": quarters[:, i] for i, n in enumerate(("p25", "median", "p75"))})


def refunds(tx, as_of, period="Q"):
    """What each cohort gave back.

    tx : table as it was read, before cleaning: refunds are the rows with negative amounts
    as_of, period : as in acquisition
    Returns: one row per cohort (by the first order): cohort, customers, orders, gross_revenue, refunds (rows),
        refunded (currency units, >= 0), refund_share (refunded / gross_revenue), customers_with_refund. Who has
        refunds but no order stands under "(no order in the log)".
    Errors: Refusal when there is no order at all

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, -4.0, 5.0]})
    >>> refunds(tx, "2021-03-31")[["cohort", "customers", "gross_revenue", "refunded", "refund_share"]]
        cohort  customers  gross_revenue  refunded  refund_share
    0  2021 Q1          2           15.0       4.0      0.266667
    """
    book = ledger(tx, None, "refunds", refunds=True)
    until(book, as_of)
    paid = book.amount >= 0
    if not paid.any():
        raise Refusal("there are only refunds, no orders.", f"{len(paid):,} rows, all negative", "the orders too")
    never = np.iinfo(np.int64).max
    first = np.full(book.customers, never)
    np.minimum.at(first, book.customer[paid], book.day[paid])
    known = first < never
    born = np.full(book.customers, never)
    born[known] = index(first[known], unit_of(period))
    kinds, own = np.unique(born, return_inverse=True)
    n, row = len(kinds), own[book.customer]
    table = {
        "cohort": [label(i, period) if i < never else "(no order in the log)" for i in kinds],
        "customers": np.bincount(own, minlength=n),
        "orders": np.bincount(row, book.opens, n).astype(np.int64),
        "gross_revenue": np.bincount(row[paid], book.amount[paid], n),
        "refunds": np.bincount(row[~paid], minlength=n),
        "refunded": np.bincount(row[~paid], -book.amount[~paid], n),
    }
    table["refund_share"] = ratio(table["refunded"], table["gross_revenue"])
    with_refund = np.bincount(book.customer[~paid], minlength=book.customers) > 0
    table["customers_with_refund"] = np.bincount(own, with_refund, n).astype(np.int64)
    net = [*table["gross_revenue"], *-table["refunded"]]
    balanced(net, float(book.amount.sum()), "gross - refunded = net", float(np.abs(book.amount).sum()))
    return book.table(table)


def unit_economics(tx, as_of, acquisition_cost, period="M", margin=None, lifetime_value=None):
    """What a new customer cost, when a cohort had earned that back, and value over cost.

    tx, as_of, margin : as in acquisition
    acquisition_cost : currency units per new customer, one number or {cohort: number}, e.g. {"2021-03": 12.5}
    period : cohorts and steps of time
    lifetime_value : currency units per customer from clv, before the cost; None takes what was earned so far, which
        is less
    Returns: one row per cohort: cohort, customers, acquisition_cost, profit_per_customer (to date), payback_periods
        (periods until the profit per customer covered the cost; 1 is the cohort's own; missing where it has not),
        value_per_customer, value_to_cost, counts (what the value is), caveat, profit_is
    Errors: Refusal for costs that are not above zero, and for cohorts without one

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-04-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 4.0]})
    >>> told = unit_economics(tx, "2021-04-30", acquisition_cost=10, margin=0.5)
    >>> told[["cohort", "profit_per_customer", "payback_periods", "value_to_cost"]]
        cohort  profit_per_customer  payback_periods  value_to_cost
    0  2021-03                 11.0              2.0            1.1
    >>> told["caveat"][0]
    '3:1 is a rule of thumb; we know of no research that supports it.'
    """
    book = ledger(tx, margin, "unit_economics")
    cells = cells_of(book, until(book, as_of), unit_of(period))
    names = cells.names(cells.cohorts).tolist()
    cost = np.array(_costs(acquisition_cost, names))
    earned = np.cumsum(cells.profit, axis=1) / cells.sizes[:, None]
    covered = (earned >= cost[:, None] * (1 - 1e-12)) & (cells.periods[None, :] >= cells.cohorts[:, None])
    age = covered.argmax(axis=1) - (cells.cohorts - cells.periods[0]) + 1
    value, counts = earned[:, -1], "profit so far, not a forecast"
    if lifetime_value is not None:
        value = np.full(len(names), number("lifetime_value", lifetime_value))
        counts = "lifetime value, as given"
    return book.table({
        "cohort": names, "customers": cells.sizes, "acquisition_cost": cost, "profit_per_customer": earned[:, -1],
        "payback_periods": np.where(covered.any(axis=1), age, np.nan), "value_per_customer": value,
        "value_to_cost": value / cost, "counts": [counts] * len(names), "caveat": [CAVEAT] * len(names),
    } | said(book, len(names)))  # fmt: skip


def dashboard(tx, as_of, period="M", margin=None, acquisition_cost=None, within_days=90):
    """The usual numbers of the last period that was seen whole, each with what it means.

    tx, as_of, period, margin : as in acquisition; acquisition_cost : currency units per new customer, or None
    within_days : days within which an order after the first counts as a repeat
    Returns: one row per measure: measure, value, unit, meaning
    Errors: Refusal when no period was seen whole

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-02-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> dashboard(tx, "2021-04-10")[["measure", "value"]].head(4)
                   measure  value
    0              revenue   35.0
    1     customers active    2.0
    2        new customers    1.0
    3  returning customers    1.0
    """
    book = ledger(tx, margin, "dashboard")
    flow = _columns(acquisition(book, as_of, period))
    whole = [i for i, seen in enumerate(flow["seen"]) if seen == "whole"]
    if not whole:
        raise Refusal("no period was seen whole.", f"{flow['period'][-1]} {flow['seen'][-1]}", "a shorter period")
    last = {name: values[whole[-1]] for name, values in flow.items()}
    name = last["period"]
    rates = _columns(repeat_rates(book, as_of, "Y", within_days))
    observed, repeated = sum(rates["observed"]), sum(rates["repeated"])
    rows = [
        ("revenue", last["revenue"], "currency units", name),
        ("customers active", last["active"], "customers", name),
        ("new customers", last["new"], "customers", f"{name}; first order in the log"),
        ("returning customers", last["returning"], "customers", name),
        ("revenue from new customers", last["new_revenue"], "currency units", name),
        ("revenue from returning customers", last["returning_revenue"], "currency units", name),
        ("returning share of revenue", last["returning_share_of_revenue"], "share", name),
        ("revenue per order", book.amount.sum() / book.opens.sum(), "currency units", "all orders of the log"),
        (f"customers observed for {within_days} days", observed, "customers", "since their first order"),
        ("of these came again", repeated, "customers", f"within {within_days} days"),
        (f"repeat rate within {within_days} days", repeated / observed if observed else None, "share",
         "of those observed so long"),
    ]  # fmt: skip
    if book.opens.sum() > book.customers:
        between = _columns(time_between_orders(book, as_of))
        note = "gaps that ended; waits that still last are longer"
        rows.append(("median time between orders", between["median_days"][-1], "days", note))
    if acquisition_cost is not None:
        cost = _columns(unit_economics(book, as_of, acquisition_cost, period))
        covered = [(n, p) for n, p in zip(cost["customers"], cost["payback_periods"], strict=True) if p == p and p]
        paid = sum(n for n, _ in covered)
        spent = sum(n * c for n, c in zip(cost["customers"], cost["acquisition_cost"], strict=True))
        earned = sum(n * v for n, v in zip(cost["customers"], cost["profit_per_customer"], strict=True))
        note = f"{book.basis.words} so far, not a forecast. {CAVEAT}"
        rows += [
            ("acquisition cost per customer", spent / book.customers, "currency units", "as given"),
            ("customers in cohorts that paid back", paid / book.customers, "share", book.basis.words),
            ("value so far to acquisition cost", earned / spent, "ratio", note),
        ]
    measures, values, units, notes = (list(column) for column in zip(*rows, strict=True))
    numbers = np.array([np.nan if v is None else float(v) for v in values])
    return book.table({"measure": measures, "value": numbers, "unit": units, "meaning": notes})


def _costs(given, names):
    if not isinstance(given, dict):
        return [number("acquisition_cost", given, 0, low_open=True)] * len(names)
    missing = [name for name in names if name not in given]
    if missing:
        raise Refusal(
            "acquisition_cost lacks cohorts.", ", ".join(missing[:6]), f"acquisition_cost={{'{missing[0]}': 10.0, ...}}"
        )
    return [number(f"acquisition_cost of {name}", given[name], 0, low_open=True) for name in names]


def _columns(table):
    return {name: values.to_list() for name, values in nw.from_native(table, eager_only=True).to_dict().items()}
