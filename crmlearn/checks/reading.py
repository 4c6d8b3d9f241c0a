"""What a student gave, as plain Python: numbers, ids, texts and labelled values out of every usual form.

A foreign object's own methods are never called, so none of them can fail, wait for ever or be used up.
"""

import math
import sys
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

from crmlearn.checks.odd import Unreadable, is_a, odd, plain
from crmlearn.clv import CLV

LARGEST = 1_000_000  # values; nobody is asked for more
_NUMBERS = (int, float, Decimal, np.integer, np.floating)
_COLUMNS = (pd.Series, pd.Index, pd.api.extensions.ExtensionArray)


def untouched(value):
    """Whether the placeholder still stands there: dots, None, or a list or dict of nothing but dots."""
    value = plain(value)
    inner = list(value.values()) if is_a(value, dict) else value
    dots = is_a(inner, list) and 0 < len(inner) <= LARGEST and all(v is Ellipsis for v in inner)
    return value is None or value is Ellipsis or dots


def number(value):
    """One number out of anything that holds exactly one.

    >>> number(np.array([[2.5]])), number(Fraction(1, 2))
    (2.5, 0.5)
    """
    return _one(_alone(value.per_customer if is_a(value, CLV) else value))


def text(value):
    """One text, without spaces around it."""
    value = _alone(value)
    if not is_a(value, str):
        raise Unreadable(f"You gave {odd(value)}. Put a text in quotes.")
    return plain(value).strip()


def label(value):
    """A label (a customer's id, a year, a letter) as text, whatever type carried it.

    >>> label(1516), label(1516.0), label(" a ")
    ('1516', '1516', 'a')
    """
    value = plain(value)
    if is_a(value, str):
        return value.strip()
    if is_a(value, date):  # a pandas Timestamp too
        return value.isoformat()[:10]
    if is_a(value, *_NUMBERS) and not is_a(value, bool):
        found = _one(value)
        return str(int(found)) if found == int(found) else str(found)
    raise Unreadable(f"You gave {odd(value)} where a label must stand, such as an id.")


def pairs(value, key, column=None):
    """(label, value) for each row of a table, a Series or a dict; or for each pair of a list.

    key : name of the labels, such as "customer_id"
    column : name of the values, for tables with several columns
    """
    value = _few(plain(value))
    if is_a(value, dict):
        return list(value.items())
    if is_a(value, pd.Series):
        return list(zip(value.index.tolist(), value.tolist(), strict=True))
    if is_a(value, list) and value and all(is_a(v, list, tuple) and len(plain(v)) == 2 for v in value):
        return [tuple(plain(v)) for v in value]
    labels, columns = frame(value, key)
    if column not in columns:
        numeric = [name for name, items in columns.items() if all(is_a(v, *_NUMBERS) for v in items)]
        names = list(columns) if len(columns) == 1 else numeric
        if len(names) != 1:
            found = ", ".join(columns)[:200] or "none"
            raise Unreadable(f"Your table has these columns: {found}. Keep two: {key}, and the one with your answer.")
        column = names[0]
    return list(zip(labels, columns[column], strict=True))


def frame(value, key):
    """The labels of a table and its other columns: [label, ...], {name: [value, ...]}."""
    if is_a(value, CLV) and value.table is not None:
        value = value.table
    if is_a(value, pd.DataFrame):
        if not value.columns.is_unique:
            raise Unreadable("Two columns of your table have the same name.")
        columns = {str(name): _few(value[name]).tolist() for name in value.columns}
        return (columns.pop(key) if key in columns else value.index.tolist()), columns
    if _polars(value, "DataFrame"):
        columns = _few(value).to_dict(as_series=False)
        if key not in columns:
            raise Unreadable(f"Your table has no column {key}. Found: {', '.join(columns)[:200] or 'none'}.")
        return columns.pop(key), columns
    if is_a(plain(value), list, np.ndarray, *_COLUMNS) or _polars(value, "Series"):
        raise Unreadable(f"Your values stand without their labels. Give a Series or a dict with {key} as its labels.")
    raise Unreadable(f"You gave {odd(value)}. Give a Series, a dict or a table with {key} as its labels.")


def entries(value, key):
    """The ways in which a value may list ids, the most likely first: [[id, ...], ...]."""
    value = _few(plain(value))
    if is_a(value, list):
        return [value]
    if is_a(value, dict):
        return [list(value)]
    if is_a(value, pd.Series):
        return [value.tolist(), value.index.tolist()]
    if is_a(value, np.ndarray):
        return [value.ravel().tolist()]
    if is_a(value, *_COLUMNS) or _polars(value, "Series"):
        return [list(value)]
    if is_a(value, pd.DataFrame, CLV) or _polars(value, "DataFrame"):
        if _polars(value, "DataFrame") and value.width == 1:
            return [value.to_series().to_list()]
        labels, columns = frame(value, key)
        return [labels, *columns.values()] if len(columns) == 1 else [labels]
    raise Unreadable(f"You gave {odd(value)}. Give a list of ids.")


def _polars(value, *names):
    loaded = sys.modules.get("polars")  # who never imported it cannot have given one of its tables
    return loaded is not None and is_a(value, *(getattr(loaded, name) for name in names))


def _few(value):
    sized = is_a(value, list, dict, range, np.ndarray, pd.DataFrame, *_COLUMNS) or _polars(value, "Series", "DataFrame")
    if sized and np.ndim(value) and len(value) > LARGEST:
        raise Unreadable(f"You gave {len(value):,} values. That is far more than is wanted.")
    return value


def _alone(value):
    """The one thing in a list, a column or a table, however often it is wrapped."""
    for _ in range(8):  # a list may hold itself
        value = plain(value)
        table = is_a(value, np.ndarray, pd.DataFrame) or _polars(value, "DataFrame")
        if is_a(value, np.ma.MaskedArray) or not (table or is_a(value, list, *_COLUMNS) or _polars(value, "Series")):
            return value
        n = math.prod(value.shape) if table else len(value)
        if n != 1:
            what = "nothing" if n == 0 else f"{n:,} values"
            raise Unreadable(f"You gave {what}, in a {type(value).__name__}. Give one.")
        if is_a(value, np.ndarray):
            value = value.ravel().tolist()[0]
        elif is_a(value, pd.DataFrame):
            value = value.iloc[0, 0]
        else:
            value = value.item() if _polars(value, "DataFrame") else next(iter(value))
    raise Unreadable("You gave lists inside lists. Give one value.")


def _one(value):
    value = plain(value)
    if type(value) is Fraction:
        return float(value)
    if value is pd.NA or value is pd.NaT:
        value = math.nan
    if is_a(value, bool) or not is_a(value, *_NUMBERS):
        raise Unreadable(f"You gave {odd(value)}{_mend(value)}.")
    try:
        found = Decimal.__float__(value) if is_a(value, Decimal) else float(value)
    except OverflowError:
        found = math.inf
    except ValueError:  # a Decimal that signals
        found = math.nan
    if math.isnan(found):
        raise Unreadable("You gave NaN, which means a missing value. Look where on the way a number is missing.")
    if math.isinf(found):
        raise Unreadable("You gave a number without limit. Is something divided by zero?")
    return found


def _mend(value):
    if not is_a(value, str):
        return ""
    try:
        float(value.replace(",", ""))
    except ValueError:
        return ". Give the number alone, without letters or signs"
    return ": take the quotes away"
