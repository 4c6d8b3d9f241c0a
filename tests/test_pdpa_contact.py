"""Consent, the Do Not Call register and spam: may this person be contacted, and what the firm did."""

import json
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlearn import datasets, home, pdpa
from crmlearn.errors import Refusal
from crmlearn.pdpa import Checks, Ledger, may_contact, may_use, spam_duties, unsubscribe_by

PLANTED = json.loads((home.folder("datasets") / "firm" / "truth.json").read_text(encoding="utf-8"))["planted"][
    "marketing"
]
TEXT = "no text message"
ASKED = "2025-08-22"


@pytest.fixture(scope="module")
def screened():
    ledger = Ledger.of(datasets.load("firm/consents"))
    checks = Checks.of(datasets.load("firm/dnc_checks"))
    sent = datasets.load("firm/contacts").query("purpose == 'marketing'")
    return pdpa.screen(sent, ledger, checks)


def book(*events):
    """A ledger of (channel, event, route) about one person, a day apart."""
    made = Ledger()
    for k, (channel, event, route) in enumerate(events):
        made = made.add("P1", date(2025, 1, 5) + timedelta(days=k), channel, event=event, route=route)
    return made


def checked(day, listed=False, register=TEXT):
    return Checks((("P1", register, day, listed),))


class TestTable:
    """Facts, decision, section: written from the law, not from the code."""

    @pytest.mark.parametrize(
        ("events", "channel", "checks", "more", "answer", "section"),
        [
            ([("email", "given", "express")], "email", None, {}, "yes", "ss 13, 14"),
            ([], "email", None, {}, "no", "s 13"),
            ([("email", "given", "express"), ("email", "withdrawn", "express")], "email", None, {}, "no", "s 16"),
            ([("email", "given", "conduct")], "email", None, {}, "no", "s 15(1)"),
            ([("email", "given", "contract")], "email", None, {}, "no", "s 15(3)"),
            ([("email", "given", "notification")], "email", None, {}, "no", "s 15A, PDP Regulations 2021 reg 13"),
            ([("sms", "given", "express")], "sms", None, {}, "yes", "s 44(d)"),
            ([("email", "given", "express")], "sms", None, {}, "no", "s 43"),
            ([("email", "given", "express")], "sms", checked("2025-08-01"), {}, "yes", "s 43"),
            ([("email", "given", "express")], "sms", checked("2025-08-01", True), {}, "no", "s 43"),
            (
                [("email", "given", "express")],
                "sms",
                checked("2025-07-31"),
                {},
                "no",
                "s 43, as the register's site is quoted",
            ),
            ([("email", "given", "express")], "sms", checked("2025-08-23"), {}, "no", "s 43"),  # a check of tomorrow
            ([("email", "given", "express")], "sms", None, {"related": True}, "yes", "s 43"),
            ([("email", "given", "express")], "phone", None, {"related": True}, "no", "s 43"),  # not for calls
            ([("email", "given", "express")], "phone", checked("2025-08-20"), {}, "no", "s 43"),  # another register
            (
                [("email", "given", "express")],
                "phone",
                checked("2025-08-20", register="no voice call"),
                {},
                "yes",
                "s 43",
            ),
            (
                [("sms", "given", "express"), ("sms", "withdrawn", "express")],
                "sms",
                checked("2025-08-20"),
                {},
                "no",
                "s 16",
            ),
            ([], "sms", checked("2025-08-20"), {}, "no", "s 13"),  # a clear register is no consent
            ([("email", "given", "express")], "app", None, {}, "no", "s 13"),
            ([("sms", "given", "express")], "sms", None, {"harvested": True}, "no", "s 48B"),
        ],
    )
    def test_marketing(self, events, channel, checks, more, answer, section):
        told = may_contact(book(*events), "P1", channel, "marketing", ASKED, checks, **more)
        assert told.answer == answer and section in told.sections, told

    def test_service_and_analytics_are_kept_apart_from_sending(self):
        assert may_contact(Ledger(), "P1", "sms", "service", ASKED).answer == "yes"
        assert may_use(Ledger(), "P1", "sms", "analytics").answer == "yes"
        assert may_contact(book(("sms", "given", "express")), "P1", "sms", "analytics", ASKED).answer == "no"

    def test_twenty_one_days_hold_and_twenty_two_do_not(self):
        email = book(("email", "given", "express"))
        answers = [
            may_contact(
                email, "P1", "sms", "marketing", date(2025, 8, 1) + timedelta(days=k), checked("2025-08-01")
            ).answer
            for k in (0, 21, 22)
        ]
        assert answers == ["yes", "yes", "no"]

    def test_before_the_consent_was_given_there_was_none(self):
        given_late = Ledger().add("P1", "2025-09-01T10:00:00+08:00", "email")
        assert may_contact(given_late, "P1", "email", "marketing", ASKED).answer == "no"
        assert (
            may_contact(given_late, "P1", "email", "marketing", "2025-09-01").answer == "yes"
        )  # by the end of that day
        assert may_contact(given_late, "P1", "email", "marketing", datetime(2025, 9, 1, 9, 59)).answer == "no"

    @pytest.mark.parametrize(
        ("sent", "answer"),
        [
            ({"24 hours": 100}, "not in bulk"), ({"24 hours": 101}, "in bulk"), ({"30 days": 1_000}, "not in bulk"),
            ({"30 days": 1_001}, "in bulk"), ({"one year": 10_000}, "not in bulk"), ({"one year": 10_001}, "in bulk"),
        ],
    )  # fmt: skip
    def test_bulk_is_more_than(self, sent, answer):
        assert spam_duties(sent).answer == answer

    def test_ten_business_days(self):
        assert unsubscribe_by("2025-08-01") == date(2025, 8, 15)
        assert unsubscribe_by("2025-08-01", ["2025-08-11"]) == date(2025, 8, 18)
        assert unsubscribe_by("2025-08-02") == date(2025, 8, 15)  # a Saturday


