"""Cells of a table with totals that must not be seen, and those that would give them away."""

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from crmlearn import errors

_LARGEST = 400  # fields; more take long, and nobody reads them


def hide_cells(grid, k=5, persons=None):
    """Hide counts under k, and as many others as it takes that nobody can reckon them from the totals.

    grid : pandas table of whole counts, rows by columns, without totals
    k : the smallest count that is shown; 0 is shown, since it tells of nobody
    persons : table of the same shape, how many persons are behind each count; None where the counts are persons
    Returns: table with the totals added ("all"): hidden counts are missing. The first to go are counts under k
        (primary); then, row by row and column by column, the smallest others (secondary), until each hidden count could
        be one of several whole numbers.
    Errors: Refusal for counts that are negative or not whole, and for very large tables
    Source: Willenborg & de Waal (2001), Elements of Statistical Disclosure Control, chapter 8

    >>> shown = hide_cells(pd.DataFrame({"North": [12, 2], "South": [9, 30]}, index=["old", "new"]))
    >>> shown.loc["new", "North"], shown.loc["old", "all"], int(shown.isna().sum().sum())
    (np.float64(nan), np.float64(21.0), 4)
    """
    k = errors.whole("k", k, 1, "k=5")
    counts = grid.to_numpy(float)
    if counts.size > _LARGEST:
        raise errors.Refusal("that is a very large table.", f"{counts.size:,} fields", "fewer groups")
    if not np.isfinite(counts).all() or (counts < 0).any() or (counts % 1).any():
        raise errors.Refusal("counts must be whole numbers from 0 on.", "others", "how many persons in each field")
    behind = counts if persons is None else persons.to_numpy(float)
    hidden = (behind > 0) & (behind < k)
    while hidden.any():
        told = [at for at in zip(*np.nonzero(hidden), strict=True) if not _open(counts, hidden, at)]
        more = next((place for at in told if (place := _next(counts, hidden, at)) is not None), None)
        if more is None:  # all is open, or nothing beside the others is left to hide
            break
        hidden[more] = True
    shown = pd.DataFrame(np.where(hidden, np.nan, counts), index=grid.index, columns=grid.columns)
    shown["all"] = counts.sum(axis=1)
    shown.loc["all"] = [*counts.sum(axis=0), counts.sum()]
    totals = np.concatenate([behind.sum(axis=0), behind.sum(axis=1), [behind.sum()]])
    if ((totals > 0) & (totals < k)).any():  # a small total tells as much as a small count
        return _without_totals(shown, hidden)
    if hidden.any() and any(not _open(counts, hidden, at) for at in zip(*np.nonzero(hidden), strict=True)):
        return _without_totals(shown, hidden)
    return shown


def _open(counts, hidden, at):
    """Whether a hidden count could be one of several numbers, by all that is shown."""
    places = np.argwhere(hidden)
    rows, columns = counts.shape
    equal, sums = np.zeros((rows + columns, len(places))), np.zeros(rows + columns)
    for number, (i, j) in enumerate(places):
        equal[i, number] = equal[rows + j, number] = 1
        sums[i] += counts[i, j]
        sums[rows + j] += counts[i, j]
    goal = (places == np.array(at)).all(axis=1).astype(float)
    low, high = (sign * linprog(sign * goal, A_eq=equal, b_eq=sums, bounds=(0, None)).fun for sign in (1, -1))
    return high - low >= 1 - 1e-6


def _next(counts, hidden, at):
    """The smallest count still shown in a line of the field; zeros last. First the line in which it is hidden alone."""
    i, j = at
    row, column = [(i, c) for c in range(counts.shape[1])], [(r, j) for r in range(counts.shape[0])]
    alone = [line for line in (row, column) if sum(hidden[place] for place in line) == 1]
    free = [place for line in alone or (row, column) for place in line if not hidden[place]]
    free = free or [place for place in row + column if not hidden[place]]
    return min(free, key=lambda p: (counts[p] == 0, counts[p], p)) if free else None


def _without_totals(shown, hidden):
    """Where the totals would still tell, the totals of these rows and columns go, too."""
    rows, columns = hidden.any(axis=1), hidden.any(axis=0)
    shown.loc[shown.index[:-1][rows], "all"] = np.nan
    shown.loc["all", shown.columns[:-1][columns]] = np.nan
    shown.loc["all", "all"] = np.nan
    return shown
