"""The quiz as a reader sees it: a widget that shows what the round says and passes on what the reader does."""

import logging
import random
from numbers import Integral
from pathlib import Path

import anywidget
import traitlets

from crmlearn.errors import Refusal
from crmlearn.quiz.asking import Round
from crmlearn.quiz.decks import deck, decks
from crmlearn.quiz.plans import Plan, exam_day
from crmlearn.quiz.sheets import Sheet

_HERE = Path(__file__).parent


class Face(anywidget.AnyWidget):
    """Shows one card at a time. Its state, which a notebook may store, holds the card and never a key.

    round_ : the Round that asks
    """

    _esm = _HERE / "face.js"
    _css = _HERE / "face.css"
    card = traitlets.Dict().tag(sync=True)

    def __init__(self, round_):
        super().__init__(card=round_.card())
        self._round = round_
        self.on_msg(self._heard)

    def _heard(self, _widget, message, _buffers):
        """Pass on what the reader did. Whatever a page sends, the kernel goes on."""
        what = message.get("do") if isinstance(message, dict) else None
        round_ = self._round
        deeds = {"hint": round_.hint, "turn": round_.turn, "show": round_.show, "easy": round_.easy}
        moves = {"next": round_.next, "back": round_.back}
        try:
            if what == "answer":
                self.send(round_.answer(message.get("value")))
            elif what in deeds:
                self.send(deeds[what]())
            elif what in moves:
                self._show(moves[what](message.get("place")))
            elif what in ("again", "undo"):
                self._show(getattr(round_, what)())
            if what in ("look", *moves) and round_.last:
                self.send(round_.last)
        except Exception:
            logging.getLogger("crmlearn").exception("the quiz stumbled")
            self.send({"kind": "said", "verdict": "cannot check", "html": "<div>Something went wrong.</div>"})

    def _show(self, card):
        """Every card has its number: an equal one would not be sent, and the page would wait for it."""
        self.card = card | {"number": self.card.get("number", 0) + 1}

    def _repr_mimebundle_(self, **kwargs):
        told = super()._repr_mimebundle_(**kwargs)
        data = told[0] if isinstance(told, tuple) else told
        plan, note = self._round.plan, "Run this cell, and the questions are asked one by one."
        if len(plan.decks) == 1:
            still = Sheet(plan.decks[0], note=note)
            data["text/html"], data["text/plain"] = still._repr_html_(), repr(still)
        else:
            data["text/plain"] = f"{plan.title}. {note}"
            data["text/html"] = f"<p><strong>{plan.title}.</strong> {note}</p>"
        return told


def ask(name, questions=None, seed=None):
    """Ask the questions of a deck, right here. Answers are judged in the kernel and remembered on this machine.

    name : "08_clv_types", "08", or the path of a deck of your own (.yaml)
    questions : whole number, how many to ask; without it all of them
    seed : whole number, of the order among questions of equal standing; without it a new order each time
    Returns: a widget. It lives as long as the kernel: in a page that was opened again, run the cell again. An
        exported page shows a list of the questions.
    Errors: Refusal for a deck that does not exist or breaks its form
    """
    return _face([name], "ask", questions, seed)


def study(*names, questions=None, new=10, seed=None):
    """Ask what is due today, and some questions that are new: ten minutes a day.

    names : decks, as for `ask`; without any, all decks of pages that are written
    questions : how many at most; new : how many new ones a day
    Returns: a widget, as `ask`. A question comes back after days when it was known, the next day when it was not
        (FSRS). It counts as learned when it was right at once on three different days.
    Errors: Refusal as for `ask`
    """
    return _face(names, "study", questions, seed, new=_whole("new", new, 0))


def practice(*names, topics=(), questions=None, seed=None):
    """Ask as many questions as you like. Answers are remembered, but nothing is scheduled by them.

    names : decks, as for `ask`; without any, all decks
    topics : ids of the syllabus such as "V3", to ask of these only
    Returns: a widget, as `ask`
    Errors: Refusal as for `ask`, and for topics of which no question is
    """
    topics = (topics,) if isinstance(topics, str) else tuple(topics)
    return _face(names, "practice", questions, seed, topics=topics)


def cram(*names, exam, questions=None, seed=None):
    """Before an exam: everything that is due or new, and no question waits until after that day.

    names : decks, as for `ask`; without any, all decks of pages that are written
    exam : date, such as "2027-04-30"
    Returns: a widget, as `ask`
    Errors: Refusal as for `ask`, and for a day that is over
    """
    today = Plan([]).now().astimezone().date()
    return _face(names, "cram", questions, seed, exam=exam_day(exam, today))


def _face(names, mode, questions, seed, **more):
    questions, seed = _whole("questions", questions, 1), _whole("seed", seed)
    chosen = [deck(name) for name in names] if names else [d for d in decks() if mode == "practice" or not d.preview]
    wanted = set(more.get("topics", ()))
    known = {topic for d in chosen for q in d.questions for topic in q.topics}
    if wanted - known:
        saw = ", ".join(sorted(wanted - known))
        raise Refusal("no question is of this topic.", saw, f"one of {', '.join(sorted(known))}")
    plan = Plan(chosen, mode, questions, **more)
    return Face(Round(plan, random.randrange(2**32) if seed is None else seed))


def _whole(what, value, least=None):
    if value is None:
        return None
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or (least is not None and value < least):
        start = "" if least is None else f" from {least}"
        raise Refusal(f"{what} needs a whole number{start}.", repr(value)[:60], f"{what}=5")
    return int(value)
