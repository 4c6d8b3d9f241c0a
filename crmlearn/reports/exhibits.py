"""What a report's notebook tells its runner: tables, warnings and facts, in the metadata of what it shows.

The executed notebook carries them, so plain papermill makes the same notebook, and a workbook can be made of it later.
"""

import json
import math
from html import escape
from typing import NamedTuple

from crmlearn.privacy import Gate

OURS = "crmlearn"
DIGITS = 12  # significant ones; what is beyond differs between machines


class Told(NamedTuple):
    """What an executed notebook told, in its order."""

    exhibits: list  # each as JSON: title, columns [{name, kind}] and rows
    warnings: list  # sentences
    facts: dict


def exhibit(title, table, label="", exact=(), percent=(), page=True, gate=None, fold=""):
    """Show a table in the report and keep its numbers for exhibits.xlsx.

    title : str; names the table's sheet in the workbook
    table : pandas table with its labels as index: pseudonyms, no small groups
    label : str; the header above the labels
    exact : names of columns shown as whole numbers in full; percent : shares shown in per cent
    page : bool; a long table may stand in the workbook only
    fold : str; words under which the table opens, where a chart above it tells the same; it is not printed on paper
    gate : privacy.Gate; without one it is closed: contact fields and free text are held back, other texts masked
    Other numbers are shown with four significant digits; what is missing is left empty.
    """
    from IPython.display import display

    gate = gate or Gate()
    title, label, table = gate.words(title), gate.words(label), gate.table(table)
    kept = {OURS: {"exhibit": _kept(title, table, label, exact, percent)}}
    if page and fold:
        shown = _shown(table, label, exact, percent)
        folded = f"<details><summary>{escape(gate.words(fold))}</summary>{shown.to_html()}</details>"
        display({"text/html": folded, "text/plain": shown.to_string()}, raw=True, metadata=kept)
    elif page:
        display(_shown(table, label, exact, percent), metadata=kept)
    else:
        display({"text/plain": ""}, raw=True, metadata=kept)


def warn(text):
    """Show a warning in the report and tell it to whoever runs it: the run ends with exit code 3.

    text : str; a sentence or two, in which nothing names a person
    """
    from IPython.display import HTML, display

    text = Gate().words(text)
    shown = f"<p class='warning' role='note'><strong>Warning.</strong> {escape(text)}</p>"
    display(HTML(shown), metadata={OURS: {"warning": text}})


def state(**facts):
    """Tell the runner facts that the page shows in its own words, such as ``as_of="1998-06-30"``. Shows nothing."""
    from IPython.display import display

    facts = {name: _masked(fact) for name, fact in facts.items()}
    display({"text/plain": ""}, raw=True, metadata={OURS: {"facts": facts}})


def told(notebook):
    """Collect what an executed notebook told.

    notebook : nbformat node
    Returns: Told(exhibits, warnings, facts)
    """
    found = Told([], [], {})
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            ours = output.get("metadata", {}).get(OURS, {})
            found.exhibits.extend([ours["exhibit"]] if "exhibit" in ours else [])
            found.warnings.extend([ours["warning"]] if "warning" in ours else [])
            found.facts.update(ours.get("facts", {}))
    return found


def _masked(fact):
    if isinstance(fact, dict):
        return {name: _masked(part) for name, part in fact.items()}
    return Gate().words(fact)


def _shown(table, label, exact, percent):
    """The table as text: counted money in full, what is missing left empty, one header row."""
    import pandas as pd

    from crmlearn import plots

    shown = table.copy()
    for column in table.columns:
        if column in exact:
            shown[column] = table[column].map("{:,.0f}".format)
        elif column in percent:
            shown[column] = table[column].map(lambda v: "" if pd.isna(v) else f"{v:.1%}")
        elif pd.api.types.is_integer_dtype(table[column]):
            shown[column] = table[column].map("{:,}".format)
        elif pd.api.types.is_float_dtype(table[column]):
            shown[column] = table[column].map(lambda v: "" if pd.isna(v) else plots.short(v))
    return shown.rename_axis(index=None, columns=label)


def _kept(title, table, label, exact, percent):
    columns = [{"name": label, "kind": "text"}]
    columns += [{"name": str(c), "kind": _kind(table[c], c in exact, c in percent)} for c in table.columns]
    rows = [[_plain(value) for value in row] for row in table.itertuples(name=None)]
    for row in rows:
        row[0] = "" if row[0] is None else str(row[0])
    # One text keeps a stored notebook short.
    return json.dumps({"title": title, "columns": columns, "rows": rows}, ensure_ascii=False)


def _kind(values, exact, percent):
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(values):
        return "date"
    if not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return "text"
    whole = exact or pd.api.types.is_integer_dtype(values)
    return "percent" if percent else "whole" if whole else "number"


def _plain(value):
    """A cell as JSON knows it."""
    if value is None or value != value:
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    if isinstance(value, (bool, str)):
        return str(value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        return str(value)
    if not math.isfinite(number):
        return str(number)
    rounded = float(f"{number:.{DIGITS}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 2**53 else rounded
