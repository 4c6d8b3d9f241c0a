"""The columns of a register: their names, what belongs into them, and how others call them."""

import difflib
import re

from crmlearn.errors import Refusal

# In the order of the template; a planning note's six fields are marked with *.
COLUMNS = {
    "id": "short and unique, such as R01",
    "category": "what it touches: people, supply, data, ...",
    "cause": "because of this ...",
    "event": "* ... this may happen: one thing that can be seen to have happened",
    "consequence": "... and lead to this",
    "probability_low": "* chance within a year, low end: 0.1 or 10 %",
    "probability_high": "* chance within a year, high end; leave empty for one number",
    "rate_low": "instead of a chance, for what can come more than once: how often in a year, low end",
    "rate_high": "how often in a year, high end",
    "probability_in_words": "where there is no number yet: low, medium, high",
    "evidence": "what the probability rests on: experience, research, planning",
    "impact_low": "* loss of one event in money; 1 in 20 is below. A gain has a minus",
    "impact_mode": "only if low and high are limits: the most likely loss (PERT)",
    "impact_high": "* loss of one event in money; 1 in 20 is above",
    "impact_values": "instead of a range: what such events cost before, such as 400; 900; 2000",
    "impact_in_words": "* an impact that is not money, such as reputation",
    "timing": "* when: any month, Nov to Jan, Q4, 2026, 2026-03-15",
    "management": "* prevention, before",
    "control_cost": "what it costs in a year",
    "rate_cut": "share by which it lowers how often: 0.5 or 50 %",
    "severity_cut": "share by which it lowers the loss of one event",
    "contingency": "* response, after",
    "contingency_cap": "the most that one event then costs",
    "contingency_cut": "share of each loss that it spares",
    "trigger": "the sign that begins it",
    "residual": "what remains, in words",
    "owner": "who looks after it",
    "status": "open, or closed (then it is not reckoned)",
    "review_on": "day of the next look: 2026-01-15",
}
NUMBERED = (
    "control",
    "control_cost",
    "rate_cut",
    "severity_cut",
)  # of a second control: control_2, control_cost_2, ...
MONEY = ("impact_low", "impact_mode", "impact_high", "impact_values", "control_cost", "contingency_cap", "impact")
_OTHERS = {
    "id": "risk_id risk_no risk_number no nr ref reference number",
    "category": "type area",
    "event": "risk risk_event title what",
    "consequence": "consequences effect",
    "probability": "likelihood chance probability_per_year",
    "probability_low": "probability_min chance_low likelihood_low",
    "probability_high": "probability_max chance_high likelihood_high",
    "rate": "rate_per_year frequency times_per_year",
    "rate_low": "frequency_low",
    "rate_high": "frequency_high",
    "evidence": "basis source",
    "impact": "severity loss cost_of_event",
    "impact_low": "impact_min loss_low severity_low",
    "impact_mode": "impact_most_likely most_likely impact_likely",
    "impact_high": "impact_max loss_high severity_high",
    "impact_values": "past_losses losses",
    "impact_in_words": "other_impact non_monetary_impact impact_words",
    "timing": "when time",
    "management": "prevention mitigation control_in_words preventive_action",
    "control": "controls_name controls",
    "control_cost": "prevention_cost cost cost_per_year controls_cost controls_cost_per_year prevention_cost_per_year"
                    " control_cost_per_year",
    "rate_cut": "frequency_cut controls_rate_cut controls_frequency_cut probability_cut",
    "severity_cut": "impact_cut controls_severity_cut loss_severity_cut",
    "contingency": "response contingency_plan contingency_words",
    "contingency_cap": "loss_cap",
    "contingency_cut": "loss_cut",
    "trigger": "kri",
    "residual": "residual_risk",
    "owner": "risk_owner responsible",
    "review_on": "review review_date next_review",
}  # fmt: skip
_SHORT = {"probability", "rate", "impact"}  # one cell that may hold a number, a range or words
_NAMES = {name: name for name in (*COLUMNS, *_SHORT)} | {o: name for name, os in _OTHERS.items() for o in os.split()}


def plain(heading):
    """A heading without case, spaces and signs.

    >>> plain(" Probability, low ")
    'probability_low'
    """
    return re.sub(r"[\W_]+", "_", str(heading).casefold()).strip("_")


def column_of(heading):
    """(our name with its number, whether it is in cents) of somebody's heading; None where it is not known.

    >>> column_of("Risk ID"), column_of("Prevention cost 2"), column_of("impact_low_cents"), column_of("colour")
    (('id', False), ('control_cost_2', False), ('impact_low', True), None)
    >>> column_of("Probability (high)"), column_of("Impact (SGD), low")
    (('probability_high', False), ('impact_low', False))
    """
    # What stands in brackets may be a part of the name, or a unit.
    return _known(plain(heading)) or _known(plain(re.sub(r"\(.*?\)", " ", str(heading))))


def _known(name):
    cents = name.endswith("_cents")
    name = name.removesuffix("_cents")
    if name in _NAMES and name != "control":
        known = _NAMES[name]
        known = "management" if known == "control" else known  # words without a number beside them
        return (known, cents) if not cents or known in MONEY else None
    numbered = re.fullmatch(r"(.+?)_?(\d{1,2})", name)
    known = _NAMES.get(numbered[1], numbered[1]) if numbered else None
    known = "control" if known == "management" else known
    return (f"{known}_{int(numbered[2])}", cents) if known in NUMBERED else None


def match(headings, renames=None, ignore=()):
    """{heading: (our name, cents)} of all headings; refuses unknown ones and two of one meaning."""
    renames = {plain(k): v for k, v in (renames or {}).items()}
    skipped = {plain(name) for name in ignore}
    found, problems = {}, []
    for heading in headings:
        if plain(heading) in skipped or not plain(heading):
            continue
        known = column_of(renames.get(plain(heading), heading))
        if known is None:
            problems.append(_unknown(heading))
        elif known[0] in (name for name, _ in found.values()):
            other = next(h for h, (name, _) in found.items() if name == known[0])
            saw = f"{other!r} and {str(heading)!r}"
            problems.append(Refusal(f"two columns mean {known[0]!r}.", saw, f"ignore=[{str(heading)!r}]"))
        else:
            found[heading] = known
    return found, problems


def _unknown(heading):
    near = difflib.get_close_matches(plain(heading), [*COLUMNS, *_NAMES], 1, cutoff=0.75)
    shown = str(heading)[:60]
    mend = f"{_NAMES.get(near[0], near[0])!r}, or " if near else ""
    return Refusal(
        f"the column {shown!r} is not known.",
        repr(shown) if near else f"known are {', '.join(COLUMNS)}",
        f"{mend}ignore=[{shown!r}] to leave it out, or columns={{{shown!r}: ...}} with a known name",
    )
