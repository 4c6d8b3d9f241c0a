"""The Act over a firm's records: eleven obligations, the firm's planted mistakes, and lists that may go."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlearn import datasets, home, pdpa
from crmlearn.errors import Refusal
from crmlearn.pdpa import Checks, Ledger, Records, contact_list, findings, may_contact

PLANTED = json.loads((home.folder("datasets") / "firm" / "truth.json").read_text(encoding="utf-8"))["planted"][
    "marketing"
]


def told(records, obligation):
    table = findings(records)
    return table[table["obligation"] == obligation]


def consents(*events):
    return pd.DataFrame(events, columns=["customer_id", "at", "channel", "event", "wording"]).assign(
        purpose="marketing"
    )


def messages(*sent):
    return pd.DataFrame(sent, columns=["customer_id", "at", "channel"]).assign(purpose="marketing")


class TestObligations:
    def test_ten_bind_and_one_waits(self):
        table = pdpa.obligations()
        assert len(table) == 11 and table["in_force"].sum() == 10
        assert table.loc[~table["in_force"], "sections"].item() == "Part 6B"
        assert not table["rule"].duplicated().any()

    def test_each_is_looked_at_even_where_nothing_is_known(self):
        table = findings(Records("2025-12-31"))
        assert set(table["obligation"]) == {*pdpa.obligations()["name"], "do not call"}
        assert set(table["severity"]) == {"cannot tell", "not in force"}

    def test_the_most_severe_come_first(self):
        table = findings(Records("2025-12-31", officer="", policies="on the site"))
        assert table["severity"].iloc[0] == "serious"
        assert table["severity"].map(pdpa.SEVERITY.index).is_monotonic_increasing


class TestLooks:
    def test_a_withdrawal_is_stopped_within_ten_business_days_or_it_is_serious(self):
        book = consents(("P1", "2025-01-01", "email", "given", "v1"), ("P1", "2025-08-01", "email", "withdrawn", "v1"))
        # Ten business days after Friday 1 August 2025 end on Friday 15 August.
        for day, severity in (("2025-08-15", "mend"), ("2025-08-18", "serious")):
            found = told(Records("2025-12-31", consents=book, messages=messages(("P1", day, "email"))), "consent")
            assert found["severity"].iloc[0] == severity, day

    def test_a_holiday_gives_a_day_more(self):
        book = consents(("P1", "2025-01-01", "email", "given", "v1"), ("P1", "2026-07-31", "email", "withdrawn", "v1"))
        sent = messages(("P1", "2026-08-17", "email"))  # the tenth business day, with 10 August off
        for holidays, severity in (((), "serious"), (("2026-08-10",), "mend")):
            records = Records("2026-12-31", consents=book, messages=sent, holidays=holidays)
            assert told(records, "consent")["severity"].iloc[0] == severity

    def test_consents_without_their_text(self):
        book = consents(("P1", "2025-01-01", "email", "given", None), ("P2", "2025-01-01", "email", "given", "v1"))
        row = told(Records("2025-12-31", consents=book), "notification").iloc[0]
        assert (row["found"], row["looked_at"], row["severity"]) == (1, 2, "serious")

    def test_messages_after_the_day_of_the_inspection_do_not_count(self):
        sent = messages(("P1", "2025-12-31 23:59", "email"), ("P1", "2026-01-01 00:00", "email"))
        row = told(Records("2025-12-31", consents=consents(), messages=sent), "consent")
        assert row["found"].max() == 1

    def test_a_purpose_that_nobody_was_told_of(self):
        sent = messages(("P1", "2025-03-01", "email")).assign(purpose="analytics")
        book = consents(("P1", "2025-01-01", "email", "given", "v1"))
        row = told(Records("2025-12-31", consents=book, messages=sent), "purpose limitation").iloc[0]
        assert row["found"] == 1 and "analytics" in row["finding"]

    def test_records_of_one_person_that_disagree(self):
        rows = pd.DataFrame({"customer_id": ["P1", "P1", "P2", "P2", "P3"], "name": ["Ann", "ANN ", "Bo", "Bo", "Cy"],
                             "phone": ["01", "01", "02", "03", "04"]})  # fmt: skip
        row = told(Records("2025-12-31", duplicates=rows), "accuracy").iloc[0]
        assert (row["found"], row["looked_at"]) == (1, 2)

    def test_retention_follows_the_firms_own_rule(self):
        orders = pd.DataFrame({"customer_id": ["P1", "P1", "P2"], "date": ["2019-01-01", "2025-01-01", "2020-12-30"]})
        row = told(Records("2025-12-31", orders=orders, keep_years=5), "retention limitation").iloc[0]
        assert (row["found"], row["looked_at"]) == (1, 2) and "our own rule" in row["finding"]
        assert told(Records("2025-12-31", orders=orders), "retention limitation")["severity"].item() == "cannot tell"

    def test_requests_have_thirty_days(self):
        asked = pd.DataFrame({"asked_on": ["2025-08-01"] * 3, "answered_on": ["2025-08-31", "2025-09-01", None]})
        assert told(Records("2025-12-31", requests=asked), "access and correction")["found"].item() == 2
        assert told(Records("2025-08-20", requests=asked.tail(1)), "access and correction")["found"].item() == 0

    def test_receivers_abroad_need_a_safeguard(self):
        receivers = pd.DataFrame({"to": ["a host", "a printer", "a caller"], "safeguard": ["contract", " ", None]})
        assert told(Records("2025-12-31", transfers=receivers), "transfer limitation")["found"].item() == 2


class TestBreaches:
    def row(self, **more):
        base = {"incident_id": "B1", "people": 612, "noticed_on": "2025-09-01", "assessed_on": "2025-09-12",
                "data": "full name; payment card or bank account number"}  # fmt: skip
        table = pd.DataFrame([base | more])
        return told(Records("2025-12-31", breaches=table), "data breach notification")

    def test_told_in_time(self):
        found = self.row(told_commission_on="2025-09-15", told_people_on="2025-09-15")
        assert set(found["severity"]) == {"nothing found"}

    def test_a_day_late(self):
        found = self.row(told_commission_on="2025-09-16", told_people_on="2025-09-16")
        assert found["severity"].tolist() == ["serious", "nothing found"] and "15 September" in found["finding"].iloc[0]

    def test_people_before_the_commission(self):
        assert (
            "before the Commission"
            in self.row(told_commission_on="2025-09-15", told_people_on="2025-09-14").iloc[0].finding
        )

    def test_a_column_that_is_empty_and_one_that_is_not_there(self):
        assert set(self.row(told_commission_on=None, told_people_on=None)["severity"]) == {"serious"}
        assert set(self.row()["severity"]) == {"cannot tell"}

    def test_words_for_yes_and_no(self):
        assert "not notifiable" in self.row(internal_only="yes")["finding"].item()
        assert len(self.row(internal_only="no")) == 2
        with pytest.raises(Refusal, match="neither yes nor no"):
            self.row(internal_only="perhaps")

    def test_not_assessed_in_thirty_days(self):
        found = self.row(assessed_on=None)
        assert found["severity"].item() == "serious" and "1 October 2025" in found["next_action"].item()

    def test_scale_only_asks_nothing_about_the_people(self):
        assert len(self.row(data="e-mail address")) == 1


@pytest.fixture(scope="module")
def firm():
    def table(name):
        return datasets.load(f"firm/{name}")

    return Records(
        "2025-12-31", consents=table("consents"), checks=table("dnc_checks"), messages=table("contacts"),
        orders=table("orders"), duplicates=table("records").rename(columns={"true_customer_id": "customer_id"}),
    )  # fmt: skip


class TestFirm:
    def test_planted_mistakes_are_among_the_findings(self, firm):
        table = findings(firm)
        after = firm.screened().query("ground == 'withdrawn' and channel == 'email'")
        assert len(after) == PLANTED["messages_after_a_withdrawal"]
        assert table.query("obligation == 'consent'")["found"].max() >= len(after)
        texts = table[table["obligation"] == "do not call"]["finding"].str.cat()
        assert "older than 21 days" in texts and "without any check" in texts


class TestLists:
    def book(self):
        book = Ledger().add("P1", "2025-01-05", "sms").add("P2", "2025-01-05", "sms", event="withdrawn")
        return book.add("P3", "2025-01-05", "email").add("P4", "2025-01-05", "email")

    def test_each_person_is_allowed_or_counted_once(self):
        people = pd.DataFrame({"customer_id": ["P1", "P2", "P3", "P3", "P4", "P5"], "phone": list("abccde")})
        checks = Checks(
            (("P3", "no text message", "2025-08-01", False), ("P4", "no text message", "2025-07-01", False))
        )
        made = contact_list(people, self.book(), "sms", "marketing", "2025-08-10", checks)
        assert made.allowed["customer_id"].tolist() == ["P1", "P3"]
        assert made.allowed["valid_until"].tolist() == [None, date(2025, 8, 22)]
        assert dict(made.excluded.to_numpy()) == {"check too old": 1, "no consent": 1, "withdrawn": 1}

    def test_the_law_grows_old(self):
        people = pd.DataFrame({"customer_id": ["P1"]})
        fresh, old = (contact_list(people, self.book(), "sms", "marketing", at) for at in ("2026-06-30", "2027-06-30"))
        assert "31 May 2026" in repr(fresh) and "Not re-checked since" not in repr(fresh)
        assert "Not re-checked since" in repr(old)

    @given(st.lists(st.sampled_from([f"P{n}" for n in range(1, 8)]), max_size=12), st.booleans())
    def test_the_list_is_what_may_contact_says(self, ids, related):
        people = pd.DataFrame({"customer_id": pd.Series(ids, dtype=object)})
        made = contact_list(people, self.book(), "sms", "marketing", "2025-08-10", related=related)
        asked = {i: may_contact(self.book(), i, "sms", "marketing", "2025-08-10", related=related) for i in ids}
        yes = [i for i, decision in asked.items() if decision.answer == "yes"]
        assert made.allowed["customer_id"].tolist() == yes
        assert len(yes) + made.excluded["people"].sum() == len(set(ids))

    def test_refusals(self):
        people = pd.DataFrame({"customer_id": ["P1", np.nan]})
        with pytest.raises(Refusal, match="no customer id"):
            contact_list(people, self.book(), "sms", "marketing", "2025-08-10")
        with pytest.raises(Refusal, match="sends nothing"):
            contact_list(people, self.book(), "sms", "analytics", "2025-08-10")
        with pytest.raises(Refusal, match="customer_id"):
            contact_list(pd.DataFrame({"id": [1]}), self.book(), "sms", "marketing", "2025-08-10")


class TestRefusals:
    def test_records_that_cannot_be_read(self):
        with pytest.raises(Refusal, match="ledger of consents"):
            Records("2025-12-31", messages=messages())
        with pytest.raises(Refusal, match="answered_on"):
            Records("2025-12-31", requests=pd.DataFrame({"asked_on": []}))
        with pytest.raises(Refusal, match="keep_years"):
            Records("2025-12-31", keep_years=2.5)

    def test_a_day_that_could_be_two_is_refused(self):
        with pytest.raises(Refusal, match="asked_on"):
            Records("2025-12-31", requests=pd.DataFrame({"asked_on": ["03/04/2025"], "answered_on": [None]}))
        with pytest.raises(Refusal, match="no date"):
            Ledger.of(pd.DataFrame({"customer_id": ["P1"], "at": ["1.2.25"], "channel": ["sms"], "event": ["given"]}))


class TestWhatNobodyWroteDown:
    def test_a_breach_without_its_kinds_of_data(self):
        row = {"people": 30, "noticed_on": "2025-09-01", "assessed_on": "2025-09-05"}
        found = told(Records("2025-12-31", breaches=pd.DataFrame([row])), "data breach notification")
        assert found["severity"].item() == "cannot tell" and "kinds of data" in found["finding"].item()
        large = told(Records("2025-12-31", breaches=pd.DataFrame([row | {"people": 500}])), "data breach notification")
        assert "no record that the Commission was told" in large["finding"].iloc[0]

    def test_there_is_still_time(self):
        row = {"people": 600, "noticed_on": "2025-09-01", "assessed_on": "2025-09-04", "told_commission_on": None}
        found = told(Records("2025-09-05", breaches=pd.DataFrame([row])), "data breach notification").iloc[0]
        assert found["severity"] == "mend" and "is to be told by 7 September 2025" in found["finding"]

    def test_an_incident_is_not_called_by_a_name(self):
        row = {"incident_id": "Tan Ah Kow laptop", "people": 600, "noticed_on": "2025-09-01"}
        found = told(Records("2025-09-05", breaches=pd.DataFrame([row])), "data breach notification").iloc[0]
        assert found["finding"].startswith("breach 1: noticed")

    def test_messages_without_a_date(self):
        sent = messages(("P1", None, "email"), ("P1", "2025-01-01", "email"))
        found = told(Records("2025-12-31", consents=consents(), messages=sent), "consent")
        assert "1 message without a date" in found["finding"].str.cat() and "cannot tell" in set(found["severity"])

    def test_consent_to_letters_is_none_to_mails(self):
        book = consents(("P1", "2025-01-01", "post", "given", "v1"))
        sent = messages(*[("P1", f"2025-02-0{n}", "email") for n in range(1, 8)])
        found = told(Records("2025-12-31", consents=book, messages=sent), "consent")
        row = found[found["severity"] == "serious"].iloc[0]
        assert (row["found"], row["people"]) == (7, 1)  # many messages, one person

    def test_no_safeguard_by_any_name(self):
        receivers = pd.DataFrame({"to": list("abc"), "safeguard": ["None", "-", "a contract"]})
        assert told(Records("2025-12-31", transfers=receivers), "transfer limitation")["found"].item() == 2

    def test_before_the_duty_began(self):
        duties = pdpa.must_notify(pdpa.Breach(["full name", "loans or debts"], 900, assessed_on="2019-01-15"))
        assert duties.commission.answer == "no" and "1 February 2021" in str(duties.notifiable)

    def test_an_intermediary_of_a_public_agency_tells_the_agency(self):
        duties = pdpa.must_notify(pdpa.Breach(["other"], 900, role="intermediary of a public agency"))
        assert "public agency" in duties.client.question and duties.client.sections == ("s 26E",)

    def test_only_people_are_counted_as_people(self):
        receivers = pd.DataFrame({"to": ["a host"], "safeguard": [""]})
        breaches = pd.DataFrame({"people": [600], "noticed_on": ["2025-09-01"]})
        table = findings(Records("2025-12-31", transfers=receivers, breaches=breaches)).set_index("obligation")
        assert table.loc[["transfer limitation", "protection"], "people"].isna().all()

    def test_blanks_around_an_id_take_nobodys_consent(self):
        book = consents(("P1", "2025-01-01", "email", "given", "v1"))
        found = told(
            Records("2025-12-31", consents=book, messages=messages((" P1 ", "2025-02-01", "email"))), "consent"
        )
        assert set(found["severity"]) == {"nothing found"}
