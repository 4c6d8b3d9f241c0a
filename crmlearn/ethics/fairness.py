"""Who is chosen, and who pays how much: differences between groups, with their sizes and intervals. No legal test."""

from itertools import pairwise

import numpy as np
import pandas as pd

from crmlearn.errors import Refusal, whole
from crmlearn.ethics.rows import flags, known, numbers, picked
from crmlearn.proportions import wilson

FOUR_FIFTHS = 0.8  # a guideline for hiring in the United States (1978), no law on marketing in Singapore
_FEW = 30


def selection(table, group, chosen, responded=None):
    """How often each group is chosen, against the group that is chosen most often.

    table : pandas table, one row per person; group : column of groups; chosen : column, true for whom was targeted
    responded : column, true for who responds (or would), missing where nobody knows: then also how many of these were
        chosen in each group (equal opportunity: true positives)
    Returns: one row per group, the most often chosen first: group, people, chosen (share), low, top (Wilson, 95 %),
        ratio (of the highest share), below_four_fifths ("yes", "no", "cannot tell" by the interval of the ratio), few
        (fewer than 30 people); with `responded` also responders, chosen_of_responders with opportunity_low and
        opportunity_top (Wilson, 95 %), responders_of_chosen (missing where nobody was chosen), and not_known (people
        of whom nobody knows whether they respond; they count for `chosen`, and for none of the other measures)
    Demographic parity asks for equal `chosen`, equal opportunity for equal `chosen_of_responders`. Where groups respond
    with different frequency, these two and equal `responders_of_chosen` cannot hold together, unless nobody who
    responds is chosen: chosen x responders_of_chosen = share who respond x chosen_of_responders. Two of the three can;
    a lot meets the first two. The yardstick is the highest share of this table: where many or small groups are
    compared, luck alone makes it high, and the ratios of all others low.
    Errors: Refusal for one group only, where nobody was chosen, and where a group or a choice is missing
    Source: Hardt, Price & Srebro (2016) on equal opportunity; Kleinberg and others (2016), Chouldechova (2017) on
        related conflicts, of scores and of error rates; the four fifths are those of the US EEOC (1978)

    >>> import pandas as pd
    >>> sent = [True] * 60 + [False] * 40 + [True] * 30 + [False] * 70
    >>> people = pd.DataFrame({"age": ["young"] * 100 + ["old"] * 100, "sent": sent})
    >>> selection(people, "age", "sent")[["group", "chosen", "ratio", "below_four_fifths"]]
       group  chosen  ratio below_four_fifths
    0  young     0.6    1.0                no
    1    old     0.3    0.5               yes
    """
    rows = _rows(table, group, chosen, responded)
    told = rows.groupby("group", sort=True)["chosen"].agg(people="size", chosen="mean").reset_index()
    if len(told) < 2:
        raise Refusal("there is one group only.", f"{told['group'].iloc[0]!r}", "a column with two groups or more")
    if not told["chosen"].max() > 0:
        raise Refusal("nobody was chosen.", f"{len(rows):,} people", "true for those who were")
    told["low"], told["top"] = wilson(told["chosen"].to_numpy(), told["people"].to_numpy())
    told = told.sort_values("chosen", ascending=False, kind="stable", ignore_index=True)
    told["ratio"] = told["chosen"] / told["chosen"][0]
    low, top = _ratio_interval(told)
    verdict = np.select([top < FOUR_FIFTHS, low >= FOUR_FIFTHS], ["yes", "no"], "cannot tell")
    verdict[0] = "no"
    told["below_four_fifths"], told["few"] = verdict, told["people"] < _FEW
    if responded is not None:
        of = rows[rows["responded"] == 1].groupby("group")["chosen"].agg(["size", "mean"])
        told["responders"] = told["group"].map(of["size"]).fillna(0).astype(int)
        told["chosen_of_responders"] = told["group"].map(of["mean"])
        some = told["responders"] > 0
        for name, ends in zip(("low", "top"), _wilson(told["chosen_of_responders"], told["responders"]), strict=True):
            told[f"opportunity_{name}"] = ends.where(some)
        of_chosen = rows[rows["chosen"] == 1].groupby("group")["responded"].mean()
        told["responders_of_chosen"] = told["group"].map(of_chosen)
        told["not_known"] = told["group"].map(rows["responded"].isna().groupby(rows["group"]).sum())
    return told


