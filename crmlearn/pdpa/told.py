"""What the records say of a breach: whether it was assessed and told, to whom, and in time."""

import re

import pandas as pd

from crmlearn.errors import Refusal
from crmlearn.pdpa.breach import SCALE, must_notify
from crmlearn.pdpa.incidents import Breach
from crmlearn.pdpa.ruling import day, yes

_FACTS = {"harm": "harm_otherwise"} | {n: n for n in ("internal_only", "protected_before", "remedied")}
_DATES = ("noticed_on", "assessed_on", "told_commission_on", "told_people_on")


def told_of(row, as_of, number=1):
    """Rows of `findings` about one breach.

    row : dict, as in Records.breaches; as_of : day of the inspection; number : of the breach, where its id is no code
    """
    one = {name: None if value is None or value != value or value == "" else value for name, value in row.items()}
    code = str(one.get("incident_id") or "")  # anything else than a code may name somebody
    name = code if re.fullmatch(r"[A-Za-z]{0,4}-?\d{1,6}", code) else f"breach {number}"
    dates = {d: _date(d, one.get(d)) for d in _DATES}
    if not (dates["noticed_on"] or dates["assessed_on"]):
        return [(f"{name}: no day on which it was noticed", None, None, "cannot tell", "write down each day")]
    data = [kind.strip() for kind in str(one.get("data") or "").split(";") if kind.strip()]
    facts = {new: yes(f"{old} of a breach", one[old]) for old, new in _FACTS.items() if one.get(old) is not None}
    known = {d: dates[d] for d in ("noticed_on", "assessed_on")}
    breach = Breach(data, _whole(one["people"]), **facts, **known)
    if not data and "harm_otherwise" not in facts and breach.people < SCALE and not breach.internal_only:
        return [
            (f"{name}: no record of which kinds of data were touched", None, None, "cannot tell", "write them down")
        ]
    duties = must_notify(breach)
    if not dates["assessed_on"]:
        return _open(name, dates["noticed_on"], duties, as_of)
    if duties.commission.answer == "no":
        return [(f"{name}: not notifiable on these facts", None, None, "nothing found", "keep the assessment")]
    rows = [_commission(name, dates["told_commission_on"], duties, "told_commission_on" in one, as_of)]
    if duties.people.answer == "yes":
        rows.append(_people(name, dates, "told_people_on" in one))
    return rows


def _open(name, noticed, duties, as_of):
    last = duties.notifiable.dates["finish the assessment by (guidance, not statute)"]
    action = f"finish the assessment; the Commission expects it by {day(last)} (guidance)"
    severity = "serious" if as_of > last else "mend"
    return [(f"{name}: noticed on {day(noticed)}, not assessed", None, None, severity, action)]


def _commission(name, told, duties, kept, as_of):
    last = duties.dates["tell the Commission by"]
    if told is None and as_of <= last:
        return (
            f"{name}: the Commission is to be told by {day(last)}",
            None,
            None,
            "mend",
            "tell it; there is still time",
        )
    if told is None:
        text = f"{name}: no record that the Commission was told; the last day was {day(last)}"
        return _missing(text, kept, "the Commission")
    if told > last:
        text = f"{name}: the Commission was told on {day(told)}; the last day was {day(last)}"
        return text, None, None, "serious", "keep the reasons for the delay; the notice asks for them"
    return f"{name}: the Commission was told on {day(told)}, in time", None, None, "nothing found", "keep the notice"


def _people(name, dates, kept):
    told, first = dates["told_people_on"], dates["told_commission_on"]
    if told is None:
        return _missing(f"{name}: no record that the people were told", kept, "the people")
    if first and told < first:
        text = f"{name}: the people were told on {day(told)}, before the Commission"
        return text, None, None, "mend", "tell the Commission first, or both together"
    return f"{name}: the people were told on {day(told)}", None, None, "nothing found", "keep the notice"


def _missing(text, kept, whom):
    """A column for the day that is empty says no; without the column nobody can tell."""
    return text, None, None, "serious" if kept else "cannot tell", f"find the notice; if there is none, tell {whom} now"


def _whole(value):
    """A file may hold its numbers as text."""
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else value


def _date(name, value):
    if value is None:
        return None
    try:
        return pd.Timestamp(value).date()
    except (ValueError, TypeError):
        raise Refusal(f"{name} of a breach is no date.", repr(value)[:40], "2025-08-01, year first") from None
