"""Every refusal: what is wrong, what we saw, what to type."""

import difflib
import sys
import traceback
from decimal import Decimal
from numbers import Real


class Refusal(ValueError):
    """Input that crmlearn will not guess about.

    wrong : str; what is wrong, in one sentence
    saw : str; what was found instead
    try_ : str; what to type, or what to change in the file

    >>> raise Refusal("retention=80 is not between 0 and 1.", "80", "for 80 % write 0.80")
    Traceback (most recent call last):
        ...
    crmlearn.errors.Refusal: retention=80 is not between 0 and 1.
      Saw: 80
      Try: for 80 % write 0.80
    """

    def __init__(self, wrong, saw, try_):
        self.wrong, self.saw, self.try_ = wrong, saw, try_
        super().__init__(wrong, saw, try_)

    def lines(self):
        return [self.wrong, f"  Saw: {self.saw}", f"  Try: {self.try_}"]

    def __str__(self):
        return "\n".join(self.lines())

    def _render_traceback_(self):
        # Jupyter shows this instead of the stack: the reader's mistake is in the reader's line, not in ours.
        return [line if line.startswith("  ") else f"\x1b[1m✗ {line}\x1b[0m" for line in self.lines()]


class Refusals(Refusal):
    """Several refusals told at once, so that nobody mends a file one error at a time."""

    def __init__(self, problems):
        self.problems = list(problems)
        first = self.problems[0]
        super().__init__(first.wrong, first.saw, first.try_)

    def __reduce__(self):  # so that it survives the way from one process to another
        return type(self), (self.problems,)

    def lines(self):
        return [line for problem in self.problems for line in problem.lines()]


def refuse_all(problems):
    """Raise what is in the list: nothing, the one refusal, or all of them together (a `Refusals` gives its own)."""
    flat = [single for problem in problems for single in getattr(problem, "problems", [problem])]
    if len(flat) == 1:
        raise flat[0]
    if flat:
        raise Refusals(flat)


def counted(n, noun):
    """A number and what it counts, for sentences.

    >>> counted(1, "order"), counted(1200, "order")
    ('1 order', '1,200 orders')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def number(name, value, low=float("-inf"), high=float("inf"), hint="", low_open=False):
    """Check one number and return it as a float.

    Refuses text, NaN, infinity and anything outside [low, high] (low itself too when ``low_open``).

    >>> number("retention_per_year", 0.8, 0, 1)
    0.8
    """
    if isinstance(value, bool) or not isinstance(value, (Real, Decimal)):
        raise Refusal(f"{name} needs a number.", repr(value)[:80], hint or f"{name}={_example(low, high)}")
    try:
        result = float(value)
    except OverflowError:
        result = float("inf")
    inside = low < result <= high if low_open else low <= result <= high
    if not inside or result in (float("inf"), float("-inf")):
        raise Refusal(
            f"{name}={value} is not {_span(low, high, low_open)}.", repr(value), hint or _percent(name, result, high)
        )
    return result


def whole(name, value, low, example, high=float("inf")):
    """Check one whole number and return it as an int.

    Refuses what `number` refuses, and parts of a whole. example : what to type

    >>> whole("groups", 10, 2, "groups=10")
    10
    """
    if number(name, value, low, high) % 1:
        raise Refusal(f"{name}={value} is not a whole number.", repr(value), example)
    return int(value)


def _example(low, high):
    return f"{next((n for n in (0.1, low + 1, high) if low < n <= high), low):g}"


def _span(low, high, low_open):
    if high == float("inf"):
        if low == float("-inf"):
            return "a finite number"
        return f"{'above' if low_open else 'at least'} {low:g}"
    return f"{'above' if low_open else 'between'} {low:g} and {'at most ' if low_open else ''}{high:g}"


def _percent(name, value, high):
    if high == 1 and 1 < value <= 100:
        return f"for {value:g} % write {name}={value / 100:.2f}"
    return f"give {name} as a number in that range"


def one_of(name, value, choices):
    """Check that a value is one of the choices and return it.

    >>> one_of("refunds", "net", ("net", "drop"))
    'net'
    """
    if any(isinstance(value, type(c)) and value == c for c in choices):
        return value
    near = difflib.get_close_matches(str(value)[:80], [str(c) for c in choices], 1)
    raise Refusal(
        f"{name}={repr(value)[:80]} is not a choice.",
        f"choices are {', '.join(map(repr, choices))}",
        f"{name}={(near[0] if near else choices[0])!r}",
    )


def columns(frame_name, needed, found, renames=None):
    """Refuse a table that lacks columns, naming all of them and the likely mend.

    >>> columns("transactions", ["amount"], ["customer_id", "date", "price"], {"price": "amount"})
    Traceback (most recent call last):
        ...
    crmlearn.errors.Refusal: transactions need 'amount'.
      Saw: columns customer_id, date, price
      Try: tx.rename(columns={'price': 'amount'})
    """
    found = list(map(str, found))
    missing = [c for c in needed if c not in found]
    if not missing:
        return
    if renames is None:
        near = {c: difflib.get_close_matches(c, found, 1) for c in missing}
        renames = {hit[0]: c for c, hit in near.items() if hit}
    raise Refusal(
        f"{frame_name} need {', '.join(map(repr, missing))}.",
        f"columns {', '.join(found)}",
        f"tx.rename(columns={renames})" if renames else f"a table with the columns {', '.join(needed)}",
    )


def trace():
    """Print the whole stack of the last error, for whoever wants to see where it came from."""
    last = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    if last is None:
        print("No error so far.")
    else:
        traceback.print_exception(last)
