"""Where somebody stands: what is due, how strong each idea is, what to read again. No points, no nagging."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape

from crmlearn import course, reviews, tables
from crmlearn.errors import counted
from crmlearn.quiz import memory
from crmlearn.quiz.decks import decks

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Progress:
    """due : questions to ask today; fresh : not asked yet; learned : right at once on three days; questions : of all
    ideas : [(title, strength 0..1 or None, answered, questions), ...], strength being the mean chance to know it still
        in a week, without another look
    reread : sections of questions that were not known last time; next : when the next question is due
    """

    due: int
    fresh: int
    learned: int
    questions: int
    ideas: list
    reread: list
    next: datetime | None

    def _lines(self):
        said = [f"{counted(self.due, 'question')} due today, {self.fresh} new ones waiting."]
        said.append(f"{self.learned} of {self.questions} learned: right at once on {memory.LEARNED} different days.")
        if self.next and not self.due:
            said.append(f"The next one is due on {self.next.astimezone():%d %B %Y}.")
        if self.due or self.fresh:
            said.append("Go on with quiz.study() in any page.")
        return said

    def __repr__(self):
        lines = self._lines()
        for title, strength, answered, n in self.ideas:
            if answered:
                bar = "#" * round(10 * strength) + "." * (10 - round(10 * strength))
                lines.append(f"  {bar} {strength:4.0%}  {title} ({answered} of {n} asked)")
        if self.reread:
            lines += ["Worth reading again:", *(f"  {place}" for place in self.reread)]
        return "\n".join(lines)

    def _repr_html_(self):
        html = "".join(f"<p>{escape(line)}</p>" for line in self._lines())
        rows = []
        for title, strength, answered, n in self.ideas:
            if answered:
                label = escape(f"{title}: {strength:.0%}", quote=True)
                meter = f"<meter min='0' max='1' low='0.6' high='0.85' optimum='1' value='{strength:.2f}' "
                meter += f"aria-label='{label}' style='width:10em;height:1.2em'>{strength:.0%}</meter>"
                rows.append([title, meter, f"{strength:.0%}", f"{answered} of {n}"])
        if rows:
            head = ["idea", "strength", "in a week", "asked"]
            html += tables.html(head, rows, "How likely you still know it in a week, by idea", right=(2, 3), raw=(1,))
        if self.reread:
            places = "".join(f"<li>{escape(place)}</li>" for place in self.reread)
            html += f"<p>Worth reading again:</p><ul>{places}</ul>"
        return f"<div role='group' aria-label='My progress'>{html}</div>"


def progress(now=None):
    """What you know, and what is due: from the answers on this machine, for decks of pages that are written.

    now : date and time with a time zone, for tests
    Returns: Progress, which shows itself
    """
    now = now or datetime.now(UTC)
    known = {name: memory.standing(text) for name, text in reviews.standings(memory.fold).items()}
    asked = [(deck, q, known.get(f"{deck.id}/{q.id}")) for deck in decks() if not deck.preview for q in deck.questions]
    seen = [(deck, q, s) for deck, q, s in asked if s and s.due]
    titles = {idea["id"]: idea["title"] for idea in course.syllabus()["ideas"]}
    ideas = {}
    for _, question, s in asked:
        for topic in dict.fromkeys(topic.partition(".")[0] for topic in question.topics):
            ideas.setdefault(topic, []).append(memory.chance(s, now + _WEEK) if s and s.due else None)
    told = []
    for topic, chances in ideas.items():
        some = [c for c in chances if c is not None]
        told.append((titles.get(topic, topic), sum(some) / len(some) if some else None, len(some), len(chances)))
    end = memory.end_of_day(now)
    reread = dict.fromkeys(f"{deck.title}: {q.reread}" for deck, q, s in seen if s.last_right is False)
    return Progress(
        due=sum(s.due < end for _, _, s in seen),
        fresh=len(asked) - len(seen),
        learned=sum(s.learned for _, _, s in seen),
        questions=len(asked),
        ideas=told,
        reread=list(reread),
        next=min((s.due for _, _, s in seen), default=None),
    )
