"""What all models of orders without a contract share: forecasts from 'still there?' and 'what then?'"""

from dataclasses import fields

import numpy as np
import pandas as pd

from crmlearn.clv.models.base import Model
from crmlearn.clv.models.distinct import rows
from crmlearn.clv.models.fitting import histories, maximise
from crmlearn.errors import Refusal, number

_ENDLESS = 50.0  # discount rate x time after which nothing counts: exp(-50)


class OrderModel(Model):
    """A model of when customers order. Times stand in the unit of the summary it was fitted on.

    Each model says how likely a history makes it that the customer is still there (`p_alive`), and what one who is
    still there will order (`expected_if_alive`), which depends on x and T only. All forecasts are made of the two.
    """

    _TIMES = ("alpha",)

    @classmethod
    def _units(cls, x, t_x, T):
        return np.array([T.mean() if f.name in cls._TIMES else 1.0 for f in fields(cls)])

    @classmethod
    def fit(cls, summary, starts=None, errors=True):
        """Find the most likely parameters.

        summary : table with x, t_x, T (summarise(...)), one row per customer
        Returns: Fit
        Errors: Refusal when nobody bought again, or t_x > T
        """
        known, n = histories(summary, ["x", "t_x", "T"], f"{cls.__name__} summaries")
        return cls.fit_counts(*known, n, starts, errors)

    @classmethod
    def fit_counts(cls, x, t_x, T, n, starts=None, errors=True):
        """As fit, from arrays of distinct histories and how many customers share each."""
        refuse_impossible(x, t_x, T, n)
        return maximise(cls, (x, t_x, T), n, starts, errors)

    def expected_orders(self, t, x, t_x, T):
        """Expected orders in the next t time units, given a history. Arrays broadcast."""
        if np.min(t) < 0 or not np.isfinite(t).all():
            raise Refusal(
                "t must be a time, 0 or longer.", f"t={t}", "for an endless one, discounted_orders(inf, rate)"
            )
        x, t_x, T = histories_of(x, t_x, T)
        return self.p_alive(x, t_x, T) * self.expected_if_alive(t, x, T)

    def expected_orders_new(self, t):
        """Expected repeat orders of a new customer within t time units of the first order."""
        return self.expected_orders(t, 0.0, 0.0, 0.0)

    def discounted_orders(self, horizon, rate, x=None, t_x=None, T=None):
        """Expected orders within the horizon, each discounted from its own moment.

        horizon : time units from now (for a new customer: from the first order, which itself is not counted); inf for
            all that are still to come (DERT, discounted expected residual transactions)
        rate : continuous discount rate per time unit, ln(1 + d); above 0 for an endless horizon
        x, t_x, T : arrays of histories; all None means a new customer
        Returns: array, or float for a new customer
        """
        if x is None:
            return self.discounted_orders(horizon, rate, 0.0, 0.0, 0.0)
        number("horizon", min(horizon, 1e300), 0), number("rate", rate, 0)
        x, t_x, T = histories_of(x, t_x, T)
        known, index = rows(x.ravel(), T.ravel())
        ahead = self.discounted_if_alive(horizon, rate, *known)[index].reshape(x.shape)
        return self.p_alive(x, t_x, T) * ahead

    def discounted_if_alive(self, horizon, rate, x, T):
        """As discounted_orders, of customers who are known to be still there."""

        x, T = np.asarray(x, float), np.asarray(T, float)
        if np.isinf(horizon):
            number("rate", rate, 0, low_open=True, hint="an endless horizon needs a discount rate")
            horizon = _ENDLESS / rate
        # By parts, so only expected orders M are needed: e^(-kH) M(H) + k * integral of e^(-kt) M(t).
        total = np.exp(-rate * horizon) * self.expected_if_alive(horizon, x, T)
        if rate == 0:
            return total
        # M rises ever more slowly, from a time of about alpha + T on like a logarithm; on that scale few nodes do.
        scale = self.alpha + T
        points, weights = np.polynomial.legendre.leggauss(12 if rate * horizon <= 1 else 40)
        top = np.log1p(horizon / scale)
        flow = 0.0
        for point, weight in zip((points + 1) / 2, weights / 2, strict=True):
            t = scale * np.expm1(point * top)
            flow = flow + weight * top * (scale + t) * np.exp(-rate * t) * self.expected_if_alive(t, x, T)
        return total + rate * flow

    def pmf(self, n, t):
        """P(X(t) = n): chance that a new customer places n repeat orders within t time units. Arrays broadcast."""
        stays = self.p_alive(0.0, 0.0, 0.0)
        return stays * self.pmf_if_alive(n, t, 0.0, 0.0) + (1 - stays) * (np.asarray(n) == 0)

    def outcomes(self, t, x, t_x, T, share=0.95):
        """Between which numbers of orders a customer's next t time units will lie, if the model is right.

        t : time units; x, t_x, T : arrays of histories
        share : of the outcomes that lie between, or on, the bounds at least; what lies outside is split evenly
        Returns: (low, high), arrays of whole numbers. Unlike an interval of the expectation, this one stays wide
            however many customers there are: it tells what one customer may do.
        """
        t = number("t", t, 0)
        x, t_x, T = histories_of(x, t_x, T)
        shape, alive = x.shape, self.p_alive(x, t_x, T).ravel()
        (x, T), index = rows(x.ravel(), T.ravel())
        tail = (1 - number("share", share, 0, 1, low_open=True)) / 2
        low, high = (np.full(len(index), -1) for _ in range(2))
        n, sums = 0, np.zeros(len(x))
        while (high < 0).any():
            sums = sums + self.pmf_if_alive(n, t, x, T)
            below = 1 - alive + alive * sums[index]
            low = np.where((low < 0) & (below > tail), n, low)
            high = np.where((high < 0) & (below >= 1 - tail - 1e-12), n, high)
            n += 1
        return low.reshape(shape), high.reshape(shape)

    def latent(self, random, size):
        """Draw what no order file tells of customers: their order rates, the times at which they leave, and the number
        of the repeat order after which they do. What a model does not know is infinite.

        random : numpy Generator; size : how many customers
        Returns: three arrays
        """
        raise NotImplementedError

    def latent_if_alive(self, random, x, T):
        """As latent, of customers who are still there and whose x and T (arrays) are known; times count from now."""
        raise NotImplementedError

    def draw(self, t, x, t_x, T, seed):
        """Draw what customers with these histories do in the next t time units: with the luck of each of them.

        t : time units; x, t_x, T : arrays of histories; seed : int or numpy Generator
        Returns: array of orders, whole numbers. Sums of it scatter as totals will, were the parameters exact; repeated
            for each model of a bootstrap they hold the uncertainty of the parameters, too
        """
        random, t = np.random.default_rng(seed), number("t", t, 0)
        x, t_x, T = (v.ravel() for v in histories_of(x, t_x, T))
        there = random.random(len(x)) < self.p_alive(x, t_x, T)
        rate, until, most = self.latent_if_alive(random, x, T)
        orders = np.minimum(random.poisson(rate * np.minimum(until, t)), most)
        return np.where(there, orders, 0).astype(np.int64)

    def simulate(self, T, seed):
        """Draw histories of customers from the model.

        T : array, how long each customer is known, time units
        seed : int or numpy Generator
        Returns: pandas table x, t_x, T, one row per customer; times are not rounded
        """
        from crmlearn.simulate import orders_of  # who only fits does not wait for the makers of records

        random, T = np.random.default_rng(seed), np.asarray(T, float)
        who, when = orders_of(*self.latent(random, len(T)), T, random)
        t_x = np.zeros(len(T))
        np.maximum.at(t_x, who, when)
        return pd.DataFrame({"x": np.bincount(who, minlength=len(T)), "t_x": t_x, "T": T})


