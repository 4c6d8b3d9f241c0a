"""Gamma-Gamma: each customer has a typical order value; few orders say little about it, so they lean on the others."""

from dataclasses import dataclass

import narwhals.stable.v2 as nw
import numpy as np
from scipy.special import gammaln, psi

from crmlearn.clv.models.base import Model
from crmlearn.clv.models.distinct import Distinct
from crmlearn.clv.models.fitting import histories, maximise
from crmlearn.errors import Refusal, columns


@dataclass(frozen=True)
class GammaGamma(Model):
    """Model of the mean value of an order, independent of how often a customer orders.

    p : shape of one customer's order values; q : shape of how customers differ; gamma : scale, currency units
    Source: Fader & Hardie (2013), "The Gamma-Gamma model of monetary value"; Fader, Hardie & Lee (2005),
        Journal of Marketing Research 42(4), 415-430

    >>> round(float(GammaGamma(p=6.25, q=3.74, gamma=15.44).expected_spend(x=2, mean_spend=22.35)), 3)
    24.664
    """

    p: float
    q: float
    gamma: float

    _STARTS = ((1.0, 3.0, 2.0), (6.0, 4.0, 0.5), (2.0, 1.5, 0.25))

    @classmethod
    def fit(cls, summary, starts=None, errors=True):
        """Find the most likely parameters from customers with repeat orders of a positive mean.

        summary : table with x and mean_spend (currency units, of repeat orders)
        Returns: Fit; its n counts the customers that were used
        Errors: Refusal when fewer than three customers bought again
        """
        frame = nw.from_native(summary)
        columns("Gamma-Gamma summaries", ["x", "mean_spend"], frame.collect_schema().names())
        buyers = frame.filter(nw.col("x") > 0, nw.col("mean_spend") > 0).to_native()
        known, n = histories(buyers, ["x", "mean_spend"], "Gamma-Gamma summaries")
        return cls.fit_counts(*known, n, starts, errors)

    @classmethod
    def fit_counts(cls, x, mean_spend, n, starts=None, errors=True):
        """As fit, from arrays of distinct (x, mean_spend) and how many customers share each."""
        if n.sum() < 3:
            raise Refusal(
                "spend needs at least three customers with repeat orders.",
                f"{n.sum():g} of them",
                "give predictive(...) a fixed spend instead: spend=25.0",
            )
        return maximise(cls, (x, mean_spend), n, starts, errors)

    @staticmethod
    def _units(x, mean_spend):
        return np.array([1.0, 1.0, mean_spend.mean()])

    @staticmethod
    def _weighted(x, mean_spend):
        """(x, mean spend) -> weights -> parameters -> (sum of log-likelihoods, its gradient)."""
        xs, money = Distinct.of(x), x * mean_spend
        log_money, log_z = np.log(money), np.log(mean_spend)

        def weighted(n):
            total, by_x = n.sum(), xs.total(n)
            known, fixed = (n * x * log_money).sum(), (n * log_z).sum()

            def log_likelihood(params):
                p, q, gamma = params
                k, shape = xs.values, p * xs.values + q
                log_sum = np.log(gamma + money)
                logs_by_x = xs.total(n * log_sum)
                value = by_x @ (gammaln(shape) - gammaln(p * k)) - shape @ logs_by_x + p * known - fixed
                value += total * (q * np.log(gamma) - gammaln(q))
                both = psi(shape)
                return value, np.array([
                    (by_x * k) @ (both - psi(p * k)) + known - k @ logs_by_x,
                    by_x @ both + total * (np.log(gamma) - psi(q)) - logs_by_x.sum(),
                    total * q / gamma - shape @ xs.total(n / (gamma + money)),
                ])  # fmt: skip

            return log_likelihood

        return weighted

    def mean(self):
        """Expected order value of a customer we know nothing about.

        Errors: Refusal when q <= 1, where it is infinite

        >>> round(GammaGamma(p=6.25, q=3.74, gamma=15.44).mean(), 3)
        35.219
        """
        self._refuse_infinite()
        return self.p * self.gamma / (self.q - 1)

    def expected_spend(self, x, mean_spend):
        """Expected order value given x repeat orders of a mean; the population's mean for x = 0. Arrays broadcast."""
        self._refuse_infinite()
        x = np.asarray(x, float)
        spend = np.where(x > 0, np.nan_to_num(np.asarray(mean_spend, float)), 0.0)
        return self.p * (self.gamma + x * spend) / (self.p * x + self.q - 1)

    def _refuse_infinite(self):
        if self.q <= 1:
            raise Refusal(
                "this Gamma-Gamma model has no finite mean spend.",
                f"q={self.q:.3g}, needs to be above 1",
                "look for outliers in amounts, or give a fixed spend: spend=25.0",
            )
