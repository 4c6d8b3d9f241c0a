"""How likely an event is within a year, or how often it comes."""

from dataclasses import dataclass

from crmlearn.errors import Refusal, number


@dataclass(frozen=True)
class Chance:
    """The chance that an event happens within a year, at most once: one number, or a range from low to high.

    >>> Chance(0.1, 0.25).mid
    0.175
    """

    low: float
    high: float = None

    def __post_init__(self):
        _range(self, "chance", 1)

    @property
    def mid(self):
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Rate:
    """How often an event happens in a mean year, where it can come more than once (Poisson): a number or a range.

    >>> Rate(2).mid
    2.0
    """

    low: float
    high: float = None

    def __post_init__(self):
        _range(self, "rate", float("inf"))

    @property
    def mid(self):
        return (self.low + self.high) / 2


def _range(value, name, most):
    low = number(f"{name} (low)", value.low, 0, most, _as_share(value.low) if most == 1 else "")
    high = low if value.high is None else number(f"{name} (high)", value.high, 0, most,
                                                 _as_share(value.high) if most == 1 else "")  # fmt: skip
    if low > high:
        raise Refusal(f"the range of a {name} runs backwards.", f"{low:g} to {high:g}", f"{high:g} to {low:g}")
    object.__setattr__(value, "low", low)
    object.__setattr__(value, "high", high)


def _as_share(value):
    """What to type for 80 where 0.80 is meant."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 1 < value <= 100:
        return f"for {value:g} % write {value / 100:.2f}; for {value:g} times a year give a rate"
    return "a share between 0 and 1, such as 0.25"
