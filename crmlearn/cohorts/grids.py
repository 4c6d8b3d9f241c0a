"""Cohorts by period: what each group of newcomers did since, by its age or by the calendar."""

import numpy as np

from crmlearn.errors import one_of
from crmlearn.transactions.cells import cells_of
from crmlearn.transactions.ledgers import ledger, until
from crmlearn.transactions.periods import unit_of

WHAT = ("customers", "active", "orders", "revenue", "profit", "retention")


def tidy(tx, as_of, period="M", margin=None):
    """Everything about each cohort in each period, one row per cell that was seen.

    tx : table, one row per order: customer_id, date, amount (>= 0, currency units); or a Ledger
    as_of : date, the last day that was observed; orders after it are refused
    period : "W" (weeks from Monday), "M", "Q" or "Y", for cohorts and for time
    margin : as in transactions.ledger
    Returns: cohort, period (names of the periods), age (periods since the cohort's own, which is 0), customers
        (acquired in the cohort), active (with an order in the period), orders, revenue, profit (currency units),
        retention (active / customers), seen ("whole", or "until" as_of where the period was not over), profit_is.
        A period in which nobody ordered is a row of zeros; a period that lies in the future is no row.
    A customer is acquired by the first order *in the log*: a log that begins later than the firm takes all customers
    of old for newcomers of its first periods.
    Errors: Refusal as in transactions.ledger; Unbalanced when cohorts do not add up to the log

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-01-05", "2021-03-15", "2021-02-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> tidy(tx, as_of="2021-03-20")[["cohort", "period", "age", "active", "revenue", "seen"]]
        cohort   period  age  active  revenue              seen
    0  2021-01  2021-01    0       1     10.0             whole
    1  2021-01  2021-02    1       0      0.0             whole
    2  2021-01  2021-03    2       1     30.0  until 2021-03-20
    3  2021-02  2021-02    0       1      5.0             whole
    4  2021-02  2021-03    1       0      0.0  until 2021-03-20
    """
    book = ledger(tx, margin, "cohorts")
    cell = cells_of(book, until(book, as_of), unit_of(period)).tidy()
    seen = cell.pop("seen")
    cell["retention"] = cell["active"] / cell["customers"]
    words = np.full(len(seen), book.basis.words, object)
    return book.table(cell | {"seen": seen, "profit_is": words})


def table(tx, as_of, period="M", what="retention", align="left", margin=None, partial="empty"):
    """One number of each cohort in each period, as a grid to read or to draw.

    tx, as_of, period, margin : as in tidy
    what : "customers" (acquired, in every period), "active", "orders", "revenue", "profit" (currency units) or
        "retention" (active / acquired)
    align : "left" puts each cohort's own period first, columns "0", "1", ...; "calendar" has a column per period
    partial : what becomes of the last period where as_of cuts it: "empty", or "keep" the number (too low by nature)
    Returns: one row per cohort: cohort, customers acquired, and a column per age or period. Empty cells lie in the
        future, before the cohort, or (see partial) in a period that was not over.
    Errors: as in tidy

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-01-05", "2021-03-15", "2021-02-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> table(tx, as_of="2021-03-31")
        cohort  acquired    0    1    2
    0  2021-01         1  1.0  0.0  1.0
    1  2021-02         1  1.0  0.0  NaN
    """
    one_of("what", what, WHAT)
    one_of("align", align, ("left", "calendar"))
    one_of("partial", partial, ("empty", "keep"))
    book = ledger(tx, margin, "cohorts")
    cells = cells_of(book, until(book, as_of), unit_of(period))
    values = _values(cells, what)
    age = cells.periods[None, :] - cells.cohorts[:, None]
    values[age < 0] = np.nan
    if cells.partly and partial == "empty":
        values[:, -1] = np.nan
    names = cells.names(cells.periods).tolist()
    if align == "left":
        shifted = np.full(values.shape, np.nan)
        row, column = np.nonzero(age >= 0)
        shifted[row, age[row, column]] = values[row, column]
        values, names = shifted, [str(n) for n in range(values.shape[1])]
    rows = {"cohort": cells.names(cells.cohorts), "acquired": cells.sizes}
    return book.table(rows | {name: values[:, i] for i, name in enumerate(names)})


def _values(cells, what):
    sizes = np.repeat(cells.sizes[:, None], len(cells.periods), axis=1).astype(float)
    if what == "customers":
        return sizes
    if what == "retention":
        return cells.active / sizes
    return getattr(cells, what).astype(float)
