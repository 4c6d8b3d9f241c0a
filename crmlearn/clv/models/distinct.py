"""Each function once per distinct argument: a thousand customers who came on the same day share one logarithm."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Distinct:
    """An array as its distinct values and, for every element, which of them it is.

    >>> d = Distinct.of(np.array([5.0, 7.0, 5.0]))
    >>> d.values.tolist(), d.spread(np.log(d.values)).round(2).tolist(), d.total(np.array([1.0, 10.0, 100.0])).tolist()
    ([5.0, 7.0], [1.61, 1.95, 1.61], [101.0, 10.0])
    """

    values: Any
    index: Any

    @classmethod
    def of(cls, array):
        index, values = pd.factorize(np.asarray(array, float))
        return cls(values, index)

    def spread(self, per_value):
        """One number per distinct value, looked up for every element."""
        return per_value[self.index]

    def total(self, weights):
        """Weights of the elements added up by distinct value."""
        return np.bincount(self.index, weights, len(self.values))


def rows(*arrays):
    """Distinct combinations of arrays of equal length: (their values, one array each), and which one each row is.

    >>> (x, T), index = rows(np.array([1.0, 2.0, 1.0]), np.array([9.0, 9.0, 9.0]))
    >>> x.tolist(), T.tolist(), index.tolist()
    ([1.0, 2.0], [9.0, 9.0], [0, 1, 0])
    """
    index = np.zeros(len(arrays[0]), np.int64)
    for array in map(Distinct.of, arrays):
        index, codes = pd.factorize(index * len(array.values) + array.index)
    first = np.empty(len(codes), np.int64)
    first[index[::-1]] = np.arange(len(index))[::-1]
    return tuple(np.asarray(array, float)[first] for array in arrays), index
