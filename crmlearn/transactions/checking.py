"""Is this a log that can be counted? Asked before anything is counted, and answered with all that is wrong."""

from typing import Any, NamedTuple

import narwhals.stable.v2 as nw

from crmlearn.errors import Refusal, columns, counted, refuse_all
from crmlearn.transactions.amounts import LARGEST
from crmlearn.transactions.mapping import FLAGS, MONEY, NEEDED
from crmlearn.transactions.sources import table_of
from crmlearn.transactions.values import as_text

_NUMBERS = (*MONEY, "quantity")
_READ = "tx = transactions.read(tx).tx"


def opened(tx, who, needed=NEEDED, lazy=True):
    """A log as a narwhals frame that has the columns and the types; a lazy one stays lazy where that is allowed."""
    frame = table_of(tx, who, lazy)
    schema = frame.collect_schema()
    columns("transactions", needed, schema.names())
    problems = []
    zone = getattr(schema["date"], "time_zone", None)
    if schema["date"] not in (nw.Datetime, nw.Date) or zone:
        wrong = f"{who} needs {'dates without a time zone' if zone else 'dates'} in 'date'."
        mend = "tx = transactions.read(tx, timezone='Asia/Singapore').tx" if zone else _READ
        if zone and isinstance(frame, nw.LazyFrame) and not frame.implementation.is_polars():
            mend = "cast 'date' to local time without a zone: timestamp in DuckDB, timestamp_ntz in Spark"
        problems.append(Refusal(wrong, f"'date' is {schema['date']}", mend))
    for name in [c for c in _NUMBERS if c in schema and "amount" in needed]:
        if not schema[name].is_numeric():
            problems.append(Refusal(f"{who} needs numbers in '{name}'.", f"'{name}' is {schema[name]}", _READ))
    for name in [c for c in FLAGS if c in schema and "amount" in needed]:
        if schema[name] != nw.Boolean:
            problems.append(Refusal(f"{who} needs true or false in '{name}'.", f"'{name}' is {schema[name]}", _READ))
    refuse_all(problems)
    return frame


def typed(frame):
    """The same log with dates as date and time, money as floats, and ids missing where they are blank."""
    schema = frame.collect_schema()
    ids = schema["customer_id"]
    if ids in (nw.Categorical, nw.Enum, nw.Object):
        eager = isinstance(frame, nw.DataFrame)
        text = as_text(frame["customer_id"], "customer_id") if eager else nw.col("customer_id").cast(nw.String)
        frame, ids = frame.with_columns(text.alias("customer_id")), nw.String
    numbers = {c: nw.col(c).cast(nw.Float64).fill_nan(None) for c in _NUMBERS if c in schema}
    changes = [nw.when(n != 0).then(n).otherwise(n.abs()).alias(c) for c, n in numbers.items()]  # no minus zero
    if schema["date"] == nw.Date:
        changes.append(nw.col("date").cast(nw.Datetime("us")))
    if ids.is_float():
        changes.append(nw.col("customer_id").fill_nan(None))
    if ids == nw.String:
        changes.append(nw.when(nw.col("customer_id").str.strip_chars() != "").then(nw.col("customer_id")))
    return frame.with_columns(*changes)


class Facts(NamedTuple):
    """One row about a log."""

    rows: int
    first: Any  # date
    last: Any  # date
    undated: int
    no_amount: int = 0
    huge: int = 0
    negative: int = 0
    nobody: int = 0


def _how_often(condition):
    return condition.fill_null(False).cast(nw.Int64).sum()  # Spark adds up no booleans


def facts(frame):
    """Facts of a log, in one pass; refuses an empty log, rows without a date, and amounts that are no numbers."""
    date, counts = nw.col("date"), {"rows": nw.len()}
    counts |= {"first": date.min(), "last": date.max(), "undated": _how_often(date.is_null())}
    schema = frame.collect_schema()
    if "amount" in schema:
        amount, rest = nw.col("amount"), [nw.col(c) for c in _NUMBERS if c in schema and c != "amount"]
        counts["no_amount"] = _how_often(amount.is_null())
        counts["huge"] = nw.sum_horizontal(_how_often(c.abs() >= LARGEST) for c in (amount, *rest))
        counts["negative"] = _how_often(amount < 0)
        counts["nobody"] = _how_often(nw.col("customer_id").is_null())
    row = frame.select(**counts)
    told = Facts(*(row.collect() if isinstance(row, nw.LazyFrame) else row).row(0))
    if told.rows == 0:
        raise Refusal("the table has no rows.", "0 orders", "look at the step before: what did it leave out?")
    problems = [
        Refusal(f"{wrong}.", f"{n:,} of {counted(told.rows, 'row')} without", "fill or delete these rows")
        for n, wrong in (
            (told.undated, "every row needs a date"),
            (told.no_amount, "every row needs an amount"),
            (told.huge, "money needs finite numbers below 1e15"),
        )
        if n
    ]
    refuse_all(problems)
    return told
