"""A column of a stranger's file to values: distinct texts are read once, so a long file costs little."""

from datetime import datetime

import narwhals.stable.v2 as nw

from crmlearn.errors import Refusal, counted
from crmlearn.transactions.amounts import LARGEST, parse_amounts
from crmlearn.transactions.dates import parse_dates, zone_note, zone_of

_MISSING = ("", "null", "nan", "nat", "none", "n/a", "#n/a", "<na>", "na")
_YES = ("true", "yes", "y", "1", "t", "test", "staff")
_NO = ("false", "no", "n", "0", "f", "live")
_ISO = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M")


def dates(series, origin, date_order=None, timezone=None, guess=True):
    """Return (naive datetimes, notes, {"date_order": ..., "timezone": ...})."""
    zoned = getattr(series.dtype, "time_zone", None)
    said = {"date_order": date_order or "YMD", "timezone": timezone}
    if zoned is not None:
        if timezone is None and not guess:
            raise Refusal(
                "the dates carry a time zone, and nobody said which one counts.", zoned, f"timezone='{zoned}'"
            )
        return _local(series, timezone), [zone_note(timezone)], said | {"timezone": timezone or zoned}
    if series.dtype in (nw.Datetime, nw.Date):
        return series.cast(nw.Datetime("us")), [], said
    cells, notes = _cells(series, "date")
    quick = _iso_at_once(cells)
    if quick is not None:
        return quick, notes, said
    parsed, more, told = parse_dates(_first_rows(cells, origin), date_order, timezone, origin, guess)
    return _replaced(cells, parsed, nw.Datetime("us")), notes + more, told


def _local(series, timezone):
    """A column that knows its time zone as bare local time, there or where it is said."""
    zone = zone_of(timezone) if timezone is not None else None
    if zone is None or hasattr(zone, "key"):
        series = series.dt.convert_time_zone(zone.key) if zone else series
        return series.dt.replace_time_zone(None).cast(nw.Datetime("us"))
    # Not every engine knows zones without a name.
    return series.dt.convert_time_zone("UTC").dt.replace_time_zone(None).cast(nw.Datetime("us")) + zone.utcoffset(None)


def _iso_at_once(cells):
    """A column that is ISO 8601 throughout, read by the table engine; None where one cell is written otherwise."""
    filled = cells.drop_nulls()
    if not len(filled) or filled.min() < "0001":
        return None
    for form in _ISO:
        try:
            datetime.strptime(filled[0], form)
            return cells.str.to_datetime(format=form).cast(nw.Datetime("us"))
        except Exception:  # each engine has its own; reading cell by cell then finds the row
            continue
    return None


def amounts(series, name, origin, decimal=None, currency_known=False, guess=True):
    """Return (floats, notes, {"decimal": ..., "signs": ...}). A float's negative zero becomes zero."""
    if not series.dtype.is_numeric():
        cells, notes = _cells(series, name)
        parsed, more, told = parse_amounts(_first_rows(cells, origin), name, decimal, origin, currency_known, guess)
        return _replaced(cells, parsed, nw.Float64), notes + more, told
    numbers = series.cast(nw.Float64).fill_nan(None)
    numbers = _table(n=numbers).select(nw.when(nw.col("n") != 0).then("n").otherwise(nw.col("n").abs()))["n"]
    huge = _where((numbers.abs() >= LARGEST).fill_null(False))
    if huge:
        raise Refusal(
            f"'{name}' holds infinity or more than 1e15.",
            f"row {huge[0] + origin.first_row}" + (f" and {len(huge) - 1} more" if huge[1:] else ""),
            f"mend or delete these rows ({origin.counting})",
        )
    return numbers, [], {"decimal": None, "signs": ()}


def from_cents(numbers, name, column, origin):
    """Whole cents as units of the currency, and a note that says so; refuses parts of a cent."""
    parts = _where((numbers != numbers.round()).fill_null(False))
    if parts:
        raise Refusal(
            f"'{name}' comes from the column '{column}', whose name says cents, but it holds parts of a cent.",
            f"first in row {parts[0] + origin.first_row} ({counted(len(parts), 'row')})",
            f"rename it if it holds whole units: tx.rename(columns={{'{column}': '{name}'}})",
        )
    return numbers / 100, [f"{name}: '{column}' holds cents, so it was divided by 100"]


