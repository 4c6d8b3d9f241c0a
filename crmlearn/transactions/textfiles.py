"""A text file that a shop system or Excel wrote: its encoding, its separator, its header, its cells as text."""

import codecs
import csv
import re
import warnings
from itertools import chain
from typing import NamedTuple

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
SEPARATORS = ",;\t|"
# A name of a column is never a number, a date or an address: then the first line is an order already.
_DATA = re.compile(r"[\W\d]*\d[\W\d]*|.+@.+\..+|\d{4}-\d\d-\d\d.*")


class Form(NamedTuple):
    """How a text file is written."""

    encoding: str
    separator: str
    first_row: int  # the number of the first row of data; blank lines count


def open_text(path, encoding=None, separator=None, guess=True):
    """Return (eager frame of text, notes, Form). Without `guess` it is written in UTF-8 with commas, or as said."""
    if separator is not None and (not isinstance(separator, str) or len(separator) != 1 or separator in '"\r\n'):
        raise Refusal("separator needs one character.", repr(separator), "separator=';' or separator='\\t'")
    encoding, notes = _encoding(path, encoding) if guess else (as_said(path, encoding or "utf-8"), [])
    separator = separator if guess else separator or ","
    try:
        with path.open(encoding=encoding, newline="") as file:
            separator, header, at = _header(path.name, file, separator)
            width = len(next(csv.reader(file, delimiter=separator, skipinitialspace=True), []))
        _refuse_header(path.name, header)
        if separator != ",":
            notes.append(f"columns are separated by {'tabs' if separator == chr(9) else repr(separator)}")
        with path.open(encoding=encoding, newline="") as file:
            _header(path.name, file, separator)
            frame = _cells(path.name, file, separator, max(len(header), width) + 1, at, len(header))
    except UnicodeError:
        raise Refusal(
            f"{path.name} is not written in {encoding}.",
            "bytes that do not belong there",
            "save it as 'CSV UTF-8', or say encoding='cp1252' (Excel, Western Europe)",
        ) from None
    except csv.Error as error:
        raise Refusal(f"{path.name} is no table.", str(error), "export the orders as 'CSV UTF-8'") from None
    return _named(path.name, frame, header, at, notes), notes, Form(encoding, separator, at + 1)


def names_in(path, encoding, separator):
    """The names in the header, were the file written so; None where it cannot be."""
    try:
        with path.open(encoding=encoding, newline="") as file:
            return [name for name in _header(path.name, file, separator)[1] if name]
    except (UnicodeError, csv.Error, Refusal):
        return None


def as_said(path, said):
    """The encoding that was said, unless the file shows that it is another one."""
    said, _ = _encoding(path, said, marks=False)
    with path.open("rb") as file:
        head = file.read(4)
        marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
        known = said.lower().replace("_", "-")
        found = marked if _plain(marked or known) != _plain(known) else None
        if marked is None and known in ("utf-16", "utf-32"):
            found = "no mark"
        if marked is None and not known.startswith("utf"):
            file.seek(0)
            found = "utf-8" if _is_utf8(file) else None
    if found:
        saw = found if found != "no mark" else f"no mark of {known} at its start"
        mend = f"encoding={found!r}" if found != "no mark" else "encoding='utf-8'"
        raise Refusal(f"{path.name} is not written in {said}.", saw, f"{mend}, if that is meant")
    return marked or said


def _plain(encoding):
    return {"utf-8-sig": "utf-8", "utf8": "utf-8"}.get(encoding, encoding)


def _is_utf8(file):
    """Whether bytes beyond ASCII make sense as UTF-8; a text in another encoding hardly ever does."""
    decoder, beyond = codecs.getincrementaldecoder("utf-8")(), False
    try:
        while chunk := file.read(1 << 20):
            beyond |= not chunk.isascii()
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return beyond


