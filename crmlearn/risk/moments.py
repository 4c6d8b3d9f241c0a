"""The same years without drawing any: mean, spread and chance of a year without loss, by formula."""

from functools import cache
from math import exp, sqrt

from crmlearn.risk.exposure import factors, states


def analytic(parts, scenarios=(), ranges="drawn"):
    """Moments of the loss of one year, scenarios included.

    parts : exposures, all threats or all opportunities
    Returns: dict: mean, sd (currency units), chance_of_none
    Of one risk: E[S] = r E[X]; Var[S] = r E[X^2] (Poisson), + Var[rate] E[X]^2 where its rate is drawn from a range;
    Var[S] = p E[X^2] - (p E[X])^2 (at most once a year). Risks add up within a state of the scenarios; over the states
    the law of total variance holds. Source: Klugman, Panjer & Willmot (2012), Loss Models, chapter 9.
    """
    mean = square = none = 0.0
    moment = cache(lambda e, k, times: e.moment(k, times))  # few factors, many states
    for struck, weight in states(scenarios, [e.id for e in parts]):
        m = v = 0.0
        zero = 1.0
        for e in parts:
            often, much = factors(e, struck)
            low, high, rate = e.low * often, e.high * often, e.rate * often
            first, second = moment(e, 1, much), moment(e, 2, much)
            spread = (high - low) ** 2 / 12 if ranges == "drawn" else 0.0  # of a rate that lies evenly in its range
            m += rate * first
            v += rate * second + (spread * first**2 if e.repeats else -((rate * first) ** 2))
            if first:
                zero *= _none(low, high, rate, ranges) if e.repeats else 1 - rate
        mean, square, none = mean + weight * m, square + weight * (v + m**2), none + weight * zero
    return {"mean": mean, "sd": sqrt(max(square - mean**2, 0.0)), "chance_of_none": none}


def expected_of(e, scenarios=()):
    """Expected loss (or gain) of one exposure in a year, over all scenarios; currency units."""
    total = 0.0
    for struck, weight in states(scenarios, [e.id]):
        often, much = factors(e, struck)
        total += weight * e.rate * often * e.moment(1, much)
    return total


def _none(low, high, rate, ranges):
    """Chance that no event comes in a year whose rate is drawn evenly between low and high."""
    if ranges == "mid" or high - low < 1e-9:
        return exp(-rate)
    return (exp(-low) - exp(-high)) / (high - low)
