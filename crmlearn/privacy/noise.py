"""Differential privacy in its simplest form: a count with noise that drowns any one person."""

import numpy as np

from crmlearn import errors


def noisy_count(count, epsilon, seed, times=1):
    """A count of persons with Laplace noise of scale 1/epsilon.

    count : whole number; epsilon : above 0, what one answer may give away. Whatever comes out is at most exp(epsilon)
        times as likely with any one person in the count as without them
    seed : int or numpy Generator; times : how many answers. Answers add up: n of them give away n times epsilon
    Returns: array of floats. They are not rounded to what a count can be, since nobody needs it to be fooled
    A teaching version: floating-point noise has gaps that an attacker can use (Mironov, 2012); take a library for real.
    Source: Dwork, McSherry, Nissim & Smith (2006), Calibrating noise to sensitivity

    >>> noisy_count(1204, epsilon=0.5, seed=1).round(1)
    array([1204.])
    """
    count = errors.whole("count", count, 0, "count=1204")
    epsilon = errors.number("epsilon", epsilon, 0, low_open=True)
    times = errors.whole("times", times, 1, "times=1")
    return count + np.random.default_rng(seed).laplace(0, 1 / epsilon, times)
