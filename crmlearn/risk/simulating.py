"""Many years of a register, drawn block by block: only totals per year are kept, never years by risks."""

from functools import partial

import numpy as np
import pandas as pd

from crmlearn.errors import Refusal, one_of, whole
from crmlearn.progress import progress
from crmlearn.risk.annual import Simulated
from crmlearn.risk.exposure import exposures, highest, scenarios_of
from crmlearn.risk.moments import analytic, expected_of
from crmlearn.risk.register import register_of

_BLOCK = 65_536  # years at a time: what belongs to them stays in the processor's memory
_MOST_EVENTS = 2_000_000_000
_WORTH_A_BAR = 20_000_000  # events, about two seconds


def simulate(register, years=100_000, seed=1, *, controls="none", contingency=False, scenarios=(), stated="calm",
             ranges="drawn"):  # fmt: skip
    """What each of many possible years would cost.

    register : Register, or a list of Risk; those not in money are left out and listed in `.left_out`
    years : how many years are drawn; seed : int or numpy Generator
    controls : "none" (inherent), "all", or names of those in place
    contingency : whether loss_cap and loss_cut limit each loss
    scenarios : Scenario or list of them; each strikes its own years, and makes the risks that it names worse together
    stated : "calm": the register tells rates and losses of years without scenarios, so they add to the expected loss;
        "average": it tells those over all years, so that scenarios change the spread and not the expected loss
    ranges : "drawn": a probability that is a range is drawn anew for each year, evenly between its ends; "mid": its
        middle holds in every year. Of an event that comes at most once a year the two give the same years, since a
        mixture of chances is one chance; events that repeat come in clusters where their rate is drawn
    Returns: Simulated; threats in `.losses`, opportunities apart in `.gains`, one number for each year
    Errors: Refusal for chances above 1, unknown controls, scenarios of unknown risks, too many events
    Risks are independent but for the scenarios. Source: Klugman, Panjer & Willmot (2012), Loss Models, chapter 9.

    >>> from crmlearn.risk import Lognormal, Rate, Risk
    >>> storms = Risk("R01", "a storm", Rate(2), Lognormal.of_median(10_000, 1))
    >>> year = simulate([storms], years=50_000, seed=1)
    >>> round(year.analytic["mean"], 1), round(year.analytic["sd"], 1), round(year.analytic["chance_of_none"], 4)
    (32974.4, 38442.3, 0.1353)
    """
    register = register_of(register)
    years = whole("years", years, 1, "years=100_000")
    one_of("ranges", ranges, ("drawn", "mid"))
    one_of("contingency", contingency, (True, False))
    rng = np.random.default_rng(seed)
    scenarios, parts = scenarios_of(scenarios, exposures(register, controls, contingency), stated)
    if not parts:
        saw = "; ".join(f"{i}: {why}" for i, _, why in register.left_out.itertuples(index=False))[:200]
        raise Refusal("no risk of this register is in money.", saw, "a probability in numbers and an impact in money")
    events = sum(highest(e, scenarios) for e in parts) * years
    if events > _MOST_EVENTS:
        raise Refusal("so many events would take too long.", f"about {events:.2g}", "fewer years, or a smaller rate")
    losses, gains = np.zeros(years), np.zeros(years)
    counts, money = np.zeros(len(parts)), np.zeros(len(parts))
    block = int(np.clip(4_000_000 / max(1, *(highest(e, scenarios) for e in parts)), 1, _BLOCK))
    starts = range(0, years, block)
    for start in progress(starts, "simulating years") if events + years > _WORTH_A_BAR else starts:
        _block(rng, start, min(block, years - start), parts, scenarios, ranges, losses, gains, counts, money)
    return _told(register, parts, scenarios, ranges, losses, gains, counts, money)


def _block(rng, start, n, parts, scenarios, ranges, losses, gains, counts, money):
    strikes = {s.name: rng.random(n) < s.chance for s in scenarios}
    for j, e in enumerate(parts):
        often, much = (_worse(e.id, scenarios, strikes, what) for what in ("rate", "severity"))
        year = _events(rng, e, n, often, ranges)
        size = e.sizes(rng, len(year), much if np.ndim(much) == 0 else much[year])
        counts[j] += len(year)
        money[j] += size.sum()
        total = (gains if e.gain else losses)[start : start + n]
        if e.repeats:
            total += np.bincount(year, size, n)
        else:
            total[year] += size  # at most one event in a year


def _worse(id, scenarios, strikes, what):
    """The factor of each year of a block on the rate or the severity of one risk; 1 where nothing touches it."""
    factor = 1.0
    for s in scenarios:
        if id in getattr(s, what):
            factor = factor * np.where(strikes[s.name], getattr(s, what)[id], 1.0)
    return factor


def _events(rng, e, n, often, ranges):
    """The years (0 to n - 1) in which events happen, a year once for each of them."""
    if not e.repeats:  # a chance drawn from a range is on the whole its middle
        return np.flatnonzero(rng.random(n) < e.rate * often)
    drawn = ranges == "drawn" and e.low < e.high
    if not drawn and np.ndim(often) == 0:
        return rng.integers(0, n, rng.poisson(e.rate * often * n))
    # Thinning: events at the highest rate, of which each year keeps the share that its own rate is of it.
    top = np.max(often)
    rate = (e.high if drawn else e.rate) * top
    kept = (rng.uniform(e.low / e.high, 1, n) if drawn else 1.0) * (often / top if top else np.zeros(n))
    year = rng.integers(0, n, rng.poisson(rate * n))
    return year[rng.random(len(year)) < kept[year]]


def _told(register, parts, scenarios, ranges, losses, gains, counts, money):
    n = len(losses)
    for array in (losses, gains):
        array.flags.writeable = False
    per_risk = pd.DataFrame({
        "id": [e.id for e in parts],
        "kind": ["opportunity" if e.gain else "threat" for e in parts],
        "events_per_year": counts / n,
        "loss_per_event": np.divide(money, counts, out=np.full(len(parts), np.nan), where=counts > 0),
        "expected": money / n,
        "analytic": [expected_of(e, scenarios) for e in parts],
    })  # fmt: skip
    of = partial(analytic, scenarios=scenarios, ranges=ranges)
    threats, chances = ([e for e in parts if e.gain is gain] for gain in (False, True))
    return Simulated(losses, gains, per_risk, of(threats), of(chances), register.left_out)
