"""How large one event is, in money: a 90 % range, three points, or a list of what such events cost before."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import betainc, gammaln, ndtr, ndtri

from crmlearn.errors import Refusal, number

_MOST = 1e15  # no loss is larger; squares of larger ones leave the numbers of a computer
_NO_MONEY = "an amount of money, such as 4000"
Z90 = float(ndtri(0.95))  # a 90 % range reaches this many standard deviations to either side


class Severity:
    """The size of one event. Losses are above zero; an opportunity is below zero and says its gain.

    Every kind knows `low` and `high` (its range), `sign` (-1 for a gain), `mean`, `draw(rng, n)` and
    `moment(k, most)`; the last three tell sizes without their sign.
    """

    @property
    def sign(self):
        return -1 if self.low < 0 else 1  # three points of a gain may end at 0

    @property
    def mean(self):
        """Mean size of one event, currency units, without the sign."""
        return float(self.moment(1, np.inf))


@dataclass(frozen=True)
class Lognormal(Severity):
    """A 90 % range: one event in twenty is below `low`, one in twenty above `high`. The ends are no limits.

    low, high : currency units, both above zero (a loss) or both below (a gain)
    Source: Hubbard & Seiersen (2016), How to Measure Anything in Cybersecurity Risk: mu = (ln L + ln U) / 2,
        sigma = (ln U - ln L) / 3.29.

    >>> size = Lognormal(5_000, 50_000)
    >>> round(size.mu, 4), round(size.sigma, 5), round(size.mean, -2)
    (9.6685, 0.69994, 20200.0)
    """

    low: float
    high: float

    def __post_init__(self):
        _ordered(self, ("low", "high"))
        if self.low == 0 or self.high == 0:
            raise Refusal(
                "a 90 % range cannot begin or end at 0.", f"{self.low:g} to {self.high:g}",
                "the smallest loss that counts; or three points, since their ends are limits and may be 0",
            )  # fmt: skip
        if self.sigma > 2 * Z90:  # then e^(mu + sigma^2 / 2) is above e^(mu + Z90 sigma)
            raise Refusal(
                "a 90 % range is so wide that its mean lies above its end.",
                f"{self.low:g} to {self.high:g}, mean {self.mean:,.4g}",
                "split it into two risks, a small and a large one; or three points with real limits",
            )

    @classmethod
    def of_median(cls, median, sigma):
        """The same kind from its median and the standard deviation of its logarithm.

        >>> round(Lognormal.of_median(10_000, 1).mean, 1)
        16487.2
        """
        median, spread = number("median", median, 0, low_open=True), np.exp(Z90 * number("sigma", sigma, 0))
        return cls(float(median / spread), float(median * spread))

    @cached_property
    def mu(self):
        return float(np.log(abs(self.low)) + np.log(abs(self.high))) / 2

    @cached_property
    def sigma(self):
        return abs(float(np.log(abs(self.high)) - np.log(abs(self.low)))) / (2 * Z90)

    def draw(self, rng, n):
        return np.exp(rng.standard_normal(n) * self.sigma + self.mu)

    def moment(self, k, most=np.inf):
        """E[min(X, most)^k]; `most` may be an array."""
        whole = np.exp(k * self.mu + (k * self.sigma) ** 2 / 2)
        if np.ndim(most) == 0 and most == np.inf:
            return whole
        if self.sigma == 0:
            return np.minimum(np.exp(self.mu), most) ** k
        at = (np.log(most) - self.mu) / self.sigma
        above = np.where(np.isinf(most), 0.0, most) ** k * ndtr(-at)  # where nothing is above, 0 and not inf x 0
        return whole * ndtr(at - k * self.sigma) + above


@dataclass(frozen=True)
class Pert(Severity):
    """Three points: the least, the most likely and the most that one event can cost. Here the ends are limits.

    low, mode, high : currency units, all of one sign
    Source: Malcolm, Roseboom, Clark & Fazar (1959), Operations Research 7(5), 646-669: mean (low + 4 mode + high) / 6,
        as a Beta(1 + 4 (mode - low) / (high - low), 1 + 4 (high - mode) / (high - low)) over the range.

    >>> size = Pert(1, 3, 10)
    >>> round(size.mean, 4), round(size.alpha, 4), round(size.beta, 4)
    (3.8333, 1.8889, 4.1111)
    """

    low: float
    mode: float
    high: float

    def __post_init__(self):
        _ordered(self, ("low", "mode", "high"))
        if self.low == self.high:
            raise Refusal("three points need a range.", f"low = high = {self.low:g}", "the one number as the impact")

    @property
    def _least(self):
        return min(abs(self.low), abs(self.high))

    @property
    def _width(self):
        return abs(self.high - self.low)

    @property
    def alpha(self):
        return 1 + 4 * (abs(self.mode) - self._least) / self._width

    @property
    def beta(self):
        return 6 - self.alpha

    def draw(self, rng, n):
        return self._least + self._width * rng.beta(self.alpha, self.beta, n)

    def moment(self, k, most=np.inf):
        """E[min(X, most)^k]; `most` may be an array."""
        a, b, least, width = self.alpha, self.beta, self._least, self._width
        at = np.clip((most - least) / width, 0, 1)
        first = a / (a + b) * betainc(a + 1, b, at)  # E[B; B <= at], and so on
        second = np.exp(gammaln(a + 2) - gammaln(a) + gammaln(a + b) - gammaln(a + b + 2)) * betainc(a + 2, b, at)
        zeroth = betainc(a, b, at)
        below = {1: least * zeroth + width * first,
                 2: least**2 * zeroth + 2 * least * width * first + width**2 * second}[k]  # fmt: skip
        return below + np.where(at < 1, np.where(np.isinf(most), 0.0, most) ** k * (1 - zeroth), 0.0)


@dataclass(frozen=True)
class Empirical(Severity):
    """What such events cost before; each of the numbers is as likely as another. One number is a loss that is known.

    values : numbers, currency units, all above zero (losses) or all below (gains)

    >>> Empirical([400, 900, 2000]).mean
    1100.0
    """

    values: tuple

    def __post_init__(self):
        given = [self.values] if np.ndim(self.values) == 0 else self.values
        values = tuple(number("values", v, -_MOST, _MOST, _NO_MONEY) for v in given)
        if values == (0,):
            raise Refusal("an impact of 0 is no loss.", "0", "leave it empty, and say in words what follows")
        if not values:
            raise Refusal("a list of losses is empty.", "no number", "values=(400, 900, 2000)")
        if not (min(values) > 0 or max(values) < 0):
            raise Refusal(
                "a list holds losses (all above 0) or gains (all below 0).",
                f"from {min(values):g} to {max(values):g}",
                "split it into two risks; an event that cost nothing lowers the probability instead",
            )
        object.__setattr__(self, "values", values)

    @property
    def low(self):
        return min(self.values)

    @property
    def high(self):
        return max(self.values)

    @cached_property
    def _sizes(self):
        return np.abs(np.array(self.values))

    def draw(self, rng, n):
        return self._sizes[rng.integers(0, len(self._sizes), n)]

    def moment(self, k, most=np.inf):
        """E[min(X, most)^k]; `most` may be an array."""
        return (np.minimum(self._sizes, np.asarray(most)[..., None]) ** k).mean(axis=-1)


def _ordered(size, names):
    values = [number(name, getattr(size, name), -_MOST, _MOST, _NO_MONEY) for name in names]
    said = " to ".join(f"{v:g}" for v in values)
    if sorted(values) != values:
        raise Refusal(f"{' <= '.join(names)} does not hold for an impact.", said, "the smaller number first")
    if values[0] < 0 < values[-1]:
        raise Refusal(
            "one impact is a loss and a gain at once.", said, "split it into a risk (above 0) and an opportunity"
        )
    for name, value in zip(names, values, strict=True):
        object.__setattr__(size, name, value)
