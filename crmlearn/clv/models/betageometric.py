"""What BG/NBD and MBG/NBD share: who ordered may leave for good. They differ in whether after the first order, too."""

from dataclasses import astuple

import numpy as np
from scipy.special import betaln, gammaln, hyp2f1, psi, zeta

from crmlearn.clv.models.counts import nbd_at_least, nbd_pmf
from crmlearn.clv.models.distinct import Distinct
from crmlearn.clv.models.orders import OrderModel
from crmlearn.errors import Refusal


class BetaGeometricNBD(OrderModel):
    """Orders come at a steady rate, Gamma(r, rate alpha); at each chance to leave a customer does with p, Beta(a, b).

    _FIRST : 1 when the first order is a chance to leave, too; then x repeat orders gave x + 1 chances, else x
    """

    _FIRST = 0
    _CURVED = True
    # Ordinary customers, hardly any leaving but for a few at once, and all alike: of 1,906 simulated bases, many of
    # them with two maxima, one of the three led to the highest in each.
    _STARTS = ((0.5, 0.2, 0.5, 2.0), (1.0, 0.3, 0.01, 0.05), (1.0, 0.5, 10.0, 100.0))

    @classmethod
    def _weighted(cls, x, t_x, T):
        """Histories -> weights -> parameters -> (sum of log-likelihoods, its gradient and, if asked for, its Hessian).

        Most of the likelihood depends on x alone or on T alone. What is left per history is the odds of having gone.
        """
        xs, ages = Distinct.of(x), Distinct.of(T)
        could = np.flatnonzero(x + cls._FIRST > 0)
        x_could, t_could, T_could = x[could], t_x[could], T[could]
        waited = T_could - t_could
        chances = xs.values + cls._FIRST

        def weighted(n):
            total, by_x, by_T, orders_by_T = n.sum(), xs.total(n), ages.total(n), ages.total(n * x)
            n_could = n[could]

            def log_likelihood(p, curved=False):
                r, alpha, a, b = p
                k, log_T = xs.values, np.log(alpha + ages.values)
                since = waited / (alpha + t_could)
                later = np.log1p(since)
                after = b + x_could + (cls._FIRST - 1)
                odds = np.log(a / after) + (r + x_could) * later
                small = np.exp(-np.abs(odds))
                share = np.where(odds > 0, 1.0, small) / (1 + small)
                gone, by_age = n_could * share, r * by_T + orders_by_T
                value = by_x @ (gammaln(r + k) + gammaln(b + chances) - gammaln(a + b + chances))
                value += total * (r * np.log(alpha) - gammaln(r) + gammaln(a + b) - gammaln(b))
                value -= by_age @ log_T
                value += n_could @ (np.maximum(odds, 0) + np.log1p(small))
                shared = total * psi(a + b) - by_x @ psi(a + b + chances)
                inverse, drop = 1 / (alpha + ages.values), -since / (alpha + T_could)
                gradient = np.array([
                    by_x @ psi(r + k) + total * (np.log(alpha) - psi(r)) - by_T @ log_T + gone @ later,
                    total * r / alpha - by_age @ inverse + gone @ ((r + x_could) * drop),
                    shared + gone.sum() / a,
                    shared + by_x @ psi(b + chances) - total * psi(b) - gone @ (1 / after),
                ])  # fmt: skip
                if not curved:
                    return value, gradient
                slopes = np.stack([later, (r + x_could) * drop, np.full(len(later), 1 / a), -1 / after])  # of the odds
                hessian = (slopes * (gone * (1 - share))) @ slopes.T
                both = total * zeta(2, a + b) - by_x @ zeta(2, a + b + chances)
                hessian[2:, 2:] += both
                hessian[[0, 1], [1, 0]] += total / alpha - by_T @ inverse + gone @ drop
                bend = (r + x_could) * drop * (1 / (alpha + T_could) + 1 / (alpha + t_could))
                hessian[range(4), range(4)] += [
                    by_x @ zeta(2, r + k) - total * zeta(2, r),
                    by_age @ inverse**2 - total * r / alpha**2 - gone @ bend,
                    -gone.sum() / a**2,
                    by_x @ zeta(2, b + chances) - total * zeta(2, b) + gone @ (1 / after**2),
                ]
                return value, gradient, hessian

            return log_likelihood

        return weighted

    def log_likelihood(self, x, t_x, T):
        """Log-likelihood of each history (constants of the timing likelihood left out). Arrays broadcast."""
        x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
        r, alpha, a, b = astuple(self)
        k = x + self._FIRST
        with np.errstate(divide="ignore", invalid="ignore"):
            leaves = np.where(k > 0, np.log(a / (b + k - 1)) - (r + x) * np.log(alpha + t_x), -np.inf)
        both = np.logaddexp(-(r + x) * np.log(alpha + T), leaves)
        rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        return rate + gammaln(a + b) + gammaln(b + k) - gammaln(b) - gammaln(a + b + k) + both

    def p_alive(self, x, t_x, T):
        """Probability of being still a customer at T. Arrays broadcast."""
        x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
        k = x + self._FIRST
        odds = (self.r + x) * np.log1p((T - t_x) / (self.alpha + t_x))
        odds = np.exp(np.minimum(odds, 700.0)) * self.a / np.where(k > 0, self.b + k - 1, 1.0)
        return 1 / (1 + np.where(k > 0, odds, 0.0))

    def expected_if_alive(self, t, x, T):
        """Expected orders in the next t time units of a customer who is still there. Arrays broadcast."""
        x, T = np.asarray(x, float), np.asarray(T, float)
        return self._reach(t, self.alpha + T, self.a + self.b + x + self._FIRST - 1)

    def pmf_if_alive(self, n, t, x, T):
        """Chance of n orders in the next t time units of a customer who is still there. Arrays broadcast."""
        n, t, x, T = (np.asarray(v, float) for v in (n, t, x, T))
        rate, stays = self.r + x, (self.alpha + T) / (self.alpha + T + t)
        a, b = self.a, self.b + x + self._FIRST
        here = np.exp(betaln(a, b + n) - betaln(a, b)) * nbd_pmf(n, rate, stays)  # 0 where n is no whole number
        with np.errstate(invalid="ignore"):
            left = np.exp(betaln(a + 1, b + n - 1) - betaln(a, b)) * nbd_at_least(n, rate, stays)
        return here + np.where((n > 0) & (n % 1 == 0), left, 0.0)

    def latent(self, random, size):
        rate = random.gamma(self.r, 1 / self.alpha, size)
        chances = np.clip(random.beta(self.a, self.b, size), 1e-300, 1)
        return rate, np.full(size, np.inf), random.geometric(chances) - self._FIRST

    def latent_if_alive(self, random, x, T):
        chances = np.clip(random.beta(self.a, self.b + x + self._FIRST), 1e-300, 1)
        return random.gamma(self.r + x, 1 / (self.alpha + T)), np.full(len(x), np.inf), random.geometric(chances)

    def _reach(self, t, base, c):
        """Expected orders until t of a customer who is there: c/(a-1) * (1 - (1-z)^(a-1) * 2F1(c-r-x, a-1; c; z)).

        The papers' 2F1(r+x, c-a+1; c; z) after Euler's transformation: its arguments no longer grow with x, so heavy
        buyers neither overflow nor cancel; z = t/(base+t). a = 1 is a removable gap, bridged by the mean of both sides.
        """
        if abs(self.a - 1) < 1e-5:
            sides = [type(self)(self.r, self.alpha, 1 + e, self.b) for e in (-2e-5, 2e-5)]
            return sum(side._reach(t, base, c) for side in sides) / 2
        c = np.where(c == 0, 1e-9, c)  # a + b = 1 and x = 0: another gap
        z, a = t / (base + t), self.a
        first = a + self.b - self.r + self._FIRST - 1
        with np.errstate(all="ignore"):
            left = (1 - z) ** (a - 1) * hyp2f1(first, a - 1, c, z)
            # SciPy overflows where c - a - b is a whole number and where a and b are huge. Pfaff's form, and a c one
            # hair beside, give the same number there.
            left = np.where(np.isfinite(left), left, hyp2f1(c - first, a - 1, c, -t / base))
            left = np.where(np.isfinite(left), left, (1 - z) ** (a - 1) * hyp2f1(first, a - 1, c * (1 + 1e-11), z))
        if not np.isfinite(left).all():
            raise Refusal(
                "these parameters are too extreme for a forecast.",
                ", ".join(f"{name}={getattr(self, name):.3g}" for name in ("r", "alpha", "a", "b")),
                "fit on more customers or a longer period",
            )
        return c / (a - 1) * (1 - left)
