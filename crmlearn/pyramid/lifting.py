"""What a point more of an element brings, where a lot decided who got the help that lifts it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlearn.errors import Refusal, counted


@dataclass(frozen=True)
class PerPoint:
    """What a lot showed.

    table : one row per measure: measure ("points of the element", each outcome, each outcome per point), value, low,
        top (95 % of the draws)
    draws : table of the bootstrap, one row per draw and one column per measure: to carry the doubt into what follows
    """

    table: Any
    draws: Any


def per_point(lot, score, outcomes, repeats=2000, seed=0):
    """The effect of a help on an element and on outcomes, and one divided by the other.

    lot : {customer_id: True if the lot gave the help, False if not}
    score : {customer_id: score of the element}, of those who were asked
    outcomes : table with the index customer_id, one column per outcome, of everybody in the lot
    repeats : how often customers are drawn again; seed : of these draws
    Returns: PerPoint
    Errors: Refusal where outcomes are missing, and where the help did not lift the element for certain: then nothing
        can be divided by its lift

    The division says what a point brings only if the help works through this element and in no other way. The lot
    does not show that; it must be argued.

    Source: Wald (1940), Annals of Mathematical Statistics 11, 284-300, for the division of two differences

    >>> import numpy as np, pandas as pd
    >>> ids = [f"c{n}" for n in range(400)]
    >>> lot = {i: n % 2 == 0 for n, i in enumerate(ids)}
    >>> score = {i: 5 + 2 * lot[i] + n % 3 for n, i in enumerate(ids)}
    >>> outcomes = pd.DataFrame({"margin": [30 + 10 * lot[i] for i in ids]}, index=ids)
    >>> per_point(lot, score, outcomes, repeats=200).table.round(2).value.tolist()
    [2.0, 10.0, 4.99]
    """
    lot = pd.Series(lot, dtype=bool)
    missing = lot.index.difference(outcomes.index)
    if len(missing) or outcomes.reindex(lot.index).isna().any(axis=None):
        n = len(missing) or int(outcomes.reindex(lot.index).isna().any(axis=1).sum())
        raise Refusal("customers in the lot lack an outcome.", counted(n, "customer"), "outcomes for all in the lot")
    asked = pd.Series(score, dtype=float).reindex(lot.index)
    y = outcomes.loc[lot.index].astype(float)
    helped = lot.to_numpy()
    for name, group in (("with", helped), ("without", ~helped)):
        if asked[group].notna().sum() < 10:
            saw = f"{int(asked[group].notna().sum())} with a score"
            raise Refusal(f"too few people {name} the help were asked.", saw, "10 or more in each group")
    values = np.column_stack([asked.fillna(0), y])
    there = np.column_stack([asked.notna(), np.ones(y.shape)]).astype(float)
    now = _differences(values * there, there, helped, np.ones((1, len(lot))))[0]
    chance = np.random.default_rng(seed)
    # Each group is drawn again by itself, as the lot would have made groups of these sizes anyway.
    weights = np.zeros((repeats, len(lot)))
    for group in (helped, ~helped):
        weights[:, group] = chance.multinomial(group.sum(), np.full(group.sum(), 1 / group.sum()), repeats)
    drawn = _differences(values * there, there, helped, weights)
    low, top = np.quantile(drawn[:, 0], [0.025, 0.975])
    if low <= 0 <= top:
        saw = f"a lift of {now[0]:.2f} points, from {low:.2f} to {top:.2f}"
        raise Refusal("the help did not lift the element for certain.", saw, "more people, or another help")
    names = ["points of the element", *y.columns, *(f"{c} per point" for c in y.columns)]
    every, draws = (np.column_stack([d, d[:, 1:] / d[:, :1]]) for d in (now[None, :], drawn))
    ends = np.quantile(draws, [0.025, 0.975], axis=0)
    table = pd.DataFrame({"measure": names, "value": every[0], "low": ends[0], "top": ends[1]})
    return PerPoint(table, pd.DataFrame(draws, columns=names))


def _differences(sums, there, helped, weights):
    """Mean with the help less mean without it, for each draw and column."""
    means = [(weights[:, g] @ sums[g]) / (weights[:, g] @ there[g]) for g in (helped, ~helped)]
    return means[0] - means[1]
