"""A double-exponential rule for integrals without a formula: its nodes crowd at both ends.

Source: Takahasi and Mori (1974), Publications of RIMS 9, 721-741
"""

import numpy as np


def interval(end, step=1 / 16, reach=3.4):
    """Nodes and weights from 0 to end.

    >>> t, w = interval(2.0)
    >>> float((w * t**2).sum().round(12))  # 8/3
    2.666666666667
    """
    u = np.arange(-reach, reach + step / 2, step)
    y = np.pi * np.sinh(u)
    low, high = 1 / (1 + np.exp(-y)), 1 / (1 + np.exp(y))
    return end * low, end * step * np.pi * np.cosh(u) * low * high
