"""No small cells: neighbouring groups are merged until nobody stands out."""

import narwhals.stable.v2 as nw
import numpy as np

from crmlearn import errors


def suppress(table, count="customers", k=5, means=()):
    """Merge neighbouring rows until each counts at least k customers.

    table : table, one row per group, in order - a label (first column, or the index of a pandas table), counts,
        and other numbers, which are sums over the group's customers
    count : str; the column with the number of customers
    k : int >= 1; the smallest group shown. 3 and 5 are conventions, not law
    means : names of columns that are averages per customer; they are averaged again, weighted by `count`
    Returns: the same columns, as few rows merged as possible; labels are text, merged ones read "2 to 4"
    Totals are kept. A row of zero customers stands: it tells of nobody. Equal values inside a group can still tell
    (everyone in it is alike), and so can the difference between two tables of overlapping groups.
    Refuses: fewer than k customers in all; counts that are missing, negative or not whole; columns of text.
    Source: PDPC, Guide to Basic Anonymisation (2022), step 4; Sweeney (2002) on k-anonymity.

    >>> import pandas as pd
    >>> orders = pd.DataFrame({"orders": [1, 2, 3, 4], "customers": [40, 6, 3, 2], "spend": [800, 260, 150, 90]})
    >>> suppress(orders)
       orders  customers  spend
    0       1         40    800
    1       2          6    260
    2  3 to 4          5    240
    """
    k, means = errors.whole("k", k, 1, "k=5"), [means] if isinstance(means, str) else list(means)
    frame, restored = _opened(table)
    label, *rest = frame.columns
    errors.columns("groups", [count, *means], rest)
    _all_numbers(frame, rest)
    counts = _counts(count, frame[count].to_list())
    _enough(sum(counts), k)
    spans = _finest(counts, k)
    labels = [_text(value) for value in frame[label].to_list()]
    merged = {label: [_span(labels[start], labels[stop - 1]) for start, stop in spans]}
    for name in rest:
        values = counts if name == count else [np.nan if v is None else v for v in frame[name].to_list()]
        together = _average if name in means else _total
        merged[name] = [together(values[start:stop], counts[start:stop]) for start, stop in spans]
    return restored(merged)


def suppress_grid(grid, k=5):
    """Merge neighbouring rows and columns of counts until every cell is zero or at least k.

    grid : wide table - ordered labels (first column, or the index of a pandas table), then one column of counts per
        ordered label
    k : int >= 1; the smallest cell shown
    Returns: a coarser grid, never a blank cell; labels are text, merged ones read "2 to 4"
    At each step the merge is taken that mends most small cells per cell lost. The total is kept. A missing cell (not
    yet observed) adds nothing, and a merged cell is missing only where all its parts are.
    Refuses: fewer than k in all; cells that are negative or not whole; columns of text.

    >>> import pandas as pd
    >>> suppress_grid(pd.DataFrame({"recency": ["0-30", "31-60", "61-90"], "1": [9, 8, 2], "2": [7, 5, 6]}))
             recency   1   2
    0           0-30   9   7
    1  31-60 to 61-90  10  11
    """
    k = errors.whole("k", k, 1, "k=5")
    frame, restored = _opened(grid)
    label, *rest = frame.columns
    _all_numbers(frame, rest)
    cells = np.array([_counts(name, frame[name].to_list(), gaps=True) for name in rest], dtype=float).T
    _enough(np.nansum(cells), k)
    labels = [_text(value) for value in frame[label].to_list()], list(rest)
    while _small(cells, k).any():
        axis, at = max(_merges(cells, k), key=lambda merge: _worth(cells, k, *merge))
        cells = _merge(cells, axis, at)
        labels[axis][at : at + 2] = [_span(*labels[axis][at : at + 2])]
    rows, names = labels
    return restored({label: rows} | {name: _column(values) for name, values in zip(names, cells.T, strict=True)})


