"""What a risk means for one year: how often, how much, after which controls and in which scenarios."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from math import prod

import numpy as np

from crmlearn.errors import Refusal, number, one_of, refuse_all
from crmlearn.risk.frequency import Rate
from crmlearn.risk.register import register_of
from crmlearn.risk.severity import Severity

MOST_SCENARIOS = 10


@dataclass(frozen=True)
class Scenario:
    """A common cause: in some years it strikes, and then several risks are worse at once.

    name : str
    chance : chance that a year is such a year
    rate : {id: factor on how often}; severity : {id: factor on how much}

    >>> Scenario("a hard winter", 0.1, rate={"R01": 3}, severity={"R05": 2}).touched
    ('R01', 'R05')
    """

    name: str
    chance: float
    rate: Mapping[str, float] = field(default_factory=dict)
    severity: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self):
        object.__setattr__(self, "chance", number("chance", self.chance, 0, 1))
        for part in ("rate", "severity"):
            if not isinstance(getattr(self, part), Mapping):
                raise Refusal(f"{part} needs factors by id.", repr(getattr(self, part))[:80], f"{part}={{'R01': 3}}")
            factors = {i: number(f"{part}[{i!r}]", f, 0) for i, f in getattr(self, part).items()}
            object.__setattr__(self, part, factors)
        if not self.touched:
            raise Refusal(f"scenario {self.name!r} touches no risk.", "no factors", "rate={'R01': 3}")

    @property
    def touched(self):
        return tuple(dict.fromkeys([*self.rate, *self.severity]))


@dataclass(frozen=True)
class Exposure:
    """One risk in numbers. Its loss is min(factor x severity, cap); its rate lies anywhere between low and high."""

    id: str
    repeats: bool  # Poisson; else at most once a year
    low: float
    high: float
    severity: Severity
    factor: float
    cap: float

    @property
    def rate(self):
        return (self.low + self.high) / 2

    @property
    def gain(self):
        return self.severity.sign < 0

    def moment(self, k, times=1.0):
        """E[loss^k] of one event, the severity multiplied by `times`."""
        scale = self.factor * times
        return float(scale**k * self.severity.moment(k, self.cap / scale)) if scale else 0.0

    @property
    def expected(self):
        """Expected loss in a year, currency units (of an opportunity: expected gain)."""
        return self.rate * self.moment(1)

    def sizes(self, rng, n, times=1.0):
        """What n events cost, each severity multiplied by `times` (one number, or one for each event)."""
        drawn = self.severity.draw(rng, n)
        if np.ndim(times) or self.factor * times != 1:
            drawn = drawn * (self.factor * times)
        return drawn if self.cap == np.inf else np.minimum(drawn, self.cap)


def chosen(register, controls):
    """Names of the controls that are in place: "none", "all", or the names themselves."""
    known = register.controls
    if isinstance(controls, str) and controls in ("none", "all"):
        return set(known) if controls == "all" else set()
    names = [controls] if isinstance(controls, str) else list(controls)
    refuse_all(_unknown(name, known) for name in names if name not in known)
    return set(names)


def _unknown(name, known):
    try:
        one_of("controls", name, ("none", "all", *known))
    except Refusal as problem:
        return problem


def exposures(risks, controls="none", contingency=False):
    """The risks of a register that are in money, with the controls in place."""
    register = register_of(risks)
    there = chosen(register, controls)
    return [exposure(r, there, contingency) for r in register if r.in_money]


def exposure(risk, there, contingency=False):
    """One risk in numbers, with those controls in place that are named in `there`; effects multiply."""
    cuts = [c for c in risk.controls if c.name in there]
    often = prod(1 - c.rate_cut for c in cuts)
    factor = prod(1 - c.severity_cut for c in cuts)
    cap = np.inf
    if contingency:
        factor *= 1 - risk.loss_cut
        cap = np.inf if risk.loss_cap is None else risk.loss_cap
    p = risk.probability
    if not factor:  # an event without loss is none
        often, factor = 0.0, 1.0
    return Exposure(risk.id, isinstance(p, Rate), p.low * often, p.high * often, risk.impact, factor, cap)


def scenarios_of(scenarios, parts, stated):
    """The scenarios as a tuple, and the exposures of a year without them; refuses what cannot be."""
    one_of("stated", stated, ("calm", "average"))
    scenarios = (scenarios,) if isinstance(scenarios, Scenario) else tuple(scenarios)
    for s in scenarios:
        if not isinstance(s, Scenario):
            raise Refusal("a scenario needs a Scenario.", repr(s)[:80], "Scenario('a storm', 0.1, rate={'R01': 3})")
    if len(scenarios) > MOST_SCENARIOS:
        raise Refusal("so many scenarios cannot be reckoned.", str(len(scenarios)), f"at most {MOST_SCENARIOS}")
    if len({s.name for s in scenarios}) < len(scenarios):
        saw = ", ".join(s.name for s in scenarios)
        raise Refusal("two scenarios have one name.", saw[:80], "a name for each: they strike apart")
    known = {e.id for e in parts}
    problems = [
        Refusal(f"scenario {s.name!r} names a risk that is not in money.", i, f"one of {', '.join(sorted(known))}")
        for s in scenarios for i in s.touched if i not in known
    ]  # fmt: skip
    refuse_all(problems)
    if stated == "average":
        parts = [_calm(e, scenarios) for e in parts]
    refuse_all(_too_often(e, scenarios) for e in parts if not e.repeats and highest(e, scenarios) > 1 + 1e-12)
    return scenarios, parts


def _calm(e, scenarios):
    """An exposure in a year without scenario, so that over all years its rate and its loss per event are as stated."""
    often = loss = 1.0
    for s in scenarios:
        f, g = s.rate.get(e.id, 1.0), s.severity.get(e.id, 1.0)
        per_year = 1 + s.chance * (f - 1)
        often *= per_year
        loss *= (1 + s.chance * (f * g - 1)) / per_year if per_year else 1.0
    if not often or not loss:
        return e
    return replace(e, low=e.low / often, high=e.high / often, factor=e.factor / loss)


def highest(e, scenarios):
    """The highest rate that a year can have: every scenario that adds to it strikes."""
    return e.high * prod(max(1.0, s.rate.get(e.id, 1.0)) for s in scenarios)


def _too_often(e, scenarios):
    names = ", ".join(s.name for s in scenarios if s.rate.get(e.id, 1.0) > 1)
    return Refusal(
        f"with {names}, the chance of {e.id} is above 1.",
        f"up to {highest(e, scenarios):.3g}",
        f"factors that together stay at or below {1 / e.high:.3g}, or a Rate for what can come more than once",
    )


def states(scenarios, ids=None):
    """Every combination of scenarios: (which strike, its chance); of those only that touch the ids."""
    touching = [s for s in scenarios if ids is None or set(s.touched) & set(ids)]
    for strikes in product((False, True), repeat=len(touching)):
        weight = prod(s.chance if hit else 1 - s.chance for s, hit in zip(touching, strikes, strict=True))
        yield [s for s, hit in zip(touching, strikes, strict=True) if hit], weight


def factors(e, struck):
    """(factor on the rate, factor on the severity) of one exposure where these scenarios strike."""
    return prod(s.rate.get(e.id, 1.0) for s in struck), prod(s.severity.get(e.id, 1.0) for s in struck)
