"""Where the report notebooks lie, and what they are called."""

import difflib
import json

from crmlearn import home
from crmlearn.errors import Refusal


def folder():
    return home.folder("notebooks") / "reports"


def names():
    """Every report there is.

    Returns: list of names, sorted; `run` takes any of them
    """
    return sorted(path.stem for path in folder().glob("*.ipynb"))


def path(name):
    """The notebook of one report."""
    known = names()
    if name not in known:
        near = difflib.get_close_matches(str(name), known, 1)
        raise Refusal(
            f"There is no report {name!r}.",
            f"reports are {', '.join(known) or 'not there yet'}",
            near[0] if near else "crmlearn report --list",
        )
    return folder() / f"{name}.ipynb"


def cells(name):
    """The cells of a report: [(type, tags, source), ...]. Read as JSON, since nbformat takes a second to import."""
    file = path(name)
    try:
        notebook = json.loads(file.read_text(encoding="utf-8"))
        return [
            (cell["cell_type"], cell["metadata"].get("tags", []), "".join(cell["source"])) for cell in notebook["cells"]
        ]
    except (ValueError, KeyError, TypeError):
        raise Refusal(f"{file.name} is not a notebook.", "broken JSON", "restore the file") from None


def title(name):
    """The first heading, or the name."""
    lines = [line for kind, _, source in cells(name) if kind == "markdown" for line in source.splitlines()]
    return next((line.removeprefix("# ").strip() for line in lines if line.startswith("# ")), name)
