"""The quiz as a reader sees it: a widget that shows what the round says and passes on what the reader does."""

import logging
from pathlib import Path

import anywidget
import traitlets

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
        deeds = {"hint": round_.hint, "turn": round_.turn, "show": round_.show}
        try:
            if what == "answer":
                self.send(round_.answer(message.get("value")))
            elif what in deeds:
                self.send(deeds[what]())
            elif what == "next":
                self.card = round_.next(message.get("place"))
            elif what == "again":
                self.card = round_.again()
            elif what == "look" and round_.last:
                self.send(round_.last)
        except Exception:
            logging.getLogger("crmlearn").exception("the quiz stumbled")
            self.send({"kind": "said", "verdict": "cannot check", "html": "<div>Something went wrong.</div>"})

    def _repr_mimebundle_(self, **kwargs):
        told = super()._repr_mimebundle_(**kwargs)
        data = told[0] if isinstance(told, tuple) else told
        still = Sheet(self._round.deck, note="Run this cell, and the questions are asked one by one.")
        data["text/html"], data["text/plain"] = still._repr_html_(), repr(still)
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
    import random
    from numbers import Integral

    from crmlearn.errors import Refusal
    from crmlearn.quiz.asking import Round
    from crmlearn.quiz.decks import deck

    for what, value, least in (("questions", questions, 1), ("seed", seed, None)):
        whole = isinstance(value, Integral) and not isinstance(value, bool)
        if value is not None and (not whole or (least is not None and value < least)):
            raise Refusal(f"{what} needs a whole number{' from 1' * bool(least)}.", repr(value)[:60], f"{what}=5")
    questions, seed = (None if value is None else int(value) for value in (questions, seed))
    return Face(Round(deck(name), questions, random.randrange(2**32) if seed is None else seed))
