"""What to do: risks before and after their controls, what each control returns, and the best set for a budget."""

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from crmlearn.errors import Refusal, number, one_of
from crmlearn.risk.exposure import exposure
from crmlearn.risk.register import register_of

MOST_CONTROLS = 20
_EXPECTED = [
    "id", "event", "kind", "events_per_year", "loss_per_event", "inherent", "residual", "saved", "control_cost",
]  # fmt: skip


def expected(register, contingency=False):
    """Each risk in money before and after its controls: inherent and residual.

    register : Register; contingency : whether loss_cap and loss_cut limit the loss
    Returns: table, one row per risk in money: id, event, kind (threat or opportunity), events_per_year and
        loss_per_event (before), inherent, residual (expected loss a year without and with all its controls, currency
        units; of an opportunity the gain), saved, control_cost (a year; of a control on several risks in each row)
    residual = rate x (1 - rate_cut) x E[impact] x (1 - severity_cut); effects of several controls multiply.

    >>> from crmlearn.risk import Chance, Control, Empirical, Risk
    >>> boiler = Risk("R01", "it fails", Chance(0.2), Empirical([10_000]), controls=(Control("service", 600, 0.5),))
    >>> expected([boiler])[["id", "inherent", "residual", "saved", "control_cost"]]
        id  inherent  residual   saved  control_cost
    0  R01    2000.0    1000.0  1000.0         600.0
    """
    register, rows = register_of(register), []
    for risk in register:
        if not risk.in_money:
            continue
        names = {c.name for c in risk.controls}
        before, after = exposure(risk, (), contingency), exposure(risk, names, contingency)
        rows.append({
            "id": risk.id, "event": risk.event, "kind": risk.kind, "events_per_year": before.rate,
            "loss_per_event": before.moment(1), "inherent": before.expected, "residual": after.expected,
            "saved": before.expected - after.expected, "control_cost": sum(c.cost_per_year for c in risk.controls),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=_EXPECTED)


def emv(register):
    """Expected monetary value of a year, threats and opportunities apart; a threat is below zero.

    Returns: table: kind (threat, opportunity, net), risks, inherent, residual; currency units a year
    EMV = sum of probability x impact. It is a mean: it says nothing about the bad year. Source: Project Management
    Institute (2009), Practice Standard for Project Risk Management.

    >>> from crmlearn.risk import Chance, Empirical, Risk
    >>> rain = Risk("A", "rain", Chance(0.5), Empirical([100]))
    >>> pilot = Risk("B", "a class in the shop", Chance(0.2), Empirical([-300]))
    >>> emv([rain, pilot])
              kind  risks  inherent  residual
    0       threat      1     -50.0     -50.0
    1  opportunity      1      60.0      60.0
    2          net      2      10.0      10.0
    """
    table, rows = expected(register), []
    for kind, sign in (("threat", -1), ("opportunity", 1)):
        part = table[table["kind"] == kind]
        rows.append((kind, len(part), sign * part["inherent"].sum(), sign * part["residual"].sum()))
    rows.append(("net", *(sum(row[i] for row in rows) for i in (1, 2, 3))))
    return pd.DataFrame(rows, columns=["kind", "risks", "inherent", "residual"])


def rosi(register, given="none", contingency=False):
    """Return on the investment in each control: (expected loss before - after - cost) / cost; higher is better.

    register : Register
    given : "none": the control alone; "others": on top of all other controls, whose effects multiply with its own
    contingency : whether loss_cap and loss_cut limit the loss
    Returns: table, the best first: control, risks (ids), cost, before, after (expected loss of those risks a year,
        currency units), saved, net (saved - cost), rosi (missing where the control costs nothing, or where its risks
        are not in money). A control of nothing but opportunities is left out: it is the price of trying
    Source: ENISA (2012), Introduction to Return on Security Investment; it warns that the inputs are easily bent.

    >>> from crmlearn.risk import Chance, Control, Empirical, Risk
    >>> boiler = Risk("R01", "it fails", Chance(0.2), Empirical([10_000]), controls=(Control("service", 600, 0.5),))
    >>> rosi([boiler])[["control", "cost", "saved", "net", "rosi"]].round(3)
       control   cost   saved    net   rosi
    0  service  600.0  1000.0  400.0  0.667
    """
    register, rows = register_of(register), []
    one_of("given", given, ("none", "others"))
    for name, cost in register.controls.items():
        theirs = [r for r in register if name in {c.name for c in r.controls} and r.kind == "threat"]
        valued = [r for r in theirs if r.in_money]
        if not theirs:
            continue
        others = set(register.controls) - {name} if given == "others" else set()
        before, after = (
            sum(exposure(r, there, contingency).expected for r in valued) if valued else np.nan
            for there in (others, others | {name})
        )
        saved = before - after
        rows.append((name, ", ".join(r.id for r in theirs), cost, before, after, saved, saved - cost,
                     (saved - cost) / cost if cost else np.nan))  # fmt: skip
    names = ["control", "risks", "cost", "before", "after", "saved", "net", "rosi"]
    return pd.DataFrame(rows, columns=names).sort_values("rosi", ascending=False, kind="stable").reset_index(drop=True)


@dataclass(frozen=True, eq=False)
class BestControls:
    """The set of controls with the lowest expected loss and cost together, of all sets within the budget.

    controls : their names; cost : a year; expected_loss : what then remains; before : without any control
    net : before - expected_loss - cost, what the set is worth in a year
    sets : how many sets were tried, all there are; table : control, cost, chosen, risks
    """

    controls: tuple[str, ...]
    cost: float
    expected_loss: float
    before: float
    sets: int
    table: Any

    @property
    def net(self):
        return self.before - self.expected_loss - self.cost

    def __repr__(self):
        return (
            f"{len(self.controls)} of {len(self.table)} controls for {self.cost:,.0f} a year: the expected loss falls "
            f"from {self.before:,.0f} to {self.expected_loss:,.0f} (net {self.net:,.0f}; {self.sets:,} sets tried)"
        )


def best_controls(register, budget, only=None, contingency=False):
    """The best set of controls within a budget, exactly: every set is tried.

    register : Register; budget : currency units a year
    only : names of the controls to choose from; None for all that lower a threat in money
    contingency : whether loss_cap and loss_cut limit the loss
    Returns: BestControls, with the lowest expected loss + cost; of equals the cheaper one. Effects on one risk
        multiply, so two controls of one risk are worth less together than the sum of each. Years without scenarios
    Errors: Refusal for more than 20 controls (over a million sets)

    >>> from crmlearn.risk import Chance, Control, Empirical, Risk
    >>> two = (Control("service", 600, 0.5), Control("spare boiler", 900, 0.0, 0.8))
    >>> best_controls([Risk("R01", "it fails", Chance(0.2), Empirical([10_000]), controls=two)], budget=1_500).controls
    ('spare boiler',)
    """
    register = register_of(register)
    budget = number("budget", budget, 0)
    threats = [r for r in register if r.in_money and r.kind == "threat"]
    costs = {c.name: c.cost_per_year for r in threats for c in r.controls}
    names = list(costs) if only is None else [only] if isinstance(only, str) else list(dict.fromkeys(only))
    for name in names:
        one_of("only", name, tuple(costs) or ("no control in money",))
    if len(names) > MOST_CONTROLS:
        raise Refusal(
            f"{len(names)} controls make too many sets to try.",
            f"2^{len(names)}",
            "only=risk.rosi(register)['control'].head(20), the 20 that return most on their own",
        )
    cost = _sums([costs[n] for n in names])
    loss = np.zeros(len(cost))
    for risk in threats:
        loss += _after(risk, names, len(cost), contingency)
    total = np.where(cost <= budget * (1 + 1e-12), loss + cost, np.inf)
    best = int(np.lexsort((cost, np.round(total, 6)))[0])
    chosen = tuple(n for i, n in enumerate(names) if best >> i & 1)
    ids = {n: ", ".join(r.id for r in threats if n in {c.name for c in r.controls}) for n in names}
    rows = [(n, costs[n], n in chosen, ids[n]) for n in names]
    table = pd.DataFrame(rows, columns=["control", "cost", "chosen", "risks"])
    return BestControls(chosen, float(cost[best]), float(loss[best]), float(loss[0]), len(cost), table)


def _sums(values):
    """The sum of every subset; set number i holds the k-th value where bit k of i is 1."""
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums


def _after(risk, names, sets, contingency):
    """Expected loss of one risk under every set: reckoned once for each set of its own controls."""
    own = [i for i, n in enumerate(names) if n in {c.name for c in risk.controls}]
    values = np.empty(2 ** len(own))
    for there in product((0, 1), repeat=len(own)):
        place = sum(bit << k for k, bit in enumerate(there))
        mine = {names[i] for i, bit in zip(own, there, strict=True) if bit}
        values[place] = exposure(risk, mine, contingency).expected
    place = np.zeros(sets, np.int64)
    for k, i in enumerate(own):
        place |= ((np.arange(sets) >> i) & 1) << k
    return values[place]
