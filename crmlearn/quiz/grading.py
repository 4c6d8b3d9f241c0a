"""Is an answer right? Pure functions of the item and what was answered; nothing is shown, nothing remembered."""

from dataclasses import dataclass

from crmlearn.quiz.decks import Flip, Numeric, Single
from crmlearn.quiz.numbers import has_other_unit, readings

RIGHT, WRONG, CANNOT_CHECK = "right", "wrong", "cannot check"


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
    told = text[:40]
    if has_other_unit(text, item.unit):
        return Grade(CANNOT_CHECK, f"The answer is asked for in {item.unit}.", told)
    values = readings(text, item.unit)
    if not values:
        return Grade(CANNOT_CHECK, "This is no number. Type it like 12.5, without words.", told)
    key = item.answer.value()

    def near(number, times=1, within=item.within):
        # The slack lets an answer count that was rounded exactly half a step off.
        return any(abs(times * value - number) <= within * (1 + 1e-9) for value in values)

    if near(key):
        return Grade(RIGHT, "", told)
    numbers = [mistake.number() for mistake in item.mistakes]
    if item.unit == "%" and "%" not in text and any(near(number, times=100) for number in (key, *numbers)):
        return Grade(CANNOT_CHECK, "This looks like a share of 1. Type it in percent.", told)
    for number, mistake in zip(numbers, item.mistakes, strict=True):
        if near(number, within=min(item.within, 0.01 * abs(number) + 1e-9)):  # 4.6 is not the mistake 5
            return Grade(WRONG, mistake.feedback, told)
    sides = {value > key for value in values}
    side = {frozenset({True}): "That is too large.", frozenset({False}): "That is too small."}
    return Grade(WRONG, side.get(frozenset(sides), "That is not it."), told)
