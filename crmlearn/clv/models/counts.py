"""Chances of counts under the NBD. SciPy has them too, but brings all of its statistics along: half a second."""

import numpy as np
from scipy.special import betainc, gammaln, xlog1py


def nbd_pmf(n, r, stays):
    """Chance of n orders when rates are Gamma(r, alpha) and stays = alpha / (alpha + t); 0 where n is no count.

    >>> float(nbd_pmf(2, 0.385, 0.25).round(6))  # r (r + 1) / 2 x .25^r x .75^2
    0.087945
    """
    n, stays = np.asarray(n, float), np.asarray(stays, float)
    count = (n >= 0) & (n % 1 == 0)
    k = np.where(count, n, 0.0)
    log = gammaln(r + k) - gammaln(r) - gammaln(k + 1) + r * np.log(stays) + xlog1py(k, -stays)
    return np.where(count, np.exp(log), 0.0)


def nbd_at_least(n, r, stays):
    """Chance of n orders or more, n a whole number.

    >>> float(nbd_at_least(1, 0.385, 0.25) + nbd_pmf(0, 0.385, 0.25))
    1.0
    """
    n, stays = np.asarray(n, float), np.asarray(stays, float)
    return np.where(n > 0, betainc(np.maximum(n, 1), r, 1 - stays), 1.0)
