"""The words of the trade, each in one line, and where it is taught: put together from all decks."""

from dataclasses import dataclass
from html import escape

from crmlearn import course, tables
from crmlearn.quiz.decks import decks


@dataclass(frozen=True)
class Glossary:
    """rows : [(term, what it means, stem of the page, its title, whether it is written), ...], sorted by term"""

    rows: list

    def __repr__(self):
        return "\n".join(f"{term}: {means} ({_named(*page)})" for term, means, *page in self.rows)

    def _repr_html_(self):
        rows = [[term, means, _link(*page)] for term, means, *page in self.rows]
        return tables.html(["term", "what it means", "taught in"], rows, raw=(2,))


def _named(stem, title, built):
    return f"{stem[:2]} {title}" + ("" if built else ", planned")


def _link(stem, title, built):
    name = escape(_named(stem, title, built))
    return f'<a href="../notebooks/{stem}.ipynb">{name}</a>' if built else name


def glossary(word=""):
    """The terms of the course.

    word : only terms in which it occurs
    Returns: Glossary, which shows itself

    >>> glossary("cohort CLV").rows[0][2]
    '08_clv_types'
    """
    pages = {page["stem"]: (page["title"], page["status"] == "built") for page in course.syllabus()["notebooks"]}
    found = [(t.term, t.means, deck.id, *pages[deck.id]) for deck in decks() for t in deck.glossary]
    return Glossary(sorted((row for row in found if word.lower() in row[0].lower()), key=lambda row: row[0].lower()))
