"""The words of the trade, each in one line, and where it is taught: put together from all decks."""

from dataclasses import dataclass
from html import escape

from crmlearn import course, tables
from crmlearn.quiz.decks import decks


@dataclass(frozen=True)
class Glossary:
    """rows : [(term, what it means, page, whether the page is written), ...], sorted by term"""

    rows: list

    def __repr__(self):
        return "\n".join(f"{term}: {means} ({page})" for term, means, page, _ in self.rows)

    def _repr_html_(self):
        rows = [[term, means, _link(page, built)] for term, means, page, built in self.rows]
        return tables.html(["term", "what it means", "taught in"], rows, raw=(2,))


def _link(page, built):
    return f'<a href="../notebooks/{page}.ipynb">{escape(page)}</a>' if built else f"{escape(page)} (planned)"


def glossary(word=""):
    """The terms of the course.

    word : only terms in which it occurs
    Returns: Glossary, which shows itself

    >>> glossary("cohort CLV").rows[0][2]
    '08_clv_types'
    """
    built = {page["stem"]: page["status"] == "built" for page in course.syllabus()["notebooks"]}
    found = [(t.term, t.means, deck.id, built.get(deck.id, False)) for deck in decks() for t in deck.glossary]
    return Glossary(sorted((row for row in found if word.lower() in row[0].lower()), key=lambda row: row[0].lower()))
