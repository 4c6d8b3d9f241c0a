"""One row of cells as one Risk; everything that is wrong in it is collected, none of it is guessed."""

import re

from crmlearn.errors import Refusal
from crmlearn.risk import cells
from crmlearn.risk.frequency import Chance, Rate
from crmlearn.risk.headings import NUMBERED
from crmlearn.risk.record import Control, Risk
from crmlearn.risk.severity import Empirical, Lognormal, Pert

_TEXTS = (
    "id", "category", "cause", "event", "consequence", "evidence", "timing", "management", "contingency", "trigger",
    "residual", "owner", "status",
)  # fmt: skip


class Row:
    """The filled cells of a row, each with its heading, and the problems found so far."""

    def __init__(self, place, filled):
        self.place, self.filled, self.problems = place, filled, []

    def __contains__(self, name):
        return name in self.filled

    def heading(self, name):
        return self.filled[name][0]

    def cell(self, name, parse, default=None):
        """A cell as `parse` reads it; the default where it is empty, or wrong."""
        if name not in self.filled:
            return default
        _, value, cents = self.filled[name]
        try:
            return parse(value, cents=True) if cents else parse(value)
        except Refusal as problem:
            self.wrong(name, problem)
            return default

    def wrong(self, name, problem):
        where = f"{self.place}, {self.heading(name)!r}" if name in self.filled else self.place
        link = " " if name in self.filled and problem.wrong.startswith(("is ", "needs ")) else ": "
        self.problems += [
            Refusal(f"{where}{link}{one.wrong}", one.saw, one.try_) for one in getattr(problem, "problems", [problem])
        ]

    def build(self, name, kind, *values):
        """kind(*values), or None with the problem noted."""
        try:
            return kind(*values)
        except Refusal as problem:
            self.wrong(name, problem)


def to_risk(place, filled, number):
    """(Risk or None, problems) of one row.

    place : str, where it stands; filled : {our name: (heading, value, in cents)} of cells that are not empty
    number : of the row among the rows, for an id where there is no such column
    """
    row = Row(place, filled)
    texts = {name: row.cell(name, cells.text, "") for name in _TEXTS}
    texts["id"] = texts["id"] or f"R{number:02d}"
    texts["status"] = texts["status"] or "open"
    if not texts["event"]:
        row.wrong("event", Refusal("the event is missing.", "an empty cell", "what may happen, in words"))
    probability, in_words = _probability(row)
    impact, impact_words = _impact(row)
    if impact is None and not impact_words and not texts["consequence"] and not row.problems:
        saw, try_ = "empty cells", "impact_low and impact_high in money, or impact_in_words"
        row.wrong("impact", Refusal("the impact is missing.", saw, try_))
    fields = {
        **texts, "probability": probability, "probability_in_words": in_words, "impact": impact,
        "impact_in_words": impact_words, "controls": _controls(row, texts["management"]),
        "loss_cap": row.cell("contingency_cap", cells.money), "loss_cut": row.cell("contingency_cut", cells.share, 0.0),
        "review_on": row.cell("review_on", cells.day),
    }  # fmt: skip
    if row.problems:
        return None, row.problems + _timing(row, texts["timing"])
    try:
        return Risk(**fields), []
    except Refusal as problem:
        row.wrong("row", problem)
        return None, row.problems


def _timing(row, timing):
    """What is wrong with the timing of a row that is refused anyway: all is told at once."""
    before = len(row.problems)
    row.build("timing", lambda t: Risk("x", "x", timing=t), timing)
    found = row.problems[before:]
    del row.problems[before:]
    return found


