"""The risk matrix, for talking; and how often it puts the risks of this register in the wrong order."""

from dataclasses import dataclass
from itertools import combinations, pairwise, product
from typing import Any

import numpy as np
import pandas as pd

from crmlearn import tables
from crmlearn.errors import Refusal, number, one_of
from crmlearn.risk.exposure import chosen, exposure
from crmlearn.risk.register import register_of

LIKELIHOOD_EDGES = (0.05, 0.10, 0.25, 0.50)  # events a year
IMPACT_EDGES = (2_000, 10_000, 50_000, 250_000)  # currency units of one event; each band five times the one before


@dataclass(frozen=True, eq=False)
class Matrix:
    """Where each risk stands.

    table : one row per threat in money: id, event, likelihood and impact (1 = lowest band), score (their product),
        rating (low, medium, high), expected_loss (currency units a year)
    fields : one row per field of the matrix: likelihood, impact, score, rating, ids (of the risks in it)
    likelihood_bands, impact_bands : what each band means, in words, from the lowest
    left_out : table of what has no place in it: id, event, why
    """

    table: Any
    fields: Any
    likelihood_bands: tuple[str, ...]
    impact_bands: tuple[str, ...]
    left_out: Any

    def _repr_html_(self):
        shown = self.table.assign(expected_loss=[f"{x:,.0f}" for x in self.table["expected_loss"]])
        return tables.html(list(shown.columns), shown.to_numpy().tolist(), right=(2, 3, 4, 6))


def matrix(register, likelihood_edges=LIKELIHOOD_EDGES, impact_edges=IMPACT_EDGES, ratings=(5, 12), *,
           controls="none"):  # fmt: skip
    """Put every threat into its field of a matrix of likelihood and impact.

    register : Register
    likelihood_edges : rising edges between the bands, events a year; a risk on an edge stands above it
    impact_edges : rising edges between the bands, currency units of one event
    ratings : scores (likelihood band x impact band) from which on a risk is medium, and high
    controls : as in `simulate`
    Returns: Matrix. A risk stands where the middle of its probability and the mean of its impact put it. Opportunities
        and risks that are not in money are left out, and listed
    A matrix is for talking: bands hide what lies within them, and scores of 1 to 5 are places in an order, so their
    product is no quantity. Source: Cox (2008), What's Wrong with Risk Matrices?, Risk Analysis 28(2), 497-512.

    >>> from crmlearn.risk import Chance, Lognormal, Risk
    >>> boiler = Risk("R01", "the boiler fails", Chance(0.1, 0.25), Lognormal(4_000, 25_000))
    >>> matrix([boiler]).table[["id", "likelihood", "impact", "score", "rating"]]
        id  likelihood  impact  score  rating
    0  R01           3       3      9  medium
    """
    register = register_of(register)
    likelihood, impact = _edges("likelihood_edges", likelihood_edges), _edges("impact_edges", impact_edges)
    if len(found := _edges("ratings", ratings)) != 2:
        raise Refusal("ratings needs two scores.", repr(ratings)[:80], "ratings=(5, 12): medium from 5, high from 12")
    medium, high = found

    def rating(score):
        return "high" if score >= high else "medium" if score >= medium else "low"

    there = chosen(register, controls)
    rows = []
    for risk in register:
        if not risk.in_money or risk.kind == "opportunity":
            continue
        e = exposure(risk, there)
        x, y = _band(likelihood, e.rate), _band(impact, e.moment(1))
        rows.append((risk.id, risk.event, x, y, x * y, rating(x * y), e.expected))
    names = ["id", "event", "likelihood", "impact", "score", "rating", "expected_loss"]
    gains = [(r.id, r.event, "opportunity") for r in register if r.in_money and r.kind == "opportunity"]
    left = pd.DataFrame([*register.left_out.itertuples(index=False, name=None), *gains], columns=["id", "event", "why"])
    shares = [f"{e:.0%}" if e < 1 else f"{e:g} a year" for e in likelihood]
    money = [f"{e:,.4g}" if e < 1000 else f"{e:,.0f}" for e in impact]
    table = pd.DataFrame(rows, columns=names)
    places = product(range(1, len(likelihood) + 2), range(1, len(impact) + 2))
    fields = [(x, y, x * y, rating(x * y), _ids(table, x, y)) for x, y in places]
    fields = pd.DataFrame(fields, columns=["likelihood", "impact", "score", "rating", "ids"])
    return Matrix(table, fields, _bands(shares), _bands(money), left)