def _opened(table):
    """The table with its labels as first column, and how to make such a table again from a dict of lists."""
    indexed = nw.dependencies.is_pandas_dataframe(table) and (
        table.index.name is not None or table.index.dtype.kind not in "iu"
    )
    name = table.index.name if indexed else None
    if indexed:
        table = table.rename_axis("label" if name is None else name).reset_index()
    if nw.dependencies.is_pandas_dataframe(table):
        table = table.set_axis([_text(column) for column in table.columns], axis=1)
    try:
        frame = nw.from_native(table, eager_only=True)
    except TypeError:
        raise errors.Refusal("Small cells are merged in a table.", type(table).__name__, "a DataFrame") from None

    def restored(data):
        new = nw.from_dict(data, backend=frame.implementation).to_native()
        return new.set_index(frame.columns[0]).rename_axis(name) if indexed else new

    return frame, restored


def _all_numbers(frame, names):
    errors.refuse_all(
        errors.Refusal(f"Column {name!r} cannot be added up.", f"{frame[name].dtype}", f"drop {name!r} first")
        for name in names
        if not frame[name].dtype.is_numeric()
    )


def _counts(name, values, gaps=False):
    values = [None if value is None or value != value else value for value in values]
    wrong = [v for v in values if (v is None and not gaps) or (v is not None and (v < 0 or v % 1))]
    if wrong:
        raise errors.Refusal(f"{name!r} must count customers.", repr(wrong[0]), "whole numbers from 0 up")
    return [None if value is None else int(value) for value in values]


def _enough(total, k):
    if 0 < total < k:
        raise errors.Refusal(
            f"The whole table counts fewer than {k} customers, so nothing of it is shown.",
            f"fewer than {k}",
            "a longer period or a wider group",
        )


def _finest(counts, k):
    """The most spans (start, stop) of neighbours that count zero or at least k each; of equally many, the most even."""
    best = [(0, 0, 0)]  # for the rows before each stop: spans, minus their squares, where the last one starts
    for stop in range(1, len(counts) + 1):
        options, total, shortest = [], 0, None
        for start in range(stop - 1, -1, -1):
            total += counts[start]
            if total == 0 or total >= k:
                shortest = total if shortest is None else shortest
                if best[start]:
                    spans, squares, _ = best[start]
                    options.append((spans + 1, squares - total**2, start))
            if shortest is not None and total - shortest >= k:
                break  # a longer span would fall into two good ones
        best.append(max(options, default=None))
    spans, stop = [], len(counts)
    while stop:
        spans.append((best[stop][2], stop))
        stop = best[stop][2]
    return spans[::-1]


def _total(values, counts):
    # What is missing where nobody is counts nothing; elsewhere the sum is missing too.
    return values[0] if len(values) == 1 else sum(v for v, n in zip(values, counts, strict=True) if n or v == v)


def _average(values, counts):
    if len(values) == 1:
        return values[0]
    return sum(v * n for v, n in zip(values, counts, strict=True) if n) / sum(counts)


def _small(cells, k):
    return (cells > 0) & (cells < k)


def _merges(cells, k):
    """Every merge of two neighbours that touches a small cell: (axis, first of the two)."""
    return sorted(
        {
            (axis, at)
            for axis, places in enumerate(np.nonzero(_small(cells, k)))
            for place in places.tolist()
            for at in (place - 1, place)
            if 0 <= at < cells.shape[axis] - 1
        }
    )


def _merge(cells, axis, at):
    starts = np.delete(np.arange(cells.shape[axis]), at + 1)
    known = np.add.reduceat(~np.isnan(cells), starts, axis=axis, dtype=int) > 0
    return np.where(known, np.add.reduceat(np.nan_to_num(cells), starts, axis=axis), np.nan)


def _worth(cells, k, axis, at):
    """Small cells mended per cell lost, then few cells lost, then few customers moved."""
    merged = _merge(cells, axis, at)
    lost = cells.size - merged.size
    return (_small(cells, k).sum() - _small(merged, k).sum()) / lost, -lost, -np.nansum(merged.take(at, axis))


def _column(values):
    return values.tolist() if np.isnan(values).any() else values.astype(int).tolist()


def _text(value):
    return str(value).removesuffix(" 00:00:00")


def _span(first, last):
    """ "2 to 3" and "4" make "2 to 4"."""
    return first if first == last else f"{first.split(' to ')[0]} to {last.split(' to ')[-1]}"
