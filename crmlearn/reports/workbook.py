"""The exhibits of a report as a workbook: what the page shows, as numbers. The same input gives the same bytes."""

import re
from datetime import datetime
from pathlib import Path

import xlsxwriter

FORMATS = {
    "whole": "#,##0",
    "percent": "0.0%",
    "date": "yyyy-mm-dd",
    "number": "#,##0.00",
    "small": "0.0000",
    "text": "@",
}
LONGEST_NAME, LONGEST_TEXT = 31, 32_767  # characters: Excel's limits for a sheet's name and for a cell
MADE = datetime(2000, 1, 1)  # a true time would make every file another one


def write(path, exhibits, about):
    """Write exhibits.xlsx: a sheet of contents, then one sheet per exhibit.

    path : path of the file
    exhibits : list of dicts of title, columns [{name, kind}] and rows, as `exhibit` keeps them
    about : dict of text -> text for the first sheet (report, as_of, data file)
    A text that looks like a formula or an address stays a text.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(Path(path), options) as book:
        book.set_properties({"title": about.get("report", ""), "created": MADE})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
        contents, names = book.add_worksheet("Contents"), {"contents"}
        sheets = [(_name(exhibit["title"], names), exhibit) for exhibit in exhibits]
        rows = [[str(key), str(value)] for key, value in about.items()]
        rows += [["", ""], *([name, f"{exhibit['title']} ({len(exhibit['rows'])} rows)"] for name, exhibit in sheets)]
        _fill(
            contents,
            [{"name": "Sheet", "kind": "text"}, {"name": "What it holds", "kind": "text"}],
            rows,
            head,
            formats,
        )
        for name, exhibit in sheets:
            _fill(book.add_worksheet(name), exhibit["columns"], exhibit["rows"], head, formats)


def _fill(sheet, columns, rows, head, formats):
    for place, column in enumerate(columns):
        values = [row[place] for row in rows]
        kind = _precise(column["kind"], values)
        widest = max([len(column["name"]), *(len(_seen(value, kind)) for value in values)])
        sheet.set_column(place, place, min(max(widest + 2, 8), 60))
        sheet.write_string(0, place, column["name"], head)
        for at, value in enumerate(values, 1):
            _write(sheet, at, place, value, kind, formats)
    sheet.freeze_panes(1, 0)


def _write(sheet, row, place, value, kind, formats):
    if value is None:
        return
    if isinstance(value, (int, float)):
        sheet.write_number(row, place, value, formats[kind])
    elif kind == "date":
        sheet.write_datetime(row, place, datetime.fromisoformat(value), formats[kind])
    else:
        sheet.write_string(row, place, value[:LONGEST_TEXT], formats["text"])


def _precise(kind, values):
    """Numbers below one need more decimals to say anything."""
    sizes = [abs(value) for value in values if isinstance(value, (int, float))]
    return "small" if kind == "number" and sizes and max(sizes) < 1 else kind


def _seen(value, kind):
    if isinstance(value, (int, float)):
        return f"{value:,.0f}" if kind == "whole" else f"{value:,.4f}"
    return "" if value is None else str(value)


def _name(title, taken):
    """A sheet's name of up to 31 characters that Excel takes and no other sheet has."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip(" '") or "Exhibit"
    plain = f"{plain} sheet" if plain.lower() == "history" else plain  # Excel keeps that name for itself
    name, number = plain[:LONGEST_NAME].strip(" '"), 1
    while name.lower() in taken:
        number += 1
        name = f"{plain[: LONGEST_NAME - len(str(number)) - 1].strip()} {number}"
    taken.add(name.lower())
    return name
