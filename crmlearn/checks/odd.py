"""Names for what cannot be an answer, so that a student knows what happened and what to type."""

import types
from collections import deque

import numpy as np

from crmlearn.errors import counted


class Unreadable(Exception):
    """A value that no answer can be read from; its text says what it is and what to do."""


def is_a(value, *kinds):
    """Like isinstance, but nothing that the object claims about itself is asked.

    >>> is_a(True, int), is_a("1", int)
    (True, False)
    """
    return issubclass(type(value), kinds)


# How to copy an object of one's own class into Python's plain one without calling its methods.
_COPIES = {
    str: str.__str__,
    bool: lambda value: value,
    int: int.__int__,
    float: float.__float__,
    list: list.copy,
    tuple: lambda value: list(tuple.__iter__(value)),
    set: lambda value: list(set.__iter__(value)),
    frozenset: lambda value: list(frozenset.__iter__(value)),
    dict: dict.copy,
    deque: lambda value: list(deque.__iter__(value)),
    range: list,
    type({}.keys()): list,
    type({}.values()): list,
}


def plain(value):
    """Texts, numbers and dicts as Python's own, everything that merely lists things as a list; the rest untouched.

    >>> plain(range(3)), plain("a"), plain({1: 2}.values())
    ([0, 1, 2], 'a', [2])
    """
    for kind, copy in _COPIES.items():
        if is_a(value, kind):
            return value if kind is range and len(value) > 1_000_000 else copy(value)
    return value


def odd(value):
    """A few plain words for any object.

    >>> odd("12"), odd(print)
    ('the text "12"', 'the function print itself (put brackets after its name: print())')
    """
    value = plain(value)
    if value is None:
        return "None, which print(...) and inplace=True give"
    if value is Ellipsis:
        return "dots (...)"
    if is_a(value, str):
        return f'the text "{value[:60]}"'
    if is_a(value, bool, np.bool_):
        return str(bool(value))
    if is_a(value, type):
        return f"the class {_name(value)}"
    if is_a(value, types.FunctionType, types.MethodType, types.BuiltinFunctionType):
        name = value.__name__
        called = "" if name == "<lambda>" else f" (put brackets after its name: {name}())"
        return f"the function {name} itself{called}"
    if is_a(value, types.ModuleType):
        return "a module"
    if is_a(value, list, dict):
        kind = _name(type(value))
        return f"a {kind} with {counted(len(value), 'value')}" if value else f"an empty {kind}"
    return _of_a_library(type(value))


def _of_a_library(kind):
    name, home = _name(kind), str(type.__getattribute__(kind, "__module__"))
    if any("__next__" in type.__dict__["__dict__"].__get__(k) for k in type.__dict__["__mro__"].__get__(kind)):
        return f"a {name}, which can be read only once (put list(...) around it)"
    if home.startswith("polars") and name == "LazyFrame":
        return "a LazyFrame, which is not computed yet (add .collect())"
    if home.startswith("pandas") and "GroupBy" in name:
        return "groups that are not summed up yet (add .sum() or .mean())"
    if home.startswith("matplotlib"):
        return "a picture"
    if home.startswith("crmlearn.clv.models"):
        return f"a model ({name}), not yet what follows from it"
    return f"{'an' if name[:1] in 'AEIOUaeiou' else 'a'} {name}"


def _name(kind):
    return type.__dict__["__name__"].__get__(kind)[:60]
