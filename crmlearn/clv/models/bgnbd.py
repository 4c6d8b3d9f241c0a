"""BG/NBD: customers buy at their own steady rate, and after any purchase may leave for good without a word."""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, hyp2f1, psi

from crmlearn.clv.models.base import OrderModel, histories, maximise
from crmlearn.errors import Refusal

_STARTS = [(1.0, 1.0, 1.0, 1.0), (0.3, 5.0, 0.5, 2.0), (1.0, 20.0, 1.0, 5.0)]


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

    @classmethod
    def fit(cls, summary, starts=None, errors=True):
        """Find the most likely parameters.

        summary : table with x, t_x, T (summarise(...)), one row per customer
        Returns: Fit
        Errors: Refusal when nobody bought again, or t_x > T
        """
        h, n = histories(summary, ["x", "t_x", "T"], "BG/NBD summaries")
        return cls.fit_counts(h["x"], h["t_x"], h["T"], n, starts, errors)

    @classmethod
    def fit_counts(cls, x, t_x, T, n, starts=None, errors=True):
        """As fit, from arrays of distinct histories and how many customers share each."""
        _refuse_impossible(x, t_x, T, n)

        def log_likelihood(p):
            value, gradient = _log_likelihood(p, x, t_x, T)
            return (n * value).sum(), (n * gradient).sum(axis=1)  # no BLAS: its threads cost more than these sums

        return maximise(cls, log_likelihood, starts or _scaled(_STARTS, T, n), n.sum(), len(n), errors)

    def log_likelihood(self, x, t_x, T):
        """Log-likelihood of each history (equation 6 of the paper; constants of the timing likelihood left out)."""
        x, t_x, T = np.broadcast_arrays(*(np.asarray(v, float) for v in (x, t_x, T)))
        return _log_likelihood((self.r, self.alpha, self.a, self.b), x, t_x, T)[0]

    def p_alive(self, x, t_x, T):
        """Probability of being still a customer at T; 1 for everyone who never came back (leaving follows an order).

        >>> float(BGNBD(0.243, 4.414, 0.793, 2.426).p_alive(2, 30.43, 38.86).round(4))
        0.7266
        """
        return 1 / (1 + self._odds_gone(x, t_x, T))

    def expected_orders(self, t, x, t_x, T):
        """Expected orders in the next t time units, given a history. Arrays broadcast."""
        x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
        reach = self._reach(t, self.alpha + T, self.a + self.b + x - 1)
        return reach / (1 + self._odds_gone(x, t_x, T))

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


def _refuse_impossible(x, t_x, T, n):
    if not (x > 0).any():
        raise Refusal(
            "nobody bought again, so there is nothing to learn about coming back.",
            f"{n.sum():,.0f} customers with one order each",
            "wait for repeat orders, or take an earlier start",
        )
    if (T <= 0).all():
        raise Refusal(
            "nobody has been known for any time.", "T=0 for all", "summarise(tx, as_of=...) with a later as_of"
        )
    if (t_x > T).any():
        i = int(np.argmax(t_x > T))
        raise Refusal(
            "t_x must not exceed T.", f"t_x={t_x[i]:g}, T={T[i]:g}", "summarise(tx, as_of=...) with a later as_of"
        )


def _scaled(starts, T, n):
    """Starts for weeks, carried to the time unit at hand: alpha is a time."""
    scale = float(np.average(T, weights=n)) / 30
    return [(r, alpha * scale, a, b) for r, alpha, a, b in starts]


def _log_likelihood(p, x, t_x, T):
    """Values (m) and gradient (4 x m) by history."""
    r, alpha, a, b = p
    repeat = x > 0
    after = np.where(repeat, b + x - 1, 1.0)
    log_T, log_t = np.log(alpha + T), np.log(alpha + t_x)
    stays = -(r + x) * log_T
    leaves = np.where(repeat, np.log(a) - np.log(after) - (r + x) * log_t, -np.inf)
    both = np.logaddexp(stays, leaves)
    value = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    value += gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x) + both
    w = np.exp(leaves - both)
    shared = psi(a + b) - psi(a + b + x)
    gradient = np.array([
        psi(r + x) - psi(r) + np.log(alpha) - (1 - w) * log_T - w * log_t,
        r / alpha - (r + x) * ((1 - w) / (alpha + T) + w / (alpha + t_x)),
        shared + w / a,
        shared + psi(b + x) - psi(b) - w / after,
    ])  # fmt: skip
    return value, gradient
