"""In which order to ask: what was wrong last time, then what is new, then what was right longest ago."""

import random


def order(items, reviews, seed=None):
    """The items in the order in which to ask them.

    items : items of a deck; reviews : earlier answers to them (`reviews.read`), oldest first
    seed : for the order among items of equal standing; neighbours share no topic where that can be helped
    Returns: list of the same items

    >>> order([], [])
    []
    """
    last = {review.item_id.rpartition("/")[2]: review for review in reviews}
    shuffled = random.Random(seed).sample(list(items), len(items))
    waiting = sorted(shuffled, key=lambda item: _standing(last.get(item.id)))
    result = []
    while waiting:
        # Among those of the first one's standing, take one of another topic than the one before.
        first = _standing(last.get(waiting[0].id))[0]
        equals = [item for item in waiting if _standing(last.get(item.id))[0] == first]
        before = set(result[-1].topics) if result else set()
        chosen = next((item for item in equals if not before & set(item.topics)), equals[0])
        waiting.remove(chosen)
        result.append(chosen)
    return result


def _standing(review):
    if review is None:
        return 1, ""
    return (2 if review.verdict == "right" else 0), review.answered_at_utc
