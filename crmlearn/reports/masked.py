"""Executed notebooks without what names a person or a folder of this machine."""

import re
from pathlib import Path

from crmlearn.privacy import mask
from crmlearn.transactions.sources import open_table

COLOUR = re.compile(r"\x1b\[[\d;]*[A-Za-z]")
# Columns that name people; their values are masked in what is kept of a failed run.
PEOPLE = re.compile(r"cust|client|member|account|user|buyer|person|name|mail|phone|mobile|nric|address|^id$", re.I)
TABLES = ("data", "lines", "consents", "checks", "orders", "duplicates", "requests", "transfers", "breaches")
FILES = (*TABLES, "feed")  # parameters that say where a file lies


def files_of(known):
    """Which parameters of a report say where a file lies; the same word may name a rule in another report.

    known : {name of a parameter: its default}
    """
    return tuple(name for name in FILES if known.get(name) == "")


def mask_for(values, files, feed=None):
    """How to mask what a run said. What cannot be masked for certain goes altogether.

    values : the run's parameters; files : those of them that name files; feed : Feed or None
    Returns: a function of text -> text
    """
    terms, ids = feed.terms if feed else {}, set()
    told = {*values.values(), terms.get("columns", {}).get("customer_id")}
    for name in (name for name in files if name in TABLES and values.get(name)):
        try:
            frame, _, _ = open_table(values[name], terms.get("encoding"), terms.get("separator"))
        except Exception:
            return lambda text: "[removed: the data file could not be read, so nothing could be masked]"
        people = [c for c in frame.columns if PEOPLE.search(c) or c in told] or frame.columns
        ids |= {str(v) for c in people for v in frame[c].drop_nulls().unique().to_list()}
    ids = frozenset(ids)
    return lambda text: mask(COLOUR.sub("", without_folders(text, values, files)), ids)


def without_folders(text, values, files):
    """A page says which file it read, not where on whose machine the file lay."""
    for path in filter(None, (values.get(name) for name in files)):
        for form in (path, path.encode("unicode_escape").decode()):  # papermill writes the second
            text = text.replace(form, Path(path).name)
    return text


def rewrite(notebook, change):
    """Change every text that running the notebook brought in; pictures stay."""
    told = notebook.metadata.get("papermill", {})
    told.pop("input_path", None)
    told.pop("output_path", None)
    told["parameters"] = _changed(told.get("parameters", {}), change)
    if "widgets" in notebook.metadata:
        notebook.metadata["widgets"] = _changed(notebook.metadata["widgets"], change)
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = change(cell.source)
        for output in cell.get("outputs", []):
            for part in {"text", "data", "metadata", "evalue", "traceback"} & set(output):
                output[part] = _changed(output[part], change)


def _changed(value, change):
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_changed(item, change) for item in value]
    if isinstance(value, dict):
        return {key: item if key.startswith("image/") else _changed(item, change) for key, item in value.items()}
    return value
