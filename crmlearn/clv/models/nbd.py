"""NBD: customers buy at their own steady rate and nobody ever leaves. The baseline that a better model has to beat."""

from dataclasses import astuple, dataclass

import numpy as np
from scipy.special import gammaln, psi, zeta

from crmlearn.clv.models.counts import nbd_pmf
from crmlearn.clv.models.distinct import Distinct
from crmlearn.clv.models.orders import OrderModel


@dataclass(frozen=True)
class NBD(OrderModel):
    """Negative binomial model of repeat orders.

    r, alpha : order rates differ between customers as Gamma(r, rate alpha); alpha in time units
    Source: Ehrenberg (1959), Applied Statistics 8(1), 26-41; Schmittlein, Morrison & Colombo (1987)

    >>> float(NBD(r=0.385, alpha=12.072).expected_orders(39, x=2, t_x=30.43, T=38.86).round(3))
    1.826
    """

    r: float
    alpha: float

    _STARTS = ((0.5, 0.3), (2.0, 2.0))
    _CURVED = True

    @staticmethod
    def _weighted(x, t_x, T):
        xs, ages = Distinct.of(x), Distinct.of(T)

        def weighted(n):
            total, by_x, by_T, orders_by_T = n.sum(), xs.total(n), ages.total(n), ages.total(n * x)

            def log_likelihood(p, curved=False):
                r, alpha = p
                k, both = xs.values, r * by_T + orders_by_T
                log_T = np.log(alpha + ages.values)
                value = by_x @ gammaln(r + k) + total * (r * np.log(alpha) - gammaln(r)) - both @ log_T
                by_r = by_x @ psi(r + k) + total * (np.log(alpha) - psi(r)) - by_T @ log_T
                inverse = 1 / (alpha + ages.values)
                gradient = np.array([by_r, total * r / alpha - both @ inverse])
                if not curved:
                    return value, gradient
                by_rr, by_r_alpha = by_x @ zeta(2, r + k) - total * zeta(2, r), total / alpha - by_T @ inverse
                by_alphas = both @ inverse**2 - total * r / alpha**2
                return value, gradient, np.array([[by_rr, by_r_alpha], [by_r_alpha, by_alphas]])

            return log_likelihood

        return weighted

    def log_likelihood(self, x, t_x, T):
        """Log-likelihood of each history (constants of the timing likelihood left out). Arrays broadcast."""
        x, T = np.asarray(x, float), np.asarray(T, float)
        r, alpha = astuple(self)
        return gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + T)

    def p_alive(self, x, t_x, T):
        """1 for everybody: this model knows no leaving."""
        return np.ones(np.broadcast_shapes(np.shape(x), np.shape(t_x), np.shape(T)))[()]

    def expected_if_alive(self, t, x, T):
        """Expected orders in the next t time units. Arrays broadcast."""
        return (self.r + np.asarray(x, float)) / (self.alpha + np.asarray(T, float)) * t

    def pmf_if_alive(self, n, t, x, T):
        """Chance of n orders in the next t time units. Arrays broadcast."""
        age = self.alpha + np.asarray(T, float)
        return nbd_pmf(n, self.r + np.asarray(x, float), age / (age + t))

    def latent(self, random, size):
        return random.gamma(self.r, 1 / self.alpha, size), np.full(size, np.inf), np.full(size, np.inf)

    def latent_if_alive(self, random, x, T):
        return random.gamma(self.r + x, 1 / (self.alpha + T)), np.full(len(x), np.inf), np.full(len(x), np.inf)
