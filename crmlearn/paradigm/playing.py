"""Both strategies on the same people, many times: what is luck, and what is not."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlearn.errors import Refusal, counted, number, whole


@dataclass(frozen=True)
class Game:
    """What came out when both strategies were played.

    worlds : table, one row per world: the mean value of a prospect under each strategy (currency units)
    summary : table, one row per strategy: strategy, value (mean of all worlds), low, high (where 95 % of the worlds
        lie), best_in (share of the worlds in which it was worth most)
    """

    worlds: Any
    summary: Any

    def difference(self, one, other):
        """How much more `one` brought than `other`: (mean, low, high), the last two holding 95 % of the worlds."""
        more = self.worlds[one] - self.worlds[other]
        return tuple(float(v) for v in (more.mean(), *np.quantile(more, [0.025, 0.975])))


def play(
    strategies, discount_per_period, periods=12, prospects=2000, worlds=200, spread=None, same_people=True, seed=0
):
    """Play strategies on prospects, in many worlds.

    strategies : Strategy, two or more, with different names
    discount_per_period : at least 0; periods : how many count, the first deal among them
    prospects : people in each world; worlds : how often it is played
    spread : None if all customers have the same chance to buy again; else the weight a + b of the Beta distribution
        from which each customer's own chance is drawn (its mean is the strategy's `repeat`): the smaller, the more
        people differ
    same_people : True if each prospect meets every strategy with the same luck, so that the difference shows the
        strategies; False if each strategy meets people of its own, as in two trials side by side
    seed : whole number or numpy Generator
    Returns: Game
    Errors: Refusal for fewer than two strategies, or two of one name

    >>> from crmlearn.paradigm import Strategy
    >>> one, two = Strategy("hard sell", 0.5, 50.0), Strategy("relationship", 0.4, 40.0, repeat=0.6)
    >>> play([one, two], discount_per_period=0.1, periods=5, seed=1).summary.round(1)
           strategy  value   low  high  best_in
    0     hard sell   25.0  23.9  26.0      0.0
    1  relationship   33.5  31.3  35.5      1.0
    """
    names = [s.name for s in strategies]
    if len(names) < 2 or len(set(names)) < len(names):
        raise Refusal("a game needs two strategies with different names.", ", ".join(names) or "none", "[one, two]")
    periods = whole("periods", periods, 1, "periods=12")
    prospects = whole("prospects", prospects, 1, "prospects=2000")
    worlds = whole("worlds", worlds, 1, "worlds=200")
    number("discount_per_period", discount_per_period, 0)
    if spread is not None:
        number("spread", spread, 0, low_open=True)
    if prospects * worlds > 100_000_000:
        raise Refusal("that takes very long.", f"{counted(prospects * worlds, 'prospect')}", "fewer worlds")
    chance = np.random.default_rng(seed)
    factors = np.cumsum((1 + discount_per_period) ** -np.arange(periods))
    found = {name: np.empty(worlds) for name in names}
    for world in range(worlds):
        for s in strategies:
            if s is strategies[0] or not same_people:
                buys, stays = chance.random(prospects), chance.random(prospects)
            deals = _deals(_chances(s.repeat, spread, prospects, chance), stays, periods)
            worth = np.where(buys < s.close, (s.margin - s.care) * factors[deals - 1], 0.0)
            found[s.name][world] = worth.mean() - s.cost_per_prospect
    table = pd.DataFrame(found)
    low, high = np.quantile(table, [0.025, 0.975], axis=0)
    best = table.idxmax(axis=1)
    summary = {"strategy": names, "value": table.mean().to_numpy(), "low": low, "high": high}
    return Game(table, pd.DataFrame(summary | {"best_in": [float((best == name).mean()) for name in names]}))


def _chances(repeat, spread, prospects, chance):
    if spread is None or repeat in (0, 1):
        return np.full(prospects, repeat)
    return chance.beta(repeat * spread, (1 - repeat) * spread, prospects)


def _deals(chances, luck, periods):
    """How often each buys: the first time for certain, then as long as luck holds."""
    with np.errstate(divide="ignore"):  # a chance of 0 ends it at once, of 1 never does
        more = np.floor(np.log(luck) / np.log(chances))
    more = np.where(chances <= 0, 0, np.where(chances >= 1, periods, more))
    return np.minimum(1 + more, periods).astype(np.int64)
