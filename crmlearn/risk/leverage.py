"""Which input moves the result most (tornado), and when in the year the losses lie (calendar)."""

import numpy as np
import pandas as pd

from crmlearn.errors import Refusal, number
from crmlearn.risk.annual import value_at_risk
from crmlearn.risk.exposure import exposures
from crmlearn.risk.register import register_of
from crmlearn.risk.timing import MONTHS

_MOST_EVENTS = 50_000_000  # of one risk, whose losses are drawn at once
_TORNADO = [
    "id", "input", "expected", "expected_low", "expected_high", "swing", "var", "var_low", "var_high", "var_swing",
]  # fmt: skip


def tornado(register, q=0.95, years=50_000, seed=1, *, controls="none", contingency=False):
    """What the expected loss and the value at risk become when one input alone goes to the end of its range.

    register : Register; its threats in money are taken, as independent of each other
    q : level of the value at risk; years, seed, controls, contingency : as in `simulate`
    Returns: table, the largest swing first: id, input ("probability" or "impact"), expected, expected_low,
        expected_high, swing, var, var_low, var_high, var_swing; currency units a year. With "impact" every event costs
        the low (high) end of its range: of a 90 % range, of three points or of the past losses. An input without a
        range has no row
    The same random numbers serve every row, so that rows differ by their input alone.

    >>> from crmlearn.risk import Chance, Empirical, Risk
    >>> boiler = Risk("R01", "it fails", Chance(0.1, 0.3), Empirical([5_000, 9_000]))
    >>> tornado([boiler])[["id", "input", "expected", "expected_low", "expected_high"]]
        id        input  expected  expected_low  expected_high
    0  R01  probability    1400.0         700.0         2100.0
    1  R01       impact    1400.0        1000.0         1800.0
    """
    register = register_of(register)
    years = int(number("years", years, 100))
    parts = [e for e in exposures(register, controls, contingency) if not e.gain]
    events = years * max((e.high for e in parts), default=0)
    if events > _MOST_EVENTS:
        raise Refusal("so many events would take too long.", f"about {events:.2g}", "fewer years, or a smaller rate")
    streams = np.random.default_rng(seed).bit_generator.random_raw(len(parts)) if parts else []
    base = [_drawn(e, e.rate, None, years, s) for e, s in zip(parts, streams, strict=True)]
    together = np.sum(base, axis=0) if base else np.zeros(years)
    expected, at_risk = sum(e.expected for e in parts), value_at_risk(together, q)
    rows = []
    for e, mine, stream in zip(parts, base, streams, strict=True):
        rest = together - mine
        sizes = [_one(e, size) for size in sorted((abs(e.severity.low), abs(e.severity.high)))]
        ways = {
            "probability": [(rate, None, rate * e.moment(1)) for rate in (e.low, e.high)],
            "impact": [(e.rate, size, e.rate * size) for size in sizes],
        }
        for name, ends in ways.items():
            if ends[0][:2] == ends[1][:2]:
                continue
            means = [expected - e.expected + end[2] for end in ends]
            vars_ = [value_at_risk(rest + _drawn(e, *end[:2], years, stream), q) for end in ends]
            rows.append((e.id, name, expected, *means, means[1] - means[0], at_risk, *vars_, vars_[1] - vars_[0]))
    return (
        pd.DataFrame(rows, columns=_TORNADO).sort_values("swing", ascending=False, kind="stable").reset_index(drop=True)
    )


def calendar(register, *, controls="none", contingency=False):
    """When in the year the expected losses lie.

    register : Register; its threats in money are taken
    Returns: table of 12 rows: month, one column per risk id, all; expected loss of the month, currency units. A risk's
        yearly loss is spread evenly over the months that its timing names
    Errors: Refusal where no threat is in money

    >>> from crmlearn.risk import Chance, Empirical, Risk
    >>> calendar([Risk("R01", "it fails", Chance(0.2), Empirical([10_000]), timing="Nov to Dec")]).tail(3)
       month     R01     all
    9    Oct     0.0     0.0
    10   Nov  1000.0  1000.0
    11   Dec  1000.0  1000.0
    """
    register = register_of(register)
    parts = [e for e in exposures(register, controls, contingency) if not e.gain]
    if not parts:
        raise Refusal("no threat of this register is in money.", repr(register), "probability and impact in numbers")
    table = {"month": list(MONTHS)}
    for e in parts:
        months = register[e.id].months
        table[e.id] = [e.expected / len(months) if m in months else 0.0 for m in range(1, 13)]
    return pd.DataFrame(table).assign(all=lambda t: t.drop(columns="month").sum(axis=1))


def _drawn(e, rate, size, years, stream):
    """Losses of one risk in each year; every event costs `size`, where that is given."""
    rng = np.random.default_rng(int(stream))
    counts = rng.poisson(rate, years) if e.repeats else (rng.random(years) < rate).astype(np.int64)
    if size is not None:
        return counts * size
    return np.bincount(np.repeat(np.arange(years), counts), e.sizes(rng, int(counts.sum())), years)


def _one(e, size):
    return float(min(e.factor * size, e.cap))
