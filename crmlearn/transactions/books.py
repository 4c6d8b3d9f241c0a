"""Books that balance: what was added up in two ways must agree, or nothing is published."""

import math
from collections.abc import Iterable

import numpy as np

from crmlearn.errors import Refusal

TOLERANCE = 1e-9


class Unbalanced(Refusal):
    """Two sides of an identity differ: a fault of ours or of the data, never something to round away."""


def balanced(left, right, what, scale=0.0):
    """Refuse to go on when two sides of an account differ by more than 1e-9 of the larger one.

    left, right : number, or the parts that add up to it
    what : str; the identity in words
    scale : currency units that were added up to get there; parts that cancel (profits and losses) leave a small sum
        of large numbers, and the rounding of floats is relative to the large ones
    Returns: None
    Errors: Unbalanced

    >>> balanced([0.1, 0.2], 0.3, "kept + lost = period 1")
    >>> balanced([60, 39], 100, "kept + lost = period 1")
    Traceback (most recent call last):
        ...
    crmlearn.transactions.books.Unbalanced: the books do not balance: kept + lost = period 1.
      Saw: 99 against 100
      Try: tell the maintainers which table this was; do not publish it
    """
    (one, turned), (other, also) = _added(left), _added(right)
    allowed = TOLERANCE * max(turned, also, abs(scale))
    if not abs(one - other) <= allowed:  # "not" also catches what is no number
        raise Unbalanced(
            f"the books do not balance: {what}.",
            f"{one:.12g} against {other:.12g}",
            "tell the maintainers which table this was; do not publish it",
        )


def _added(side):
    """(sum, sum of sizes)"""
    if isinstance(side, np.ndarray):
        return float(side.sum()), float(np.abs(side).sum())
    parts = [float(v) for v in side] if isinstance(side, Iterable) else [float(side)]
    return math.fsum(parts), math.fsum(map(abs, parts))
