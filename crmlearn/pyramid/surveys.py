"""A survey of value elements, checked: names, scale, who answered twice, who gave one number throughout."""

import difflib
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlearn.errors import Refusal, columns, counted, number, one_of, refuse_all
from crmlearn.pyramid.thirty import ELEMENTS
from crmlearn.transactions.sources import table_of

NAMES = tuple(e.name for e in ELEMENTS)
_LINE = 10  # whoever gave one number to so many elements or more did not look at them
_FEW, _TOO_FEW = 100, 5


@dataclass(frozen=True)
class Survey:
    """Answers that were checked.

    answers : table, one row per person, wave and brand: customer_id, brand, wave, the elements (numbers or missing),
        and whatever else the survey asked
    names : the elements that it asked about, from the ground of the pyramid up
    scale : lowest and highest score
    findings : table of what was found and what was done about it: found, rows, done
    """

    answers: Any
    names: tuple
    scale: tuple
    findings: Any

    def of(self, brand=None, wave=None):
        """The part of the survey that is about a brand, of one wave, or both."""
        rows = self.answers
        for column, wanted in (("brand", brand), ("wave", wave)):
            if wanted is not None:
                one_of(column, wanted, tuple(pd.unique(rows[column]).tolist()))
                rows = rows[rows[column] == wanted]
        return Survey(rows.reset_index(drop=True), self.names, self.scale, self.findings)

    def __repr__(self):
        rows = self.answers
        return (
            f"{counted(len(rows), 'answer')} about {counted(len(self.names), 'element')}, "
            f"{counted(rows['brand'].nunique(), 'brand')}, {counted(rows['wave'].nunique(), 'wave')}"
        )


def read(table, scale=None, straight_lines="drop"):
    """Check a survey of value elements.

    table : one row per person (and brand, and wave): customer_id; brand and wave if there are several; a column per
        element, named as in pyramid.elements (capitals, spaces and strokes do not matter); other columns stay
    scale : lowest and highest score that could be given; None for (0, 10), unless the scores look like another
    straight_lines : "drop" or "keep" answers that give one number to ten elements or more
    Returns: Survey
    Errors: Refusal, for all of it at once: names that are nearly an element's, no element at all, scores off the scale,
        a scale that was probably another, two answers of one person, a brand with fewer than five answers

    >>> import pandas as pd
    >>> answers = {"customer_id": list("abcdef"), "Saves time": [8, 9, 3, 7, 10, 8], "quality": [9, 8, 8, 9, 7, 9]}
    >>> read(pd.DataFrame(answers)).names
    ('saves_time', 'quality')
    """
    low, high = (number("scale", end) for end in scale or (0, 10))
    if low >= high:
        raise Refusal("the scale has no width.", f"scale=({low:g}, {high:g})", "scale=(0, 10)")
    one_of("straight_lines", straight_lines, ("drop", "keep"))
    rows = table_of(table, "read").to_pandas()
    columns("survey answers", ["customer_id"], rows.columns)
    rows, problems = _named(rows)
    refuse_all(problems)
    names = tuple(n for n in NAMES if n in rows)
    if not names:
        saw = ", ".join(map(str, rows.columns))[:200]
        raise Refusal("the survey asks about no element of value.", f"columns {saw}", "pyramid.elements() names them")
    rows = rows.assign(**{c: v for c, v in (("brand", "the brand"), ("wave", 1)) if c not in rows})
    scores, problems = _scores(rows, names, low, high)
    rows[list(names)] = scores
    problems += _same(rows) + _too_few(rows) + (_other_scale(scores) if scale is None else [])
    refuse_all(problems)
    return _looked_at(rows, names, (low, high), straight_lines)


def _named(rows):
    """Columns under the elements' own names; and what is nearly one, which nobody should guess."""
    titles = {_plain(text): e.name for e in ELEMENTS for text in (e.name, e.title)}
    renames = {c: titles[_plain(c)] for c in rows.columns if _plain(c) in titles}
    twice = sorted({n for n in renames.values() if list(renames.values()).count(n) > 1})
    problems = [
        Refusal(f"two columns are '{n}'.", ", ".join(c for c in renames if renames[c] == n), "drop one") for n in twice
    ]
    taken = {"customer_id", "brand", "wave", *renames}
    for column in (c for c in rows.columns if c not in taken):
        near = difflib.get_close_matches(_plain(column), titles, 1, 0.78)
        if near and titles[near[0]] not in renames.values():
            problems.append(
                Refusal(
                    f"{column!r} is no element. Do you mean '{titles[near[0]]}'?",
                    f"a column {column!r}",
                    f"table.rename(columns={{{column!r}: {titles[near[0]]!r}}})",
                )
            )
    return rows.rename(columns=renames), problems


