"""When to ask again: FSRS, fed by answers, not by buttons. The log of answers is the truth, all here follows from it.

An answer that was wrong counts as *again*, one that was right as *good*, right with a hint or at a second try as
*hard*; *easy* only if somebody says so. What was taken back never was.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

RETENTION = 0.9  # how likely an answer is still known when it is asked for again
LONGEST = 36_500  # days
LEARNED = 3  # right at once on so many different days
SCHEDULES = ("ask", "study", "cram")  # modes whose answers move the day of the next question
_AGAIN, _HARD, _GOOD, _EASY = 1, 2, 3, 4


def settings(longest=LONGEST):
    """The settings of a schedule, as they are kept beside every answer."""
    return json.dumps({"desired_retention": RETENTION, "maximum_interval": longest})


@lru_cache(64)
def _scheduler(params):
    from fsrs import Scheduler

    # No steps of minutes: questions are asked once a day, and within a round a second try follows the first.
    return Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False, **json.loads(params))


@dataclass(frozen=True)
class Standing:
    """What follows from all answers to one question.

    due : when to ask again (UTC); last : when it was asked
    stability : days until it is known with the chance RETENTION only
    shown : how often it was answered; right_days : days on which it was right at once, without a hint
    last_right : whether it was so the last time
    """

    due: datetime | None
    last: datetime | None
    stability: float | None
    shown: int
    right_days: tuple
    last_right: bool | None

    @property
    def learned(self):
        return len(self.right_days) >= LEARNED


def rating(answers):
    """What the answers of one showing say together; None if nothing, or if they were taken back.

    answers : [(verdict, hints read before), ...] in their order

    >>> rating([("wrong", 0)]), rating([("wrong", 0), ("right", 1)]), rating([("right", 0)]), rating([("right", 1)])
    (1, 2, 3, 2)
    >>> rating([("right", 0), ("easy", 0)]), rating([("wrong", 0), ("undone", 0)])
    (4, None)
    """
    if not answers or answers[-1][0] == "undone":
        return None
    verdicts = [verdict for verdict, _ in answers]
    if "shown" in verdicts or "right" not in verdicts:
        return _AGAIN
    if verdicts[0] == "right" and not answers[0][1]:
        return _EASY if "easy" in verdicts else _GOOD
    return _HARD


def fold(kept, answers):
    """Take further answers to one question into what is known of it.

    kept : text of an earlier fold, or None; answers : list of Review, oldest first
    Returns: text
    """
    state = (
        json.loads(kept)
        if kept
        else {"card": None, "days": [], "shown": 0, "showing": None, "so_far": [], "before": None}
    )
    for answer in answers:
        if answer.mode not in SCHEDULES:
            continue
        showing = answer.showing or answer.review_id
        if showing != state["showing"]:
            state |= {"showing": showing, "so_far": []}
            state["before"] = {name: state[name] for name in ("card", "days", "shown")}
        state["so_far"].append([answer.verdict, answer.hints])
        state |= _after(state["before"], state["so_far"], answer)
    return json.dumps(state)


def _after(before, so_far, answer):
    rated = rating(so_far)
    if rated is None:
        return before
    card, day = _step(before["card"], rated, answer), answer.answered_at_utc[:10]
    good = rated >= _GOOD
    days = before["days"] + [day] if good and day not in before["days"] else before["days"]
    return {"card": card, "days": days, "shown": before["shown"] + 1}


def _step(card, rated, answer):
    from fsrs import Card, Rating

    when = datetime.fromisoformat(answer.answered_at_utc)
    card = Card.from_dict(card) if card else Card(card_id=0)
    if card.last_review and when < card.last_review:
        when = card.last_review  # a clock was set back
    return _scheduler(answer.scheduler_params or settings()).review_card(card, Rating(rated), when)[0].to_dict()


def standing(kept):
    """What a fold says, as a Standing."""
    state = json.loads(kept)
    card, rated = state["card"], rating(state["so_far"])
    due, last = (datetime.fromisoformat(card[name]) if card else None for name in ("due", "last_review"))
    last_right = None if rated is None else rated >= _GOOD
    return Standing(due, last, card and card["stability"], state["shown"], tuple(state["days"]), last_right)


def chance(standing, now):
    """How likely the answer is still known."""
    from fsrs import Card, State

    card = Card(card_id=0, state=State.Review, stability=standing.stability, last_review=standing.last)
    return _scheduler(settings()).get_card_retrievability(card, now)


def end_of_day(now):
    """The last moment of the day in which somebody learns, in the time zone of this machine."""
    local = now.astimezone()
    return (local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)).astimezone(UTC)
