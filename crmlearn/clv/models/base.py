"""What all models are: frozen values of a few positive numbers, and one way to keep them in a file."""

from dataclasses import fields

import numpy as np

from crmlearn.errors import number


class Model:
    """A frozen dataclass whose fields are positive numbers.

    For the search of the most likely parameters a model has

    _STARTS : parameter tuples to begin with, each number in its own unit
    _units(*columns) : the size of each parameter: 1, or that of the data for parameters that are times or money
    _weighted(*columns) : distinct histories -> their weights -> parameters -> (sum of log-likelihoods, its gradient)
    _CURVED : whether the last of these takes curved=True and then gives the Hessian, too
    """

    _STARTS: tuple = ()
    _CURVED = False

    def __post_init__(self):
        for f in fields(self):
            value = number(f"{type(self).__name__}'s {f.name}", getattr(self, f.name), 0, low_open=True)
            object.__setattr__(self, f.name, value)

    @classmethod
    def _units(cls, *columns):
        return np.ones(len(fields(cls)))
