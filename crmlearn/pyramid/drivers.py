"""What goes together with recommending, staying or value: each element alone, and with all others held still."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import norm

from crmlearn.errors import Refusal, columns, counted
from crmlearn.pyramid.comparing import holm
from crmlearn.pyramid.thirty import TIER_OF


@dataclass(frozen=True)
class Drivers:
    """What associations returned: table, people (who answered all of it), r_squared (of all elements together)."""

    table: Any
    people: int
    r_squared: float


def associations(survey, outcome, also=()):
    """How an outcome goes with each element: no effect, an association.

    survey : Survey of one brand and wave; outcome : column of its answers, such as "recommends", or {customer_id:
        number}, such as margin in the year after
    also : further columns to hold still, numbers or words (the segment, for example)
    Returns: Drivers; table has one row per element, the largest `adjusted` first: element, tier, alone (change of the
        outcome per point of the element, others ignored), adjusted (all other elements and `also` held still), low, top
        (95 %, errors may differ in size from person to person), p_holm (corrected for so many elements)
    Errors: Refusal for several brands or waves at once, too few people, an outcome that nobody differs in

    People who are kind score everything high, and dear customers may see the shop in a better light. Neither column
    says what would happen if an element were raised.

    Source: least squares; White (1980), Econometrica 48, 817-838, in the form HC1; Holm (1979) for the correction
    """
    rows = survey.answers
    for column in ("brand", "wave"):
        if rows[column].nunique() > 1:
            saw = ", ".join(map(str, pd.unique(rows[column])[:5]))
            raise Refusal(f"one {column} at a time.", saw, f"associations(survey.of({column}=...), ...)")
    if isinstance(outcome, str):
        columns("survey answers", [outcome], rows.columns)
        y = pd.to_numeric(rows[outcome], errors="coerce").astype(float)
    else:
        y = rows["customer_id"].map(dict(outcome.items())).astype(float)
    columns("survey answers", list(also), rows.columns)
    beside = [pd.get_dummies(rows[[c]].astype(str) if rows[c].dtype.kind not in "iufb" else rows[[c]], drop_first=True)
              for c in also]  # fmt: skip
    x = pd.concat([rows[list(survey.names)], *beside], axis=1).astype(float)
    there = x.notna().all(axis=1) & y.notna()
    x, y = x[there], y[there].to_numpy()
    if len(y) < 3 * (x.shape[1] + 1):
        raise Refusal("too few people for so many elements.", counted(len(y), "full answer"),
                      f"{3 * (x.shape[1] + 1):,} or more, or fewer elements")  # fmt: skip
    if np.ptp(y) == 0:
        raise Refusal("nobody differs in the outcome.", f"all {y[0]:g}", "an outcome that differs between people")
    names = list(survey.names)
    slopes, errors, fitted = _least_squares(x.to_numpy(), y)
    alone = [_least_squares(x[[n]].to_numpy(), y)[0][0] for n in names]
    k = len(names)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.nan_to_num(2 * norm.sf(np.abs(slopes[:k] / errors[:k])), nan=1.0)
    table = pd.DataFrame({
        "element": names, "tier": [TIER_OF[n] for n in names], "alone": alone, "adjusted": slopes[:k],
        "low": slopes[:k] - 1.96 * errors[:k], "top": slopes[:k] + 1.96 * errors[:k], "p_holm": holm(p),
    })  # fmt: skip
    table = table.sort_values("adjusted", ascending=False, kind="stable", ignore_index=True)
    return Drivers(table, len(y), float(1 - ((y - fitted) ** 2).sum() / ((y - y.mean()) ** 2).sum()))


def _least_squares(x, y):
    """(slopes, their robust errors, fitted values), an intercept held apart."""
    full = np.column_stack([np.ones(len(y)), x])
    inverse = np.linalg.pinv(full.T @ full)
    found = inverse @ full.T @ y
    left = y - full @ found
    meat = (full * left[:, None] ** 2).T @ full
    spread = inverse @ meat @ inverse * len(y) / (len(y) - full.shape[1])
    return found[1:], np.sqrt(np.maximum(np.diag(spread)[1:], 0)), full @ found
