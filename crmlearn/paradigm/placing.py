"""Where a firm stands between the two paradigms, measured on its own records: six shares, each from 0 to 1."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmlearn.errors import Refusal, one_of, refuse_all


@dataclass(frozen=True)
class Ends:
    """One of the six characteristics: its two ends, and the share that we take to measure it."""

    name: str
    transactional: str
    relational: str
    share: str


ENDS = (
    Ends("individual", "market segment", "individual customer",
         "marketing messages that answer something the customer did"),
    Ends("lifetime_relationship", "duration of a transaction", "lifetime relationship",
         "customers of the year before who bought again in this one"),
    Ends("lifetime_value", "margin of a deal", "lifetime value",
         "margin of the year that is not from a first deal"),
    Ends("customer_share", "market share", "most valued customers and customer share",
         "what customers spend here, of what they spend on such goods anywhere"),
    Ends("dialogue", "broadcast to a mass market", "dialogue, tailored messages",
         "exchanges that a customer began, of all exchanges"),
    Ends("empowered", "passive consumers", "empowered clients",
         "customers of the year who asked, complained, joined in or withdrew a consent"),
)  # fmt: skip


def continuum(evidence):
    """Place a firm on the six characteristics, from 0 (transactional) to 1 (relational).

    evidence : {name of a characteristic (see ENDS): true or false per case, or (part, whole) per case in currency
        units}; a case is whatever stands by itself: a customer, a message. What is not given is not measured.
    Returns: one row per characteristic: characteristic, transactional, relational, measured_by, cases, value (sum of
        parts over sum of wholes), low, high (95 % interval, from how much the cases differ)
    Errors: Refusal for unknown names, parts above their whole, nothing to divide by

    Each share is a proxy that we chose, not a scale of the literature. It compares a firm with itself from year to
    year. Six shares have no meaningful mean: there is no index of paradigms.

    Source: the six pairs after Chaffey, Digital Business and E-Commerce Management, table 6.1; the interval is that
    of a ratio estimator, Cochran (1977), Sampling Techniques, chapter 6

    >>> placed = continuum({"dialogue": [True, False, False, False], "lifetime_value": ([60, 0], [100, 20])})
    >>> placed.loc[placed.cases > 0, ["characteristic", "cases", "value"]]
       characteristic  cases  value
    2  lifetime_value      2   0.50
    4        dialogue      4   0.25
    """
    names = tuple(e.name for e in ENDS)
    for name in evidence:
        one_of("evidence", name, names)
    problems, rows = [], []
    for ends in ENDS:
        cases, share, low, high = 0, np.nan, np.nan, np.nan
        if ends.name in evidence:
            try:
                part, whole = _cases(ends.name, evidence[ends.name])
                cases, (share, low, high) = len(part), _ratio(part, whole)
            except Refusal as problem:
                problems.append(problem)
        rows.append((ends.name, ends.transactional, ends.relational, ends.share, cases, share, low, high))
    refuse_all(problems)
    head = ["characteristic", "transactional", "relational", "measured_by", "cases", "value", "low", "high"]
    return pd.DataFrame(rows, columns=head)


def _cases(name, given):
    part, whole = given if isinstance(given, tuple) else (given, None)
    part = np.asarray(part, float)
    whole = np.ones(len(part)) if whole is None else np.asarray(whole, float)
    example = f'{{"{name}": (part, whole)}} with one number per case in each'
    if part.shape != whole.shape or part.ndim != 1:
        raise Refusal(f"'{name}' needs parts and wholes of the same cases.", f"{part.shape} and {whole.shape}", example)
    if not (np.isfinite(part).all() and np.isfinite(whole).all()):
        raise Refusal(f"'{name}' has missing numbers.", "blank or infinite ones", "leave these cases out, and say so")
    crumb = 1e-9 * max(1.0, float(np.abs(whole).max(initial=0)))  # netted refunds leave sums of floats near zero
    wrong = int(((part < -crumb) | (part > whole + crumb)).sum())
    if wrong:
        saw = f"{wrong:,} of {len(part):,} cases outside 0 to the whole"
        raise Refusal(f"'{name}' has parts that are no part of their whole.", saw, example)
    if not whole.sum() > 0:
        raise Refusal(f"'{name}' has nothing to divide by.", f"{len(part):,} cases", "cases with a whole above 0")
    return part, whole


def _ratio(part, whole):
    """(share, low, high)"""
    share, n = part.sum() / whole.sum(), len(part)
    if n < 2:
        return share, 0.0, 1.0
    error = np.sqrt(((part - share * whole) ** 2).sum() * n / (n - 1)) / whole.sum()
    return share, max(0.0, share - 1.96 * error), min(1.0, share + 1.96 * error)
