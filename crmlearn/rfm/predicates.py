"""Segments: each is a question about (r, f, m), and every cell is answered by exactly one of them."""

from itertools import product
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from crmlearn.errors import Refusal, columns, refuse_all
from crmlearn.rfm.scoring import refuse_other_scores, steps
from crmlearn.transactions.books import balanced
from crmlearn.transactions.sources import table_of

# Names and cuts of this kind are common practice in many tools, with variations; there is no standard. Money stays
# free here: it orders the customers inside a segment.
COMMON: dict[str, Any] = {
    "Champions": lambda r, f, m: r == 5 and f >= 4,
    "Loyal": lambda r, f, m: r in (3, 4) and f >= 4,
    "Potential loyalists": lambda r, f, m: r >= 4 and f in (2, 3),
    "New": lambda r, f, m: r == 5 and f == 1,
    "Promising": lambda r, f, m: r == 4 and f == 1,
    "Need attention": lambda r, f, m: r == 3 and f == 3,
    "About to sleep": lambda r, f, m: r == 3 and f <= 2,
    "Cannot lose them": lambda r, f, m: r <= 2 and f == 5,
    "At risk": lambda r, f, m: r <= 2 and f in (3, 4),
    "Hibernating": lambda r, f, m: r <= 2 and f <= 2,
}
ABSENT = "(not scored)"  # what stability calls who has no order that counts
_SHOWN = 6


def segments(scores, definitions=None, bins=5):
    """Name each customer's segment.

    scores : what score returned: r, f, m
    definitions : {name: function of r, f, m that says yes or no}; None for COMMON, a list in common use, not a standard
    bins : the number of scores
    Returns: the same table and a column segment
    Errors: Refusal when a cell falls into no segment or into two; it names the cells

    >>> import pandas as pd
    >>> scores = pd.DataFrame({"customer_id": ["a", "b"], "r": [5, 1], "f": [5, 1], "m": [4, 2]})
    >>> segments(scores)["segment"].tolist()
    ['Champions', 'Hibernating']
    >>> segments(scores, {"good": lambda r, f, m: r > 3, "poor": lambda r, f, m: r < 3})
    Traceback (most recent call last):
        ...
    crmlearn.errors.Refusal: 25 of 125 cells fall into no segment.
      Saw: 311, 312, 313, 314, 315, 321 and 19 more
      Try: a segment for them, for example 'Other'
    """
    frame, n = table_of(scores, "segments"), steps(bins)
    columns("scores", ["r", "f", "m"], frame.columns)
    refuse_other_scores(frame, ("r", "f", "m"), n)
    found = assigned(definitions, n)
    names, number = list(dict.fromkeys(found.values())), np.zeros((n, n, n), np.int64)
    for cell, name in found.items():
        number[tuple(part - 1 for part in cell)] = names.index(name)
    at = number[tuple(frame[c].to_numpy().astype(np.int64) - 1 for c in ("r", "f", "m"))]
    text = nw.new_series("segment", np.array(names, object)[at].tolist(), nw.String, backend=frame.implementation)
    return frame.with_columns(text).to_native()


def sizes(segmented):
    """How large each segment is.

    segmented : what segments returned
    Returns: one row per segment that has customers, the largest first: segment, customers, share_of_customers, and
        where the column is there monetary (sum), share_of_monetary, monetary_per_customer (currency units)

    >>> import pandas as pd
    >>> sizes(pd.DataFrame({"segment": ["New", "Loyal", "New"]}))
      segment  customers  share_of_customers
    0     New          2            0.666667
    1   Loyal          1            0.333333
    """
    frame = table_of(segmented, "sizes")
    columns("segments", ["segment"], frame.columns)
    holes = "monetary" in frame.columns and int((frame["monetary"].is_null() | frame["monetary"].is_nan()).sum())
    if holes:
        raise Refusal("'monetary' has gaps.", f"{holes:,} of {len(frame):,} customers", "fill them, or drop the column")
    sums = [nw.col("monetary").sum()] if "monetary" in frame.columns else []
    table = frame.group_by("segment").agg(nw.len().alias("customers"), *sums)
    table = table.sort("customers", "segment", descending=[True, False])
    table = table.with_columns(nw.col("customers").cast(nw.Int64))
    table = table.with_columns(share_of_customers=nw.col("customers") / len(frame))
    balanced(table["customers"].to_list(), len(frame), "customers of all segments = all customers")
    if sums:
        total = frame["monetary"].sum()
        balanced(table["monetary"].to_list(), total, "money of all segments = all money")
        table = table.with_columns(
            share_of_monetary=nw.col("monetary") / total if total else nw.lit(None, nw.Float64),
            monetary_per_customer=nw.col("monetary") / nw.col("customers"),
        )
    return nw.maybe_reset_index(table).to_native()


def assigned(definitions=None, bins=5):
    """{(r, f, m): name} for every cell; refuses holes and overlaps, all at once.

    >>> len(assigned()), assigned()[5, 5, 1]
    (125, 'Champions')
    """
    definitions = COMMON if definitions is None else definitions
    if not isinstance(definitions, dict) or not definitions or not all(map(callable, definitions.values())):
        raise Refusal(
            "segments need names with questions.", type(definitions).__name__, "{'Best': lambda r, f, m: r == 5, ...}"
        )
    if ABSENT in definitions:
        raise Refusal("this name is taken.", repr(ABSENT), "another name for the segment")
    cells = list(product(range(1, bins + 1), repeat=3))
    hits = {cell: [name for name, asks in definitions.items() if asks(*cell)] for cell in cells}
    holes = [cell for cell, names in hits.items() if not names]
    double = {cell: names for cell, names in hits.items() if len(names) > 1}
    problems = []
    if holes:
        wrong = f"{len(holes)} of {len(cells)} cells fall into no segment."
        mend = "a segment for them, for example 'Other'"
        if definitions is COMMON:
            mend = "bins=5, for which the common segments are made, or segments of your own"
        problems.append(Refusal(wrong, _named(holes), mend))
    if double:
        both = " and ".join(map(repr, next(iter(double.values()))))
        wrong = f"{len(double)} of {len(cells)} cells fall into more than one segment."
        problems.append(Refusal(wrong, f"{_named(double)}; the first is {both}", "questions that exclude each other"))
    refuse_all(problems)
    if definitions is COMMON and bins != 5:
        raise Refusal("the common segments are made for five scores.", f"bins={bins}", "segments of your own")
    return {cell: names[0] for cell, names in hits.items()}


def _named(cells):
    texts = ["".join(map(str, cell)) for cell in cells]
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return ", ".join(texts[:_SHOWN]) + more
