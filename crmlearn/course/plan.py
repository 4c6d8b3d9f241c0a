"""The course map: which page answers which question, and which pages are there already."""

import difflib
from dataclasses import dataclass
from functools import cache
from html import escape

from ruamel.yaml import YAML

from crmlearn import home, tables
from crmlearn.errors import Refusal


def syllabus():
    """Everything in notebooks/syllabus.yml: its notebooks and its ideas.

    >>> syllabus()["notebooks"][8]["title"]
    'Five kinds of CLV'
    """
    path = home.folder("notebooks") / "syllabus.yml"
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path, _changed):
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Map:
    """The pages in order; shown as a table with links to those that are built."""

    pages: tuple[dict, ...]

    def __repr__(self):
        mark = {"built": "*", "planned": " "}
        lines = [f"{mark[p['status']]} {p['stem'][:2]} {p['title']}: {p['question']}" for p in self.pages]
        return "\n".join([*lines, "* is built"])

    def _repr_html_(self):
        rows = [[p["stem"][:2], _link(p), p["question"], p["status"]] for p in self.pages]
        return tables.html(["page", "theme", "the question it answers", "status"], rows, raw=(1,))


def _link(page):
    title = escape(page["title"])
    return f'<a href="{page["stem"]}.ipynb">{title}</a>' if page["status"] == "built" else title


def course_map():
    """The map of the course.

    >>> print(repr(course_map()).splitlines()[0])
    * 00 Start here: How do I use these pages?
    """
    return Map(tuple(syllabus()["notebooks"]))


def stem(short):
    """The full name of a page: "08", 8 or "08_clv_types" is "08_clv_types".

    >>> stem("08")
    '08_clv_types'
    """
    known = [page["stem"] for page in syllabus()["notebooks"]]
    text = str(short).zfill(2) if str(short).isdigit() else str(short)
    found = [name for name in known if text in (name, name[:2])]
    if found:
        return found[0]
    near = difflib.get_close_matches(text, known, 1)
    saw = f"pages are {', '.join(known)}"
    raise Refusal(f"the course has no page {text[:80]!r}.", saw, near[0] if near else known[8])