class TestProperties:
    @given(
        st.lists(
            st.tuples(st.sampled_from(("email", "sms", "app")), st.sampled_from(("given", "withdrawn"))), max_size=8
        )
    )
    def test_the_last_word_counts_and_nothing_is_forgotten(self, said):
        ledger = book(*((channel, event, "express") for channel, event in said))
        assert len(ledger) == len(said)
        for channel in ("email", "sms", "app"):
            mine = [event for c, event in said if c == channel]
            if mine and mine[-1] == "withdrawn":
                assert may_use(ledger, "P1", channel).answer == "no"
            if mine and mine[-1] == "given":
                assert may_contact(ledger, "P1", channel, "marketing", ASKED).answer == "yes"

    @given(st.dates(date(2021, 2, 1), date(2030, 1, 1)), st.integers(0, 40))
    def test_business_days_are_so_many_weekdays(self, day, n):
        last = pdpa.business_days_on(day, n)
        between = pd.bdate_range(day + timedelta(days=1), last)
        assert len(between) == n and (n == 0 or last.weekday() < 5)

    def test_a_ledger_is_only_added_to(self):
        first = Ledger().add("P1", "2025-03-01", "email")
        longer = first.add("P1", "2025-04-01", "email", event="withdrawn")
        assert len(first) == 1 and may_use(first, "P1", "email").answer == "yes" and longer.events[:1] == first.events
        with pytest.raises(Refusal, match="only added to"):
            longer.add("P1", "2025-03-15", "email")


class TestFirm:
    def test_planted_mistakes_are_found(self, screened):
        assert (
            screened.query("channel == 'email' and ground == 'withdrawn' and section == 's 16'").allowed.eq(False)
        ).sum() == PLANTED["messages_after_a_withdrawal"]
        ledger, checks = Ledger.of(datasets.load("firm/consents")), Checks.of(datasets.load("firm/dnc_checks"))
        texts = screened[screened.channel == "sms"]
        # What the register alone says of texts to people who did not agree to texts, or no longer.
        open_ = [
            (standing := ledger.standing(w, "sms", "marketing", at)) is None or standing.event == "withdrawn"
            for w, at in zip(texts.customer_id, texts["at"], strict=True)
        ]
        last = [checks.last(w, "sms", at.date()) for w, at in zip(texts.customer_id, texts["at"], strict=True)]
        days = [None if c is None else (at.date() - c.on).days for c, at in zip(last, texts["at"], strict=True)]
        needed = [d for d, o in zip(days, open_, strict=True) if o]
        assert sum(d is None for d in needed) == PLANTED["texts_without_a_check"]
        assert sum(d is not None and d > 21 for d in needed) == PLANTED["texts_with_an_old_check"]

    def test_everything_else_to_people_who_agreed_is_allowed(self, screened):
        agreed = screened.query("channel in ('email', 'app')")
        assert (~agreed.allowed).sum() == PLANTED["messages_after_a_withdrawal"]


class TestRefusals:
    def test_a_table_of_consents_that_cannot_be_read(self):
        table = pd.DataFrame(
            {"customer_id": ["a", "b"], "at": ["2025-01-01"] * 2, "channel": ["emial", "sms"], "event": "given"}
        )
        with pytest.raises(Refusal, match="row 0"):
            Ledger.of(table)
        with pytest.raises(Refusal, match="'event'"):
            Ledger.of(table.drop(columns="event"))

    def test_words_that_are_not_known(self):
        with pytest.raises(Refusal, match="channel="):
            may_contact(Ledger(), "P1", "pigeon", "marketing", ASKED)
        with pytest.raises(Refusal, match="register="):
            Checks((("P1", "no letters", "2025-01-01", False),))
        with pytest.raises(Refusal, match="how many"):
            spam_duties({})
