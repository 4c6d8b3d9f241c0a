"""A register from a file or a table: its headings understood, all its defects told at once."""

import difflib
import os
import zipfile
from pathlib import Path

import narwhals.stable.v2 as nw
import pandas as pd

from crmlearn.errors import Refusal, refuse_all
from crmlearn.forms.written import read as read_yaml
from crmlearn.risk.cells import empty, text
from crmlearn.risk.headings import match
from crmlearn.risk.register import Register
from crmlearn.risk.rows import to_risk
from crmlearn.transactions.textfiles import open_text

_KINDS = (".csv", ".txt", ".tsv", ".xlsx", ".yaml", ".yml")


def read(source, columns=None, *, ignore=(), sheet=None):
    """Read a register of risks and refuse it whole, with every defect named, or take it whole.

    source : path of a CSV, Excel (.xlsx) or YAML file, or a DataFrame; one row is one risk. `risk.blank` writes an
        empty one with every column explained. Headings are forgiving: case, spaces and usual other names do not matter
    columns : {their heading: our name}, where a heading is not known; ignore : headings to leave out
    sheet : name of the sheet of an Excel file; None takes the first
    Returns: Register
    Errors: Refusal for each defect, with its row and column: unknown headings (with did-you-mean), chances above 1,
        ranges that run backwards, text where money belongs, ids that repeat, missing events, dates and timings that
        cannot be read

    >>> import pandas as pd
    >>> sheet = pd.DataFrame({"Event": ["the boiler fails"], "Probability": ["10 to 25 %"],
    ...                       "Impact": ["4,000 to 25,000"], "Timing": ["Nov to Dec"], "Owner": ["shop manager"]})
    >>> register = read(sheet)
    >>> register["R01"].probability, register["R01"].impact, register["R01"].months
    (Chance(low=0.1, high=0.25), Lognormal(low=4000.0, high=25000.0), (11, 12))
    """
    headings, rows = _opened(source, sheet)
    found, problems = match(headings, columns, ignore)
    risks, at_ids = [], {}
    has_id = any(name == "id" for name, _ in found.values())
    for number, (place, row) in enumerate(rows, 1):
        filled = {name: (str(heading), row[heading], cents) for heading, (name, cents) in found.items()
                  if heading in row and not empty(row[heading])}  # fmt: skip
        if not filled:
            continue  # a row in which nothing stands
        if has_id and "id" not in filled:
            problems.append(Refusal(f"{place}: the id is missing.", "an empty cell", f"an id such as R{number:02d}"))
        own = text(filled["id"][1]) if "id" in filled else ""
        named = f"{place} ({own[:20]})" if own else place
        risk, wrong = to_risk(named, filled, number)
        problems += wrong
        if own:
            at_ids.setdefault(own, []).append(place)
        if risk is not None:
            risks.append(risk)
    problems += [
        Refusal(f"the id {i!r} stands more than once.", ", ".join(where), "one id for one risk")
        for i, where in at_ids.items() if len(where) > 1
    ]  # fmt: skip
    refuse_all(problems)
    if not risks:
        raise Refusal("the register has no risks.", "headings and nothing below", "one row for each risk")
    return Register(tuple(risks))


def _opened(source, sheet):
    """(headings, [(place, {heading: value})])"""
    if isinstance(source, (str, os.PathLike)):
        path = _file(source)
        if path.suffix.lower() in (".yaml", ".yml"):
            return _from_yaml(path)
        if path.suffix.lower() == ".xlsx":
            return _from_excel(path, sheet)
        frame, _, form = open_text(path)
        return frame.columns, [(f"row {form.first_row + i}", r) for i, r in enumerate(frame.iter_rows(named=True))]
    try:
        frame = nw.from_native(source, eager_only=True)
    except TypeError:
        saw = type(source).__name__
        raise Refusal("read needs a file or a table.", saw, "risk.read('register.csv')") from None
    return frame.columns, [(f"row {i}", r) for i, r in enumerate(frame.iter_rows(named=True))]


def _file(source):
    path = Path(source).expanduser()
    if path.suffix.lower() not in _KINDS:
        saw = path.suffix or "no ending"
        raise Refusal(f"{path.name[:80]} is no register that can be read.", saw, "a .csv, .xlsx or .yaml file")
    if not path.is_file():
        names = [p.name for p in path.parent.glob("*") if p.suffix.lower() in _KINDS] if path.parent.is_dir() else []
        near = difflib.get_close_matches(path.name, names, 1)
        raise Refusal(f"there is no file {path.name[:80]}.", ", ".join(sorted(names)[:5]) or "no register there",
                      near[0] if near else "check the name and the folder")  # fmt: skip
    return path


def _from_excel(path, sheet):
    try:
        with pd.ExcelFile(path, engine="openpyxl") as book:
            if sheet is not None and sheet not in book.sheet_names:
                raise Refusal(f"there is no sheet {sheet!r}.", ", ".join(book.sheet_names), f"{book.sheet_names[0]!r}")
            frame = pd.read_excel(book, sheet if sheet is not None else 0, dtype=object, header=None)
    except ImportError:
        mend = "save the sheet as CSV UTF-8, or install openpyxl"
        raise Refusal("Excel files need one more package.", "openpyxl is not there", mend) from None
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        saw = type(error).__name__
        raise Refusal(f"{path.name} is no readable Excel file.", saw, "save it again, or as CSV UTF-8") from None
    rows = [list(values) for values in frame.itertuples(index=False)]
    filled = [sum(not empty(v) for v in row) for row in rows]
    # A title stands alone in its row; the headings do not.
    first = next((i for least in (2, 1) for i, cells in enumerate(filled) if cells >= least), None)
    if first is None:
        raise Refusal(f"{path.name} is empty.", "no filled cell", "risk.blank('register.xlsx') writes a template")
    headings = ["" if empty(v) else str(v) for v in rows[first]]
    twice = sorted({h for h in headings if h and headings.count(h) > 1})
    if twice:
        raise Refusal(f"{path.name} has two columns of one name.", ", ".join(twice), "rename one of them")
    below = [(f"row {first + 2 + i}", dict(zip(headings, row, strict=True))) for i, row in enumerate(rows[first + 1 :])]
    return headings, below


def _from_yaml(path):
    data = read_yaml(path)
    entries = data.get("risks")
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        saw = ", ".join(map(str, data))[:80]
        raise Refusal(f"{path.name} needs a list of risks.", saw, "risks:\n    - event: the boiler fails")
    rows = [(f"line {entry.lc.line + 1}", _flat(entry)) for entry in entries]
    return list(dict.fromkeys(h for _, row in rows for h in row)), rows


def _flat(entry, before=""):
    """Keys of one level: impact: {low: 1} becomes impact_low; the first of controls becomes controls_name_1."""
    flat = {}
    for key, value in entry.items():
        name = f"{before}{key}"
        if isinstance(value, dict):
            flat |= _flat(value, f"{name}_")
        elif isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
            for i, part in enumerate(value, 1):
                flat |= {f"{k}_{i}": v for k, v in _flat(part, f"{name}_").items()}
        else:
            flat[name] = list(value) if isinstance(value, list) else value
    return flat
