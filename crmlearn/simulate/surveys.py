"""Four waves of a survey: thirty value elements from 0 to 10 for the firm and two rivals, and a recommendation."""

import numpy as np
import pandas as pd

from crmlearn.simulate.customers import OPENING
from crmlearn.simulate.helpdesk import BRANDS
from crmlearn.simulate.streams import stream
from crmlearn.simulate.worlds import CALMER, PILOT_WEEK

WAVES = (66, 92, 118, 144)  # weeks; the list is drawn up fourteen weeks before, for the second wave as the pilot begins
LIST_BEFORE = 14
SIZE = 0.22  # share of all customers that is asked in a wave, if so many are on the list
STRAIGHT, HOLES = 0.03, 0.04  # shares of planted answers
TIERS = {
    "functional": "saves_time simplifies makes_money reduces_risk organizes integrates connects reduces_effort "
    "avoids_hassles reduces_cost quality variety sensory_appeal informs",
    "emotional": "reduces_anxiety rewards_me nostalgia design_aesthetics badge_value wellness therapeutic_value "
    "fun_entertainment attractiveness provides_access",
    "life_changing": "provides_hope self_actualization motivation heirloom affiliation_belonging",
    "social_impact": "self_transcendence",
}
ELEMENTS = tuple(element for names in TIERS.values() for element in names.split())
# How the three brands are seen in the mean; every other element lies at the tier's usual place.
_USUAL = {"functional": 6.2, "emotional": 5.4, "life_changing": 4.1, "social_impact": 3.9}
_STRONG = {
    "Kualiwick Home": {
        "quality": 7.9,
        "design_aesthetics": 7.8,
        "avoids_hassles": 7.0,
        "variety": 7.7,
        "makes_money": 3.0,
    },
    "Rival A": {"reduces_cost": 8.2, "saves_time": 7.6, "quality": 5.9, "reduces_anxiety": 5.6, "makes_money": 3.4},
    "Rival B": {"nostalgia": 7.6, "heirloom": 6.9, "reduces_anxiety": 6.3, "variety": 5.1, "makes_money": 2.9},
}
WEIGHTS = {
    "quality": 0.34,
    "reduces_anxiety": 0.26,
    "avoids_hassles": 0.16,
    "design_aesthetics": 0.12,
    "rewards_me": 0.10,
}


def survey(customers, hidden, past, seed, fast=None):
    """One row per person asked, wave and brand.

    fast : None as it was; True or False as if all, or none, of the pilot had fast help
    Returns: (table, planted)
    """
    random = stream(seed, "survey")
    parts = []
    n_all = len(hidden["week"])
    for number, week in enumerate(WAVES, 1):
        luck = random.random(n_all)
        listed = np.flatnonzero(past.active(week - LIST_BEFORE - 52, week - LIST_BEFORE) & ~hidden["business"])
        who = np.sort(listed[np.argsort(luck[listed], kind="stable")][: int(SIZE * n_all)])
        quick = (past.pilot == 1) if fast is None else (past.pilot >= 0) & fast
        felt = hidden["anxiety"] + np.where(quick & (week >= PILOT_WEEK), CALMER, 0)
        kind = random.normal(0, 1.0, n_all)  # some are kind to everybody
        shares = random.dirichlet([6, 4, 2.5], n_all)  # of what they spend on such goods
        spends = np.exp(random.normal(6.3, 0.5, n_all))
        for b, brand in enumerate(BRANDS):
            knows = who[random.random(n_all)[who] < (1.0, 0.55, 0.40)[b]]
            scores = _scores(stream(seed, f"survey {number} {b}"), brand, kind, felt if b == 0 else None)[knows]
            part = pd.DataFrame(scores, columns=list(ELEMENTS))
            part.insert(0, "who", knows)
            part.insert(1, "wave", np.int8(number))
            part.insert(2, "brand", brand)
            part["recommends"] = _recommends(stream(seed, f"nps {number} {b}"), scores, n_all, knows)
            part["year_spent_here_cents"] = np.rint(100 * spends[knows] * shares[knows, b]).astype("int64")
            part["year_spent_all_cents"] = np.rint(100 * spends[knows]).astype("int64")
            parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    planted = _spoiled(stream(seed, "survey faults"), table)
    table.insert(1, "customer_id", np.asarray(customers["customer_id"])[table["who"]])
    weeks = table["wave"].map(dict(enumerate(WAVES, 1)))
    table.insert(3, "asked_on", (OPENING + pd.to_timedelta(weeks * 7, "D")).astype("datetime64[us]"))
    return table.drop(columns="who"), planted


def _scores(random, brand, kind, felt):
    """Whole numbers from 0 to 10 for everybody; drawn for all, so that nobody's luck hangs on who was asked."""
    n, columns = len(kind), []
    for tier, names in TIERS.items():
        mood = random.normal(0, 0.7, n)
        for element in names.split():
            middle = _STRONG[brand].get(element, _USUAL[tier])
            middle = felt if element == "reduces_anxiety" and felt is not None else middle
            columns.append(middle + 0.5 * kind + mood + random.normal(0, 1.3, n))
    return np.clip(np.rint(np.column_stack(columns)), 0, 10).astype("int8")


def _recommends(random, scores, n_all, knows):
    value = sum(weight * scores[:, ELEMENTS.index(element)].astype(float) for element, weight in WEIGHTS.items())
    return np.clip(np.rint(value + 0.9 + random.normal(0, 1.5, n_all)[knows]), 0, 10).astype("int8")


def _spoiled(random, table):
    """Plant straight lines and holes: somebody gave one number throughout, or left the last tiers out."""
    n = len(table)
    odd = random.permutation(n)
    lines, holes = odd[: int(STRAIGHT * n)], odd[int(STRAIGHT * n) : int((STRAIGHT + HOLES) * n)]
    number = random.integers(4, 10, len(lines))
    table[list(ELEMENTS)] = table[list(ELEMENTS)].astype("Int8")
    for element in ELEMENTS:
        column = table[element].to_numpy(dtype="int8", na_value=0).copy()
        column[lines] = number
        table[element] = pd.array(column, dtype="Int8")
    late = [*TIERS["life_changing"].split(), *TIERS["social_impact"].split()]
    table.loc[holes, late] = pd.NA
    return {"straight_lines": len(lines), "answers_without_the_last_two_tiers": len(holes)}
