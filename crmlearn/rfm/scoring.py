"""Scores: each customer's place among the others, in as many steps as one likes."""

import narwhals.stable.v2 as nw
import numpy as np

from crmlearn.errors import Refusal, columns, one_of, whole
from crmlearn.transactions.books import balanced
from crmlearn.transactions.ledgers import ledger, until
from crmlearn.transactions.periods import iso
from crmlearn.transactions.sources import table_of

_DIGITS = 6  # money that differs by less than a millionth is a tie: floats add up differently in another order


def score(tx, as_of, bins=5, method="independent", monetary="total", window_days=None):
    """Score each customer on recency, frequency and money.

    tx : table, one row per order: customer_id, date, amount (>= 0, currency units); or a Ledger
    as_of : date; orders after it are refused
    bins : how many scores there are, 2 to 9; the best is `bins`
    method : "independent" ranks all customers three times; "nested" ranks frequency among those with the same r, and
        money among those with the same r and f, so that cells are about equally large
    monetary : "total" spend, or the "mean" amount of an order
    window_days : only orders of the last so many days count, and only customers who have one; None for all
    Returns: one row per customer, sorted: customer_id, days_since_last, frequency (orders), monetary (currency
        units), r, f, m (1 to bins, `bins` best), cell ("555")
    Ties: equal values share the lower score. The score is 1 + floor(bins x share of customers who are strictly worse).
        So in a base where most ordered once, all of these score f = 1, and few customers never reach the best score.
    Errors: Refusal for orders after as_of, and for what `transactions.clean` would have treated
    Source: Hughes (1994), Strategic Database Marketing, for r, f, m by fifths

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b", "c"], "date": days, "amount": [10.0, 30.0, 5.0, 50.0]})
    >>> score(tx, as_of="2021-03-31")[["customer_id", "days_since_last", "frequency", "monetary", "cell"]]
      customer_id  days_since_last  frequency  monetary cell
    0           a               16          2      40.0  442
    1           b               23          1       5.0  111
    2           c               23          1      50.0  114
    """
    book = ledger(tx, who="score")
    return book.table(scored(book, until(book, as_of), bins, method, monetary, window_days)[1])


def monetary_both(tx, as_of, bins=5, method="independent", window_days=None):
    """Both meanings of "monetary" side by side: they rank different customers first.

    The arguments are those of score.
    Returns: one row per customer, sorted: customer_id, frequency, monetary_total, monetary_mean (currency units),
        m_by_total, m_by_mean (1 to bins), cell_by_total, cell_by_mean, moved (m_by_mean - m_by_total)

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 35.0]})
    >>> monetary_both(tx, as_of="2021-03-31")[["customer_id", "monetary_total", "monetary_mean", "moved"]]
      customer_id  monetary_total  monetary_mean  moved
    0           a            40.0           20.0     -2
    1           b            35.0           35.0      2
    """
    one_of("method", method, ("independent", "nested"))
    book = ledger(tx, who="monetary_both")
    _, found = _measured(book, until(book, as_of), window_days)
    by = {way: _scores(found | {"monetary": found[way]}, steps(bins), method) for way in ("total", "mean")}
    return book.table({
        "customer_id": found["customer_id"],
        "frequency": found["frequency"],
        "monetary_total": found["total"],
        "monetary_mean": found["mean"],
        "m_by_total": by["total"]["m"],
        "m_by_mean": by["mean"]["m"],
        "cell_by_total": by["total"]["cell"],
        "cell_by_mean": by["mean"]["cell"],
        "moved": by["mean"]["m"] - by["total"]["m"],
    })  # fmt: skip


