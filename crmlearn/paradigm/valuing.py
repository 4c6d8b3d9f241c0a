"""The same customers, ranked by what a deal leaves and by what the customer leaves over time."""

import narwhals.stable.v2 as nw
import numpy as np

from crmlearn.errors import Refusal, columns, number
from crmlearn.transactions.ledgers import ledger, until
from crmlearn.transactions.sources import table_of


def both_views(tx, as_of, expected=None, margin=None):
    """Each customer under both paradigms.

    tx : table, one row per order: customer_id, date, amount (>= 0, currency units); or a Ledger
    as_of : date; orders after it are refused
    expected : {customer_id: what the customer is expected to bring after as_of, currency units}, or None for the value
        so far only; a model of crmlearn.clv gives it
    margin : as in transactions.ledger
    Returns: one row per customer, sorted: customer_id, deals (orders), first_deal (its margin), margin_per_deal (mean),
        so_far (sum of margins), expected, lifetime (so_far + expected), all in currency units
    Errors: Refusal where customers lack an expectation

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 35.0]})
    >>> both_views(tx, "2021-03-31")[["customer_id", "deals", "first_deal", "margin_per_deal", "lifetime"]]
      customer_id  deals  first_deal  margin_per_deal  lifetime
    0           a      2        10.0             20.0      40.0
    1           b      1        35.0             35.0      35.0
    """
    book = ledger(tx, margin, "both_views")
    until(book, as_of)
    deals, so_far = book.per_customer(book.opens), book.per_customer(book.profit)
    first = np.flatnonzero(np.r_[True, book.customer[1:] != book.customer[:-1]])
    first_deal = book.per_customer(book.profit, book.order == book.order[first][book.customer])
    ids = book.ids.to_pylist()
    more = np.zeros(len(ids))
    if expected is not None:
        known = dict(expected.items())
        missing = [i for i in ids if i not in known]
        if missing:
            saw = f"{len(missing):,} of {len(ids):,}, such as {missing[0]}"
            raise Refusal("customers without an expected value.", saw, "expected={id: value} for every customer")
        more = np.array([number("expected", known[i]) for i in ids])
    return book.table({
        "customer_id": book.ids, "deals": deals.astype(np.int64), "first_deal": first_deal,
        "margin_per_deal": so_far / deals, "so_far": so_far, "expected": more, "lifetime": so_far + more,
    })  # fmt: skip


def held_by_best(views, best=0.1, by=("margin_per_deal", "lifetime"), what="lifetime"):
    """How much of all value is held by the best customers, when they are chosen by one number or by another.

    views : what both_views returned, or any table with one row per customer
    best : share of the customers who are chosen, in (0, 1]; by : columns to choose by; what : column to add up
    Returns: one row per way to choose: chosen_by, customers, value (currency units), share_of_value,
        also_best_by_what (share of the chosen who are among the best by `what` too)

    >>> import pandas as pd
    >>> views = pd.DataFrame({"margin_per_deal": [9.0, 5.0, 1.0, 1.0], "lifetime": [9.0, 10.0, 80.0, 1.0]})
    >>> held_by_best(views, best=0.25)[["chosen_by", "customers", "share_of_value"]]
             chosen_by  customers  share_of_value
    0  margin_per_deal          1            0.09
    1         lifetime          1            0.80
    """
    frame = table_of(views, "held_by_best")
    columns("views", [*by, what], frame.columns)
    values = frame[what].to_numpy().astype(float)
    if not len(values) or not values.sum() > 0:
        raise Refusal(f"there is no {what} to share.", f"{len(values):,} customers", "a table with values above 0")
    count = max(1, round(number("best", best, 0, 1, low_open=True) * len(values)))
    top = set(_best(values, count))
    rows = {"chosen_by": list(by), "customers": [count] * len(by), "value": [], "share_of_value": []}
    rows["also_best_by_what"] = []
    for column in by:
        chosen = _best(frame[column].to_numpy().astype(float), count)
        rows["value"].append(float(values[chosen].sum()))
        rows["share_of_value"].append(float(values[chosen].sum() / values.sum()))
        rows["also_best_by_what"].append(len(top & set(chosen)) / count)
    return nw.from_dict(rows, backend=frame.implementation).to_native()


def _best(values, count):
    return np.argsort(-values, kind="stable")[:count].tolist()
