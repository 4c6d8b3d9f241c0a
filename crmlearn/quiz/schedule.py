"""In which order to ask: what was not known last time, then what is new, then what was known longest ago."""

import random
from datetime import datetime

MINUTES_APART = 30  # answers to one item further apart than this belong to two rounds


def order(items, reviews, seed=None):
    """The items in the order in which to ask them.

    items : items of a deck; reviews : earlier answers to them (`reviews.read`), oldest first
    seed : for the order among items of equal standing; neighbours share no topic where that can be helped
    Returns: list of the same items

    >>> order([], [])
    []
    """
    answers = {}
    for review in reviews:
        answers.setdefault(review.item_id.rpartition("/")[2], []).append(review)
    standing = {item.id: _standing(answers.get(item.id, [])) for item in items}
    shuffled = random.Random(seed).sample(list(items), len(items))
    waiting = sorted(shuffled, key=lambda item: standing[item.id])
    result = []
    while waiting:
        # Among those of the first one's standing, take one of another topic than the one before.
        equals = [item for item in waiting if standing[item.id][0] == standing[waiting[0].id][0]]
        before = set(result[-1].topics) if result else set()
        chosen = next((item for item in equals if not before & set(item.topics)), equals[0])
        waiting.remove(chosen)
        result.append(chosen)
    return result


def _standing(answers):
    """(0 not known, 1 new, 2 known; when). Known is: right in the last round at the first try and without a hint."""
    if not answers:
        return 1, ""
    first = _first_of_last_round(answers)
    return (2 if first.verdict == "right" and not first.hints else 0), answers[-1].answered_at_utc


def _first_of_last_round(answers):
    first = answers[-1]
    for earlier in reversed(answers[:-1]):
        closed = earlier.verdict in ("right", "shown")  # a round asks no further after these
        if closed or _minutes(earlier, first) > MINUTES_APART:
            break
        first = earlier
    return first


def _minutes(earlier, later):
    a, b = (datetime.fromisoformat(review.answered_at_utc) for review in (earlier, later))
    return abs((b.replace(tzinfo=None) - a.replace(tzinfo=None)).total_seconds()) / 60