def _encoding(path, said, marks=True):
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, name in _MARKS:
        if marks and head.startswith(mark):  # a mark is stronger than what was said: it is no part of the first name
            return name, [f"the file is written in {name}"] if name != "utf-8-sig" else []
    if head[:2] == b"PK" or head[:4] == b"\xd0\xcf\x11\xe0":
        raise Refusal(f"{path.name} is an Excel workbook or a zip.", "a packed file", "save the sheet as 'CSV UTF-8'")
    if head[:2] == b"\x1f\x8b":
        raise Refusal(f"{path.name} is gzip-packed.", "a packed file", f"gunzip {path.name}")
    if said is not None:
        try:
            "".encode(said)
        except (LookupError, TypeError):
            raise Refusal(f"there is no encoding {said!r}.", repr(said), "encoding='utf-8' or 'cp1252'") from None
        return said, [f"the file is written in {said}, as said"]
    if b"\x00" in head:
        raise Refusal(f"{path.name} is no text file.", "zero bytes", "export as CSV UTF-8, or say encoding='utf-16-le'")
    return "utf-8", []


def _header(name, file, separator):
    """Read up to and including the line of names. Return (separator, names, number of that row)."""
    row, line = 1, file.readline()
    if line.lower().startswith("sep="):  # Excel's own way of naming the separator; Excel does not count this line
        separator, line = separator or line[4:5].strip("\r\n") or None, file.readline()
    while line and not line.strip():
        row, line = row + 1, file.readline()
    if not line:
        raise Refusal(f"{name} has no rows.", "nothing but blank lines", "export the orders again")
    if separator is None:
        separator = max(SEPARATORS, key=lambda s: len(next(csv.reader([line], delimiter=s), [])))
    # A quoted name may run over several lines, so the reader may take more of them.
    reader = csv.reader(chain([line], iter(file.readline, "")), delimiter=separator, skipinitialspace=True)
    return separator, [column.strip() for column in next(reader)], row


def _refuse_header(name, header):
    named = [column for column in header if column]
    if len(named) < 2:
        raise Refusal(
            f"{name} is no table: its first line has one field.",
            "no comma, semicolon, tab or | between names",
            "export as CSV with a line of column names, or say separator=...",
        )
    data = [place for place, column in enumerate(header, 1) if _DATA.fullmatch(column)]
    if data:
        raise Refusal(
            f"the first line of {name} looks like data, not like column names.",
            f"a number, a date or an address in field {', '.join(map(str, data))}",
            "add a first line: customer_id,date,amount",
        )
    twice = sorted({column for column in named if named.count(column) > 1})
    if twice:
        raise Refusal(f"{name} has two columns of one name.", ", ".join(twice), "rename one of them in the file")


def _cells(name, file, separator, width, at, names):
    """All rows below the header as text. One column more than needed shows rows that are too long."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                file,
                sep=separator,
                header=None,
                names=list(range(width)),
                index_col=False,
                dtype="str",
                keep_default_na=False,
                na_values=[""],
                skipinitialspace=True,
                skip_blank_lines=False,  # so that rows keep their numbers
            )
    except pd.errors.EmptyDataError:
        return pd.DataFrame(columns=range(width), dtype="str")
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        open_quote = re.search(r"inside string starting at row (\d+)", str(error))
        if open_quote:
            raise Refusal(
                f'{name} has a double quote (") that never closes.',
                f"it opens in row {int(open_quote[1]) + at + 1} or before",
                "close it, or delete it",
            ) from error
        long = re.search(r"in line (\d+), saw (\d+)", str(error))
        raise _too_long(name, names, f"row {int(long[1]) + at}: {long[2]} fields" if long else "more fields") from error


def _too_long(name, names, saw):
    return Refusal(
        f"{name} has rows with more fields than the header has names ({names}).",
        saw,
        "put fields that contain the separator into double quotes, or say separator=...",
    )


def _named(name, frame, header, at, notes):
    """Give the columns their names; those without a name are left out, and said so where they held something."""
    for column in frame.columns[len(header) :]:
        beyond = frame[column].notna().to_numpy().nonzero()[0]
        if len(beyond):
            raise _too_long(name, len(header), f"row {beyond[0] + at + 1}")
    nameless = [place for place, column in enumerate(header) if not column]
    filled = [place for place in nameless if frame[place].notna().any()]
    if filled:
        notes.append(f"left out, because it has no name: column {', '.join(str(place + 1) for place in filled)}")
    kept = frame[[place for place, column in enumerate(header) if column]]
    kept.columns = [column for column in header if column]
    return nw.from_native(kept, eager_only=True)
