"""From orders to one row per customer, in the symbols of the papers, and to the shapes of other libraries."""

from datetime import date
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from crmlearn.errors import Refusal, columns, counted, one_of, refuse_all
from crmlearn.transactions.checking import facts, opened, typed
from crmlearn.transactions.dates import as_datetime
from crmlearn.transactions.sources import table_of

DAYS = {"day": 1, "week": 7, "month": 365.25 / 12, "year": 365.25}
_FITS = 20_000_000  # orders that are counted in memory, where that is faster: 24 bytes each, and some work space
_LIFETIMES = {"x": "frequency", "t_x": "recency", "T": "T", "mean_spend": "monetary_value"}


class Split(NamedTuple):
    calibration: Any
    holdout: Any


def split(tx, at):
    """Cut a log in two: orders up to and including the day `at`, and the orders after it.

    tx : table with a date column
    at : date
    Returns: Split(calibration, holdout)
    Errors: Refusal when either side would be empty

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-05-01"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a"], "date": days, "amount": [1.0, 2.0]})
    >>> len(split(tx, at="2021-03-31").holdout)
    1
    """
    end = as_datetime("at", at).replace(hour=23, minute=59, second=59, microsecond=999999)
    frame = opened(tx, "split", ["date"])
    date = nw.col("date").cast(nw.Datetime("us"))
    about = facts(frame.select(date=date))
    if not about.first <= end < about.last:
        middle = about.first + (about.last - about.first) / 2
        raise Refusal(
            f"at={end:%Y-%m-%d} does not divide the orders.",
            f"orders from {about.first:%Y-%m-%d} to {about.last:%Y-%m-%d}",
            f"at='{middle:%Y-%m-%d}'" if middle.date() < about.last.date() else "more days of orders",
        )
    return Split(frame.filter(date <= end).to_native(), frame.filter(date > end).to_native())


def summarise(tx, as_of, unit="week"):
    """One row per customer: what the models of customer lifetime value need to know.

    tx : table of pandas, Polars, DuckDB, Dask or PySpark, one row per order: customer_id, date, amount (currency units)
    as_of : date, the end of the observation; orders after it are refused
    unit : "day", "week" (7 days), "month" (365.25 / 12 days) or "year" (365.25 days): the unit of t_x and T
    Returns: one row per customer: x (repeat orders), t_x (time from first to last order), T (time from the first order
        to as_of), mean_spend (mean amount of *repeat* orders; missing when x = 0). Time counts whole days; orders of
        one day count apart unless `clean` merged them. Of the caller's kind: sorted by customer in pandas and Polars;
        in DuckDB, Dask and PySpark in no order, and computed when you ask for it.
    Errors: Refusal when as_of precedes orders, and for what `clean` would have treated: refunds, missing customers.
        All of it is checked when summarise is called; a table that is not in memory is read once for that.
    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284, for x, t_x and T

    >>> import pandas as pd
    >>> days = pd.to_datetime(["2021-03-01", "2021-03-15", "2021-03-08"])
    >>> tx = pd.DataFrame({"customer_id": ["a", "a", "b"], "date": days, "amount": [10.0, 30.0, 5.0]})
    >>> summarise(tx, as_of="2021-03-29")
      customer_id  x  t_x    T  mean_spend
    0           a  1  2.0  4.0        30.0
    1           b  0  0.0  3.0         NaN
    """
    one_of("unit", unit, tuple(DAYS))
    end = as_datetime("as_of", as_of)
    frame = typed(opened(tx, "summarise").select("customer_id", "amount", "date"))
    about = facts(frame)
    days = frame.select("customer_id", "amount", day=_day_number(frame, "date"))
    _refuse_uncleaned(about, days, end)
    if days.implementation.is_dask():
        # Dask lines windows up by the index, which begins anew in every file, and fails to join what it grouped from
        # many files (2026.8). So each customer's orders come together in one part, and each part is a table of pandas.
        return days.to_native().shuffle("customer_id").map_partitions(_of_part, end, unit)
    lazy = isinstance(days, nw.LazyFrame)
    if lazy and days.implementation.is_polars() and about.rows <= _FITS:
        days = days.with_columns(nw.col("day").cast(nw.Int32)).collect()
    summary = _in_symbols(_grouped(days) if isinstance(days, nw.LazyFrame) else _counted_up(days), end, unit)
    # Rows of an engine have no order of their own, and sorting them would cost a shuffle more.
    if isinstance(days, nw.DataFrame) or summary.implementation.is_polars():
        # In the order of the customers, and so is the index: a column put back by it must not go to another customer.
        summary = nw.maybe_reset_index(summary.sort("customer_id"))
    return (summary.lazy() if lazy else summary).to_native()


