"""What a report may be told: read from its cell tagged `parameters`, checked before anything runs."""

import ast
import difflib
import io
import re
import tokenize
import types
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from crmlearn import errors
from crmlearn.reports import fed, shelf

NEEDS = {"int": "a whole number", "float": "a number", "bool": "true or false", "str": "text"}
RESERVED = ("name", "out", "overwrite", "now")  # these `run` keeps for itself
RANGE = re.compile(r"\bin ([\[(])\s*([-+.\d]+|-?inf)\s*,\s*([-+.\d]+|inf)\s*\]")
CHOICES = re.compile(r'\bone of ("[^"]*"(?:(?:, | or |, or )"[^"]*")*)')
DATE = re.compile(r"\bdate\b(?! (?:column|order|format))", re.IGNORECASE)


@dataclass(frozen=True)
class Parameter:
    """One line of a `parameters` cell: ``horizon_months: int = 12  # in [1, 120]. How far ahead, in months``.

    The help carries the limits, so that what the reader reads is what is checked: ``in [low, high]`` (or ``(low,``),
    ``one of "a", "b"``, or the word ``date`` for a day written 2021-04-03 (besides its choices, where it has some).
    """

    name: str
    type: str
    default: object
    help: str

    @property
    def span(self):
        """(low, high, low is excluded)"""
        found = RANGE.search(self.help)
        return (float(found[2]), float(found[3]), found[1] == "(") if found else (float("-inf"), float("inf"), False)

    @property
    def choices(self):
        found = CHOICES.search(self.help)
        return tuple(re.findall(r'"([^"]*)"', found[1])) if found else ()

    @property
    def is_date(self):
        return self.type == "str" and self.name not in ("data", "feed") and bool(DATE.search(self.help))

    def value(self, given):
        """What was given, in the declared type; a text from a command line counts if it says exactly that."""
        given = given.item() if hasattr(given, "item") else given
        result = {"int": _int, "float": _float, "bool": _bool, "str": _str}[self.type](given)
        if result is None:
            example = repr(str(given)) if self.type == "str" else self.default
            raise errors.Refusal(f"{self.name} needs {NEEDS[self.type]}.", repr(given), f"{self.name}={example}")
        if self.type in ("int", "float"):
            low, high, low_open = self.span
            errors.number(self.name, result, low, high, low_open=low_open)
        if self.choices and not self.is_date:
            errors.one_of(self.name, result, self.choices)
        if self.is_date and result and result not in self.choices and _day(result) is None:
            words = "".join(f", or {self.name}={word}" for word in self.choices)
            raise errors.Refusal(
                f"{self.name} needs a date, year first.", repr(given), f"{self.name}=2021-04-03 for 3 April 2021{words}"
            )
        return result


def describe(name):
    """The parameters of a report, in its own order.

    name : str; a report, see `names`
    Returns: tuple of Parameter(name, type, default, help), with .span and .choices
    Refuses: a line in the cell that is not ``name: type = value  # help``.
    """
    source = next((text for _, tags, text in shelf.cells(name) if "parameters" in tags), "")
    comments = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    return tuple(_declared(node, comments.get(node.end_lineno, ""), name) for node in ast.parse(source).body)


def _declared(node, note, name):
    try:
        found = Parameter(node.target.id, node.annotation.id, ast.literal_eval(node.value), note)
    except (AttributeError, ValueError):
        found = None
    # papermill reads a line only where it has one equals sign.
    if found is None or found.type not in NEEDS or found.name in RESERVED or "=" in note:
        raise errors.Refusal(
            f"{name} declares a parameter that cannot be read.",
            ast.unparse(node),
            f"name: {'|'.join(NEEDS)} = value  # help without an equals sign; not {', '.join(RESERVED)}",
        )
    return found


def check(name, values):
    """Check everything a report is told, and tell all problems at once.

    name : str; a report, see `names`
    values : dict of parameter name -> value; texts as a command line gives them count where they say exactly the type
    Returns: dict of the same names -> values of the declared types
    Refuses: unknown names, wrong types, values outside their limits.
    """
    checked, problems = converted(name, values)
    errors.refuse_all(problems)
    return checked


def converted(name, values):
    """The values in their types, and the problems with the others."""
    declared, checked, problems = {p.name: p for p in describe(name)}, {}, []
    for key, value in values.items():
        try:
            checked[key] = _known(name, key, value, declared).value(value)
        except errors.Refusal as problem:
            problems.append(problem)
    return checked, problems


def _known(report, key, value, declared):
    if key in declared:
        return declared[key]
    near = difflib.get_close_matches(key, declared, 1, cutoff=0.5)
    known = f"one of {', '.join(declared)}" if declared else "no parameters: it takes none"
    raise errors.Refusal(
        f"{report} has no parameter {key!r}.",
        f"{key}={value!r}",
        f"did you mean {near[0]}={value}" if near else known,
    )


def check_cell(name, namespace):
    """Check what a report was told by plain papermill: the cell after `parameters`, so that nothing slips.

    name : str; the report
    namespace : dict; write ``globals()``. Values are put back in their declared types (12 for "12")
        and where it names a feed, the parameters get what that says
    Refuses: as `check`, names that papermill injected but the report does not have, and what contradicts the feed.
    """
    defaults = {parameter.name: parameter.default for parameter in describe(name)}
    values = check(name, {key: namespace[key] for key in namespace if key in {*defaults} | _told(namespace)})
    feed, problems = fed.opened(values)
    told = {key: value for key, value in values.items() if value != defaults[key]}
    errors.refuse_all([*problems, *fed.contradictions(feed, told, defaults)])
    namespace.update(
        values | (fed.said_by(feed, defaults) if feed else {}) | {k: told[k] for k in fed.FREE if k in told}
    )


def _told(namespace):
    """Names that somebody set: in Jupyter by the cell papermill injects, elsewhere by whatever is a plain value.

    Jupyter's other names are left alone, or re-running the cell in an open notebook would refuse the notebook's own.
    """
    if "In" in namespace:
        injected = [ast.parse(source) for source in namespace["In"] if source.startswith("# Parameters\n")]
        return {node.id for tree in injected for node in ast.walk(tree) if isinstance(node, ast.Name)} & set(namespace)
    return {
        key
        for key, value in namespace.items()
        if not key.startswith("_") and not callable(value) and not isinstance(value, types.ModuleType)
    }


def _int(given):
    if isinstance(given, str) and re.fullmatch(r"\s*[-+]?\d{1,18}\s*", given):
        return int(given)
    return given if isinstance(given, int) and not isinstance(given, bool) and abs(given) < 10**18 else None


def _float(given):
    if isinstance(given, str):
        try:
            return float(given)
        except ValueError:
            return None
    return float(given) if isinstance(given, (int, float)) and not isinstance(given, bool) else None


def _bool(given):
    if isinstance(given, str):
        return {"true": True, "false": False}.get(given.strip().lower())
    return given if isinstance(given, bool) else None


def _str(given):
    # papermill cannot hand over a Path or a date.
    given = str(given) if isinstance(given, Path) else given
    given = given.isoformat()[:10] if isinstance(given, date) else given
    return given if isinstance(given, str) else None


def _day(text):
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None