def calibration(table, group, score, happened, bins=5):
    """Whether a score means the same in each group: among people of like scores, how many respond?

    table : pandas table, one row per person; group, score (0 to 1), happened (true or false) : columns
    bins : number of equal steps of the score
    Returns: one row per group and step in which somebody stands: group, step ("0.2 to 0.4"), people, expected (mean
        score), happened (share), low, top (Wilson, 95 %)
    Errors: Refusal for scores outside 0 to 1, for what is neither true nor false, and where a value is missing

    >>> import pandas as pd
    >>> people = pd.DataFrame({"g": ["a", "a", "b", "b"], "p": [0.1, 0.15, 0.9, 0.95], "y": [0, 0, 1, 1]})
    >>> calibration(people, "g", "p", "y", bins=2)[["group", "step", "people", "happened"]]
      group        step  people  happened
    0     a  0.0 to 0.5       2       0.0
    1     b  0.5 to 1.0       2       1.0
    """
    named = {"group": group, "score": score, "happened": happened}
    rows = picked("people", table, **named)
    known(rows, list(named), named)
    p = numbers(rows["score"], score, "chances such as 0.4").to_numpy()
    if p.min() < 0 or p.max() > 1:
        raise Refusal("scores lie between 0 and 1.", f"{p.min():g} to {p.max():g}", "chances, not points")
    edges = np.linspace(0, 1, whole("bins", bins, 1, "bins=5", 50) + 1)
    step = np.clip(np.searchsorted(edges, p, side="right") - 1, 0, len(edges) - 2)
    digits = 1 if len(edges) <= 11 else 2  # up to ten steps, and up to fifty
    labels = [f"{a:.{digits}f} to {b:.{digits}f}" for a, b in pairwise(edges)]
    rows = rows.assign(score=p, happened=flags(rows["happened"], happened), step=step)
    told = rows.groupby(["group", "step"]).agg(
        people=("score", "size"), expected=("score", "mean"), happened=("happened", "mean")
    )
    told = told.reset_index()
    told["low"], told["top"] = wilson(told["happened"].to_numpy(float), told["people"].to_numpy())
    return told.assign(step=[labels[s] for s in told["step"]])


def price_gap(table, group, price, same):
    """What groups pay for the same thing.

    table : pandas table, one row per purchase; group, price, same : columns; same says what is compared (a product)
    Returns: one row per group, the highest first: group, purchases, index (mean of price divided by the thing's mean
        price over all groups; 1 = as everybody), low, top (95 %). Left out: what cost nothing or less (gifts, refunds),
        and then the things that one group alone buys
    Errors: Refusal where groups share nothing, for prices that are no numbers, and where a value is missing

    >>> import pandas as pd
    >>> sold = pd.DataFrame({"area": ["N", "S"] * 3, "price": [11, 9] * 3, "product": ["pan"] * 6})
    >>> price_gap(sold, "area", "price", "product").round(2)[["group", "purchases", "index"]]
      group  purchases  index
    0     N          3    1.1
    1     S          3    0.9
    """
    named = {"group": group, "price": price, "same": same}
    rows = picked("purchases", table, **named)
    known(rows, list(named), named)
    rows["price"] = numbers(rows["price"], price, "dollars such as 12.50")
    rows = rows[rows["price"] > 0]
    buyers = rows.groupby("same")["group"].nunique()
    rows = rows[rows["same"].isin(buyers.index[buyers > 1])]
    if not len(rows):
        raise Refusal(
            "the groups buy nothing in common.", f"{table[same].nunique()} things", "a coarser column, such as category"
        )
    # Each group weighs alike in a thing's mean price, or the larger group would be its own yardstick.
    means = rows.groupby(["same", "group"])["price"].mean().groupby(level=0).mean()
    index = rows["price"] / rows["same"].map(means)
    told = index.groupby(rows["group"]).agg(purchases="size", index="mean", sd="std").reset_index()
    error = 1.96 * told["sd"] / np.sqrt(told["purchases"])
    told = told.assign(low=told["index"] - error, top=told["index"] + error).drop(columns="sd")
    return told.sort_values("index", ascending=False, kind="stable", ignore_index=True)


def _rows(table, group, chosen, responded):
    named = {"group": group, "chosen": chosen} | ({"responded": responded} if responded is not None else {})
    rows = picked("people", table, **named)
    known(rows, ["group", "chosen"], named)
    return rows.assign(**{name: flags(rows[name], named[name]) for name in list(named)[1:]})


def _wilson(share, count):
    low, top = wilson(share.fillna(0).to_numpy(), count.clip(lower=1).to_numpy())
    return pd.Series(low), pd.Series(top)


def _ratio_interval(told):
    """95 % of each group's share divided by the first one's, on the scale of logarithms (Katz and others, 1978)."""
    p, n = told["chosen"].to_numpy(), told["people"].to_numpy()
    low, top = told["low"].to_numpy(), told["top"].to_numpy()
    if p[0] == 1:  # no spread, and so no error by that rule, though it may be one person: take both Wilson ends
        return low / top[0], top / low[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt((1 - p) / (p * n) + (1 - p[0]) / (p[0] * n[0]))
        middle = np.log(p / p[0])
        ends = np.exp(middle - 1.96 * error), np.exp(middle + 1.96 * error)
    return np.where(p > 0, ends[0], 0.0), np.where(p > 0, ends[1], top / low[0])
