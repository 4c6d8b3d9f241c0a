"""A paid membership with observed renewals: each member has a chance of their own to end it, as sBG says."""

import numpy as np
import pandas as pd

from crmlearn.simulate.customers import LAST_DAY
from crmlearn.simulate.streams import stream

# (kind, plan): share of such customers who ever buy it, alpha, beta, price in cents. The parameters are the truth.
PLANS = {
    ("person", "monthly"): (0.20, 0.90, 6.50, 690),
    ("person", "yearly"): (0.10, 0.70, 1.90, 6900),
    ("business", "monthly"): (0.30, 0.80, 14.0, 2900),
    ("business", "yearly"): (0.35, 0.65, 3.60, 29_000),
}
MONTHS = {"monthly": 1, "yearly": 12}


def memberships(customers, seed):
    """One row per membership of "Larder Plus".

    Returns: table with customer_id, kind, plan, started_on, price_cents, renewals (seen until the last day), ended_on
    """
    random = stream(seed, "plus")
    kinds, joined = np.asarray(customers["kind"]), customers["acquired_on"].to_numpy().astype("datetime64[D]")
    luck, wait = random.random(len(kinds)), random.integers(0, 540, len(kinds)).astype("timedelta64[D]")
    parts, low = [], {"person": 0.0, "business": 0.0}
    for (kind, plan), (share, alpha, beta, price) in PLANS.items():
        theirs = (kinds == kind) & (luck >= low[kind]) & (luck < low[kind] + share)
        low[kind] += share
        ends = np.maximum(random.beta(alpha, beta, len(kinds)), 1e-12)
        life = random.geometric(ends)  # periods paid
        start = joined + wait
        who = np.flatnonzero(theirs & (start <= np.datetime64(LAST_DAY, "D")))
        due = _whole_periods(start[who], MONTHS[plan])
        renewals = np.minimum(life[who] - 1, due)
        over = life[who] <= due
        part = pd.DataFrame({"who": who, "kind": kind, "plan": plan, "started_on": start[who], "price_cents": price})
        part["renewals"] = renewals.astype("int16")
        part["ended_on"] = pd.Series(_later(start[who], life[who].clip(max=40) * MONTHS[plan])).where(over)
        parts.append(part)
    table = pd.concat(parts).sort_values(["started_on", "who"], ignore_index=True)
    table.insert(0, "customer_id", np.asarray(customers["customer_id"])[table["who"]])
    for name in ("started_on", "ended_on"):
        table[name] = table[name].astype("datetime64[us]")
    return table.drop(columns="who")


def _later(day, months):
    """The same day some months later, at most the 28th, so that every month has it."""
    month = day.astype("datetime64[M]")
    within = np.minimum(day - month.astype("datetime64[D]"), np.timedelta64(27, "D"))
    return (month + months.astype("timedelta64[M]")).astype("datetime64[D]") + within


def _whole_periods(start, months):
    """Renewals that fell due until the last day."""
    last = np.datetime64(LAST_DAY, "D")
    due = (last.astype("datetime64[M]") - start.astype("datetime64[M]")).astype(int) // months
    return np.maximum(due - (_later(start, due * months) > last), 0)
