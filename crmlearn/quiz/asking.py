"""One round of questions: what to show next, what to say to an answer, what to remember. No widget in here."""

import time
from dataclasses import dataclass, field
from html import escape

from crmlearn import texts
from crmlearn.quiz.items import CANNOT_CHECK, RIGHT, Flip


@dataclass
class Round:
    """Questions, one after the other.

    plan : what is asked and remembered (crmlearn.quiz.plans)
    seed : of what is mixed and drawn; clock : seconds, for tests
    """

    plan: object
    seed: object = None
    clock: object = time.monotonic
    warning: str = ""  # why answers are not remembered
    place: int = 0
    first_try: dict = field(default_factory=dict)  # place -> was the first answer right

    def __post_init__(self):
        self._start()

    def _start(self):
        self.asked, self.warning = self.plan.questions(self.seed)
        self.showings = {}
        self._begin()

    def _begin(self):
        self.hints = 0
        self.open = False  # the answer was seen
        self.last = None  # what was said last, for a page that was loaded again
        self.began = self.clock()

    @property
    def item(self):
        return self.asked[self.place].question if self.place < len(self.asked) else None

    def card(self):
        """What may be seen before the answer; the key is not in it."""
        item = self.item
        if item is None:
            return self._end()
        asked = self.asked[self.place]
        about = {"kind": "card", "place": self.place + 1, "of": len(self.asked), "title": asked.deck.title}
        return (
            about
            | item.card(self._mix())
            | {"warning": self.warning, "back": self.place > 0, "undo": self.place in self.showings}
        )

    def _mix(self):
        return str(self.seed)

    def answer(self, given):
        """Judge, remember, and say what to say."""
        item = self.item
        if item is None or (self.open and not isinstance(item, Flip)):
            return self._said(CANNOT_CHECK, "This question is closed. Go on to the next one.")
        judged = item.grade(given, self._mix())
        if judged.verdict == CANNOT_CHECK:
            return self._said(CANNOT_CHECK, judged.feedback)
        self.first_try.setdefault(self.place, judged.verdict == RIGHT)
        self._remember(judged.verdict, judged.understood)
        self.open = judged.verdict == RIGHT or isinstance(item, Flip)
        marks = {"marks": list(judged.marks)} if judged.marks else {}
        if isinstance(item, Flip):
            return self._said("shown", f"**Noted.** You {judged.understood}.", explained=True)
        return self._said(judged.verdict, judged.feedback, explained=self.open, **marks)

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
            self.first_try.setdefault(self.place, False)
            self._remember("shown", "")
            self.open = True
        return self._said("shown", f"**The answer:** {self.item.key()}", explained=True)

    def easy(self):
        """For who finds a question too easy: it comes back much later. Only after a right first answer."""
        if self.item is None or not self.open or not self.first_try.get(self.place) or self.hints:
            return self._said(CANNOT_CHECK, "Only a question that was right at once can be called easy.")
        self._remember("easy", "")
        return self._said("shown", "**Noted.** It comes back much later.")

    def next(self, place=None):
        """Go on; returns the next card. A page says which place it shows, so that two clicks are one step."""
        if self.place < len(self.asked) and place in (None, self.place + 1):
            self.place += 1
            self._begin()
        return self.card()

    def back(self, place=None):
        """The card before. What was answered there stays answered, until it is taken back."""
        if self.place > 0 and place in (None, self.place + 1):
            self.place -= 1
            self._begin()
            self.open = self.place in self.first_try
            if self.open:
                self.last = self._said("shown", f"**The answer:** {self.item.key()}", explained=True)
        return self.card()

    def undo(self):
        """Take back what was answered to this card: a slip of the finger is no gap in what somebody knows."""
        if self.place in self.showings:
            self._remember("undone", "")
            del self.showings[self.place], self.first_try[self.place]
        self._begin()
        return self.card()

    def again(self):
        """A new round; what was wrong comes first, and all numbers are drawn anew."""
        self.seed = f"{self.seed}+"
        self.place, self.first_try = 0, {}
        self._start()
        return self.card()

    def _remember(self, verdict, understood):
        now = self.clock()
        seconds = round(max(now - self.began, 0), 1)
        showing = self.showings.get(self.place)
        showing, warning = self.plan.remember(self.asked[self.place], verdict, understood, self.hints, seconds, showing)
        self.showings[self.place] = showing
        self.warning = warning or self.warning
        self.began = now

    def _said(self, verdict, markdown, explained=False, **more):
        html = f"<div>{texts.html(markdown)}</div>" if markdown else ""
        if explained:
            html += f"<div>{texts.html(self.item.explanation)}</div>"
        if self.item and self.first_try.get(self.place) is False and verdict not in ("hint", CANNOT_CHECK):
            html += f"<p>Read again: {self._section(self.asked[self.place])}</p>"
        easy = bool(self.open and self.plan.schedules and self.first_try.get(self.place) and not self.hints)
        said = {"kind": "said", "verdict": verdict, "html": html, "open": self.open, "warning": self.warning}
        said |= {"easy": easy and verdict == RIGHT, "undo": self.place in self.showings} | more
        if verdict != CANNOT_CHECK:
            self.last = said
        return said

    def _section(self, asked):
        """The section that teaches it; a link where the page is written."""
        heading = escape(asked.question.reread, quote=True)
        if not asked.where or asked.deck.preview:
            return f"<em>{heading}</em>" + (f" ({escape(asked.where)}, not written yet)" if asked.where else "")
        there = escape(f"../notebooks/{asked.deck.id}.ipynb#{asked.question.reread.replace(' ', '-')}", quote=True)
        return f'<a class="crml-section" target="_blank" href="{there}">{heading}</a> ({escape(asked.where)})'

    def _end(self):
        right = sum(self.first_try.values())
        again = [self._section(a) for n, a in enumerate(self.asked) if self.first_try.get(n) is False]
        html = f"<p>{right} of {len(self.asked)} right at the first try.</p>" if self.asked else ""
        skipped = len(self.asked) - len(self.first_try)
        if skipped:
            html += f"<p>{skipped} not answered.</p>"
        if again:
            places = "".join(f"<li>{place}</li>" for place in dict.fromkeys(again))
            html += f"<p>Worth reading again:</p><ul>{places}</ul>"
        html += "".join(f"<p>{escape(line)}</p>" for line in self.plan.after())
        return {"kind": "end", "title": self.plan.title, "html": html, "warning": self.warning}