def _of_part(part, end, unit):
    return _in_symbols(_counted_up(nw.from_native(part.reset_index(drop=True))), end, unit).to_native()


def _grouped(days):
    """From orders (customer_id, amount, day as a number) to sums per customer, in the terms of every engine."""
    days = days.with_columns(first=nw.col("day").min().over("customer_id"))
    at_first = nw.col("day") == nw.col("first")
    days = days.with_columns(
        at_first=at_first.cast(nw.Int64),
        first_amount=nw.when(at_first).then(nw.col("amount")).otherwise(0.0),
        later_amount=nw.when(at_first).then(0.0).otherwise(nw.col("amount")),
    )
    return days.group_by("customer_id").agg(
        nw.col("at_first").sum(), nw.col("first_amount").sum(), nw.col("later_amount").sum(),
        first=nw.col("day").min(), orders=nw.len(), last=nw.col("day").max(),
    )  # fmt: skip


def _counted_up(days):
    """As _grouped, of a table in memory: every customer gets a number once, where a group is sought anew per column."""
    of, _ = pd.factorize(days["customer_id"].to_pandas(), use_na_sentinel=False)  # Dask tries it out on a missing one
    day, amount = days["day"].to_numpy(), days["amount"].cast(nw.Float64).to_numpy()
    n = int(of.max(initial=-1)) + 1
    first, last = np.full(n, day.max(initial=0)), np.zeros(n, day.dtype)
    np.minimum.at(first, of, day)
    np.maximum.at(last, of, day)
    begins = day == first[of]
    example = np.empty(n, np.int64)
    example[of[::-1]] = np.arange(len(of))[::-1]
    sums = {
        "first": first.astype(np.int64),
        "last": last.astype(np.int64),
        "orders": np.bincount(of, minlength=n),
        "at_first": np.bincount(of[begins], minlength=n),
        "first_amount": np.bincount(of[begins], amount[begins], n),
        "later_amount": np.bincount(of, np.where(begins, 0.0, amount), n),
    }
    customers = nw.maybe_reset_index(days.select("customer_id")[example])
    return customers.with_columns(nw.new_series(k, v, backend=days.implementation) for k, v in sums.items())


def _in_symbols(rows, end, unit):
    """From sums per customer to x, t_x, T and the mean spend."""
    # A column, not a number: Polars divides by a number by multiplying with its reciprocal, which is off by a bit.
    per = nw.col("first") * 0 + float(DAYS[unit])
    x = nw.col("orders").cast(nw.Int64) - 1
    # Two orders on the first day, kept apart: their mean stands for the first one. Amounts are only added, never taken
    # off a total, so that an engine which adds them in another order differs in the last digits at most.
    repeat = nw.col("later_amount") + nw.col("first_amount") / nw.col("at_first") * (nw.col("at_first") - 1)
    return rows.select(
        "customer_id",
        x=x,
        t_x=(nw.col("last") - nw.col("first")) / per,
        T=(nw.lit(end.toordinal()) - nw.col("first")) / per,
        mean_spend=nw.when(x > 0).then(repeat / x),
    )


def _day_number(frame, name):
    """The day of a date as Python's date.toordinal counts it: whole numbers, which every engine computes alike.

    On Spark, narwhals measures no time spans, and truncating to days passes through the session's time zone.
    """
    if isinstance(frame, nw.DataFrame) or frame.implementation.is_polars():  # a division is faster than a calendar
        return nw.col(name).dt.timestamp("us") // 86_400_000_000 + date(1970, 1, 1).toordinal()
    past = nw.col(name).dt.year().cast(nw.Int64) - 1
    leaps = past // 4 - past // 100 + past // 400
    return past * 365 + leaps + nw.col(name).dt.ordinal_day().cast(nw.Int64)


