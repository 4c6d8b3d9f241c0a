"""The course map: which page answers which question, and which pages are there already."""

from dataclasses import dataclass
from html import escape

from ruamel.yaml import YAML

from crmlearn import home, tables


def syllabus():
    """Everything in notebooks/syllabus.yml: its notebooks and its ideas.

    >>> syllabus()["notebooks"][8]["title"]
    'Five kinds of CLV'
    """
    return YAML(typ="safe").load((home.folder("notebooks") / "syllabus.yml").read_text(encoding="utf-8"))


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
