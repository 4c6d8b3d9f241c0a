"""Two hundred cases, decided by hand and not from the code, against the rules of the house."""

from datetime import datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from crmlearn import pdpa

CASES = YAML(typ="safe").load((Path(__file__).parent / "pdpa_cases.yaml").read_text(encoding="utf-8"))


def breach(facts):
    told = pdpa.must_notify(pdpa.Breach(**facts))
    parts = {"notifiable": told.notifiable, "commission": told.commission, "people": told.people}
    parts |= {"client": told.client} if told.client else {}
    return {name: part.answer for name, part in parts.items()} | told.dates, parts.values()


def book(facts):
    ledger = pdpa.Ledger()
    for at, channel, purpose, event, route in facts.pop("consents", ()):
        ledger = ledger.add("P1", at, channel, purpose=purpose, event=event, route=route)
    return ledger


def contact(facts):
    checks = pdpa.Checks(tuple(("P1", *row) for row in facts.pop("checks", ())))
    decision = pdpa.may_contact(book(facts), "P1", checks=checks, **facts)
    return {"answer": decision.answer}, [decision]


def use(facts):
    decision = pdpa.may_use(book(facts), "P1", **facts)
    return {"answer": decision.answer}, [decision]


def only(rule):
    def ask(facts):
        decision = rule(**facts)
        by = next(iter(decision.dates.values()), None)
        return {"answer": decision.answer, "amount": decision.amount, "by": by}, [decision]

    return ask


def unsubscribe(facts):
    return {"by": pdpa.unsubscribe_by(**facts)}, []


RULES = {
    "breach": breach, "contact": contact, "use": use, "spam": only(pdpa.spam_duties), "unsubscribe": unsubscribe,
    "answer": only(pdpa.answer_by), "port": only(pdpa.must_port), "cap": only(pdpa.cap),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case(case):
    found, decisions = RULES[case["rule"]](dict(case["facts"]))
    assert {name: found[name] for name in case["expect"]} == case["expect"], f"{case['why']} ({case['section']})"
    for decision in decisions:
        assert "not legal advice" in decision.law_checked_on and all(r.section and r.basis for r in decision.reasons)


def test_the_table_is_what_it_says():
    assert len(CASES) == 200 and len({case["id"] for case in CASES}) == 200
    assert {case["rule"] for case in CASES} == set(RULES)
    moments = [v for c in CASES for v in c["facts"].values() if isinstance(v, datetime)]
    assert moments and all(moment.tzinfo is not None for moment in moments)


# Cases whose section is the one that a reader might wrongly think of; the rule names those that decide.
TEMPTING = {"C39", "C40", "C42", "C47", "C52", "C54", "C55", "C56", "U10", "U12"}


def cites(case):
    """Whether the section on which the case turns is among those that the rule names."""
    _, decisions = RULES[case["rule"]](dict(case["facts"]))
    named = " ".join(r.section for decision in decisions for r in decision.reasons)
    return any(part in named for part in (case["section"], case["section"].split("(")[0]))


def test_the_rules_name_the_sections_of_the_table():
    assert {c["id"] for c in CASES if c["rule"] != "unsubscribe" and not cites(c)} == TEMPTING
