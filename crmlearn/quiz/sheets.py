"""A deck as a still page: readable where nothing runs. Answers stand on it only when somebody asks for them."""

from dataclasses import dataclass
from html import escape
from itertools import groupby

from crmlearn import texts
from crmlearn.quiz.decks import Deck
from crmlearn.quiz.items import Scenario


@dataclass(frozen=True)
class Sheet:
    """A deck to read or to print."""

    deck: Deck
    answers: bool = False
    note: str = ""

    def __repr__(self):
        lines = [repr(self.deck), *([self.note] if self.note else [])]
        number = 0
        for item in self.deck.items:
            story = isinstance(item, Scenario)
            lines += [item.case.strip()] if story else []
            for question in item.questions if story else [item]:
                question, number = question.drawn(""), number + 1
                lines += [f"{number}. {question.stem.strip()}", *_lettered(question)]
                if self.answers:
                    lines.append(f"   Answer: {question.key()}")
        return "\n".join(lines)

    def _repr_html_(self):
        number, html = 0, ""
        for story, run in groupby(self.deck.items, lambda item: isinstance(item, Scenario) and item.id):
            run = list(run)
            asked = run[0].questions if story else run
            html += f"<div>{texts.html(run[0].case)}</div>" if story else ""
            html += f"<ol start='{number + 1}'>{''.join(map(self._item, asked))}</ol>"
            number += len(asked)
        head = f"<p><strong>{escape(repr(self.deck))}.</strong> {escape(self.note)}</p>"
        name = escape(f"Questions: {self.deck.title}", quote=True)
        return f"<div role='group' aria-label='{name}'>{head}{html}</div>"

    def _item(self, question):
        question = question.drawn("")
        html = f"<div>{texts.html(question.stem)}</div>"
        choices = question.choices()
        if choices:
            listed = "".join(f"<li>{texts.html(text)}</li>" for text in choices)
            html += f"<ol style='list-style-type: lower-alpha'>{listed}</ol>"
        html += f"<p>{escape(question.room())}</p>" if question.room() else ""
        if self.answers:
            told = f"{question.key()}\n\n{question.explanation}"
            html += f"<details><summary>Answer</summary>{texts.html(told)}</details>"
        return f"<li style='margin-bottom: 1em'>{html}</li>"


def _lettered(question):
    listed = [f"   {'abcdefghijklmn'[n]}) {text}" for n, text in enumerate(question.choices() or [])]
    return listed + ([f"   {question.room()}"] if question.room() else [])


def sheet(name, answers=False):
    """A deck as a page to read or print.

    name : as for `ask`; answers : bool, with the answers folded under each question
    Returns: a value that shows itself

    >>> print(repr(sheet("08")).splitlines()[0])
    Five kinds of CLV: 19 questions
    """
    from crmlearn.quiz.decks import deck

    return Sheet(deck(name), answers)
