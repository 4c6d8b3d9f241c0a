"""Kinds of answers that hang on labels: numbers by label, tables, lists of ids, words by label."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from crmlearn.checks import reading
from crmlearn.checks.expectations import SURE, Expectation, Number, option_of, shown
from crmlearn.checks.odd import Unreadable
from crmlearn.errors import counted


@dataclass(frozen=True)
class Labelled(Expectation):
    """A number for each label, as a Series, a dict or a table.

    key : name of the labels, such as "customer_id"
    labels : the labels that are asked for
    column : name of the numbers, for tables with more columns than one
    decimals, relative, within : as in Number

    >>> ages = Labelled("name", ("ann", "bob"), decimals=0)
    >>> ages.read({"bob": 41, "ann": 38})
    {'ann': 38.0, 'bob': 41.0}
    """

    key: str
    labels: tuple[str, ...]
    column: str | None = None
    decimals: int = 2
    relative: float = 0.0
    within: float = 0.0

    def read(self, value):
        found = _labelled(reading.pairs(value, self.key, self.column), self.labels, self.key)
        return {name: reading.number(found[name]) for name in self.labels}

    def same(self, given, answer):
        return not self._off(given, answer)

    def said(self, given):
        return f"You gave {', '.join(f'{k}: {shown(v, self.decimals)}' for k, v in given.items())}."

    def direction(self, given, answer):
        off = self._off(given, answer)
        return f"{len(off)} of {counted(len(answer), 'number')} must change, for example the one for {off[0]}."

    def matches(self, given, mistake):
        return not replace(self, relative=min(self.relative, SURE), within=0.0)._off(given, mistake)

    def _off(self, given, answer):
        alike = Number("", self.decimals, self.relative, self.within).same
        return [name for name in self.labels if not alike(given[name], answer[name])]


@dataclass(frozen=True)
class Table(Expectation):
    """A table of numbers: rows by label, columns by name. Other columns are left aside.

    key : name of the labels; labels : the rows asked for; columns : the columns asked for
    decimals, relative : as in Number
    """

    key: str
    labels: tuple[str, ...]
    columns: tuple[str, ...]
    decimals: int = 2
    relative: float = 0.0

    def read(self, value):
        labels, columns = reading.frame(value, self.key)
        missing = [name for name in self.columns if name not in columns]
        if missing:
            found = ", ".join(columns)[:200] or "none"
            raise Unreadable(f"Your table lacks {', '.join(missing)}. Its columns are: {found}.")
        parts = {n: _labelled(list(zip(labels, columns[n], strict=True)), self.labels, self.key) for n in self.columns}
        return {n: {label: reading.number(part[label]) for label in self.labels} for n, part in parts.items()}

    def same(self, given, answer):
        return not self._off(given, answer)

    def said(self, given):
        return f"You gave a table with {', '.join(given)}."

    def direction(self, given, answer):
        name, label = self._off(given, answer)[0]
        return f"The number for {label} in the column {name} must change."

    def _off(self, given, answer):
        alike = Number("", self.decimals, self.relative).same
        return [(n, k) for n in self.columns for k in self.labels if not alike(given[n][k], answer[n][k])]


@dataclass(frozen=True)
class Ids(Expectation):
    """Some ids out of many, in any order. A mistake may name more of them: any of those count as it.

    key : name of the ids, such as "customer_id"
    count : how many are asked for
    known : function that returns all ids there are
    """

    key: str
    count: int
    known: Callable = None

    def read(self, value):
        known = set(self.known())
        ways = [[reading.label(v) for v in way] for way in _readable(reading.entries(value, self.key))]
        found = next((way for way in ways if known.intersection(way)), ways[0])
        _refuse_strange(found, known, self.key)
        if len(set(found)) < len(found):
            raise Unreadable("An id stands in your answer twice.")
        if len(found) != self.count:
            raise Unreadable(f"You gave {counted(len(found), 'id')}. {self.count} are wanted.")
        return sorted(found)

    def read_mistake(self, value):
        return sorted({reading.label(v) for v in value})

    def matches(self, given, mistake):
        return set(given) <= set(mistake)

    def said(self, given):
        return f"You gave {', '.join(given)}."

    def direction(self, given, answer):
        return f"{len(set(given) & set(answer))} of your {self.count} ids belong to the answer."

    def __repr__(self):  # without the function, whose address differs from run to run
        return f"Ids(key={self.key!r}, count={self.count})"


@dataclass(frozen=True)
class Matching(Expectation):
    """A word for each label. A mistake may name only those labels that it is about.

    key : what the labels are; labels : all of them; options : the words to choose from
    """

    key: str
    labels: tuple[str, ...]
    options: tuple[str, ...]

    def read(self, value):
        found = _labelled(reading.pairs(value, self.key), self.labels, self.key)
        still = [name for name in self.labels if found[name] is Ellipsis]
        if still:
            raise Unreadable(f"Some are still open: {', '.join(still)}.")
        return {name: option_of(reading.text(found[name]), self.options) for name in self.labels}

    def read_mistake(self, value):
        return dict(value)

    def matches(self, given, mistake):
        return mistake.items() <= given.items()

    def said(self, given):
        return f"You gave {', '.join(f'{k}: {v}' for k, v in given.items())}."

    def direction(self, given, answer):
        return f"{sum(given[k] == answer[k] for k in answer)} of {len(answer)} fit."


def _readable(ways):
    """The ways that consist of labels; when there is none, the first, so that its trouble is told."""
    good = []
    for way in ways:
        try:
            good.append([reading.label(v) for v in way])
        except Unreadable:
            continue
    return good or ways[:1]


def _labelled(pairs, labels, key):
    names = [reading.label(name) for name, _ in pairs]
    if len(set(names)) < len(names):
        raise Unreadable(f"A label stands in your answer twice. Give one value for each {key}.")
    missing = [name for name in labels if name not in names]
    if not missing and len(names) > len(labels):
        wanted = ", ".join(labels)
        raise Unreadable(f"You gave values for {len(names):,} labels. These are asked for: {wanted}.")
    _refuse_strange(names, set(labels), key)
    if missing:
        raise Unreadable(f"Your answer has no value for {', '.join(missing[:5])}.")
    return dict(zip(names, (value for _, value in pairs), strict=True))


def _refuse_strange(names, known, key):
    strange = [name for name in names if name not in known]
    if not strange:
        return
    if names == [str(i) for i in range(len(names))]:
        raise Unreadable(f"Your values are numbered 0, 1, 2, ... instead of named. Use set_index({key!r}) first.")
    bare = {name.lstrip("0"): name for name in known if name.startswith("0")}
    if any(name in bare for name in strange):
        name = next(name for name in strange if name in bare)
        raise Unreadable(
            f'You gave {name}, but ids are texts with their zeros, such as "{bare[name]}". Take them from the column '
            f"{key}; the row numbers of a table are not ids."
        )
    raise Unreadable(f"You gave {strange[0][:40]}, which is not a {key} of this task. One of them is {min(known)}.")
