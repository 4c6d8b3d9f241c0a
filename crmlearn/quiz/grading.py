"""Is an answer right? Pure functions of the item and what was answered; nothing is shown, nothing remembered."""

import re
from dataclasses import dataclass

from crmlearn.quiz.decks import Flip, Numeric, Single

RIGHT, WRONG, CANNOT_CHECK = "right", "wrong", "cannot check"
_SIGNS = str.maketrans({"−": "-", "–": "-", "\u00a0": " ", "\u202f": " ", "٫": ".", "’": "'"})
_NUMBER = re.compile(r"[-+]?(\d[\d,.' ]*|[.,]\d+)(e[-+]?\d+)?", re.I)


@dataclass(frozen=True)
class Grade:
    """verdict : "right", "wrong" or "cannot check"; feedback : Markdown; understood : what was answered, as text"""

    verdict: str
    feedback: str
    understood: str


def grade(item, answer):
    """Judge one answer.

    item : an item of a deck
    answer : the position of the option in the deck (single), what was typed (numeric), whether it was known (flip)
    Returns: Grade

    >>> from crmlearn.quiz.decks import deck
    >>> gift = next(i for i in deck("08").items if i.id == "gift")
    >>> grade(gift, 99).verdict
    'cannot check'
    """
    if isinstance(item, Single):
        return _single(item, answer)
    if isinstance(item, Numeric):
        return _numeric(item, answer)
    assert isinstance(item, Flip)
    if not isinstance(answer, bool):
        return Grade(CANNOT_CHECK, "Say whether you knew it.", "")
    return Grade(RIGHT if answer else WRONG, "", "knew it" if answer else "did not know it")


def _single(item, answer):
    if isinstance(answer, bool) or not isinstance(answer, int) or not 0 <= answer < len(item.options):
        return Grade(CANNOT_CHECK, "Choose one of the answers first.", "")
    option = item.options[answer]
    return Grade(RIGHT if option.right else WRONG, option.feedback, option.text)


def _numeric(item, answer):
    text = str(answer).strip()
    values = readings(text, item.unit)
    if not values:
        return Grade(CANNOT_CHECK, "This is no number. Type it like 12.5, without words.", text[:40])
    key = item.answer.value()

    def near(number):
        # The slack lets an answer count that was rounded exactly half a step off.
        return any(abs(value - number) <= item.within * (1 + 1e-9) for value in values)

    if near(key):
        return Grade(RIGHT, "", text[:40])
    if item.unit == "%" and "%" not in text and any(abs(100 * v - key) <= item.within for v in values):
        return Grade(CANNOT_CHECK, "This looks like a share of 1. Type it in percent.", text[:40])
    for mistake in item.mistakes:
        if near(mistake.number()):
            return Grade(WRONG, mistake.feedback, text[:40])
    side = "too large" if min(values) > key else "too small"
    return Grade(WRONG, f"That is {side}.", text[:40])


def readings(text, unit=""):
    """Every number that a person may have meant: 1,234 is a thousand to some and a bit over one to others.

    >>> readings("1,234"), readings("366.67 dollars", "dollars"), readings("about ten")
    ([1234.0, 1.234], [366.67], [])
    """
    text = text.translate(_SIGNS).strip()
    for word in (unit, "US$", "S$", "$", "€", "%", "dollars", "USD"):
        if word and text.lower().startswith(word.lower()):
            text = text[len(word) :].strip()
        if word and text.lower().endswith(word.lower()):
            text = text[: -len(word)].strip()
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        return []
    found = []
    for decimal, group in ((".", ","), (",", ".")):
        whole, point, rest = re.sub(r"[ ']", "", text).partition(decimal)
        grouped = group in whole
        if grouped and not re.fullmatch(rf"[-+]?\d{{1,3}}(\{group}\d{{3}})+", whole):
            continue
        try:
            value = float(whole.replace(group, "") + ("." if point else "") + rest)
        except ValueError:
            continue
        if value not in found and abs(value) < 1e300:
            found.append(value)
    return found
