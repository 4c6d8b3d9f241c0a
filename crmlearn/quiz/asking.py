"""One round of questions: what to show next, what to say to an answer, what to remember. No widget in here."""

import time
from dataclasses import dataclass, field
from html import escape

from crmlearn import reviews, texts
from crmlearn.errors import Refusal
from crmlearn.quiz.decks import Flip, Numeric, Single
from crmlearn.quiz.grading import CANNOT_CHECK, RIGHT, grade
from crmlearn.quiz.schedule import order
from crmlearn.quiz.sheets import answer as key_in_words
from crmlearn.quiz.sheets import shown_order, wanted


@dataclass
class Round:
    """Questions of one deck, one after the other.

    deck : Deck; questions : how many to ask; seed : of their order; clock : seconds, for tests
    """

    deck: object
    questions: int | None = None
    seed: object = None
    mode: str = "ask"
    clock: object = time.monotonic
    warning: str = ""  # why answers are not remembered
    place: int = 0
    first_try: dict = field(default_factory=dict)  # item id -> was the first answer right

    def __post_init__(self):
        self._start()

    def _start(self):
        self.items = order(self.deck.items, self._earlier(), self.seed)[: self.questions]
        self._begin()

    def _earlier(self):
        try:
            return reviews.read(f"{self.deck.id}/", kind="item")
        except Refusal as refusal:
            self.warning = f"{refusal.wrong} {refusal.saw}. You can go on; this round is not stored."
            return []

    def _begin(self):
        self.hints = 0
        self.open = False  # the answer was seen
        self.last = None  # what was said last, for a page that was loaded again
        self.began = self.clock()

    @property
    def item(self):
        return self.items[self.place] if self.place < len(self.items) else None

    def card(self):
        """What may be seen before the answer; the key is not in it."""
        item = self.item
        if item is None:
            return self._end()
        card = {
            "kind": "card",
            "place": self.place + 1,
            "of": len(self.items),
            "title": self.deck.title,
            "type": item.type,
            "stem": texts.html(item.stem),
            "hints": len(item.hints),
            "warning": self.warning,
        }
        if isinstance(item, Single):
            card["options"] = [texts.html(item.options[i].text) for i in self._order()]
        if isinstance(item, Numeric):
            card["wanted"] = wanted(item)
        return card

    def _order(self):
        return shown_order(self.item, str(self.seed))

    def answer(self, given):
        """Judge, remember, and say what to say."""
        item = self.item
        if item is None or (self.open and not isinstance(item, Flip)):
            return self._said(CANNOT_CHECK, "This question is closed. Go on to the next one.")
        if isinstance(item, Single) and isinstance(given, int) and 0 <= given < len(item.options):
            given = self._order()[given]
        judged = grade(item, given)
        if judged.verdict == CANNOT_CHECK:
            return self._said(CANNOT_CHECK, judged.feedback)
        self.first_try.setdefault(item.id, judged.verdict == RIGHT)
        self._remember(judged.verdict, judged.understood)
        self.open = judged.verdict == RIGHT or isinstance(item, Flip)
        if isinstance(item, Flip):
            return self._said("shown", f"**Noted.** You {judged.understood}.", explained=True)
        return self._said(judged.verdict, judged.feedback, explained=self.open)

    def hint(self):
        """The next hint; after the last one, the last again."""
        told = self.item.hints if self.item else []
        if not told:
            return self._said("hint", "There is no hint.")
        self.hints = min(self.hints + 1, len(told))
        said = self._said("hint", f"**Hint {self.hints} of {len(told)}.** {told[self.hints - 1]}")
        return said | {"left": len(told) - self.hints}

    def turn(self):
        """The back of a flip card."""
        if not isinstance(self.item, Flip):
            return self._said(CANNOT_CHECK, "This card has no back.")
        self.last = {"kind": "back", "html": texts.html(self.item.back)}
        return self.last

    def show(self):
        """The answer, for who gives up; it counts as not known."""
        if self.item is None:
            return self._said(CANNOT_CHECK, "There is no question.")
        if not self.open:
            self.first_try.setdefault(self.item.id, False)
            self._remember("shown", "")
            self.open = True
        return self._said("shown", f"**The answer:** {key_in_words(self.item)}", explained=True)

    def next(self, place=None):
        """Go on; returns the next card. A page says which place it shows, so that two clicks are one step."""
        if self.place < len(self.items) and place in (None, self.place + 1):
            self.place += 1
            self._begin()
        return self.card()

    def again(self):
        """A new round; what was wrong comes first."""
        self.place, self.first_try = 0, {}
        self._start()
        return self.card()

    def _remember(self, verdict, understood):
        item, now = self.item, self.clock()
        try:
            reviews.add(
                reviews.Review(
                    kind="item",
                    item_id=f"{self.deck.id}/{item.id}",
                    item_sha=item.sha(),
                    mode=self.mode,
                    verdict=verdict,
                    answer=understood,
                    hints=self.hints,
                    seconds=round(max(now - self.began, 0), 1),
                )
            )
        except Refusal as refusal:  # learning goes on without memory
            self.warning = f"{refusal.wrong} {refusal.saw}. You can go on; this answer is not stored."
        self.began = now

    def _said(self, verdict, markdown, explained=False):
        html = f"<div>{texts.html(markdown)}</div>" if markdown else ""
        if explained:
            html += f"<div>{texts.html(self.item.explanation)}</div>"
            if not self.first_try[self.item.id]:
                html += f"<p>Read again: <em>{escape(self.item.reread)}</em></p>"
        said = {"kind": "said", "verdict": verdict, "html": html, "open": self.open, "warning": self.warning}
        if verdict != CANNOT_CHECK:
            self.last = said
        return said

    def _end(self):
        right = sum(self.first_try.values())
        again = [i.reread for i in self.items if self.first_try.get(i.id) is False]
        html = f"<p>{right} of {len(self.items)} right at the first try.</p>"
        skipped = len(self.items) - len(self.first_try)
        if skipped:
            html += f"<p>{skipped} not answered.</p>"
        if again:
            places = "".join(f"<li>{escape(place)}</li>" for place in dict.fromkeys(again))
            html += f"<p>Worth reading again:</p><ul>{places}</ul>"
        return {"kind": "end", "title": self.deck.title, "html": html, "warning": self.warning}
