"""Gauss's series 2F1(1, b; c; z) with its slopes, without cancellation: every term is positive."""

import numpy as np

_SERIES = 0.85  # above it the series is long, and a quadrature shorter
_BLOCK = 2048  # arguments integrated together, for memory
_END = 1e-17  # what a further term may add, as a share


def gauss(b, c, z, rest):
    """2F1(1, b; c; z) and its derivatives by b, c and z, for 0 < b, 1 < c, 0 <= z < 1.

    b, c, z : arrays of equal length; rest : 1 - z, which a difference would not give exactly where z is close to 1
    Returns: (4, n) array: value, slope by b, by c, by z
    Source: Abramowitz and Stegun (1964), 15.1.1 (series) and 15.3.1 (integral)

    >>> b, c, z = np.array([[1.0], [2.0], [0.5]])
    >>> gauss(b, c, z, 1 - z)[0].round(6)  # -ln(1 - z) / z
    array([1.386294])
    """
    out = np.empty((4, len(z)))
    near = z <= _SERIES
    out[:, near] = _series(b[near], c[near], z[near])
    far = np.flatnonzero(~near)[np.argsort(z[~near], kind="stable")]
    for first in range(0, len(far), _BLOCK):
        at = far[first : first + _BLOCK]
        out[:, at] = _integral(b[at], c[at], z[at], rest[at])
    return out


def _series(b, c, z):
    """Term by term; who has converged leaves, the others go on."""
    out = np.zeros((4, len(z)))
    out[0] = 1.0
    at, term = np.arange(len(z)), np.ones(len(z))
    by_b, by_c, n = np.zeros(len(z)), np.zeros(len(z)), 0
    sums = out.copy()
    while len(at):
        by_b = by_b + 1 / (b + n)
        by_c = by_c + 1 / (c + n)
        before_z = term * ((b + n) / (c + n))
        term, n = before_z * z, n + 1
        sums[0] += term
        sums[1] += term * by_b
        sums[2] -= term * by_c
        sums[3] += n * before_z
        if n % 8 == 0 or n == 1:
            # What is still to come is less than a geometric series, of which the slope by z grows with n.
            going = term * (n + 1) > _END * sums[0] * (1 - z)
            if not going.all():
                out[:, at[~going]] = sums[:, ~going]
                at, term, by_b, by_c, b, c, z = (v[going] for v in (at, term, by_b, by_c, b, c, z))
                sums = sums[:, going]
    return out


def _integral(b, c, z, rest):
    """(c - 1) times the integral of q^(c - 2) (1 - zq)^-b after q -> 1 - q, by the double-exponential rule.

    Its nodes crowd at both ends, where the integrand is steep for large b or for z close to 1.
    """
    # The bend at q = rest needs finer steps the closer to 0 it lies; the ends lie where nothing is left to add.
    step = 1 / 16 if rest.min() > 1e-3 else 1 / 32
    end = 40 / (c.min() - 1) - np.log(rest.min())
    t = np.arange(-3.3, min(np.arcsinh(end / np.pi) + step, 6.1), step)[:, None]
    y = np.pi * np.sinh(t)
    log_q, log_p = -np.logaddexp(0, y), -np.logaddexp(0, -y)
    q, p = np.exp(log_q), np.exp(log_p)
    base = rest + z * q
    log_base = np.log(base)
    density = np.exp((c - 1) * log_q + log_p + np.log(np.pi * step * np.cosh(t)) - b * log_base + np.log(c - 1))
    value = density.sum(axis=0)
    by_c = (density * log_q).sum(axis=0) + value / (c - 1)
    return np.array([value, -(density * log_base).sum(axis=0), by_c, (density * (b * p / base)).sum(axis=0)])
