"""How many give an element a high score: per element, brand, tier and group, with intervals."""

import numpy as np
import pandas as pd

from crmlearn.errors import Refusal, columns, number
from crmlearn.proportions import wilson
from crmlearn.pyramid.thirty import TIER_OF, TIERS


def shares(survey, by="brand", high=None, at_least=0.5, confidence=0.95):
    """The share of answers that score an element high, and whether that makes the element *high*.

    survey : Survey; by : column that makes the groups, such as "brand" or "wave"
    high : lowest score that counts as high; None for 8 on the scale from 0 to 10
    at_least : share of the answers that makes an element high; the rule is usually told as 8 or more from half of them
        (Bain's publications; we have not seen its exact wording, so it is a parameter)
    Returns: one row per group and element, from the ground up: the group, element, tier, answers, mean, share, low,
        top (Wilson's interval), is_high ("yes", "no", or "cannot tell" where the limit lies inside the interval)
    Source: Wilson (1927), Journal of the American Statistical Association 22, 209-212

    >>> import pandas as pd
    >>> from crmlearn import pyramid
    >>> rows = pd.DataFrame({"customer_id": range(20), "quality": [9] * 18 + [3] * 2})
    >>> pyramid.shares(pyramid.read(rows))[["element", "share", "low", "top", "is_high"]].round(3)
       element  share    low    top is_high
    0  quality    0.9  0.699  0.972     yes
    """
    limit = high_from(survey, high)
    number("at_least", at_least, 0, 1)
    number("confidence", confidence, 0.5, 0.9999)
    columns("survey answers", [by], survey.answers.columns)
    tables = []
    for group, rows in survey.answers.groupby(by, sort=True):
        scores = rows[list(survey.names)]
        n = scores.notna().sum()
        share = (scores >= limit).sum() / n.where(n > 0)
        low, top = wilson(share.to_numpy(), n.to_numpy(), confidence)
        verdict = np.select([low >= at_least, top < at_least], ["yes", "no"], "cannot tell")
        about = {by: group, "element": n.index, "tier": [TIER_OF[e] for e in n.index], "answers": n.to_numpy()}
        told = {"mean": scores.mean().to_numpy(), "share": share.to_numpy(), "low": low, "top": top, "is_high": verdict}
        tables.append(pd.DataFrame(about | told))
    return pd.concat(tables, ignore_index=True)


def tiers(table):
    """What shares returned, tier by tier.

    table : of pyramid.shares
    Returns: one row per group and tier, from the ground up: the group, tier, elements (asked), high ("yes"), perhaps
        ("cannot tell"), mean_share (of its elements)
    """
    by = table.columns[0]
    order = pd.CategoricalDtype(TIERS, ordered=True)
    grouped = table.assign(tier=table.tier.astype(order)).groupby([by, "tier"], observed=True)
    told = grouped.agg(
        elements=("element", "size"), high=("is_high", lambda v: int((v == "yes").sum())),
        perhaps=("is_high", lambda v: int((v == "cannot tell").sum())), mean_share=("share", "mean"),
    )  # fmt: skip
    return told.reset_index().astype({"tier": object})


def count_high(survey, by="brand", high=None, at_least=0.5, repeats=1000, seed=0):
    """On how many elements a brand is high, with a bootstrap interval.

    survey, by, high, at_least : as in shares; repeats : how often people are drawn again; seed : of these draws
    Returns: one row per group: the group, answers, high (number of elements whose share reaches at_least), low, top
        (95 % of the draws)
    Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap: people are drawn again, with all their answers

    >>> import pandas as pd
    >>> from crmlearn import pyramid
    >>> rows = pd.DataFrame({"customer_id": range(20), "quality": [9] * 19 + [3], "variety": [5] * 10 + [9] * 10})
    >>> pyramid.count_high(pyramid.read(rows))[["answers", "high", "low", "top"]]
       answers  high  low  top
    0       20     2    1    2
    """
    limit, chance = high_from(survey, high), np.random.default_rng(seed)
    columns("survey answers", [by], survey.answers.columns)
    rows = []
    for group, part in survey.answers.groupby(by, sort=True):
        scores = part[list(survey.names)]
        said, yes = scores.notna().to_numpy(float), (scores >= limit).to_numpy(float)
        times = chance.multinomial(len(part), np.full(len(part), 1 / len(part)), repeats)
        with np.errstate(divide="ignore", invalid="ignore"):
            drawn = ((times @ yes) / (times @ said) >= at_least).sum(axis=1)
            now = int((yes.sum(axis=0) / said.sum(axis=0) >= at_least).sum())
        low, top = np.quantile(drawn, [0.025, 0.975], method="inverted_cdf")
        rows.append((group, len(part), now, int(low), int(top)))
    return pd.DataFrame(rows, columns=[by, "answers", "high", "low", "top"])


def nps(survey, by="brand", recommends="recommends"):
    """The Net Promoter Score: per cent who give 9 or 10, less per cent who give 0 to 6.

    survey : Survey, or a table with the columns `by` and `recommends` (0 to 10)
    Returns: one row per group: the group, answers, promoters, passives, detractors (shares), nps (-100 to 100), low,
        top (95 %)
    Source: Reichheld (2003), Harvard Business Review; the interval from var = p + d - (p - d)^2. One measure among
        others: Keiningham and others (2007) could not repeat that it predicts growth best.

    >>> import pandas as pd
    >>> votes = pd.DataFrame({"brand": "A", "recommends": [10] * 200 + [8] * 120 + [3] * 80})
    >>> nps(votes)[["answers", "nps", "low", "top"]].round(2)
       answers   nps    low    top
    0      400  30.0  22.35  37.65
    """
    answers = getattr(survey, "answers", survey)
    columns("survey answers", [by, recommends], answers.columns)
    votes = answers[[by, recommends]].dropna()
    off = ~votes[recommends].between(0, 10)
    if off.any():
        raise Refusal("recommendations run from 0 to 10.", f"{votes[recommends][off].iloc[0]}", "scores from 0 to 10")
    marks = votes.assign(p=votes[recommends] >= 9, d=votes[recommends] <= 6)
    told = marks.groupby(by).agg(answers=("p", "size"), promoters=("p", "mean"), detractors=("d", "mean")).reset_index()
    told.insert(3, "passives", 1 - told.promoters - told.detractors)
    score = told.promoters - told.detractors
    error = 1.96 * np.sqrt((told.promoters + told.detractors - score**2) / told.answers)
    return told.assign(nps=100 * score, low=100 * (score - error), top=100 * (score + error))


def nps_of(promoters, passives, detractors):
    """The Net Promoter Score of three counts.

    promoters, passives, detractors : how many gave 9 or 10, 7 or 8, 0 to 6
    Returns: float, -100 to 100

    >>> nps_of(100, 60, 40)
    30.0
    """
    counts = {"promoters": promoters, "passives": passives, "detractors": detractors}
    p, rest, d = (number(name, value, 0) for name, value in counts.items())
    if p + rest + d == 0:
        raise Refusal("nobody answered.", "three counts of 0", "nps_of(100, 60, 40)")
    return 100 * (p - d) / (p + rest + d)


def high_from(survey, high):
    low, top = survey.scale
    if high is None:
        if (low, top) != (0, 10):
            raise Refusal("which scores are high on this scale?", f"a scale from {low:g} to {top:g}", f"high={top:g}")
        return 8
    return number("high", high, low, top)
