"""What a lever did, measured: customers drawn by lot, some of whom were left alone."""

import math

import narwhals.stable.v2 as nw
import numpy as np
from scipy import stats

from crmlearn.errors import Refusal, columns, counted, number, one_of
from crmlearn.transactions.sources import table_of


def lift(trial, control="control", per_contact=0.0, fixed_cost=0.0, outcome="margin", confidence=0.95):
    """What each arm of a trial added per customer, against the control, with an interval, and what is left after costs.

    trial : table, one row per customer who could have been chosen: arm, and `outcome` (dollars). Who was chosen must
        have been drawn by lot; else the difference also holds how the groups differed before.
    control : name of the arm that was left alone
    per_contact : dollars for each customer of an arm; one number, or {arm: dollars}
    fixed_cost : dollars of the whole action, spread over all customers of the trial, as if one arm were sent to all
    Returns: one row per other arm: arm, customers, mean, control_mean, lift, low, high (dollars per customer), cost,
        net, net_low, net_high (after cost, dollars per customer)
    Errors: Refusal for a control that is not there, arms of one customer, missing outcomes
    Method: difference of means, with Welch's interval (Welch, 1947, Biometrika 34, 28-35)
    Costs that are not given, such as the gift itself, are not in `net`.

    >>> import pandas as pd
    >>> trial = pd.DataFrame({"arm": ["control"] * 4 + ["gift"] * 4, "margin": [0.0, 2, 4, 2, 3, 5, 7, 5]})
    >>> lift(trial, per_contact=0.5, fixed_cost=4)[["arm", "lift", "low", "high", "cost", "net"]].round(2)
        arm  lift   low  high  cost  net
    0  gift   3.0  0.17  5.83   1.0  2.0
    """
    frame = table_of(trial, "lift")
    columns("trial", ["arm", outcome], frame.columns)
    level = number("confidence", confidence, 0, 1, low_open=True)
    arm, value = frame["arm"].to_numpy(), frame[outcome].to_numpy().astype(float)
    if not np.isfinite(value).all():
        wrong = counted(int((~np.isfinite(value)).sum()), "customer")
        raise Refusal(f"{outcome} is missing.", wrong, "0 for whoever did not buy: they belong to the trial too")
    found = {str(name): value[arm == name] for name in sorted(set(arm.tolist()))}
    one_of("control", control, tuple(found))
    small = [name for name, values in found.items() if len(values) < 2]
    if small or len(found) < 2:
        saw = f"{', '.join(small)} with one customer" if small else "the control alone"
        raise Refusal("a trial needs two arms with two customers each.", saw, "all arms of the trial in one table")
    costs = per_contact if isinstance(per_contact, dict) else dict.fromkeys(found, per_contact)
    shared = number("fixed_cost", fixed_cost, 0) / len(value)
    rows = [_against(name, found[name], found[control], level) for name in found if name != control]
    for row in rows:
        each = number(f"per_contact of {row['arm']!r}", costs.get(row["arm"], 0.0), 0)
        row["cost"] = each + shared
        row |= {
            f"net{end}": row[part] - row["cost"] for end, part in (("", "lift"), ("_low", "low"), ("_high", "high"))
        }
    return nw.from_dict({key: [row[key] for row in rows] for key in rows[0]}, backend=frame.implementation).to_native()


def _against(name, these, those, level):
    parts = [float(v.var(ddof=1)) / len(v) for v in (these, those)]
    error, more = math.sqrt(sum(parts)), float(these.mean() - those.mean())
    half = 0.0
    if error > 0:
        freedom = sum(parts) ** 2 / sum(p**2 / (len(v) - 1) for p, v in zip(parts, (these, those), strict=True))
        half = float(stats.t.ppf(0.5 + level / 2, freedom)) * error
    told = {"arm": name, "customers": len(these), "mean": float(these.mean()), "control_mean": float(those.mean())}
    return told | {"lift": more, "low": more - half, "high": more + half}