def histories_of(x, t_x, T):
    """Three arrays of one shape; what no customer can have done is refused, for a formula would answer all the same."""
    x, t_x, T = np.broadcast_arrays(*(np.asarray(v, float) for v in (x, t_x, T)))
    right = (x >= 0) & (x % 1 == 0) & (t_x >= 0) & (t_x <= T) & np.isfinite(T)
    if not right.all():
        at = np.unravel_index(np.argmin(right), right.shape)
        saw = f"x={x[at]:g}, t_x={t_x[at]:g}, T={T[at]:g}"
        raise Refusal("a history needs a whole x >= 0 and 0 <= t_x <= T.", saw, "summarise(tx, as_of=...)")
    return x, t_x, T


def refuse_impossible(x, t_x, T, n):
    """Refuse histories from which no model of repeat orders can learn."""
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
    if (x % 1).any():
        raise Refusal(
            "x counts orders, so it needs whole numbers.", f"x={x[x % 1 > 0][0]:g}", "summarise(tx, as_of=...)"
        )
    odd = (x == 0) & (t_x > 0)
    if odd.any():
        saw = f"x=0 with t_x={t_x[np.argmax(odd)]:g}, {n[odd].sum():,.0f} customers"
        raise Refusal(
            "a customer without repeat orders has no last one: t_x must be 0.", saw, "summarise(tx, as_of=...)"
        )
