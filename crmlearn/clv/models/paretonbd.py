"""Pareto/NBD: customers buy at their own steady rate and leave at any moment, whether they have just bought or not."""

from dataclasses import astuple, dataclass

import numpy as np
from scipy.special import exprel, gammaln, psi

from crmlearn.clv.models.counts import nbd_pmf
from crmlearn.clv.models.distinct import Distinct, rows
from crmlearn.clv.models.hyper import gauss
from crmlearn.clv.models.orders import OrderModel
from crmlearn.clv.models.quadrature import interval


@dataclass(frozen=True)
class ParetoNBD(OrderModel):
    """Pareto / NBD model of repeat orders without a contract.

    r, alpha : order rates differ between customers as Gamma(r, rate alpha); alpha in time units
    s, beta : rates of leaving differ as Gamma(s, rate beta); beta in time units
    Source: Schmittlein, Morrison & Colombo (1987), Management Science 33(1), 1-24

    The likelihood of a history is, but for Gamma(r + x) alpha^r beta^s / Gamma(r),

        s G(t_x) + (r + x) H(T)     G(t) = integral from t to infinity of (alpha + u)^-(r+x)   (beta + u)^-(s+1)
                                    H(t) = the same of                    (alpha + u)^-(r+x+1) (beta + u)^-s

    which is the paper's form after integration by parts. Both terms are positive, so nothing cancels.

    >>> published = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)
    >>> float(published.expected_orders(52, x=26, t_x=30.86, T=31).round(2))
    25.46
    >>> float(published.p_alive(26, 30.86, 31).round(4))
    0.9979
    """

    r: float
    alpha: float
    s: float
    beta: float

    _TIMES = ("alpha", "beta")
    _STARTS = ((0.5, 0.3, 0.5, 0.3), (1.0, 0.2, 1.0, 2.0), (0.3, 0.05, 0.2, 0.05))

    @staticmethod
    def _weighted(x, t_x, T):
        """Histories -> weights -> parameters -> (sum of log-likelihoods, its gradient).

        The integrals depend on x and one time only, so each is found once per pair; a history adds two of them.
        """
        xs = Distinct.of(x)
        (x_last, last), at_last = rows(x, t_x)
        (x_age, age), at_age = rows(x, T)

        def weighted(n):
            total, by_x = n.sum(), xs.total(n)

            def log_likelihood(p):
                r, alpha, s, beta = p
                k = xs.values
                went, went_by = _log_tail(r + x_last, s + 1, alpha, beta, last)
                stayed, stayed_by = _log_tail(r + x_age + 1, s, alpha, beta, age)
                went, stayed = went + np.log(s), stayed + np.log(r + x_age)
                a, b = went[at_last], stayed[at_age]
                top = np.maximum(a, b)
                small = np.exp(-np.abs(a - b))
                share = np.where(a > b, 1.0, small) / (1 + small)  # of the first term
                value = (n * (top + np.log1p(small))).sum() + by_x @ gammaln(r + k)
                value += total * (r * np.log(alpha) + s * np.log(beta) - gammaln(r))
                by_last = np.bincount(at_last, n * share, len(last))
                by_age = np.bincount(at_age, n * (1 - share), len(age))
                gradient = went_by @ by_last + stayed_by @ by_age
                gradient += [
                    by_x @ psi(r + k) + total * (np.log(alpha) - psi(r)) + by_age @ (1 / (r + x_age)),
                    total * r / alpha,
                    total * np.log(beta) + by_last.sum() / s,
                    total * s / beta,
                ]
                return value, gradient

            return log_likelihood

        return weighted

    def log_likelihood(self, x, t_x, T):
        """Log-likelihood of each history (constants of the timing likelihood left out). Arrays broadcast."""
        x, t_x, T = np.broadcast_arrays(*(np.asarray(v, float) for v in (x, t_x, T)))
        r, alpha, s, beta = astuple(self)
        return gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + self._log_sum(x, t_x, T)

    def p_alive(self, x, t_x, T):
        """Probability of being still a customer at T. Arrays broadcast."""
        x, t_x, T = np.broadcast_arrays(*(np.asarray(v, float) for v in (x, t_x, T)))
        here = -(self.r + x) * np.log(self.alpha + T) - self.s * np.log(self.beta + T)
        return np.minimum(np.exp(here - self._log_sum(x, t_x, T)), 1.0)

    def _log_sum(self, x, t_x, T):
        r, alpha, s, beta = astuple(self)
        (x_last, last), at_last = rows(x.ravel(), t_x.ravel())
        (x_age, age), at_age = rows(x.ravel(), T.ravel())
        went = np.log(s) + _log_tail(r + x_last, s + 1, alpha, beta, last)[0]
        stayed = np.log(r + x_age) + _log_tail(r + x_age + 1, s, alpha, beta, age)[0]
        return np.logaddexp(went[at_last], stayed[at_age]).reshape(x.shape)

    def expected_if_alive(self, t, x, T):
        """Expected orders in the next t time units of a customer who is still there. Arrays broadcast."""
        x, T = np.asarray(x, float), np.asarray(T, float)
        # ((1 - (1 + t / (beta + T))^(1 - s)) / (s - 1), of which s = 1 is a gap that the logarithm fills
        longer = np.log1p(t / (self.beta + T))
        return (self.r + x) * (self.beta + T) / (self.alpha + T) * longer * exprel((1 - self.s) * longer)

    def pmf_if_alive(self, n, t, x, T):
        """Chance of n orders in the next t time units of a customer who is still there. Arrays broadcast.

        Who is there at the end has the NBD's chance; who left at u has that of u, added up over all moments of leaving.
        """
        n, t, x, T = np.broadcast_arrays(*(np.asarray(v, float) for v in (n, t, x, T)))
        rate, alpha, s, beta = self.r + x, self.alpha + T, self.s, self.beta + T
        here = (beta / (beta + t)) ** s * nbd_pmf(n, rate, alpha / (alpha + t))
        part, w = interval(1.0)
        n, t, rate, alpha, beta = (v[..., None] for v in (n, t, rate, alpha, beta))
        u = t * part
        leaving = s / beta * (beta / (beta + u)) ** (s + 1)
        return here + (nbd_pmf(n, rate, alpha / (alpha + u)) * leaving * t * w).sum(axis=-1)

    def latent(self, random, size):
        rate = random.gamma(self.r, 1 / self.alpha, size)
        leaving = np.maximum(random.gamma(self.s, 1 / self.beta, size), 1e-300)
        return rate, random.exponential(1 / leaving), np.full(size, np.inf)

    def latent_if_alive(self, random, x, T):
        leaving = np.maximum(random.gamma(self.s, 1 / (self.beta + T)), 1e-300)
        return random.gamma(self.r + x, 1 / (self.alpha + T)), random.exponential(1 / leaving), np.full(len(x), np.inf)


def _log_tail(A, B, alpha, beta, t):
    """Log of the integral from t to infinity of (alpha + u)^-A (beta + u)^-B, and its slopes by A, alpha, B and beta.

    A, B : arrays or numbers, A + B > 1; t : array
    """
    if alpha < beta:
        value, (by_B, by_beta, by_A, by_alpha) = _log_tail(B, A, beta, alpha, t)
        return value, np.array([by_A, by_alpha, by_B, by_beta])
    A, B, t = np.broadcast_arrays(A, B, t)
    D, log_a, log_b = A + B - 1, np.log(alpha + t), np.log(beta + t)
    z, rest = (alpha - beta) / (alpha + t), (beta + t) / (alpha + t)
    F, by_first, by_third, by_z = gauss(A, D + 1, z, rest)
    value = np.log(F / D) - A * log_a - (B - 1) * log_b
    by_both, by_z = by_third / F - 1 / D, by_z / F / (alpha + t)
    slopes = [
        by_first / F + by_both - log_a,
        by_z * rest - A / (alpha + t),
        by_both - log_b,
        -by_z - (B - 1) / (beta + t),
    ]
    return value, np.array(slopes)
