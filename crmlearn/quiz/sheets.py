"""A deck as a still page: readable where nothing runs. Answers stand on it only when somebody asks for them."""

import hashlib
from dataclasses import dataclass
from html import escape

from crmlearn import texts
from crmlearn.errors import counted
from crmlearn.quiz.decks import Deck, Flip, Numeric, Single


def shown_order(item, seed=""):
    """The positions of a single choice's options in the order in which they are shown; pinned ones keep their place."""

    def mixed(position):
        return hashlib.sha256(f"{seed}{item.id}{item.options[position].text}".encode()).hexdigest()

    free = iter(sorted((i for i, option in enumerate(item.options) if not option.pin), key=mixed))
    return [i if option.pin else next(free) for i, option in enumerate(item.options)]


@dataclass(frozen=True)
class Sheet:
    """A deck to read or to print."""

    deck: Deck
    answers: bool = False
    note: str = ""

    def __repr__(self):
        lines = [repr(self.deck), *([self.note] if self.note else [])]
        for number, item in enumerate(self.deck.items, 1):
            lines.append(f"{number}. {item.stem.strip()}")
            if isinstance(item, Single):
                lines += [f"   {letter}) {item.options[i].text}" for letter, i in lettered(item)]
            if self.answers:
                lines.append(f"   Answer: {answer(item)}")
        return "\n".join(lines)

    def _repr_html_(self):
        items = "".join(f"<li style='margin-bottom: 1em'>{self._item(item)}</li>" for item in self.deck.items)
        head = f"<p><strong>{escape(repr(self.deck))}.</strong> {escape(self.note)}</p>"
        name = escape(f"Questions: {self.deck.title}", quote=True)
        return f"<div role='group' aria-label='{name}'>{head}<ol>{items}</ol></div>"

    def _item(self, item):
        html = f"<div>{texts.html(item.stem)}</div>"
        if isinstance(item, Single):
            choices = "".join(f"<li>{texts.html(item.options[i].text)}</li>" for _, i in lettered(item))
            html += f"<ol style='list-style-type: lower-alpha'>{choices}</ol>"
        elif isinstance(item, Numeric):
            html += f"<p>Answer in {escape(wanted(item))}: ............</p>"
        else:
            html += "<p>Answer in your own words.</p>"
        if self.answers:
            told = f"{answer(item)}\n\n{item.explanation}"
            html += f"<details><summary>Answer</summary>{texts.html(told)}</details>"
        return html


def lettered(item):
    return [("abcdefghi"[place], position) for place, position in enumerate(shown_order(item))]


def answer(item):
    """The right answer in words.

    >>> from crmlearn.quiz.decks import deck
    >>> answer(next(i for i in deck("08").items if i.id == "lifespan-in-advance"))
    '367 dollars'
    """
    if isinstance(item, Flip):
        return item.back
    if isinstance(item, Numeric):
        decimals = decimals_of(item)
        unit = "%" if item.unit == "%" else f" {item.unit}"
        return f"{item.answer.value():.{decimals}f}{unit}"
    return next(option.text for option in item.options if option.right)


def decimals_of(item):
    """How many decimals an answer needs to be close enough."""
    return next(d for d in range(7) if item.within >= 0.5 * 10.0**-d or d == 6)


def wanted(item):
    """The unit and how exact: "dollars, rounded to whole ones"."""
    decimals = decimals_of(item)
    exact = "rounded to a whole number" if not decimals else f"with {counted(decimals, 'decimal')}"
    return f"{item.unit}, {exact}"


def sheet(name, answers=False):
    """A deck as a page to read or print.

    name : as for `ask`; answers : bool, with the answers folded under each question
    Returns: a value that shows itself

    >>> print(repr(sheet("08")).splitlines()[0])
    Five kinds of CLV: 18 questions
    """
    from crmlearn.quiz.decks import deck

    return Sheet(deck(name), answers)
