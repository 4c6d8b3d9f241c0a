"""Us against a rival, on the answers of people who scored both."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from crmlearn.errors import Refusal, columns, one_of
from crmlearn.pyramid.scoring import high_from
from crmlearn.pyramid.thirty import TIER_OF


def compare(survey, ours, theirs, high=None):
    """On which elements are we ahead of a rival, and on which behind?

    survey : Survey with both brands; ours, theirs : brands; high : as in shares
    Returns: one row per element, where we lead most first: element, tier, people (who scored both in the same wave),
        ours, theirs (shares who score high), difference, low, top (95 %), p_holm (the p-value, corrected because so
        many elements are looked at), verdict ("ahead", "behind", "cannot tell", by p_holm below 0.05)
    Errors: Refusal where nobody scored both

    Everybody who scored both is their own control: somebody who is kind to one brand is kind to the other too.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65-70, for the correction
    """
    limit = high_from(survey, high)
    columns("survey answers", ["brand", "wave"], survey.answers.columns)
    for brand in (ours, theirs):
        one_of("brand", brand, tuple(pd.unique(survey.answers["brand"]).tolist()))
    keys = ["customer_id", "wave"]
    one, other = (
        survey.answers[survey.answers["brand"] == b].set_index(keys)[list(survey.names)] for b in (ours, theirs)
    )
    both = one.index.intersection(other.index)
    if len(both) < 2:
        raise Refusal(
            "hardly anybody scored both brands.", f"{len(both)} people", "a survey that asks people about both"
        )
    one, other = one.loc[both], other.loc[both]
    seen = one.notna() & other.notna()
    first, second = (one >= limit).where(seen), (other >= limit).where(seen)
    gap, n = first.astype(float) - second.astype(float), seen.sum()
    mean, error = gap.mean(), gap.std(ddof=1) / np.sqrt(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * norm.sf(np.abs(mean / error.where(error > 0)))
    p = np.where(error > 0, p, np.where(mean == 0, 1.0, 0.0))
    corrected = holm(p)
    verdict = np.select([corrected >= 0.05, mean > 0], ["cannot tell", "ahead"], "behind")
    table = pd.DataFrame({
        "element": n.index, "tier": [TIER_OF[e] for e in n.index], "people": n.to_numpy(),
        "ours": first.astype(float).mean().to_numpy(), "theirs": second.astype(float).mean().to_numpy(),
        "difference": mean.to_numpy(), "low": (mean - 1.96 * error).to_numpy(), "top": (mean + 1.96 * error).to_numpy(),
        "p_holm": corrected, "verdict": verdict,
    })  # fmt: skip
    return table.sort_values("difference", ascending=False, kind="stable", ignore_index=True)


def holm(p):
    """p-values corrected for how many there are: the smallest times their number, the next times one less, ...

    >>> holm([0.01, 0.04, 0.02]).tolist()
    [0.03, 0.04, 0.04]
    """
    p = np.asarray(p, float)
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate((len(p) - np.arange(len(p))) * p[order])
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(1.0, stepped)
    return corrected