def _probability(row):
    """(Chance, Rate or None; words) of a row."""
    words = row.cell("probability_in_words", cells.text, "")
    given = [name for name in ("probability", "rate") if name in row or f"{name}_low" in row or f"{name}_high" in row]
    if len(given) == 2:
        saw = "both are filled"
        row.wrong("rate_low", Refusal("a chance and a rate are two answers to one question.", saw, "keep one of them"))
        return None, words
    if not given:
        if not words:
            try_ = "0.2, or 0.1 and 0.25, or a word such as low; for what repeats a rate such as 2"
            row.wrong("probability", Refusal("the probability is missing.", "empty cells", try_))
        return None, words
    kind, parse, name = (Chance, cells.share, "probability") if given == ["probability"] else (Rate, cells.rate, "rate")
    if name in row:
        if f"{name}_low" in row or f"{name}_high" in row:
            row.wrong(name, Refusal(f"the {name} is given in one cell and in two.", "both are filled", "keep one way"))
            return None, words
        value = row.filled[name][1]
        if name == "probability" and isinstance(value, str) and cells.is_words(value):
            return None, cells.text(value)
        found = row.cell(name, lambda v: [parse(end) for end in cells.ends(v)])
        if found is not None and len(found) > 2:
            row.wrong(name, Refusal("needs one number or two.", repr(value)[:60], "0.1 to 0.25"))
        return (row.build(name, kind, *found[:2]) if found else None), words
    before = len(row.problems)
    low, high = row.cell(f"{name}_low", parse), row.cell(f"{name}_high", parse)
    if len(row.problems) > before:
        return None, words
    if low is None:  # an empty cell may have been a formula; a high end alone is no number to go by
        row.wrong(f"{name}_high", Refusal("the low end is missing.", f"only {name}_high", f"{name}_low, too"))
        return None, words
    return row.build(f"{name}_low", kind, low, low if high is None else high), words


def _impact(row):
    """(severity or None, words) of a row."""
    words = row.cell("impact_in_words", cells.text, "")
    given = [name for name in ("impact_low", "impact_mode", "impact_high") if name in row]
    ways = [bool(given), "impact_values" in row, "impact" in row and cells.looks_like_money(row.filled["impact"][1])]
    if "impact" in row and not ways[2]:  # the planning note's one field, in words
        words = "; ".join(filter(None, (row.cell("impact", lambda v, cents=False: cells.text(v)), words)))
    if sum(ways) > 1:
        try_ = "keep a range, three points, or a list of past losses"
        row.wrong("impact_values", Refusal("the impact is given in two ways.", "a range and a list", try_))
        return None, words
    if ways[1]:
        values = row.cell("impact_values", cells.amounts)
        return (None if values is None else row.build("impact_values", Empirical, values)), words
    if ways[2]:
        values = row.cell("impact", lambda v, cents=False: [cells.money(end, cents) for end in cells.ends(v)])
        if values == []:
            row.wrong("impact", Refusal("needs one, two or three amounts.", "an empty list", "[4000, 25000]"))
        return (row.build("impact", *_kind(values)) if values else None), words
    if not given:
        return None, words
    before = len(row.problems)
    values = [row.cell(name, cells.money) for name in given]
    if len(row.problems) > before:
        return None, words
    if len(given) == 1 or ("impact_mode" in given and len(given) < 3):
        saw = f"only {' and '.join(given)}"
        try_ = "impact_low and impact_high; for a loss that is known the same number in both"
        row.wrong(given[0], Refusal("one end of the range is missing.", saw, try_))
        return None, words
    return row.build(given[0], *_kind(values)), words


def _kind(values):
    """(class, its arguments) of one, two or three numbers."""
    if len(values) == 1 or len(set(values)) == 1:
        return Empirical, values[:1]
    if len(values) > 3:
        return Empirical, values
    return (Lognormal, *values) if len(values) == 2 else (Pert, *values)


def _controls(row, management):
    """The controls of a row: that of the column management, and the numbered ones."""
    found = []
    numbered = re.compile(rf"(?:{'|'.join(NUMBERED)})_(\d+)")
    numbers = sorted({int(m[1]) for name in row.filled if (m := numbered.fullmatch(name))})
    for suffix in ("", *(f"_{n}" for n in numbers)):
        name = management if not suffix else row.cell(f"control{suffix}", cells.text, "")
        parts = [f"{part}{suffix}" for part in ("control_cost", "rate_cut", "severity_cut") if f"{part}{suffix}" in row]
        if not parts and (not suffix or not name):
            continue  # words alone, without numbers, are management and no control to reckon with
        if not name:
            saw = ", ".join(parts)
            row.wrong(parts[0], Refusal("a control has numbers and no name.", saw, "what is done, in words"))
            continue
        before = len(row.problems)
        cost = row.cell(f"control_cost{suffix}", cells.money, 0.0)
        cuts = [row.cell(f"{part}{suffix}", cells.share, 0.0) for part in ("rate_cut", "severity_cut")]
        if len(row.problems) == before:
            found.append(row.build(f"control_cost{suffix}", Control, name, cost, *cuts))
    return tuple(c for c in found if c is not None)
