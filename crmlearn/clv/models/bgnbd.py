"""BG/NBD: customers buy at their own steady rate, and after any purchase may leave for good without a word."""

from dataclasses import astuple, dataclass

import numpy as np
from scipy.special import gammaln, hyp2f1, psi

from crmlearn.clv.models.base import OrderModel
from crmlearn.clv.models.distinct import Distinct
from crmlearn.errors import Refusal


@dataclass(frozen=True)
class BGNBD(OrderModel):
    """Beta-geometric / NBD model of repeat orders without a contract.

    r, alpha : order rates differ between customers as Gamma(r, rate alpha); alpha in time units
    a, b : chances to leave after an order differ as Beta(a, b)
    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284

    >>> published = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> float(published.expected_orders(39, x=2, t_x=30.43, T=38.86).round(3))
    1.226
    """

    r: float
    alpha: float
    a: float
    b: float

    @staticmethod
    def _starts(scale):
        """Starts for some thirty weeks, carried to the time unit at hand: alpha is a time."""
        return [(1.0, scale, 1.0, 1.0), (0.3, 5 * scale, 0.5, 2.0), (1.0, 20 * scale, 1.0, 5.0)]

    @staticmethod
    def _weighted(x, t_x, T):
        """Histories -> weights -> parameters -> (sum of log-likelihoods, its gradient).

        Most of equation 6 depends on x alone or on T alone. What is left per history is the odds of having gone.
        """
        xs, ages, again = Distinct.of(x), Distinct.of(T), np.flatnonzero(x > 0)
        x_again, t_again, T_again = x[again], t_x[again], T[again]
        waited = T_again - t_again

        def weighted(n):
            total, by_x, by_T, orders_by_T = n.sum(), xs.total(n), ages.total(n), ages.total(n * x)
            n_again = n[again]

            def log_likelihood(p):
                r, alpha, a, b = p
                k, log_T = xs.values, np.log(alpha + ages.values)
                since = waited / (alpha + t_again)
                later = np.log1p(since)
                after = b + x_again - 1
                odds = np.log(a / after) + (r + x_again) * later
                small = np.exp(-np.abs(odds))
                gone = n_again * np.where(odds > 0, 1.0, small) / (1 + small)
                value = by_x @ (gammaln(r + k) + gammaln(b + k) - gammaln(a + b + k)) - (r * by_T + orders_by_T) @ log_T
                value += total * (r * np.log(alpha) - gammaln(r) + gammaln(a + b) - gammaln(b))
                value += (n_again * (np.maximum(odds, 0) + np.log1p(small))).sum()
                shared = total * psi(a + b) - by_x @ psi(a + b + k)
                by_alpha = total * r / alpha - (r * by_T + orders_by_T) @ (1 / (alpha + ages.values))
                return value, np.array([
                    by_x @ psi(r + k) + total * (np.log(alpha) - psi(r)) - by_T @ log_T + (gone * later).sum(),
                    by_alpha - (gone * (r + x_again) * since / (alpha + T_again)).sum(),
                    shared + gone.sum() / a,
                    shared + by_x @ psi(b + k) - total * psi(b) - (gone / after).sum(),
                ])  # fmt: skip

            return log_likelihood

        return weighted

    def log_likelihood(self, x, t_x, T):
        """Log-likelihood of each history (equation 6 of the paper; constants of the timing likelihood left out)."""
        x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
        r, alpha, a, b = astuple(self)
        with np.errstate(divide="ignore", invalid="ignore"):
            leaves = np.where(x > 0, np.log(a / (b + x - 1)) - (r + x) * np.log(alpha + t_x), -np.inf)
        both = np.logaddexp(-(r + x) * np.log(alpha + T), leaves)
        rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        return rate + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x) + both

    def p_alive(self, x, t_x, T):
        """Probability of being still a customer at T; 1 for everyone who never came back (leaving follows an order).

        >>> float(BGNBD(0.243, 4.414, 0.793, 2.426).p_alive(2, 30.43, 38.86).round(4))
        0.7266
        """
        return 1 / (1 + self._odds_gone(x, t_x, T))

    def expected_if_alive(self, t, x, T):
        """Expected orders in the next t time units of a customer who is still there. Arrays broadcast."""
        x, T = np.asarray(x, float), np.asarray(T, float)
        return self._reach(t, self.alpha + T, self.a + self.b + x - 1)

    def expected_orders_new(self, t):
        """Expected repeat orders of a new customer within t time units of the first order.

        >>> round(float(BGNBD(0.243, 4.414, 0.793, 2.426).expected_orders_new(39)), 4)
        1.1967
        """
        return self._reach(t, self.alpha, self.a + self.b - 1)

    def _odds_gone(self, x, t_x, T):
        x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
        later = np.log(self.alpha + T) - np.log(self.alpha + t_x)
        odds = np.exp(np.minimum((self.r + x) * later, 700.0)) * self.a / np.where(x > 0, self.b + x - 1, 1.0)
        return np.where(x > 0, odds, 0.0)

    def _reach(self, t, base, c):
        """Expected orders until t of a customer who is alive: c/(a-1) * (1 - (1-z)^(a-1) * 2F1(a+b-1-r, a-1; c; z)).

        The paper's 2F1(r+x, b+x; c; z) after Euler's transformation: its arguments no longer grow with x, so heavy
        buyers neither overflow nor cancel; z = t/(base+t). a = 1 is a removable gap, bridged by the mean of both sides.
        """
        if abs(self.a - 1) < 1e-5:
            sides = [type(self)(self.r, self.alpha, 1 + e, self.b) for e in (-2e-5, 2e-5)]
            return sum(side._reach(t, base, c) for side in sides) / 2
        c = np.where(c == 0, 1e-9, c)  # a + b = 1 and x = 0: another gap
        z, a = t / (base + t), self.a
        with np.errstate(all="ignore"):
            left = (1 - z) ** (a - 1) * hyp2f1(a + self.b - 1 - self.r, a - 1, c, z)
            # SciPy overflows where c - a - b is a whole number and where a and b are huge. Pfaff's form, and a c one
            # hair beside, give the same number there.
            left = np.where(np.isfinite(left), left, hyp2f1(self.r + c - a - self.b + 1, a - 1, c, -t / base))
            left = np.where(np.isfinite(left), left, (1 - z) ** (a - 1) * hyp2f1(
                a + self.b - 1 - self.r, a - 1, c * (1 + 1e-11), z))  # fmt: skip
        if not np.isfinite(left).all():
            raise Refusal(
                "these parameters are too extreme for a forecast.",
                ", ".join(f"{name}={getattr(self, name):.3g}" for name in ("r", "alpha", "a", "b")),
                "fit on more customers or a longer period",
            )
        return c / (a - 1) * (1 - left)
