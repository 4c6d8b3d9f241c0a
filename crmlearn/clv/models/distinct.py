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

    The combinations come in an order of their own, which does not depend on the order of the rows.

    >>> (x, T), index = rows(np.array([1.0, 2.0, 1.0]), np.array([9.0, 9.0, 9.0]))
    >>> bool((x[index] == [1.0, 2.0, 1.0]).all()), len(x)
    (True, 2)
    """
    arrays = [np.asarray(array, float) for array in arrays]
    keys = _keys(arrays)
    order = np.argsort(keys)
    keys = keys[order]
    begins = np.r_[True, keys[1:] != keys[:-1]][: len(keys)]
    index = np.empty(len(keys), np.int64)
    index[order] = np.cumsum(begins) - 1
    values = tuple(array[order[begins]] for array in arrays)
    if all(np.array_equal(v[index], array) for v, array in zip(values, arrays, strict=True)):
        return values, index
    # Two combinations with one key: not once in a million bases of a million customers.
    values, index = np.unique(np.column_stack(arrays), axis=0, return_inverse=True)
    return tuple(values.T), index.ravel()


def _keys(arrays):
    """One whole number for every row, in which the bits of all its values are mixed."""
    keys = np.zeros(len(arrays[0]), np.uint64)
    for array in arrays:
        keys ^= (array + 0.0).view(np.uint64)  # of the two zeros, + 0 and - 0, only one is left
        keys *= np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio, odd
        keys ^= keys >> np.uint64(32)
    return keys
