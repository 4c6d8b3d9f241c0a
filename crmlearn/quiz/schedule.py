"""In which order to ask: what was not known last time, then what is new, then what was known longest ago."""

import random
from itertools import groupby, islice

from crmlearn.quiz.items import Scenario

_NEW = ""
_NEAR = 30  # so many groups are looked at for one of other topics


def groups(items):
    """Questions that stay together: those of one scenario, and every other by itself."""
    return [item.questions if isinstance(item, Scenario) else [item] for item in items]


def order(items, standings, seed=None):
    """The questions of a deck in the order in which to ask them.

    items : items of a deck; standings : {question id: Standing} of those that were answered
    seed : for the order among items of equal standing; neighbours share no topic where that can be helped
    Returns: list of questions; those of a scenario stay together

    >>> order([], {})
    []
    """
    waiting = random.Random(seed).sample(groups(items), len(items))
    ranks = {id(group): min(_rank(standings.get(question.id)) for question in group) for group in waiting}
    return interleaved(sorted(waiting, key=lambda group: ranks[id(group)]), lambda group: ranks[id(group)][0])


def interleaved(waiting, rank):
    """Groups of questions one after the other; among those of equal rank, one of other topics than the one before."""
    result = []
    for _, equals in groupby(waiting, rank):
        equals = iter(equals)
        near = list(islice(equals, _NEAR))
        while near:
            before = set(result[-1].topics) if result else set()
            at = next((n for n, group in enumerate(near) if not before & set(group[0].topics)), 0)
            result += near.pop(at)
            near += islice(equals, 1)
    return result


def _rank(standing):
    """(0 not known, 1 new, 2 known; when it is due)"""
    if standing is None or standing.last_right is None:
        return 1, _NEW
    return (2 if standing.last_right else 0), standing.due.isoformat()
