"""BG/BB: at each of a fixed number of opportunities (a yearly appeal, a weekly market) a donor gives or does not."""

from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd
from scipy.special import betaln, gammaln, hyp2f1, logsumexp, psi

from crmlearn.clv.models.base import Model
from crmlearn.clv.models.fitting import histories, maximise
from crmlearn.errors import Refusal, number


@dataclass(frozen=True)
class BGBB(Model):
    """Beta-geometric / beta-Bernoulli model of orders at opportunities, without a contract.

    alpha, beta : chances to order at an opportunity differ between customers as Beta(alpha, beta)
    gamma, delta : chances to leave before an opportunity differ as Beta(gamma, delta)
    A history is x (orders), t_x (the opportunity of the last one, 0 without any), n (opportunities so far).
    Source: Fader, Hardie & Shang (2010), Marketing Science 29(6), 1086-1108

    >>> donors = BGBB(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783)
    >>> float(donors.p_alive(x=4, t_x=5, n=6).round(3)), float(donors.expected_orders(5, x=6, t_x=6, n=6).round(2))
    (0.697, 3.75)
    """

    alpha: float
    beta: float
    gamma: float
    delta: float

    _STARTS = ((1.0, 1.0, 1.0, 1.0), (1.0, 1.0, 0.5, 3.0), (0.5, 2.0, 1.0, 10.0))

    @classmethod
    def fit(cls, table, starts=None, errors=True):
        """Find the most likely parameters.

        table : one row per customer: x, t_x, n
        Returns: Fit
        Errors: Refusal for impossible histories, and when nobody ordered
        """
        known, n = histories(table, ["x", "t_x", "n"], "BG/BB histories")
        return cls.fit_counts(*known, n, starts, errors)

    @classmethod
    def fit_counts(cls, x, t_x, n, customers, starts=None, errors=True):
        """As fit, from arrays of distinct histories and how many customers share each."""
        wrong = (x > t_x) | (t_x > n) | ((x == 0) != (t_x == 0)) | ((x == n) & (t_x < n))
        wrong |= (x % 1 + t_x % 1 + n % 1) > 0
        if wrong.any():
            i = int(np.argmax(wrong))
            saw = f"x={x[i]:g}, t_x={t_x[i]:g}, n={n[i]:g}"
            raise Refusal(
                "a history needs whole numbers x <= t_x <= n.", saw, "t_x: number of the last opportunity used"
            )
        if not (x > 0).any():
            raise Refusal("nobody ordered at any opportunity.", f"{customers.sum():,.0f} customers", "wait for orders")
        return maximise(cls, (x, t_x, n), customers, starts, errors)

    @staticmethod
    def _weighted(x, t_x, n):
        x, j, left, possible = _ways(x, t_x, n)

        def weighted(customers):
            total = customers.sum()

            def log_likelihood(p):
                a, b, c, d = p
                ways = betaln(a + x, b + j - x) + betaln(c + left, d + j)
                ways = np.where(possible, ways, -np.inf)
                value = logsumexp(ways, axis=1)
                share = np.exp(ways - value[:, None]) * customers[:, None]
                both, fate = psi(a + b + j), psi(c + left + d + j)
                by = [psi(a + x) - both, psi(b + j - x) - both, psi(c + left) - fate, psi(d + j) - fate]
                prior = [psi(a) - psi(a + b), psi(b) - psi(a + b), psi(c) - psi(c + d), psi(d) - psi(c + d)]
                gradient = np.array([(share * g).sum() for g in by]) - total * np.array(prior)
                return (customers * value).sum() - total * (betaln(a, b) + betaln(c, d)), gradient

            return log_likelihood

        return weighted

    def log_likelihood(self, x, t_x, n):
        """Log-likelihood of each history. Arrays broadcast."""
        x, t_x, n = np.broadcast_arrays(*(np.asarray(v, float) for v in (x, t_x, n)))
        a, b, c, d = astuple(self)
        orders, j, left, possible = _ways(x.ravel(), t_x.ravel(), n.ravel())
        ways = np.where(possible, betaln(a + orders, b + j - orders) + betaln(c + left, d + j), -np.inf)
        return logsumexp(ways, axis=1).reshape(x.shape) - betaln(a, b) - betaln(c, d)

    def p_alive(self, x, t_x, n):
        """Probability of being still there at the next opportunity. Arrays broadcast."""
        return np.exp(self._log_there(x, t_x, n, 1))

    def expected_orders(self, t, x, t_x, n):
        """Expected orders at the next t opportunities (whole number), given a history. Arrays broadcast."""
        steps = int(number("t", t, 0))
        there = sum(np.exp(self._log_there(x, t_x, n, i)) for i in range(1, steps + 1))
        return self._chance(x, n) * there

    def expected_orders_new(self, t):
        """Expected orders of a new customer at the first t opportunities."""
        return float(self.expected_orders(t, 0.0, 0.0, 0.0))

    def discounted_orders(self, discount_per_period, x, t_x, n):
        """All orders still expected, each discounted from its opportunity (DERT); the next one counts 1 / (1 + d)."""
        d = number("discount_per_period", discount_per_period, 0, low_open=True)
        n = np.asarray(n, float)
        later = hyp2f1(1, self.delta + n + 1, self.gamma + self.delta + n + 1, 1 / (1 + d)) / (1 + d)
        return self._chance(x, n) * self.p_alive(x, t_x, n) * later

    def pmf(self, x, n):
        """Chance that a new customer orders x times at n opportunities. Arrays broadcast."""
        x, n = np.broadcast_arrays(np.asarray(x, float), np.asarray(n, float))
        a, b, c, d = astuple(self)
        total = np.exp(_log_choose(n, x) + betaln(a + x, b + n - x) + betaln(c, d + n) - betaln(a, b) - betaln(c, d))
        for i in range(int(n.max(initial=0))):
            held = np.maximum(i - x, 0)
            gone = _log_choose(i, x) + betaln(a + x, b + held) + betaln(c + 1, d + i) - betaln(a, b) - betaln(c, d)
            total = total + np.where((x <= i) & (i < n), np.exp(gone), 0.0)
        return np.where((x >= 0) & (x <= n), total, 0.0)

    def simulate(self, n, seed):
        """Draw histories: n (array) opportunities each. Returns: pandas table x, t_x, n."""
        random, n = np.random.default_rng(seed), np.asarray(n, int)
        chance = random.beta(self.alpha, self.beta, len(n))[:, None]
        leaves = np.clip(random.beta(self.gamma, self.delta, len(n)), 1e-300, 1)
        lives = np.minimum(random.geometric(leaves) - 1, n)
        at = np.arange(1, n.max(initial=0) + 1)
        came = (random.random((len(n), len(at))) < chance) & (at <= lives[:, None])
        return pd.DataFrame({"x": came.sum(axis=1), "t_x": (came * at).max(axis=1, initial=0), "n": n})

    def _chance(self, x, n):
        """Expected chance to order at an opportunity, for one who is there."""
        return (self.alpha + np.asarray(x, float)) / (self.alpha + self.beta + np.asarray(n, float))

    def _log_there(self, x, t_x, n, ahead):
        """Log of the chance to be there `ahead` opportunities from now."""
        x, t_x, n = (np.asarray(v, float) for v in (x, t_x, n))
        a, b, c, d = astuple(self)
        held = betaln(a + x, b + n - x) - betaln(a, b) + betaln(c, d + n + ahead) - betaln(c, d)
        return held - self.log_likelihood(x, t_x, n)


def _ways(x, t_x, n):
    """Every way to a history, one column each: left after opportunity j, for j from t_x to n - 1, or there at n."""
    i = np.arange(int((n - t_x).max(initial=0)) + 1)
    x, t_x, n = x[:, None], t_x[:, None], n[:, None]
    j = np.minimum(t_x + i, n)
    return x, j, (t_x + i < n).astype(float), t_x + i <= n


def _log_choose(n, k):
    with np.errstate(invalid="ignore"):
        return gammaln(n + 1.0) - gammaln(k + 1) - gammaln(np.maximum(n - k, 0) + 1)