def flags(series, name, origin):
    """Return (yes or no, notes); refuses other words."""
    if series.dtype == nw.Boolean:
        return series.fill_null(False), []
    cells, notes = _cells(series, name)
    words = _first_rows(cells, origin)
    other = [text for text in words if text.lower() not in (*_YES, *_NO)]
    if other:
        raise Refusal(
            f"'{name}' has values that say neither yes nor no ({len(other)} different).",
            f"first in row {words[other[0]]}",
            f"write yes or no, or true or false ({origin.counting})",
        )
    yes = sorted(text for text in words if text.lower() in _YES)
    notes.append(f"{name}: yes where the file says {', '.join(yes) or 'nothing'}")
    return _replaced(cells, {text: text.lower() in _YES for text in words}, nw.Boolean).fill_null(False), notes


def texts(series, name):
    """Return (text without surrounding blanks, notes); an id column that pandas made 17.0 is 17 again."""
    if not name.endswith("_id"):
        return _cells(series, name, _MISSING[:-1])  # NA may be North America
    cells, notes = _cells(series, name)
    point = cells.str.contains(r"^\d+\.0$").drop_nulls()
    if len(point) and point.all():
        return cells.str.replace(r"\.0$", ""), [*notes, f"{name}: 17.0 was read as 17"]
    return cells, notes


def _cells(series, name, missing=_MISSING):
    """(text without surrounding blanks, notes); what says that nothing is there becomes missing."""
    notes = []
    cells = as_text(series, name)
    cells = cells.str.strip_chars()
    is_missing = cells.str.to_lowercase().is_in(missing).fill_null(False)
    if is_missing.any():
        words = cells.filter(is_missing)
        spelt = sorted(set(words.filter(words != "").to_list()))
        if spelt:
            count = int((words != "").sum())
            notes.append(f"{name}: {', '.join(spelt)} taken as missing ({counted(count, 'row')})")
        cells = _table(t=cells, gone=is_missing).select(nw.when(~nw.col("gone")).then(nw.col("t")))["t"]
    return cells, notes


def as_text(series, name):
    dtype = series.dtype
    if dtype in (nw.Categorical, nw.Object) and series.implementation.is_pandas_like():
        dtype = nw.Object  # categories may be numbers
    if dtype == nw.Object:
        known = (~series.is_null()).to_list()
        if any(isinstance(v, (bytes, list, tuple, dict, set)) for v in series.to_list()):
            raise Refusal(f"'{name}' holds neither text nor numbers.", "lists or bytes", "turn it into text first")
        plain = [_plain_text(v) if k else None for v, k in zip(series.to_list(), known, strict=True)]
        return nw.new_series(series.name, plain, nw.String, backend=series.implementation)
    if dtype.is_float():
        return _whole(series.fill_nan(None), name)
    if dtype.is_nested() or dtype in (nw.Duration, nw.Binary):
        raise Refusal(f"'{name}' holds neither text nor numbers.", str(dtype), "turn it into text first")
    return series.cast(nw.String)


def _plain_text(value):
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _whole(series, name):
    """Numbers as text, without the point that one missing value gives to all of them."""
    filled = series.drop_nulls()
    if not len(filled) or not (filled % 1 == 0).all():
        return series.cast(nw.String)
    if filled.abs().max() >= 2**53:
        raise Refusal(
            f"'{name}' holds numbers too long for a float, so their last digits are lost.",
            f"{len(str(int(filled.abs().max())))} digits",
            "read this column as text: pandas.read_csv(..., dtype=str)",
        )
    table = _table(n=series, t=series.fill_null(0).cast(nw.Int64).cast(nw.String))
    return table.select(nw.when(~nw.col("n").is_null()).then(nw.col("t")))["t"]


def _table(**columns):
    backend = next(iter(columns.values())).implementation
    return nw.DataFrame.from_dict({name: s.alias(name) for name, s in columns.items()}, backend=backend)


def _where(condition):
    """Positions at which a condition holds."""
    return _table(c=condition).with_row_index("at").filter(nw.col("c"))["at"].to_list()


def _first_rows(cells, origin):
    """{text: first row in which it stands, as the source counts rows}."""
    frame = _table(text=cells).with_row_index("row")
    firsts = frame.drop_nulls("text").group_by("text").agg(nw.col("row").min()).sort("row")
    pairs = zip(firsts["text"].to_list(), firsts["row"].to_list(), strict=True)
    return {text: row + origin.first_row for text, row in pairs}


def _replaced(cells, parsed, dtype):
    """Each text by its parsed value."""
    if not parsed:
        return cells.cast(dtype)
    return cells.replace_strict([*parsed, None], [*parsed.values(), None], return_dtype=dtype)
