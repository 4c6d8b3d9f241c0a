"""From a file or a table to columns as they stand there, with a note on everything that was worked out."""

import os
from pathlib import Path
from typing import NamedTuple

import narwhals.stable.v2 as nw
import pandas as pd
from narwhals.exceptions import DuplicateError

from crmlearn.errors import Refusal
from crmlearn.transactions.textfiles import open_text


class Origin(NamedTuple):
    """Where values came from, so that a refusal can say where to look: how rows are counted there."""

    first_row: int  # the number of the first row of data
    counting: str
    separator: str | None = None  # of a text file
    encoding: str | None = None
    kind: str = "table"  # or csv, parquet


IN_TABLE = Origin(0, "the first row is row 0")


def kind_of(source):
    """What is to be read: "table", "csv" or "parquet"; refuses what is neither a table nor a file."""
    if not isinstance(source, (str, os.PathLike)):
        return "table"
    if "\n" in str(source):
        raise Refusal("read needs the name of a file.", "a text of several lines", "transactions.read('orders.csv')")
    path = Path(source)
    try:
        _refuse_no_file(source, path)
    except OSError as error:
        raise _closed(path, error) from None
    return "parquet" if path.suffix.lower() in (".parquet", ".pq") else "csv"


def _closed(path, error):
    return Refusal(f"{path.name[:80]} cannot be opened.", error.strerror or "no reason given", "check it")


def open_table(source, encoding=None, separator=None, guess=True):
    """Return (eager narwhals frame, notes, Origin)."""
    kind = kind_of(source)
    if kind == "table":
        return _refuse_no_rows(table_of(source, "read"), "the table"), [], IN_TABLE
    path = Path(source)
    try:
        if kind == "parquet":
            frame = _refuse_no_rows(_from_parquet(path), path.name)
            return frame, ["Parquet file"], IN_TABLE._replace(kind=kind)
        frame, notes, form = open_text(path, encoding, separator, guess)
    except OSError as error:
        raise _closed(path, error) from None
    origin = Origin(form.first_row, "the header is row 1", form.separator, form.encoding, kind)
    return _refuse_no_rows(frame, path.name), notes, origin


def table_of(native, who, lazy=False):
    """Any table as a narwhals frame, without a pandas index; refuses what is no table."""
    if isinstance(native, pd.DataFrame):
        native = _without_index(native)
    try:
        frame = nw.from_native(native)
    except TypeError:
        mend = "transactions.read('orders.csv')" if who == "read" else f"{who}(a DataFrame of pandas or Polars)"
        raise Refusal(f"{who} needs a {'file or a ' * (who == 'read')}table.", type(native).__name__, mend) from None
    except DuplicateError:
        names = list(map(str, native.columns))
        twice = sorted({name for name in names if names.count(name) > 1})
        raise Refusal("the table has two columns of one name.", ", ".join(twice), "rename one of them") from None
    if isinstance(frame, nw.DataFrame) and who != "read" and not all(isinstance(c, str) for c in frame.columns):
        saw = ", ".join(repr(c) for c in frame.columns if not isinstance(c, str))
        raise Refusal(f"{who} needs columns with texts as names.", saw, "tx.columns = [str(c) for c in tx.columns]")
    if lazy or isinstance(frame, nw.DataFrame):
        return frame
    if who != "read":
        raise Refusal(f"{who} needs a table in memory.", type(native).__name__, f"{who}(tx.collect())")
    return frame.collect()


def _without_index(frame):
    """Named levels of a pandas index are columns that somebody put aside; a bare index only numbers the rows."""
    named = [name for name in frame.index.names if name is not None and name not in frame.columns]
    if named:
        return frame.reset_index(level=named).reset_index(drop=True)
    return frame.reset_index(drop=True)


def _from_parquet(path):
    try:
        return table_of(pd.read_parquet(path), "read")
    except OSError:
        raise
    except Exception as error:
        raise Refusal(f"{path.name} is no readable Parquet file.", type(error).__name__, "export it again") from error


def _refuse_no_file(source, path):
    if "://" in str(source):
        raise Refusal(
            "crmlearn reads no addresses: data stay on this machine.", "an address", "download the file first"
        )
    if path.is_dir():
        raise Refusal(f"{path.name} is a folder.", "no file", f"read('{path.name}/orders.csv')")
    if not path.is_file():
        near = sorted(p.name for p in path.parent.glob("*.csv")) if path.parent.is_dir() else []
        raise Refusal(
            f"there is no file {path.name}.",
            f"in {path.parent.name or 'this folder'}: {', '.join(near[:5]) or 'no CSV file'}",
            "check the name, or give the folder too: read('folder/orders.csv')",
        )
    if path.stat().st_size == 0:
        raise Refusal(f"{path.name} is empty.", "0 bytes", "export the orders again")


def _refuse_no_rows(frame, name):
    if len(frame.columns) == 0 or len(frame) == 0:
        raise Refusal(f"{name} has no rows.", f"{len(frame.columns)} column names and nothing below", "export again")
    return frame
