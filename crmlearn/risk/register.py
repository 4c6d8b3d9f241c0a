"""The register: risks in their order, each id once, each control with one cost."""

import dataclasses
import difflib
from dataclasses import dataclass, replace

import pandas as pd

from crmlearn import tables
from crmlearn.errors import Refusal, refuse_all
from crmlearn.risk.frequency import Rate
from crmlearn.risk.record import Risk
from crmlearn.risk.timing import MONTHS


@dataclass(frozen=True)
class Register:
    """Risks in their order; each id once, each control with one cost.

    >>> Register((Risk("A", "it rains"), Risk("B", "it snows")))["B"].event
    'it snows'
    """

    risks: tuple[Risk, ...]

    def __post_init__(self):
        object.__setattr__(self, "risks", tuple(self.risks))
        ids = [r.id for r in self.risks]
        problems = [
            Refusal(f"the id {i!r} stands more than once.", f"{ids.count(i)} risks", "one id for one risk")
            for i in dict.fromkeys(ids) if ids.count(i) > 1
        ]  # fmt: skip
        costs = {}
        for control in (c for r in self.risks for c in r.controls):
            if costs.setdefault(control.name, control.cost_per_year) != control.cost_per_year:
                saw = f"{costs[control.name]:g} and {control.cost_per_year:g} a year"
                problems.append(Refusal(f"control {control.name!r} has two costs.", saw, "one cost, or two names"))
        refuse_all(problems)

    def __len__(self):
        return len(self.risks)

    def __iter__(self):
        return iter(self.risks)

    def __getitem__(self, id):
        for risk in self.risks:
            if risk.id == id:
                return risk
        raise Refusal(f"there is no risk {id!r}.", ", ".join(r.id for r in self.risks), "one of these ids")

    def __repr__(self):
        return f"Register of {len(self)} risks, {sum(r.in_money for r in self)} of them in money"

    def _repr_html_(self):
        shown = self.table()[["id", "event", "probability", "impact", "timing", "management", "contingency"]]
        return tables.html(list(shown.columns), shown.to_numpy().tolist(), repr(self))

    @property
    def controls(self):
        """{name: cost a year} of every control, in the order of the register."""
        return {c.name: c.cost_per_year for r in self.risks for c in r.controls}

    @property
    def left_out(self):
        """Table of the risks that nothing in money speaks of, and why: id, event, why."""
        rows = [(r.id, r.event, r.why_not) for r in self.risks if not r.in_money]
        return pd.DataFrame(rows, columns=["id", "event", "why"])

    def changed(self, id, **fields):
        """The same register with some fields of one risk changed."""
        self[id]  # refuses an unknown one
        names = [f.name for f in dataclasses.fields(Risk) if f.init]
        refuse_all(_no_field(name, names) for name in fields if name not in names)
        return Register(tuple(replace(r, **fields) if r.id == id else r for r in self.risks))

    def table(self):
        """One row per risk, to be read by people: the student note's six fields and the others, in words."""
        return pd.DataFrame([_in_words(r) for r in self.risks])


def _no_field(name, names):
    near = difflib.get_close_matches(name, names, 1)
    return Refusal(f"a risk has no {name!r}.", ", ".join(names), near[0] if near else "one of these fields")


def register_of(risks):
    """A Register of a Register, or of a list of risks."""
    if isinstance(risks, Register):
        return risks
    if isinstance(risks, Risk):
        return Register((risks,))
    try:
        risks = tuple(risks)
    except TypeError:
        risks = (risks,)
    if not risks or not all(isinstance(r, Risk) for r in risks):
        saw = type(risks[0]).__name__ if risks else "no risks"
        raise Refusal("a register needs risks.", saw, "register = risk.read('register.csv')")
    return Register(risks)


def _in_words(r):
    p, size = r.probability, r.impact
    chance = r.probability_in_words
    if p is not None:
        span = f"{p.low:g}" if p.low == p.high else f"{p.low:g} to {p.high:g}"
        chance = f"{span}{' a year' if isinstance(p, Rate) else ''}"
    money = "" if size is None else " to ".join(f"{v:,.0f}" for v in dict.fromkeys((size.low, size.high)))
    return {
        "id": r.id, "category": r.category, "cause": r.cause, "event": r.event, "consequence": r.consequence,
        "probability": chance, "evidence": r.evidence, "impact": "; ".join(filter(None, (money, r.impact_in_words))),
        "timing": r.timing, "months": "all" if len(r.months) == 12 else ", ".join(MONTHS[m - 1] for m in r.months),
        "management": r.management, "contingency": r.contingency, "trigger": r.trigger, "residual": r.residual,
        "owner": r.owner, "status": r.status, "review_on": None if r.review_on is None else r.review_on.isoformat(),
    }  # fmt: skip
