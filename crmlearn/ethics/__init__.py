"""Ethics as good business, examined: what doing right costs and must bring, six sides of a dilemma, and fair targeting.

trust: the short-term cost against the value of customers who stay · sides: who owes what to whom · dilemmas: an
argument from all six sides, which the reader writes · fairness: who is chosen, and who pays how much, by group ·
patterns: dark patterns, and who pays without use. Nothing here computes what is right; some of it computes what a
choice costs, and whom it meets.
"""

from crmlearn.ethics.dilemmas import Argument, argue
from crmlearn.ethics.fairness import calibration, price_gap, selection
from crmlearn.ethics.patterns import DARK_PATTERNS, DarkPattern, dark_patterns, paid_unused
from crmlearn.ethics.sides import PERSPECTIVES, Perspective, perspectives
from crmlearn.ethics.trust import break_even_retention, doing_right

__all__ = [
    "DARK_PATTERNS", "PERSPECTIVES", "Argument", "DarkPattern", "Perspective", "argue", "break_even_retention",
    "calibration", "dark_patterns", "doing_right", "paid_unused", "perspectives", "price_gap", "selection",
]  # fmt: skip
