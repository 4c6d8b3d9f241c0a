"""The columns that a comparison needs, looked through before anything is counted: nothing is dropped in silence."""

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_datetime64_any_dtype, is_numeric_dtype

from crmlearn.errors import Refusal, columns, counted
from crmlearn.transactions.dates import as_datetime


def picked(frame_name, table, **named):
    """A table with the columns that were named, under names of our own, whatever they are called outside.

    named : {our name: name in the table}
    Errors: Refusal for a column that is missing or stands twice, and for a table without rows
    """
    columns(frame_name, list(named.values()), table.columns)
    twice = sorted({str(c) for c in table.columns[table.columns.duplicated()]} & set(map(str, named.values())))
    if twice:
        raise Refusal(f"the column '{twice[0]}' stands twice.", f"columns {', '.join(map(str, table.columns))}",
                      "one column of each name")  # fmt: skip
    if not len(table):
        raise Refusal(f"there are no {frame_name}.", "a table without rows", "a table with one row for each")
    rows = pd.DataFrame({ours: table[theirs].reset_index(drop=True) for ours, theirs in named.items()})
    kinds = [c for c in rows if isinstance(rows[c].dtype, pd.CategoricalDtype)]
    return rows.astype(dict.fromkeys(kinds, object))  # or what is looked up by group would be categories, too


def known(rows, names, told):
    """Refuse rows in which something is missing. told : {our name: name in the reader's table}"""
    for name in names:
        missing = int(rows[name].isna().sum())
        if missing:
            raise Refusal(
                f"'{told[name]}' is missing for some.", f"missing in {counted(missing, 'row')} of {len(rows):,}",
                f"table.dropna(subset=['{told[name]}']), and say how many, or a value such as 'not known'",
            )  # fmt: skip


def flags(column, name):
    """True, false, 1 or 0 as 1.0 and 0.0; what is missing stays missing."""
    given = column.dropna()
    odd = given[~given.isin([0, 1])]
    if len(odd):
        raise Refusal(f"'{name}' is not true or false.", repr(odd.iloc[0])[:40], "true, false, 1 or 0")
    return column.where(column.notna(), np.nan).astype(float)  # a missing value of pandas is no float


def numbers(column, name, example):
    """A column of finite numbers."""
    if not is_numeric_dtype(column) or is_bool_dtype(column):
        raise Refusal(f"'{name}' holds no numbers.", repr(column.iloc[0])[:40], example)
    values = column.astype(float)
    if np.isinf(values).any():
        raise Refusal(f"'{name}' holds a number without end.", "inf", example)
    return values


def days(column, name):
    """A column of dates: dates as they are, text only as 2021-04-03, since 03/04/2021 is two days."""
    if is_datetime64_any_dtype(column):
        return column.dt.tz_localize(None)
    return pd.to_datetime(column.map(lambda v: as_datetime(name, v), na_action="ignore"))