def _refuse_uncleaned(about, days, end):
    problems = [
        Refusal(wrong, f"{n:,} of {about.rows:,} rows", "tx = transactions.clean(tx).tx")
        for n, wrong in (
            (about.negative, "negative amounts would count as orders."),
            (about.nobody, "orders without a customer would count as one customer."),
        )
        if n
    ]
    if about.last.toordinal() > end.toordinal():
        late = days.filter(nw.col("day") > end.toordinal()).select(n=nw.len())
        n = (late.collect() if isinstance(late, nw.LazyFrame) else late).row(0)[0]
        problems.append(
            Refusal(
                f"as_of={end:%Y-%m-%d} precedes {counted(n, 'order')}.",
                f"the latest is of {about.last:%Y-%m-%d}",
                "filter them (transactions.split) or move as_of",
            )
        )
    refuse_all(problems)


def to_lifetimes(summary):
    """Rename x, t_x, T, mean_spend to the frequency, recency, T, monetary_value of other libraries (missing spend: 0).

    >>> import pandas as pd
    >>> to_lifetimes(pd.DataFrame({"x": [0], "t_x": [0.0], "T": [9.0], "mean_spend": [None]}))
       frequency  recency    T  monetary_value
    0          0      0.0  9.0             0.0
    """
    frame = table_of(summary, "to_lifetimes", lazy=True)
    names = frame.collect_schema().names()
    columns("summaries", ["x", "t_x", "T"], names)
    _refuse_both_or_text(frame, _LIFETIMES, _LIFETIMES.values())
    if "mean_spend" in names:
        # Only who never came back has no repeat spend; any other gap stays a gap.
        spend = nw.col("mean_spend").cast(nw.Float64).fill_nan(None)
        frame = frame.with_columns(mean_spend=nw.when(nw.col("x") > 0).then(spend).otherwise(0.0))
    return frame.rename({old: new for old, new in _LIFETIMES.items() if old in names}).to_native()


def from_lifetimes(table):
    """Rename frequency, recency, T, monetary_value to x, t_x, T, mean_spend (missing where x = 0).

    Errors: Refusal where recency exceeds T: then it counts the days *since* the last order, not those until it

    >>> import pandas as pd
    >>> from_lifetimes(pd.DataFrame({"frequency": [2], "recency": [30.43], "T": [38.86], "monetary_value": [22.35]}))
       x    t_x      T  mean_spend
    0  2  30.43  38.86       22.35
    """
    frame = table_of(table, "from_lifetimes", lazy=True)
    names = frame.collect_schema().names()
    columns("summaries", ["frequency", "recency", "T"], names)
    _refuse_both_or_text(frame, _LIFETIMES.values(), _LIFETIMES)
    frame = frame.rename({new: old for old, new in _LIFETIMES.items() if new in names})
    x, t_x, T = (nw.col(c).cast(nw.Float64) for c in ("x", "t_x", "T"))
    wrong = {
        "frequency must count repeat orders (0, 1, 2 and so on)": ~((x >= 0) & (x % 1 == 0)),
        "recency must lie between 0 and T: it is the time from the first to the last order": ~((t_x >= 0) & (t_x <= T)),
        "recency must be 0 where frequency is 0: there the first order is the last": (x == 0) & (t_x != 0),
    }
    counts = frame.select(nw.len(), *(hit.fill_null(True).sum().alias(str(n)) for n, hit in enumerate(wrong.values())))
    rows, *hits = (counts.collect() if isinstance(counts, nw.LazyFrame) else counts).row(0)
    refuse_all(
        Refusal(f"{said}.", f"{n:,} of {rows:,} rows", "summarise(tx, as_of=...) of the orders themselves")
        for said, n in zip(wrong, hits, strict=True)
        if n
    )
    frame = frame.with_columns(x=nw.col("x").cast(nw.Int64))
    if "monetary_value" in names:
        frame = frame.with_columns(mean_spend=nw.when(nw.col("x") > 0).then(nw.col("mean_spend")))
    return frame.to_native()


def _refuse_both_or_text(frame, names, others):
    schema = frame.collect_schema()
    both = [name for name in others if name in schema and name != "T"]
    if both:
        raise Refusal("the table holds both kinds of names.", ", ".join(both), "drop the columns of one kind")
    text = [f"'{name}' is {schema[name]}" for name in names if name in schema and not _is_number(frame, name)]
    if text:
        raise Refusal("summaries need numbers.", ", ".join(text), "summarise(tx, as_of=...)")


def _is_number(frame, name):
    """Whether a column holds numbers, or nothing at all."""
    dtype = frame.collect_schema()[name]
    empty = isinstance(frame, nw.DataFrame) and frame[name].is_null().all()
    return dtype.is_numeric() or dtype == nw.Unknown or empty
