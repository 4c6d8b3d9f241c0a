"""When does the margin come? The three timing conventions of a contract, and the sums they lead to."""

import numpy as np

TIMINGS = {
    "at_start": "the margin comes at the start of each period, the first one for certain",
    "at_end": "the margin comes at the end of each period, the first one for certain",
    "at_end_if_retained": "the margin comes at the end of each period, from those who stayed",
}


def geometric(q, n):
    """1 + q + ... + q^(n-1), endless for n = inf, and its slope in q."""
    if np.isinf(n):
        return 1 / (1 - q), 1 / (1 - q) ** 2
    powers = np.arange(n)
    return float((q**powers).sum()), float((powers[1:] * q ** (powers[1:] - 1)).sum())


def discount_factors(n, discount_per_period, timing):
    """Present value of one unit paid for each of n periods, by convention; period 0 is that of the acquisition.

    >>> discount_factors(3, 0.25, "at_end").round(3).tolist()
    [0.8, 0.64, 0.512]
    """
    t = np.arange(n)
    if timing == "at_end":
        return (1 + discount_per_period) ** -(t + 1.0)
    factors = (1 + discount_per_period) ** -t.astype(float)
    return np.where(t > 0, factors, 0.0) if timing == "at_end_if_retained" else factors
