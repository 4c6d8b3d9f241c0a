"""How sure a counted share is: Wilson's interval, used wherever people or events are counted."""

import numpy as np
from scipy.stats import norm


def wilson(share, n, confidence=0.95):
    """Wilson's interval of a share.

    share : number or array, 0 to 1; n : how many were counted; confidence : such as 0.95
    Returns: (low, high), arrays; from 0 to 1 where nothing was counted
    Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212

    >>> low, high = wilson(0.9, 20)
    >>> round(float(low), 3), round(float(high), 3)
    (0.699, 0.972)
    """
    z = norm.ppf(0.5 + confidence / 2)
    share, n = np.asarray(share, float), np.asarray(n, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
        half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return np.where(n > 0, middle - half, 0.0), np.where(n > 0, middle + half, 1.0)
