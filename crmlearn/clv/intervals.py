"""How sure are we? The three ways in which this room finds an interval."""

import numpy as np

Z = 1.959963984540054


def lognormal(value, standard_error, shift=0.0):
    """95 % interval of a positive value by the delta method on its log, moved down by a shift.

    >>> low, high = lognormal(100.0, 10.0)
    >>> round(low, 1), round(high, 1)
    (82.2, 121.7)
    """
    if value <= 0:
        return value - shift, value - shift
    spread = np.exp(Z * standard_error / value)
    return float(value / spread - shift), float(value * spread - shift)


def greenwood(survivors, weights):
    """Standard error of a weighted sum of the survival curve, by Greenwood's formula.

    survivors : counts after 0, 1, 2, ... periods, all followed to the end
    weights : one per period
    Source: Greenwood (1926); cov(S_s, S_t) = S_s S_t * sum over j <= min(s, t) of lost_j / (before_j * after_j)
    """
    s = np.asarray(survivors, float)
    share = s / s[0]
    lost = s[:-1] - s[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(s[1:] > 0, lost / (s[:-1] * s[1:]), 0.0)  # nobody left: S is 0 from here on, without variance
    sums = np.r_[0.0, np.cumsum(terms)]
    index = np.arange(len(s))
    covariance = np.outer(share, share) * sums[np.minimum.outer(index, index)]
    return float(np.sqrt(np.asarray(weights) @ covariance @ np.asarray(weights)))


def quantiles(draws):
    """2.5 % and 97.5 % quantiles along the first axis."""
    return np.quantile(draws, [0.025, 0.975], axis=0)
