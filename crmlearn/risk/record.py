"""One risk as a record: frozen, typed, and refused where it cannot be meant."""

from dataclasses import dataclass, field
from datetime import date

from crmlearn.errors import Refusal, number, refuse_all
from crmlearn.risk.frequency import Chance, Rate
from crmlearn.risk.severity import Severity
from crmlearn.risk.timing import months_of


@dataclass(frozen=True)
class Control:
    """What is done before (prevention), with what it costs and what it does.

    name : str; one name on several risks is one control, paid once
    cost_per_year : currency units
    rate_cut, severity_cut : shares in [0, 1] by which it lowers how often, and how much
    """

    name: str
    cost_per_year: float = 0.0
    rate_cut: float = 0.0
    severity_cut: float = 0.0

    def __post_init__(self):
        if not isinstance(self.name, str) or not self.name.strip():
            raise Refusal("a control needs a name.", repr(self.name), "the measure in words, such as 'yearly service'")
        object.__setattr__(self, "cost_per_year", number("cost_per_year", self.cost_per_year, 0))
        for cut in ("rate_cut", "severity_cut"):
            object.__setattr__(self, cut, number(cut, getattr(self, cut), 0, 1))


@dataclass(frozen=True)
class Risk:
    """One row of a register: because of a cause an event may happen, with a consequence.

    event : str; what may happen, as one thing that can be seen to have happened
    probability : Chance, Rate, or None where there are only words
    impact : Lognormal, Pert, Empirical, or None where the loss is no money (then say it in impact_in_words)
    timing : str such as "Nov to Dec"; `months` are the months in which the event can happen
    management : str; prevention, before; `controls` are those measures with their numbers
    contingency : str; response, after, begun by the `trigger`; loss_cap : the most that an event then costs;
        loss_cut : the share of each loss that it spares
    Probability and impact are inherent: what would be, were none of the controls there.

    >>> boiler = Risk("R01", "the boiler fails", Chance(0.1, 0.25), timing="Nov to Dec", impact_in_words="no tastings")
    >>> boiler.kind, boiler.months, boiler.in_money
    ('threat', (11, 12), False)
    """

    id: str
    event: str
    probability: Chance | Rate | None = None
    impact: Severity | None = None
    timing: str = ""
    management: str = ""
    contingency: str = ""
    category: str = ""
    cause: str = ""
    consequence: str = ""
    probability_in_words: str = ""
    impact_in_words: str = ""
    evidence: str = ""
    owner: str = ""
    controls: tuple[Control, ...] = ()
    loss_cap: float | None = None
    loss_cut: float = 0.0
    trigger: str = ""
    residual: str = ""
    status: str = "open"
    review_on: date | None = None
    months: tuple[int, ...] = field(init=False, repr=False)

    def __post_init__(self):
        problems = list(_mistyped(self))
        refuse_all(problems)
        if not self.event.strip():
            problems.append(Refusal("a risk needs an event.", "no words", "what may happen: 'the boiler fails'"))
        try:
            object.__setattr__(self, "months", months_of(self.timing))
        except Refusal as problem:
            problems.append(problem)
        problems += self._response()
        names = [c.name for c in self.controls]
        for name in sorted({n for n in names if names.count(n) > 1}):
            problems.append(Refusal("one control stands twice on one risk.", name, "one line for it"))
        refuse_all(problems)
        object.__setattr__(self, "controls", tuple(self.controls))

    def _response(self):
        try:
            if self.loss_cap is not None:
                object.__setattr__(self, "loss_cap", number("loss_cap", self.loss_cap, 0, low_open=True))
            object.__setattr__(self, "loss_cut", number("loss_cut", self.loss_cut, 0, 1))
        except Refusal as problem:
            return [problem]
        if self.kind == "opportunity" and (self.loss_cap is not None or self.loss_cut):
            return [Refusal("a contingency cannot limit the loss of a gain.", "an impact below 0", "leave it in words")]
        return []

    @property
    def kind(self):
        return "opportunity" if self.impact is not None and self.impact.sign < 0 else "threat"

    @property
    def in_money(self):
        """Whether it can be reckoned: open, with a probability in numbers and an impact in money."""
        return not self.why_not

    @property
    def why_not(self):
        """Why it stays out of what is reckoned in money; empty where it does not."""
        if self.status.casefold() == "closed":
            return "closed"
        if self.probability is None:
            return f"probability in words only ({self.probability_in_words or 'none'})"
        return "" if self.impact is not None else "impact is not in money"

    @property
    def sentence(self):
        """Cause, event and consequence as one sentence."""
        start = f"Because {self.cause}, " if self.cause else ""
        end = f": {self.consequence}" if self.consequence else ""
        text = f"{start}it may happen that {self.event}{end}".rstrip(".") + "."
        return text[0].upper() + text[1:]


def _mistyped(risk):
    """What was given as a bare number or list where a value of its own kind says what is meant."""
    kinds = {
        "id": (str, "id='R01'"),
        "event": (str, "event='the boiler fails'"),
        "timing": (str, "timing='Nov to Dec'"),
        "status": (str, "status='open', or 'closed'"),
        "controls": (tuple | list, "controls=(Control('yearly service', 600, rate_cut=0.5),)"),
        "probability": (Chance | Rate | None, "Chance(0.2), Chance(0.1, 0.25), or Rate(2) for what repeats"),
        "impact": (Severity | None, "Lognormal(400, 2500), Pert(1, 3, 10) or Empirical([400, 900])"),
    }
    for name, (kind, mend) in kinds.items():
        value = getattr(risk, name)
        if not isinstance(value, kind):
            yield Refusal(f"{name} of a risk needs another kind of value.", repr(value)[:80], mend)
    if isinstance(risk.controls, (tuple, list)):
        for control in (c for c in risk.controls if not isinstance(c, Control)):
            yield Refusal("a control of a risk needs a Control.", repr(control)[:80], kinds["controls"][1])
