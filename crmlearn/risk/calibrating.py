"""Do stated chances come true? Brier's score, and a table of what was said against what happened."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlearn.errors import Refusal, number, refuse_all
from crmlearn.proportions import wilson


@dataclass(frozen=True, eq=False)
class Calibration:
    """How well stated chances fit what happened.

    brier : mean of (stated - happened)^2: 0 is perfect, 0.25 is saying one half each time
    base_rate : share that happened; brier_of_base : the score of saying that share each time
    skill : 1 - brier / brier_of_base; below 0 the share alone had been better. Missing where all or none happened
    reliability, resolution, uncertainty : brier = reliability - resolution + uncertainty, where all that was stated
        within a row of the table is one number (Murphy 1973)
    table : stated (mean), n, happened, share, low, high (95 % interval of the share, Wilson)
    """

    brier: float
    base_rate: float
    skill: float
    reliability: float
    resolution: float
    uncertainty: float
    table: Any

    @property
    def brier_of_base(self):
        return self.uncertainty

    def __repr__(self):
        return f"Brier score {self.brier:.4f} ({self.brier_of_base:.4f} by the base rate; skill {self.skill:.2f})"


def calibration(stated, happened, bins=None):
    """Score stated chances against what happened.

    stated : chances in [0, 1], one for each risk (of a range its middle); happened : 1 or 0, in the same order
    bins : into how many equal parts of 0 to 1 the table sorts them; None gives each stated number its own row
    Returns: Calibration
    Errors: Refusal for chances outside 0 to 1, for other outcomes than 0 and 1, and for lists of two lengths
    Source: Brier (1950), Monthly Weather Review 78(1), 1-3 (for two outcomes, halved); Murphy (1973), Journal of
        Applied Meteorology 12(4), 595-600; Wilson (1927), Journal of the American Statistical Association 22, 209-212.

    >>> said = calibration([0.1, 0.1, 0.1, 0.8, 0.8], [0, 0, 1, 1, 1])
    >>> said
    Brier score 0.1820 (0.2400 by the base rate; skill 0.24)
    >>> said.table.round(3)
       stated  n  happened  share    low   high
    0     0.1  3         1  0.333  0.061  0.792
    1     0.8  2         2  1.000  0.342  1.000
    """
    p, y = _checked(stated, happened)
    group = p if bins is None else np.minimum((p * int(number("bins", bins, 1, 100))).astype(int), int(bins) - 1)
    table = pd.DataFrame({"stated": p, "happened": y.astype(int)}).groupby(group)
    table = table.agg(stated=("stated", "mean"), n=("happened", "size"), happened=("happened", "sum"))
    table = table.reset_index(drop=True).assign(share=lambda t: t["happened"] / t["n"])
    low, high = wilson(table["share"].to_numpy(), table["n"].to_numpy())
    table = table.assign(low=low, high=high)
    base, weight = y.mean(), table["n"] / len(y)
    uncertainty = float(base * (1 - base))
    brier = float(((p - y) ** 2).mean())
    return Calibration(
        brier, float(base), 1 - brier / uncertainty if uncertainty else float("nan"),
        float((weight * (table["stated"] - table["share"]) ** 2).sum()),
        float((weight * (table["share"] - base) ** 2).sum()), uncertainty, table,
    )  # fmt: skip


def _checked(stated, happened):
    try:
        p, y = np.asarray(stated, float).ravel(), np.asarray(happened, float).ravel()
    except (TypeError, ValueError):
        raise Refusal("stated and happened need numbers.", f"{stated!r} and {happened!r}"[:80],
                      "stated=[0.1, 0.8], happened=[0, 1]") from None  # fmt: skip
    problems = []
    if len(p) != len(y) or not len(p):
        problems.append(Refusal("stated and happened need one entry for each risk.", f"{len(p)} and {len(y)}",
                                "two lists of one length"))  # fmt: skip
    if not ((p >= 0) & (p <= 1)).all():
        wrong = p[~((p >= 0) & (p <= 1))][0]
        mend = f"for {wrong:g} % write {wrong / 100:.2f}" if 1 < wrong <= 100 else "numbers from 0 to 1"
        problems.append(Refusal("stated chances lie between 0 and 1.", f"{wrong:g}", mend))
    if not np.isin(y, (0, 1)).all():
        problems.append(Refusal("happened is 1 or 0.", f"{y[~np.isin(y, (0, 1))][0]:g}", "1 where it came, else 0"))
    refuse_all(problems)
    return p, y
