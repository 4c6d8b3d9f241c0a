"""When customers have earned back what it cost to win them, at equal age."""

import narwhals.stable.v2 as nw
import numpy as np

from crmlearn.audit.counting import said
from crmlearn.errors import Refusal, columns, counted, number
from crmlearn.transactions.books import balanced
from crmlearn.transactions.ledgers import ledger, until

ALL = "all customers"


def payback(tx, as_of, acquisition_cost, by=None, step_days=30, steps=12, margin=None):
    """Profit so far over the cost of winning the customers, by days since the first order.

    tx : table, one row per order: customer_id, date, amount (>= 0, currency units); or a Ledger
    as_of : date; orders after it are refused
    acquisition_cost : currency units per customer: one number, or a table with customer_id, acquisition_cost and the
        column `by`; customers who are not in the table are left out
    by : a column of that table, such as the channel that won them; None for one curve of all
    step_days, steps : length and number of the steps of age; margin : as in transactions.ledger
    Returns: one row per group and step: group, age_days (end of the step), watched (customers whom we saw so long),
        profit_per_customer (so far), acquisition_cost (mean of the group), value_to_cost, profit_is. Each step takes
        its profit from those who were watched to its end, so young customers pull nothing down; a curve ends where
        nobody was watched longer.
    Errors: Refusal for costs that are not above zero, customers named twice, and when nobody was watched for one step

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-04-15", "2021-05-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 4.0]})
    >>> told = payback(tx, "2021-06-10", acquisition_cost=10, margin=0.5, steps=3)
    >>> told[["age_days", "watched", "profit_per_customer", "value_to_cost"]]
       age_days  watched  profit_per_customer  value_to_cost
    0        30        2                  3.5           0.35
    1        60        1                 18.5           1.85
    2        90        1                 18.5           1.85
    """
    number("step_days", step_days, 1, 3660), number("steps", steps, 1, 1000)
    book = ledger(tx, margin, "payback")
    watched = until(book, as_of) - book.acquired + 1
    cost, group, names = _costs(book, acquisition_cost, by)
    n, length = len(names), int(step_days)
    mean = np.bincount(group[group >= 0], cost[group >= 0], n) / np.bincount(group[group >= 0], minlength=n)
    step = (book.day - book.acquired[book.customer]) // length
    rows, earned = [], np.zeros(n)
    for at in range(int(steps)):
        seen = (watched >= (at + 1) * length) & (group >= 0)
        here = seen[book.customer] & (step == at)
        there = np.bincount(group[seen], minlength=n)
        brought = np.bincount(group[book.customer[here]], book.profit[here], n)
        profit = book.profit[here]
        balanced(brought, float(profit.sum()), "profit of the groups = profit of all", float(np.abs(profit).sum()))
        earned = earned + brought / np.maximum(there, 1)
        rows += [(names[g], (at + 1) * length, there[g], earned[g], mean[g]) for g in range(n) if there[g]]
    if not rows:
        saw = f"{int(watched.max())} days at most"
        raise Refusal(f"nobody was watched for {counted(length, 'day')}.", saw, f"step_days={int(watched.max())}")
    place = {name: at for at, name in enumerate(names)}
    label, age, there, earned, mean = zip(*sorted(rows, key=lambda row: (place[row[0]], row[1])), strict=True)
    table = {"group": list(label), "age_days": np.array(age), "watched": np.array(there)}
    table |= {"profit_per_customer": np.array(earned), "acquisition_cost": np.array(mean)}
    table["value_to_cost"] = table["profit_per_customer"] / table["acquisition_cost"]
    return book.table(table | said(book, len(rows)))


def _costs(book, given, by):
    """(cost of each customer, number of the group or -1, names of the groups)"""
    if isinstance(given, (int, float, np.number)):
        if by is not None:
            raise Refusal(
                "one cost for all knows no groups.", f"by={by!r}", "acquisition_cost=a table with this column"
            )
        cost = number("acquisition_cost", given, 0, low_open=True)
        return np.full(book.customers, cost), np.zeros(book.customers, np.int64), [ALL]
    try:
        frame = nw.from_native(given, eager_only=True)
    except TypeError:
        saw = type(given).__name__
        raise Refusal("acquisition_cost needs a number or a table.", saw, "acquisition_cost=12.5") from None
    columns("acquisition_cost", ["customer_id", "acquisition_cost", *([by] if by else [])], frame.columns)
    at = book.numbers_of(frame["customer_id"])
    twice = len(at) - len(np.unique(at[at >= 0])) - int((at < 0).sum())
    if twice:
        mend = "one row per customer"
        raise Refusal("acquisition_cost names customers twice.", counted(twice, "row") + " too many", mend)
    values = frame["acquisition_cost"].cast(nw.Float64).to_numpy()
    bad = ~(values[at >= 0] > 0)
    if bad.any():
        saw = f"{counted(int(bad.sum()), 'customer')} with none, 0 or less"
        raise Refusal("acquisition costs need to be above 0.", saw, "filter these customers, or give their cost")
    cost, group = np.ones(book.customers), np.full(book.customers, -1)
    cost[at[at >= 0]] = values[at >= 0]
    labels = [ALL] * len(at)
    if by is not None:
        known = zip(frame[by].to_list(), frame[by].is_null().to_list(), strict=True)
        labels = ["(missing)" if gap else str(value) for value, gap in known]
    names = sorted({labels[i] for i in np.flatnonzero(at >= 0)})
    if not names:
        raise Refusal("no customer of the orders stands in acquisition_cost.", counted(len(at), "row"), "the same ids")
    code = {name: i for i, name in enumerate(names)}
    group[at[at >= 0]] = [code[labels[i]] for i in np.flatnonzero(at >= 0)]
    return cost, group, names
