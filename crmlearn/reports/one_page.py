"""A theme on one printed page: its formulas, a picture, and what common notes say beside what is better."""

from pathlib import Path

import nbformat

from crmlearn import course, home
from crmlearn.errors import Refusal
from crmlearn.reports.page import page


def folder():
    return home.folder("notebooks") / "summaries"


def summaries():
    """The themes that have a summary.

    Returns: list of stems, sorted
    """
    return sorted(path.stem for path in folder().glob("[0-9]*.ipynb"))


def summary(name, out="."):
    """Write the summary of a theme as a page that prints on one sheet of A4.

    name : "02", 2 or "02_paradigms"; out : folder; it need not exist yet
    Returns: path of the page, NAME.html. What the notebook shows is stored in it, so nothing is run.
    Errors: Refusal for a theme without a summary, and for a page that is there already
    """
    stem = course.stem(name)
    if stem not in summaries():
        raise Refusal(f"there is no summary of {stem}.", f"there are {', '.join(summaries())}", summaries()[0])
    path = Path(out) / f"{stem}_summary.html"
    if path.exists():
        raise Refusal("this page is there already.", str(path), "another folder, or remove the old one")
    made = page(nbformat.read(folder() / f"{stem}.ipynb", as_version=4), stem, sheet=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(made, encoding="utf-8")
    return path
