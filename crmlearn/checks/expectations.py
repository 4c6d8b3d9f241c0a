"""What every kind of answer can do, and the two that stand alone: a number and a choice."""

from dataclasses import dataclass, replace

from crmlearn.checks import reading
from crmlearn.checks.odd import Unreadable, odd

SURE = 0.001  # a mistake must be met closely, or its message would be told to somebody else


class Expectation:
    """A kind of answer; each kind says how it is read and spoken of."""

    def read(self, value):
        """A student's value as plain Python. Errors: Unreadable, which says what to mend."""
        raise NotImplementedError

    def said(self, given):
        """What was understood, as a sentence."""
        raise NotImplementedError

    def direction(self, given, answer):
        """What may be said about a wrong answer that is no known mistake; never the answer."""
        raise NotImplementedError

    def same(self, given, answer):
        """Whether both, as read, are the same answer."""
        return given == answer

    def read_mistake(self, value):
        """A mistake as an author computes it."""
        return self.read(value)

    def matches(self, given, mistake):
        """Whether somebody made this mistake."""
        return self.same(given, mistake)


@dataclass(frozen=True)
class Number(Expectation):
    """One number.

    unit : what it counts, such as "dollars"
    decimals : digits after the point that are asked for; an answer rounded to them is right
    relative : share by which an answer may be off, where two good methods differ a little
    within : the same in the unit, for answers near zero
    percent : whether 46 is taken for 0.46

    >>> Number("dollars").same(22.03, 22.0342), Number("dollars").same(22.0, 22.0342)
    (True, False)
    """

    unit: str
    decimals: int = 2
    relative: float = 0.0
    within: float = 0.0
    percent: bool = False

    def read(self, value):
        found = reading.number(value)
        return found / 100 if self.percent and abs(found) > 1 else found

    def same(self, given, answer):
        rounding = 0.5 * 10**-self.decimals * (1 + 1e-6) + 1e-15 * abs(answer)  # what floats add to a half
        return abs(given - answer) <= max(rounding, self.relative * abs(answer), self.within)

    def matches(self, given, mistake):
        return replace(self, relative=min(self.relative, SURE), within=0.0).same(given, mistake)

    def said(self, given):
        return f"You gave {shown(given, self.decimals)}."

    def direction(self, given, answer):
        if any(round(answer, digits) == given for digits in range(self.decimals)):
            return "You rounded too much."
        return f"Your number is too {'large' if given > answer else 'small'}."


@dataclass(frozen=True)
class Choice(Expectation):
    """One of a few words; capitals and spaces do not matter.

    >>> Choice(("historic", "lifespan")).read(" Lifespan ")
    'lifespan'
    """

    options: tuple[str, ...]

    def read(self, value):
        return option_of(reading.text(value), self.options)

    def said(self, given):
        return f"You chose {given}."

    def direction(self, given, answer):
        return "Another choice fits better."


def shown(value, decimals):
    """A number as it is said: with its decimals, or with three digits where these would hide it."""
    if value and not 10**-decimals <= abs(value) < 1e12:
        return f"{value:.3g}"
    return f"{value:,.{decimals}f}"


def option_of(given, options):
    """The option that a text means; capitals and spaces do not matter."""
    for option in options:
        if "".join(given.casefold().split()) == "".join(option.casefold().split()):
            return option
    raise Unreadable(f"You gave {odd(given)}. The choices are {', '.join(options)}.")
