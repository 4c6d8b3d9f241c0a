"""How far a table of persons hides each of them: groups that look alike, and what these groups still give away."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlearn import errors


@dataclass(frozen=True)
class Anonymity:
    """What k_anonymity found.

    k : size of the smallest group of rows that look alike; 1 means that somebody is unique
    l : the fewest different values of what is sensitive in any group, or None where nothing sensitive was named
    groups : table, one row per group, the smallest first: the columns that were looked at, rows, different_values
    unique : how many rows are alone in their group
    """

    k: int
    l: int | None
    groups: Any
    unique: int

    def __repr__(self):
        told = "" if self.l is None else f", {self.l}-diverse"
        return f"{self.k}-anonymous{told}: {len(self.groups):,} groups, {errors.counted(self.unique, 'row')} alone"


def k_anonymity(table, indirect, sensitive=None):
    """Group rows by what others may know about a person, and see how small the groups are.

    table : pandas table, one row per person; direct identifiers (names, numbers) must be gone already
    indirect : names of columns that together may point to a person, such as age band, region, segment
    sensitive : name of the column that nobody should learn, or None
    Returns: Anonymity. A missing value counts as a value of its own.
    k does not stop a whole group from sharing one secret (that is what l looks at), nor two tables from being put
    together. 3 and 5 are thresholds that the Commission's guide calls usual in industry; they are no law.
    Errors: Refusal for columns that are not there, and for an empty table
    Source: Sweeney (2002) on k; Machanavajjhala and others (2007) on l; PDPC, Guide to Basic Anonymisation (2022)

    >>> age, owes = ["20-29"] * 2 + ["30-39"] * 4 + ["40-49"] * 3, [1, 0, 1, 1, 0, 0, 0, 0, 0]
    >>> k_anonymity(pd.DataFrame({"age": age, "owes": owes}), ["age"], sensitive="owes")
    2-anonymous, 1-diverse: 3 groups, 0 rows alone
    """
    indirect = [indirect] if isinstance(indirect, str) else list(indirect)
    errors.columns("people", [*indirect, *([sensitive] if sensitive else [])], table.columns)
    if not len(table) or not indirect:
        raise errors.Refusal(
            "there is nothing to group.", f"{len(table)} rows, {len(indirect)} columns", "indirect=['age']"
        )
    if sensitive in indirect:
        raise errors.Refusal("what is sensitive cannot be known beforehand, too.", sensitive, "another column")
    keys = table[indirect].astype(object).where(table[indirect].notna(), "(missing)")
    grouped = keys.groupby(indirect, sort=True)
    number = grouped.ngroup().to_numpy()
    sizes = np.bincount(number)
    found = keys.drop_duplicates().assign(group=pd.unique(number)).sort_values("group").drop(columns="group")
    found = found.assign(rows=sizes)
    least = None
    if sensitive:
        values = pd.factorize(table[sensitive].astype(object).where(table[sensitive].notna(), "(missing)"))[0]
        pairs = np.unique(np.column_stack([number, values]), axis=0)
        different = np.bincount(pairs[:, 0])
        found, least = found.assign(different_values=different), int(different.min())
    found = found.sort_values("rows", kind="stable", ignore_index=True)
    return Anonymity(int(sizes.min()), least, found, int((sizes == 1).sum()))
