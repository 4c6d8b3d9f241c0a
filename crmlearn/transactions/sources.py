"""From a file or a table to columns of text or values, with a note on everything that was worked out."""

import codecs
import csv
from pathlib import Path

import narwhals.stable.v2 as nw
import pandas as pd

from crmlearn.errors import Refusal

# utf-32-le starts like utf-16-le, so the longer mark is tried first.
_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
]
_SEPARATORS = ",;\t|"


def open_table(source, encoding=None, separator=None):
    """Return (eager narwhals frame, notes, separator or None when the source was no text file)."""
    if not isinstance(source, (str, Path)):
        return _from_frame(source), [], None
    path = Path(source)
    _refuse_no_file(source, path)
    if path.suffix.lower() in (".parquet", ".pq"):
        try:
            frame = pd.read_parquet(path)
        except Exception as error:
            raise Refusal(f"{path.name} is no readable Parquet file.", str(error)[:80], "export it again") from error
        return _refuse_no_rows(nw.from_native(frame, eager_only=True), path.name), ["Parquet file"], None
    frame, notes, separator = _from_text(path, encoding, separator)
    return _refuse_no_rows(frame, path.name), notes, separator


def _from_frame(source):
    try:
        frame = nw.from_native(source)
    except TypeError:
        raise Refusal(
            "read needs a file or a table.", type(source).__name__, "transactions.read('orders.csv') or a DataFrame"
        ) from None
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect()
    return _refuse_no_rows(frame, "the table")


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


def _from_text(path, encoding, separator):
    encoding, notes = _encoding(path, encoding)
    try:
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline()
            said = first.lower().startswith("sep=")  # Excel's own way of naming the separator
            if said:
                separator = separator or first[4:5]
                first = file.readline()
    except UnicodeError:
        raise Refusal(
            f"{path.name} is not written in {encoding}.",
            "bytes that do not belong there",
            "save it as 'CSV UTF-8', or say encoding='cp1252' (Excel, Western Europe)",
        ) from None
    if separator is None:
        separator = max(_SEPARATORS, key=lambda s: len(next(csv.reader([first], delimiter=s), [])))
    header = [name.strip() for name in next(csv.reader([first], delimiter=separator), [])]
    _refuse_header(path.name, header)
    if separator != ",":
        notes.append({"\t": "columns are separated by tabs"}.get(separator, f"columns are separated by '{separator}'"))
    try:
        frame = pd.read_csv(
            path,
            sep=separator,
            encoding=encoding,
            dtype="str",
            keep_default_na=False,
            na_values=[""],
            skiprows=int(said),
            index_col=False,
            skip_blank_lines=True,
        )
    except pd.errors.EmptyDataError:
        raise Refusal(f"{path.name} has no rows.", "nothing but blank lines", "export the orders again") from None
    except UnicodeError:
        raise Refusal(
            f"{path.name} is not written in {encoding} throughout.",
            "bytes that do not belong there",
            "save it as 'CSV UTF-8', or say encoding='cp1252' (Excel, Western Europe)",
        ) from None
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        raise Refusal(
            f"{path.name} has rows with more fields than the header has names.",
            str(error).split("C error: ")[-1].strip(),
            "put fields that contain the separator into double quotes, or say separator=...",
        ) from error
    frame.columns = header
    return nw.from_native(frame, eager_only=True), notes, separator


def _encoding(path, encoding):
    with path.open("rb") as file:
        head = file.read(4096) if encoding is None else b""
    if head[:2] == b"PK":
        raise Refusal(f"{path.name} is an Excel workbook or a zip.", "a packed file", "save the sheet as 'CSV UTF-8'")
    if head[:2] == b"\x1f\x8b":
        raise Refusal(f"{path.name} is gzip-packed.", "a packed file", f"gunzip {path.name}")
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, [f"the file is written in {name}"] if name != "utf-8-sig" else []
    if b"\x00" in head:
        raise Refusal(f"{path.name} is no text file.", "zero bytes", "export as CSV UTF-8, or say encoding='utf-16-le'")
    return encoding or "utf-8", [f"the file is written in {encoding}, as said"] if encoding else []


def _refuse_header(name, header):
    if len(header) < 2:
        raise Refusal(
            f"{name} is no table: its first line has one field.",
            repr(header[0][:40]) if header else "a blank line",
            "export as CSV with a line of column names, or say separator=...",
        )
    twice = sorted({h for h in header if header.count(h) > 1})
    if twice:
        raise Refusal(f"{name} has two columns of one name.", ", ".join(twice), "rename one of them in the file")
    if all(h == "" or h.replace(".", "").replace("-", "").replace("/", "").replace(":", "").isdigit() for h in header):
        raise Refusal(
            f"the first line of {name} looks like data, not like column names.",
            ", ".join(header[:4]),
            "add a first line: customer_id,date,amount",
        )