@dataclass(frozen=True, eq=False)
class Misranked:
    """Of all pairs of risks, how many the matrix puts in the order of their expected losses.

    pairs : all of them = right + opposite + tied_apart + tied_close
    right : rated higher where the expected loss is higher
    opposite : rated higher where the expected loss is lower
    tied_apart : rated alike though one expected loss is `factor` times the other or more
    tied_close : rated alike, or not, with expected losses that differ by less, or not at all
    table : one row per pair that is opposite or tied_apart, the worst first: higher (the id of the higher rating, or
        of a tie the first), lower, verdict, loss_higher, loss_lower, times (larger by smaller expected loss)
    """

    pairs: int
    right: int
    opposite: int
    tied_apart: int
    tied_close: int
    factor: float
    table: Any

    def __repr__(self):
        return (
            f"{self.pairs} pairs: {self.right} right, {self.opposite} opposite, {self.tied_apart} tied though "
            f"{self.factor:g} times apart, {self.tied_close} tied and close"
        )


def misranked(matrix, factor=2, by="score"):
    """How often a matrix puts two risks of this register in the wrong order.

    matrix : Matrix
    factor : from which on two expected losses are apart
    by : "score" (1 to 25), or "rating" (low, medium, high: the colours)
    Returns: Misranked
    Source: Cox (2008), Risk Analysis 28(2), 497-512, on poor resolution and reversed ratings; his example is a matrix
    of four fields, cut at one half:

    >>> from crmlearn.risk import Chance, Empirical, Risk, matrix
    >>> larger = Risk("A", "twice low", Chance(0.49), Empirical([0.49]))  # expected loss .240
    >>> smaller = Risk("B", "high and low", Chance(0.51), Empirical([0.01]))  # expected loss .005
    >>> misranked(matrix([larger, smaller], likelihood_edges=[0.5], impact_edges=[0.5]))
    1 pairs: 0 right, 1 opposite, 0 tied though 2 times apart, 0 tied and close
    """
    factor = number("factor", factor, 1)
    one_of("by", by, ("score", "rating"))
    if not isinstance(matrix, Matrix):
        raise Refusal("misranked needs a matrix.", type(matrix).__name__, "risk.misranked(risk.matrix(register))")
    data = matrix.table
    rated = data["score"] if by == "score" else data["rating"].map({"low": 1, "medium": 2, "high": 3})
    counts, rows = dict.fromkeys(("right", "opposite", "tied_apart", "tied_close"), 0), []
    entries = list(zip(data["id"], rated, data["expected_loss"], strict=True))
    for a, b in combinations(entries, 2):
        up, down = (a, b) if a[1] >= b[1] else (b, a)
        small, large = sorted((up[2], down[2]))
        times = large / small if small else (np.inf if large else 1.0)
        if up[1] == down[1]:
            verdict = "tied_apart" if times >= factor and small != large else "tied_close"
        else:
            verdict = "right" if up[2] > down[2] else "opposite" if up[2] < down[2] else "tied_close"
        counts[verdict] += 1
        if verdict in ("opposite", "tied_apart"):
            rows.append((up[0], down[0], verdict, up[2], down[2], times))
    names = ["higher", "lower", "verdict", "loss_higher", "loss_lower", "times"]
    table = pd.DataFrame(rows, columns=names).sort_values(["verdict", "times"], ascending=[True, False], kind="stable")
    return Misranked(sum(counts.values()), **counts, factor=factor, table=table.reset_index(drop=True))


def _edges(name, edges):
    found = [number(name, e, 0) for e in np.atleast_1d(edges).tolist()]
    if not found or sorted(set(found)) != found:
        raise Refusal(f"{name} must rise.", ", ".join(f"{e:g}" for e in found) or "none", "0.05, 0.10, 0.25, 0.50")
    return found


def _band(edges, value):
    return int(np.searchsorted(edges, round(value, 12), "right")) + 1  # 0.1 + 0.2 is 0.3 here


def _ids(table, likelihood, impact):
    return tuple(table.loc[(table["likelihood"] == likelihood) & (table["impact"] == impact), "id"])


def _bands(words):
    between = [f"{a} to {b}" for a, b in pairwise(words)]
    return (f"below {words[0]}", *between, f"{words[-1]} or more")
