"""From a stranger's file to a canonical log: the mapping that was guessed is shown, doubt is refused."""

from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from crmlearn.errors import Refusal, one_of
from crmlearn.transactions.mapping import FLAGS, MONEY, NEEDED, match
from crmlearn.transactions.orders import to_orders
from crmlearn.transactions.parsing import parse_amounts, parse_dates
from crmlearn.transactions.sources import open_table

_YES = ("true", "yes", "y", "1", "t", "test", "staff")


@dataclass(frozen=True)
class Read:
    """What was read: the canonical log, how the file's columns were understood, and what else was worked out."""

    tx: Any
    mapping: Any
    notes: tuple[str, ...]

    def _repr_html_(self):
        rows = nw.from_native(self.mapping, eager_only=True).iter_rows()
        cells = "".join("<tr>" + "".join(f"<td>{_escaped(v)}</td>" for v in row) + "</tr>" for row in rows)
        notes = "".join(f"<li>{_escaped(note)}</li>" for note in self.notes)
        n = len(nw.from_native(self.tx, eager_only=True))
        head = "<tr><th>crmlearn's name</th><th>column in the file</th><th>how it was found</th></tr>"
        return f"<p>{n:,} orders. This is how the file was understood:</p><table>{head}{cells}</table><ul>{notes}</ul>"

    def __repr__(self):
        rows = nw.from_native(self.mapping, eager_only=True).iter_rows()
        lines = [f"  {name:12} <- {column or '-'} ({how})" for name, column, how in rows]
        return "\n".join(["Read", *lines, *(f"  {note}" for note in self.notes)])


