"""The key of a numeric item is computed by crmlearn itself, by a public function that the deck names."""

import difflib
import math
from dataclasses import fields
from functools import partial

import crmlearn
from crmlearn.errors import Refusal, refuse_all

# Rooms whose functions turn plain numbers into a number.
ROOMS = ("audit", "clv", "cohorts", "ethics", "paradigm", "pdpa", "risk", "value", "pyramid")
MODELS = ("NBD", "BGNBD", "MBGNBD", "ParetoNBD")
ASKED = ("expected_orders", "p_alive")  # of a model whose parameters stand next to the history


def compute(call, given, pick=None):
    """The number that a public function gives.

    call : "room.function", such as "clv.lifespan"; given : its arguments; of "clv.models.NBD.p_alive" and its like
        both the parameters of the model and the history
    pick : which part of the result: a position in a list; a column of a table, whose last row counts; or what a
        decision or a date holds, such as "amount" or "day"

    >>> compute("audit.shapley", {"before": [10, 1], "after": [20, 3]}, pick=1)
    30.0
    >>> round(compute("clv.lifespan", {"margin": 100, "retention_per_period": 0.8, "discount_per_period": 0.1}), 3)
    366.667
    >>> compute("clv.models.NBD.expected_orders", {"r": 1, "alpha": 10, "t": 20, "x": 9, "t_x": 30, "T": 30})
    5.0
    >>> compute("pdpa.cap", {"turnover": 40_000_000}, pick="amount")
    4000000.0
    """
    known = functions()
    if call not in known:
        near = difflib.get_close_matches(call, known, 1) or ["clv.lifespan"]
        raise Refusal(f"crmlearn has no function {call!r}.", f"known are {', '.join(sorted(known))}", near[0])
    try:
        result = known[call](**given)
        if pick is not None:
            result = _part(result, pick)
        result = float(result)
    except Refusal as refusal:
        refuse_all([refusal])
    except Exception as error:
        saw = f"{type(error).__name__}: {error}"
        raise Refusal(f"{call} gives no number.", saw[:120], f"arguments as in help(crmlearn.{call})") from None
    if not math.isfinite(result):
        raise Refusal(f"{call} gives no finite number.", str(result), "other values under 'given'")
    return result


def _part(result, pick):
    if isinstance(pick, int):
        return result[pick]
    return result[pick].iloc[-1] if hasattr(result, "columns") else getattr(result, pick)


def functions():
    """{"clv.lifespan": the function, ...}"""
    found = {}
    for name in ROOMS:
        room = getattr(crmlearn, name)
        found |= {f"{name}.{public}": getattr(room, public) for public in room.__all__}
    found = {name: thing for name, thing in found.items() if callable(thing) and not isinstance(thing, type)}
    kinds = {name: getattr(crmlearn.clv.models, name) for name in MODELS}
    return found | {f"clv.models.{k}.{asked}": partial(_answer, kinds[k], asked) for k in kinds for asked in ASKED}


def _answer(kind, asked, **given):
    """What a model with these parameters says about this history."""
    own = {f.name: given.pop(f.name) for f in fields(kind) if f.name in given}
    return getattr(kind(**own), asked)(**given)
