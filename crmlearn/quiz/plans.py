"""What is asked, and what becomes of the answers: in the page, today's cards, practice, or before an exam."""

import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crmlearn import course, reviews
from crmlearn.errors import Refusal, counted
from crmlearn.quiz import memory
from crmlearn.quiz.decks import Deck
from crmlearn.quiz.items import Question
from crmlearn.quiz.schedule import groups, interleaved, order

_AHEAD = "Preview: the page that teaches this is not written yet, so no question of it is put on the timetable."


@dataclass(frozen=True)
class Asked:
    """A question to ask, and the deck it is of."""

    deck: Deck
    question: Question

    @property
    def name(self):
        return f"{self.deck.id}/{self.question.id}"

    @property
    def where(self):
        """The page that teaches it: "08 Five kinds of CLV"; empty for decks of one's own."""
        of = [n for n in course.syllabus()["notebooks"] if n["stem"] == self.deck.id]
        return f"{of[0]['stem'][:2]} {of[0]['title']}" if of else ""


@dataclass
class Plan:
    """Questions of some decks, asked in one of four ways.

    mode : "ask", in the page: all, what was wrong last time first · "study": what is due today, and some that are new
        · "practice": as many as wanted, nothing is scheduled · "cram": as study, but nothing waits beyond an exam
    limit : how many questions at most; new : how many new ones a day (study)
    topics : ids of the syllabus, to ask of these only; exam : date (cram); now : clock, for tests
    """

    decks: list
    mode: str = "ask"
    limit: int | None = None
    new: int = 10
    topics: tuple = ()
    exam: Any = None
    now: Any = field(default=lambda: datetime.now(UTC))

    @property
    def title(self):
        names = {"study": "Today's questions", "practice": "Practice", "cram": "Before the exam"}
        return self.decks[0].title if len(self.decks) == 1 else names.get(self.mode, "Questions")

    @property
    def schedules(self):
        return self.mode in memory.SCHEDULES

    def standings(self):
        """{deck/question: Standing} of all that was answered."""
        kept = reviews.standings(memory.fold)
        return {name: memory.standing(text) for name, text in kept.items()}

    def questions(self, seed):
        """([Asked, ...], why nothing is remembered, if so)"""
        try:
            known, warning = self.standings(), _AHEAD if all(d.preview for d in self.decks) else ""
        except Refusal as refusal:
            known, warning = {}, f"{refusal.wrong} {refusal.saw}. You can go on; this round is not stored."
        chosen = self._in_page(known, seed) if self.mode == "ask" else self._gathered(known, seed)
        return [Asked(a.deck, a.question.drawn(f"{seed}{a.question.id}")) for a in chosen[: self.limit]], warning

    def _in_page(self, known, seed):
        found = []
        for deck in self.decks:
            mine = {q.id: known[f"{deck.id}/{q.id}"] for q in deck.questions if f"{deck.id}/{q.id}" in known}
            found += [Asked(deck, question) for question in order(deck.items, mine, seed)]
        return found

    def _gathered(self, known, seed):
        """Questions of all decks together, their topics mixed."""
        wanted = set(self.topics)
        parts = [(deck, group) for deck in self.decks for group in groups(deck.items)]
        asked = {id(q): Asked(deck, q) for deck, group in parts for q in group}
        parts = [[q for q in group if not wanted or wanted & set(q.topics)] for _, group in parts]
        mixed = random.Random(seed).sample(parts, len(parts))
        if self.mode == "practice":
            return [asked[id(q)] for q in interleaved([g for g in mixed if g], lambda _: 0)]

        def standing(question):
            return known.get(asked[id(question)].name)

        end = memory.end_of_day(self.now())
        due = [[q for q in g if standing(q) and standing(q).due and standing(q).due < end] for g in mixed]
        due = sorted((g for g in due if g), key=lambda g: min(standing(q).due for q in g))
        fresh = [[q for q in g if not standing(q) or not standing(q).due] for g in mixed]
        fresh = [g for g in fresh if g]
        if self.mode == "study":
            left, kept = self.new - self._new_today(), []
            for group in fresh:
                kept += [group] if left > 0 else []
                left -= len(group)
            fresh = kept
        return [asked[id(q)] for q in (*interleaved(due, lambda _: 0), *interleaved(fresh, lambda _: 0))]

    def _new_today(self):
        """How many questions were asked for the first time today, in this mode."""
        since = memory.end_of_day(self.now()) - timedelta(days=1)
        first = {}
        for review in reviews.read(kind="item"):
            if review.mode in memory.SCHEDULES and review.item_id not in first:
                first[review.item_id] = review
        return sum(r.mode == "study" and datetime.fromisoformat(r.answered_at_utc) >= since for r in first.values())

    def _settings(self):
        if self.mode != "cram":
            return memory.settings()
        return memory.settings(max(1, min(memory.LONGEST, (self.exam - self.now().astimezone().date()).days)))

    def remember(self, asked, verdict, understood, hints, seconds, showing):
        """Write an answer down. Returns: (name of the showing, why it is not remembered, if so)"""
        showing = showing or str(uuid.uuid4())
        schedules = self.schedules and not asked.deck.preview
        mode = self.mode if schedules or self.mode == "practice" else "preview"
        when = self.now().astimezone(UTC).isoformat(timespec="milliseconds")
        params = self._settings() if schedules else None
        try:
            reviews.add(
                reviews.Review(
                    "item", asked.name, asked.question.sha(), mode, verdict, understood, hints, seconds, params, when,
                    showing=showing,
                ),
                memory.fold,
            )  # fmt: skip
        except Refusal as refusal:  # learning goes on without memory
            return showing, f"{refusal.wrong} {refusal.saw}. You can go on; this answer is not stored."
        return showing, ""

    def after(self):
        """What to say at the end of a round."""
        if not self.schedules or any(deck.preview for deck in self.decks):
            return []
        try:
            known = self.standings()
        except Refusal:
            return []
        mine = [f"{deck.id}/{q.id}" for deck in self.decks for q in deck.questions]
        learned = sum(known[name].learned for name in mine if name in known)
        said = [f"{learned} of {counted(len(mine), 'question')} learned: right at once on {memory.LEARNED} days."]
        waiting = sorted(known[name].due for name in mine if name in known and known[name].due)
        if waiting:
            local = waiting[0].astimezone()
            some = sum(due.astimezone().date() == local.date() for due in waiting)
            if local.date() > self.now().astimezone().date():
                said.append(f"{counted(some, 'question')} will be due next, on {local:%d %B %Y}.")
        return said


def exam_day(exam, today):
    """A date from today on, as `cram` takes it."""
    if isinstance(exam, str):
        try:
            exam = date.fromisoformat(exam)
        except ValueError:
            raise Refusal("exam needs a date.", repr(exam)[:60], f"exam='{today + timedelta(days=14)}'") from None
    if isinstance(exam, datetime):
        exam = exam.date()
    if not isinstance(exam, date):
        raise Refusal("exam needs a date.", repr(exam)[:60], f"exam='{today + timedelta(days=14)}'")
    if exam <= today:
        raise Refusal("the exam is over.", f"exam='{exam}', today is {today}", "quiz.study() for what is due")
    return exam