def _escaped(value):
    return str("" if value is None else value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def read(
    source,
    columns=None,
    *,
    grain=None,
    once_per_order=None,
    date_order=None,
    decimal=None,
    timezone=None,
    encoding=None,
    separator=None,
):
    """Read orders from a CSV file, a Parquet file or a table.

    source : path or DataFrame (pandas, Polars, ...)
    columns : {crmlearn's name: the file's name}; the others are guessed by name and shown in ``.mapping``
    grain : "line" (each row's amount is that line's) or "order" (each row repeats the order's total); needed only
        when order ids repeat
    once_per_order : with grain="line", the money columns that repeat one value of the whole order on each line
    date_order : "DMY" or "MDY", needed only when 03/04/2021 could be either
    decimal : "." or ",", needed only when 1,234 could be either
    timezone : name such as "Asia/Singapore", needed only when rows carry different zones
    encoding, separator : of a text file; found by themselves in all usual cases
    Returns: Read(tx, mapping, notes); tx has one row per order: customer_id (text), date, amount (currency units), and
        what else the file has; a file gives a pandas table, a table its own kind
    Errors: Refusal for all that could be understood in two ways or not at all

    >>> import pandas as pd
    >>> shop = pd.DataFrame({"Client": ["a", "b"], "Order Date": ["2021-03-01", "2021-03-02"], "Total": [20.0, 5.5]})
    >>> read(shop)
    Read
      customer_id  <- Client (guessed by name)
      date         <- Order Date (guessed by name)
      amount       <- Total (guessed by name)
    """
    if grain is not None:
        one_of("grain", grain, ("line", "order"))
    raw, notes, separator = open_table(source, encoding, separator)
    mapping = match(raw.columns, columns)
    parsed = {}
    for name, (column, _) in mapping.items():
        if column is None:
            continue
        series = raw.get_column(column)
        if name == "date":
            parsed[name], more = _dates(series, date_order, timezone)
        elif name in (*MONEY, "quantity", "unit_price"):
            parsed[name], more = _amounts(series, name, decimal, separator)
        elif name in FLAGS:
            parsed[name], more = _flags(series, name)
        else:
            parsed[name], more = _texts(series), []
        notes += more
    tx = nw.DataFrame.from_dict({name: s.alias(name) for name, s in parsed.items()}, backend=raw.implementation)
    if mapping["amount"][0] is None:
        tx = tx.with_columns(amount=nw.col("quantity") * nw.col("unit_price"))
    _refuse_undated(tx)
    tx, more = to_orders(tx.select(*NEEDED, *(c for c in tx.columns if c not in NEEDED)), grain, once_per_order)
    shown = {
        "column": list(mapping),
        "in_file": [column for column, _ in mapping.values()],
        "found": [how for _, how in mapping.values()],
    }
    table = nw.from_dict(shown, backend=raw.implementation).to_native()
    return Read(tx.to_native(), table, tuple(notes + more))


def _first_rows(series):
    """{text: first row of the file it stands in}; the header is row 1."""
    texts = series.cast(nw.String)
    frame = nw.DataFrame.from_dict({"text": texts.alias("text")}, backend=series.implementation).with_row_index("row")
    firsts = frame.drop_nulls("text").group_by("text").agg(nw.col("row").min()).sort("row")
    return texts, {text: row + 2 for text, row in zip(*(firsts[c].to_list() for c in ("text", "row")), strict=True)}


def _replaced(texts, parsed, dtype):
    """Each text by its parsed value; distinct values only were parsed, so a long file costs little."""
    known = [t for t, value in parsed.items() if value is not None]
    if not known:
        return texts.cast(dtype)
    return texts.replace_strict([*known, None], [*(parsed[t] for t in known), None], return_dtype=dtype)


def _dates(series, date_order, timezone):
    if series.dtype in (nw.Datetime, nw.Date) and getattr(series.dtype, "time_zone", None) is None:
        return series.cast(nw.Datetime("us")), []
    if series.dtype.is_float():
        raise Refusal("'date' holds numbers.", str(series.drop_nulls().head(3).to_list()), "write dates as 2021-04-03")
    texts, rows = _first_rows(series)
    parsed, notes = parse_dates(rows, date_order, timezone)
    return _replaced(texts, parsed, nw.Datetime("us")), notes


def _amounts(series, name, decimal, separator):
    if series.dtype.is_numeric():
        numbers = series.cast(nw.Float64)
        frame = nw.DataFrame.from_dict({"n": numbers.alias("n")}, backend=series.implementation).with_row_index("row")
        infinite = frame.filter(nw.col("n").is_in([float("inf"), float("-inf")]))
        if len(infinite):
            raise Refusal(f"'{name}' holds infinity.", f"row {infinite['row'][0] + 2}", "mend or delete these rows")
        return numbers.fill_nan(None), []
    texts, rows = _first_rows(series)
    parsed, notes = parse_amounts(rows, name, decimal, separator)
    return _replaced(texts, parsed, nw.Float64), notes


def _flags(series, name):
    if series.dtype == nw.Boolean:
        return series.fill_null(False), []
    texts, rows = _first_rows(series)
    parsed = {t: t.strip().lower() in _YES for t in rows}
    seen = sorted({t.strip() for t, yes in parsed.items() if yes})
    return _replaced(texts, parsed, nw.Boolean).fill_null(False), [
        f"{name}: yes where the file says {', '.join(seen) or 'nothing'}"
    ]


def _texts(series):
    """Ids and labels as text without surrounding blanks; an id column that pandas made 17.0 is 17 again."""
    if series.dtype.is_float():
        whole = series.drop_nulls()
        if len(whole) and (whole % 1 == 0).all():
            series = series.cast(nw.Int64) if len(whole) == len(series) else _without_point(series)
    texts = series.cast(nw.String).str.strip_chars()
    frame = nw.DataFrame.from_dict({"t": texts.alias("t")}, backend=texts.implementation)
    return frame.select(nw.when(nw.col("t") != "").then(nw.col("t")))["t"]


def _without_point(series):
    return series.cast(nw.String).str.replace(r"\.0$", "")


def _refuse_undated(tx):
    holes = tx.with_row_index("row").filter(nw.col("date").is_null())
    if len(holes):
        raise Refusal(
            f"{len(holes)} row{'s have' if len(holes) > 1 else ' has'} no date.",
            f"first in row {holes['row'][0] + 2}",
            "fill or delete these rows",
        )