def _plain(text):
    return re.sub(r"[^a-z]+", " ", str(text).lower()).strip()


def _scores(rows, names, low, high):
    scores = rows[list(names)].apply(pd.to_numeric, errors="coerce").astype(float)
    problems = []
    words = rows[list(names)].notna() & scores.isna()
    for name in words.columns[words.any()]:
        odd = repr(rows[name][words[name]].iloc[0])[:40]
        problems.append(
            Refusal(f"'{name}' has answers that are no numbers.", odd, "numbers, blank where none was given")
        )
    off = (scores < low) | (scores > high)
    for name in off.columns[off.any()]:
        odd = f"{scores[name][off[name]].iloc[0]:g} in {counted(int(off[name].sum()), 'row')}"
        problems.append(
            Refusal(f"'{name}' has scores off the scale.", odd, f"scores from {low:g} to {high:g}, or scale=...")
        )
    return scores, problems


def _other_scale(scores):
    """On the scale from 0 to 10 somebody gives an 8 before long; a hundred scores without one tell of another scale."""
    given = scores.to_numpy()[scores.notna().to_numpy()]
    if len(given) < 100 or given.max() > 7 or given.min() < 1:
        return []
    wide = 5 if given.max() <= 5 else 7
    saw = f"{counted(len(given), 'score')}, from {given.min():g} to {given.max():g}"
    return [Refusal(f"this looks like a scale from 1 to {wide}.", saw, f"scale=(1, {wide}), or scale=(0, 10) if it is")]


def _same(rows):
    twice = int(rows.duplicated(["customer_id", "brand", "wave"]).sum())
    if not twice:
        return []
    return [Refusal("people answered twice.", f"{counted(twice, 'row')} more than people, brands and waves",
                    "rows.drop_duplicates(['customer_id', 'brand', 'wave'], keep='last')")]  # fmt: skip


def _too_few(rows):
    sizes = rows.groupby("brand").size()
    try_ = f"{_TOO_FEW} or more: fewer show single people"
    few = sizes[sizes < _TOO_FEW].items()
    return [Refusal(f"only {counted(int(n), 'answer')} about {brand}.", f"{n} rows", try_) for brand, n in few]


def _looked_at(rows, names, scale, straight_lines):
    """What else was found, which is no reason to refuse."""
    scores = rows[list(names)]
    line = (scores.nunique(axis=1) == 1) & (scores.notna().sum(axis=1) >= _LINE)
    drop = straight_lines == "drop"
    found = [("one number throughout", int(line.sum()), "left out" if drop else "kept")] if line.any() else []
    rows = rows[~line].reset_index(drop=True) if drop else rows
    gaps = int(rows[list(names)].isna().any(axis=1).sum())
    found += [("some elements not answered", gaps, "counted where they answered")] if gaps else []
    again = int(rows.duplicated(["customer_id", "brand"]).sum())
    found += (
        [("answers of people who answered in an earlier wave", again, "look at one wave at a time")] if again else []
    )
    found += [(f"no wave {wave}", 0, "compare waves with care") for wave in _waves_between(rows["wave"])]
    for brand, n in rows.groupby("brand").size().items():
        if n < _FEW:
            off = 100 * 1.96 * np.sqrt(0.25 / n)
            found.append((f"few answers about {brand}", int(n), f"a share of a half is known to ±{off:.0f} points"))
    return Survey(rows, names, scale, pd.DataFrame(found, columns=["found", "rows", "done"]))


def _waves_between(waves):
    """Whole numbers that are missing between the first and the last wave."""
    if not pd.api.types.is_numeric_dtype(waves) or not len(waves):
        return []
    there = {int(w) for w in waves}
    return sorted(set(range(min(there), max(there))) - there)
