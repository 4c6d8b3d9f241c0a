"""sBG: every contract customer renews with a chance of their own; those with a low one leave first."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, hyp2f1, psi

from crmlearn.clv.models.base import Model
from crmlearn.clv.models.fitting import maximise
from crmlearn.errors import Refusal, number


@dataclass(frozen=True)
class SBG(Model):
    """Shifted-beta-geometric model of renewals under contract.

    alpha, beta : chances to leave at a renewal differ between customers as Beta(alpha, beta); mean alpha/(alpha+beta)
    Source: Fader & Hardie (2007), Journal of Interactive Marketing 21(1), 76-90

    >>> high_end = SBG(alpha=0.668, beta=3.806)
    >>> float(high_end.survival(12).round(3))
    0.378
    """

    alpha: float
    beta: float

    _STARTS = ((1.0, 1.0), (0.5, 2.0), (3.0, 10.0))

    @classmethod
    def fit(cls, survivors, errors=True):
        """Find the most likely parameters.

        survivors : customers still there after 0, 1, 2, ... renewals (counts, never rising)
        Returns: Fit
        Errors: Refusal for rising counts, for shares instead of counts, and when nobody or everybody left at once
        """
        s = survivors_of(survivors)
        lost, t, k = s[:-1] - s[1:], np.arange(1, len(s)), len(s) - 1
        if lost.sum() == 0 or len(s) < 3:
            raise Refusal(
                "sBG needs two renewals and somebody who left.", f"{s.tolist()}", "a longer list of survivors"
            )

        t, stayed, n = np.r_[t, k].astype(float), np.r_[np.zeros(k), 1.0], np.r_[lost, s[-1]]
        return maximise(cls, (t[n > 0], stayed[n > 0]), n[n > 0], errors=errors)

    @staticmethod
    def _weighted(t, stayed):
        """(renewals, whether still there after them; else left at the last) -> weights -> parameters -> sums."""
        left = 1.0 - stayed

        def weighted(n):
            total = n.sum()

            def log_likelihood(p):
                a, b = p
                first, second = a + left, b + t - left
                both = psi(first + second)
                value = n @ betaln(first, second) - total * betaln(a, b)
                by_a = n @ (psi(first) - both) - total * (psi(a) - psi(a + b))
                return value, np.array([by_a, n @ (psi(second) - both) - total * (psi(b) - psi(a + b))])

            return log_likelihood

        return weighted

    def pmf(self, t):
        """P(T = t): chance to leave at the t-th renewal. Arrays broadcast."""
        return np.exp(betaln(self.alpha + 1, self.beta + np.asarray(t, float) - 1) - betaln(self.alpha, self.beta))

    def simulate(self, customers, periods, seed):
        """Draw customers and count who is still there after 0, 1, ..., periods renewals. Returns: array of counts."""
        from crmlearn.simulate import renewals  # who only fits does not wait for the makers of records

        return renewals(self, customers, seed, periods)

    def survival(self, t):
        """Share of customers still there after t renewals. Arrays broadcast."""
        return np.exp(betaln(self.alpha, self.beta + np.asarray(t, float)) - betaln(self.alpha, self.beta))

    def retention(self, t):
        """Share of those before the t-th renewal who renew; it rises with t although nobody changes.

        >>> SBG(1.0, 1.0).retention(1).round(3).tolist()
        0.5
        """
        t = np.asarray(t, float)
        return (self.beta + t - 1) / (self.alpha + self.beta + t - 1)

    def expected_lifetime(self, discount_per_period):
        """Discounted expected number of payments of a new customer who pays now and at each renewal (DEL).

        Errors: Refusal for a discount of 0 when alpha <= 1: the expected lifetime is then infinite
        Source: Fader & Hardie (2010), Marketing Science 29(1), 85-93

        >>> round(SBG(0.668, 3.806).expected_lifetime(0.10), 4)
        5.9226
        """
        return self._geometric(discount_per_period, 0)

    def expected_residual(self, discount_per_period, renewal=1):
        """Discounted expected payments from the coming n-th renewal on, just before it (DERL).

        >>> round(SBG(0.668, 3.806).expected_residual(0.10, renewal=1), 3)
        5.415
        """
        n = number("renewal", renewal, 1)
        return float(self.retention(n) * self._geometric(discount_per_period, n))

    def _geometric(self, discount_per_period, n):
        d = number("discount_per_period", discount_per_period, 0)
        if d == 0 and self.alpha <= 1:
            raise Refusal(
                "without a discount these customers live for ever on average.",
                f"alpha={self.alpha:.3g}; a mean lifetime exists only for alpha > 1",
                "discount_per_period=0.10, or a finite number of periods: clv.cohort(..., periods=12)",
            )
        return float(hyp2f1(1, self.beta + n, self.alpha + self.beta + n, 1 / (1 + d)))


def survivors_of(values):
    """Check a list of survivors and return it as an array."""
    s = np.asarray(values, float).ravel()
    if len(s) < 2 or not np.isfinite(s).all() or (s < 0).any() or s[0] <= 0:
        raise Refusal("survivors need counts, the acquired customers first.", f"{values!r}"[:80], "[1000, 631, 468]")
    if s[0] <= 1:
        raise Refusal(
            "survivors need counts, not shares.", f"{s[0]:g} at the start", "shares times the customers acquired"
        )
    rises = np.flatnonzero(np.diff(s) > 0)
    if len(rises):
        i = int(rises[0])
        raise Refusal(
            "survivors cannot rise: who left does not come back under the same contract.",
            f"{s[i]:g} after {i} renewals, {s[i + 1]:g} after {i + 1}",
            "follow one acquired group; do not add customers who joined later",
        )
    return s
