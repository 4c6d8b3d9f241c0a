"""How stable is it? The same customers scored at two dates."""

from typing import Any, NamedTuple

import numpy as np

from crmlearn.errors import Refusal, one_of
from crmlearn.rfm.predicates import ABSENT, assigned
from crmlearn.rfm.scoring import scored, steps
from crmlearn.transactions.books import balanced
from crmlearn.transactions.ledgers import ledger, until
from crmlearn.transactions.periods import day_of, iso


class Stability(NamedTuple):
    """What became of the scores between two dates.

    transitions : table: from, to, customers, share_of_from; "(not scored)" is who had no order that counts then
    both : customers scored at both dates; unchanged : share of them whose score stayed (NaN if there are none)
    left, entered : customers scored only at the first, only at the second date
    """

    transitions: Any
    both: int
    unchanged: float
    left: int
    entered: int


def stability(tx, first, second, by="segment", definitions=None, window_days=None, **how):
    """Compare the scores of two dates.

    tx : table, one row per order: customer_id, date, amount (currency units); orders after `second` are refused
    first, second : dates; each scoring knows only the orders up to its date
    by : "segment", "cell", "r", "f" or "m": what is compared
    definitions : the segments, as in segments
    window_days : as in score; without a window nobody ever leaves the base
    how : bins, method, monetary, as in score
    Returns: Stability
    Errors: Refusal when no order lies on or before `first`, and for what score and segments refuse

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-01-01", "2021-02-01", "2021-03-08", "2021-03-09"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "b", "b", "c"], "date": days, "amount": [10.0, 30.0, 5.0, 50.0]})
    >>> told = stability(tx, "2021-02-28", "2021-03-31", by="r")
    >>> told.both, told.unchanged, told.left, told.entered
    (2, 0.5, 0, 1)
    """
    one_of("by", by, ("segment", "cell", "r", "f", "m"))
    one, two = day_of("first", first), day_of("second", second)
    if one >= two:
        raise Refusal("first must lie before second.", f"{iso(one)} and {iso(two)}", "swap them")
    book = ledger(tx, who="stability")
    until(book, second)
    if one < book.day.min():
        raise Refusal("no order lies on or before first.", f"the earliest is of {iso(book.day.min())}", "a later first")
    was, became = (_names(book, end, by, definitions, window_days, how) for end in (one, two))
    names, codes = np.unique(np.r_[was, became], return_inverse=True)
    n = len(names)
    counts = np.bincount(codes[: len(was)] * n + codes[len(was) :], minlength=n * n).reshape(n, n)
    out = int(np.flatnonzero(names == ABSENT)[0]) if ABSENT in names else None
    row, column = (part for part in np.nonzero(counts))
    kept = np.array([(a != out) or (b != out) for a, b in zip(row, column, strict=True)], bool)
    row, column = row[kept], column[kept]
    sums = counts.sum(axis=1)
    transitions = {
        "from": names[row],
        "to": names[column],
        "customers": counts[row, column],
        "share_of_from": counts[row, column] / np.where(row == out, sums[row] - _never(counts, out), sums[row]),
    }
    stayed = was != ABSENT, became != ABSENT
    both = int((stayed[0] & stayed[1]).sum())
    left, entered = int((stayed[0] & ~stayed[1]).sum()), int((~stayed[0] & stayed[1]).sum())
    balanced([both, left], int(stayed[0].sum()), "in both + left = scored at the first date")
    balanced([both, entered], int(stayed[1].sum()), "in both + entered = scored at the second date")
    balanced(transitions["customers"], both + left + entered, "customers of all transitions = customers ever scored")
    same = int((stayed[0] & (was == became)).sum())
    return Stability(book.table(transitions), both, same / both if both else float("nan"), left, entered)


def _never(counts, out):
    return 0 if out is None else counts[out, out]


def _names(book, end, by, definitions, window_days, how):
    """Each customer's segment, cell or score at a date, as text."""
    there, found = scored(book, end, window_days=window_days, **how)
    if by == "segment":
        number = assigned(definitions, steps(how.get("bins", 5)))
        values = [number[cell] for cell in zip(*(found[c].tolist() for c in ("r", "f", "m")), strict=True)]
    else:
        values = found[by].astype(str).tolist()
    names = np.full(book.customers, ABSENT, object)
    names[there] = values
    return names.astype(str)
