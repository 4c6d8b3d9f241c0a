"""Newton's steps in a region of trust, for a handful of parameters.

SciPy's method of this kind (trust-exact) factors the second derivatives again and again, as is right for hundreds of
parameters; for the two to four of our models one eigendecomposition says all, and a fit takes half the time.
Source: Nocedal & Wright (2006), Numerical Optimization, algorithm 4.1 and section 4.3
"""

import numpy as np
from scipy.optimize import OptimizeResult, brentq

# Shares of the foreseen gain: above the first the region grows, below the second it shrinks; above the third it counts.
_GROW, _SHRINK, _TAKE = 0.75, 0.25, 0.15


def climb(value_and_slope, curvature, start, enough, radius=1.0, largest=5.0, flat=1e-8, steps=100):
    """The minimum of a function to which its slopes lead from a start.

    value_and_slope, curvature : functions of the point; enough : function of the result so far, True ends the search
    radius : how far the first step may go at most, largest : any step; flat : length of the slope at the end
    Returns: OptimizeResult: x, fun, jac, nit

    >>> found = climb(lambda x: (((x - 3) ** 4).sum(), 4 * (x - 3) ** 3), lambda x: np.diag(12 * (x - 3) ** 2),
    ...               [0.0, 9.0], lambda found: False)
    >>> found.x.round(1).tolist()
    [3.0, 3.0]
    """
    x, nit = np.array(start, float), 0
    value, slope = value_and_slope(x)
    while nit < steps and np.linalg.norm(slope) >= flat and radius > 1e-12:
        second = curvature(x)
        if not np.isfinite(second).all():
            break
        bends, axes = np.linalg.eigh(second)
        along = axes.T @ slope
        p, on_edge = step(bends, along, radius)
        foreseen = -(along @ p + (bends * p) @ p / 2)
        if not foreseen > 0:
            break
        there = x + axes @ p
        new_value, new_slope = value_and_slope(there)
        nit, share = nit + 1, (value - new_value) / foreseen
        if not share >= _SHRINK:  # or it is no number
            radius *= 0.25
        elif share > _GROW and on_edge:
            radius = min(2 * radius, largest)
        if share > _TAKE:
            x, value, slope = there, new_value, new_slope
            if enough(OptimizeResult(x=x, fun=value, jac=slope, nit=nit)):
                break
    return OptimizeResult(x=x, fun=value, jac=slope, nit=nit)


def step(bends, along, radius):
    """The lowest point of a quadratic within a distance, and whether it lies on the edge of it.

    bends, along : second derivatives and slopes along the axes of the quadratic, the smallest bend first

    >>> step(np.array([2.0, 4.0]), np.array([2.0, 4.0]), 5.0)
    (array([-1., -1.]), False)
    >>> p, on_edge = step(np.array([-1.0, 1.0]), np.array([0.0, 1.0]), 2.0)  # down both sides of a saddle alike
    >>> bool(on_edge), round(float(np.hypot(*p)), 9)
    (True, 2.0)
    """
    if bends[0] > 0:
        p = -along / bends
        if p @ p <= radius**2:
            return p, False
    least = max(0.0, -bends[0])
    size = np.linalg.norm(along) / radius
    least_inside = least + 1e-12 * (1 + least + size)
    p = -along / (bends + least_inside)
    if p @ p <= radius**2:  # no slope along the steepest axis: to either side it goes down
        p[0] += np.copysign(np.sqrt(radius**2 - p @ p), p[0] or 1.0)
        return p, True

    def beyond(more):
        return 1 / radius - 1 / np.linalg.norm(along / (bends + more))

    more = brentq(beyond, least_inside, least + size + np.abs(bends).max(), rtol=1e-6)
    return -along / (bends + more), True