def grid(scores, bins=5):
    """How many customers stand in each field of recency by frequency, and what they spent on average.

    scores : what score returned
    Returns: one row per field, all bins x bins of them: r, f, customers, monetary (mean per customer; missing where
        nobody stands)

    >>> import pandas as pd
    >>> grid(pd.DataFrame({"r": [2, 2], "f": [1, 1], "monetary": [5.0, 7.0]}), bins=2).query("customers > 0")
       r  f  customers  monetary
    2  2  1          2       6.0
    """
    frame = table_of(scores, "grid")
    columns("scores", ["r", "f", "monetary"], frame.columns)
    n = steps(bins)
    refuse_other_scores(frame, ("r", "f"), n)
    r, f = (frame[c].to_numpy().astype(np.int64) for c in ("r", "f"))
    at = (r - 1) * n + f - 1
    customers = np.bincount(at, minlength=n * n)
    money = np.bincount(at, frame["monetary"].to_numpy(), n * n)
    mean = np.divide(money, customers, out=np.full(n * n, np.nan), where=customers > 0)
    balanced(customers, len(frame), "customers of all fields = all customers")
    table = {"r": np.repeat(np.arange(1, n + 1), n), "f": np.tile(np.arange(1, n + 1), n), "customers": customers}
    return nw.from_dict(table | {"monetary": mean}, backend=frame.implementation).to_native()


def scored(book, end, bins=5, method="independent", monetary="total", window_days=None):
    """(which of the ledger's customers are scored, their columns), of the orders until the day `end`"""
    one_of("method", method, ("independent", "nested"))
    one_of("monetary", monetary, ("total", "mean"))
    there, found = _measured(book, end, window_days)
    found["monetary"] = found[monetary]
    del found["total"], found["mean"]
    return there, found | _scores(found, steps(bins), method)


def steps(bins):
    return whole("bins", bins, 2, "bins=5", 9)


def refuse_other_scores(frame, names, bins):
    if not len(frame):
        raise Refusal("there are no scores.", "a table without rows", "rfm.score(tx, as_of=...)")
    scores = {c: frame[c].cast(nw.Float64) if frame[c].dtype.is_numeric() else None for c in names}
    known = [float(i) for i in range(1, bins + 1)]
    wrong = [c for c, values in scores.items() if values is None or not values.is_in(known).all()]
    if wrong:
        raise Refusal(
            f"scores must be whole numbers from 1 to {bins}.", f"others in {', '.join(wrong)}", "say how many: bins=..."
        )


def _measured(book, end, window_days):
    """(who ordered in the window, their days since the last order, orders and money)"""
    start = book.day.min()
    if window_days is not None:
        start = end - whole("window_days", window_days, 1, "window_days=365") + 1
    rows = book.within(start, end)
    orders = book.per_customer(book.opens, rows).astype(np.int64)
    there = orders > 0
    if not there.any():
        raise Refusal(
            "no order lies in the window.", f"{iso(start)} to {iso(end)}", "a longer window_days, or an earlier as_of"
        )
    last = np.zeros(book.customers, np.int64)
    last[book.customer[rows]] = book.day[rows]  # rows go by day, so the last one stays
    total = book.per_customer(book.amount, rows)[there]
    return there, {
        "customer_id": book.ids.filter(there),
        "days_since_last": end - last[there],
        "frequency": orders[there],
        "total": total,
        "mean": total / orders[there],
    }


def _scores(found, bins, method):
    better = {"r": -found["days_since_last"], "f": found["frequency"], "m": np.round(found["monetary"], _DIGITS)}
    among, scores = np.zeros(len(better["r"]), np.int64), {}
    for name, values in better.items():
        scores[name] = _places(values, among, bins)
        if method == "nested":
            among = among * (bins + 1) + scores[name]
    text = np.char.add(np.char.add(scores["r"].astype("U1"), scores["f"].astype("U1")), scores["m"].astype("U1"))
    return scores | {"cell": text}


def _places(values, among, bins):
    """1 + floor(bins x share of strictly smaller values), within each group of `among`."""
    order = np.lexsort((values, among))
    v, g = values[order], among[order]
    at = np.arange(len(v))
    new_group = np.r_[True, g[1:] != g[:-1]]
    new_value = new_group | np.r_[True, v[1:] != v[:-1]]
    group = np.maximum.accumulate(np.where(new_group, at, 0))
    below = np.maximum.accumulate(np.where(new_value, at, 0)) - group
    size = np.bincount(np.cumsum(new_group) - 1)[np.cumsum(new_group) - 1]
    places = np.empty(len(v), np.int64)
    places[order] = 1 + bins * below // size
    return places
