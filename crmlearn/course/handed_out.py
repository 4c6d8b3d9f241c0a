"""The record of a copy: which files were handed out, and what each of them said then."""

import contextlib
import hashlib
import json
from pathlib import Path

RECORD = ".crmlearn.json"  # which files were handed out, and what they said then
FORM = "crmlearn.course/1"
EMPTY = {"files": {}, "offered": {}, "lecturer": False, "complete": False}


def fingerprint(path):
    """What a file says, 64 hexadecimal digits. Of a notebook only the cells count: opening it rewrites the rest."""
    raw = Path(path).read_bytes()
    if Path(path).suffix == ".ipynb":
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raw = json.dumps([_said(cell) for cell in json.loads(raw)["cells"]]).encode()
    return hashlib.sha256(raw).hexdigest()


def _said(cell):
    """What a person can have changed in a cell on purpose."""
    about = cell["metadata"]
    return [cell["cell_type"], "".join(cell["source"]), sorted(about.get("tags", [])), about.get("slideshow", {})]


def recorded(folder):
    """What was handed out to this folder; None where nothing was. A damaged record counts as: all is yours."""
    path = folder / RECORD
    if not path.is_file():
        return None
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        known = {key: said[key] for key in EMPTY if isinstance(said[key], type(EMPTY[key]))}
        return EMPTY | known
    except (ValueError, KeyError, TypeError):
        return dict(EMPTY)


def write_record(folder, record):
    draft = folder / f"{RECORD}.new"
    draft.write_text(json.dumps(record, indent=1, sort_keys=True), encoding="utf-8")
    draft.replace(folder / RECORD)
