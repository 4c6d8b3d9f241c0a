"""The Act as rules: the table of its duties, every combination of facts, days in Singapore, caps that meet."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlearn import datasets, pdpa
from crmlearn.errors import Refusal
from crmlearn.pdpa import Breach, cap, must_notify, significant_harm

HARM, NO_HARM = ("full name", "insurance"), ("full name", "e-mail address", "phone number")
FLAGS = st.booleans()


class TestTable:
    @pytest.mark.parametrize(
        ("data", "people", "facts", "commission", "told"),
        [
            (HARM, 1, {}, "yes", "yes"),
            (NO_HARM, 500, {}, "yes", "no"),
            (NO_HARM, 499, {}, "no", "no"),
            (HARM, 10, {"remedied": True}, "yes", "no"),
            (HARM, 10, {"protected_before": True}, "yes", "no"),
            (HARM, 10, {"silence": "law enforcement"}, "yes", "forbidden"),
            (HARM, 10, {"silence": "Commission"}, "yes", "forbidden"),
            (HARM, 10, {"waived": True}, "yes", "no"),
            (HARM, 900, {"internal_only": True}, "no", "no"),
            (NO_HARM, 10, {"harm_otherwise": True}, "yes", "yes"),
        ],
    )
    def test_whom_to_tell(self, data, people, facts, commission, told):
        duties = must_notify(Breach(data, people, **facts))
        assert (duties.commission.answer, duties.people.answer) == (commission, told)

    @pytest.mark.parametrize(
        ("data", "public", "answer"),
        [
            (("full name", "income"), (), "yes"),
            (("identification number", "net worth"), (), "yes"),
            (("income", "net worth"), (), "no"),  # nobody is identified
            (("full name", "phone number", "e-mail address"), (), "no"),
            (("account identifier", "password or access data"), (), "yes"),
            (("account identifier",), (), "no"),
            (("full name", "income"), ("income",), "no"),
            ((), (), "no"),
        ],
    )
    def test_prescribed_data(self, data, public, answer):
        assert significant_harm(data, public).answer == answer

    def test_three_days_are_calendar_days_after_the_day_of_the_assessment(self):
        for moment in ("2025-08-01", date(2025, 8, 1), "2025-08-01T23:59:00+08:00", "2025-08-01T00:01:00+08:00"):
            duties = must_notify(Breach(HARM, 10, assessed_on=moment))
            assert duties.dates["tell the Commission by"] == date(2025, 8, 4)  # a Friday; Saturday and Sunday count

    def test_the_day_is_that_of_singapore(self):
        late = datetime(2025, 8, 1, 17, 0, tzinfo=UTC)  # one in the morning of the second there
        assert must_notify(Breach(HARM, 10, assessed_on=late)).dates["tell the Commission by"] == date(2025, 8, 5)

    def test_thirty_days_are_guidance_and_said_to_be(self):
        first = must_notify(Breach(HARM, 10, noticed_on="2025-08-01")).notifiable
        (what, on), *_ = first.dates.items()
        assert "guidance" in what and on == date(2025, 8, 31)
        assert [r.basis for r in first.reasons if "30 calendar days" in r.text] == ["guidance"]

    def test_an_intermediary_tells_its_client(self):
        duties = must_notify(Breach(HARM, 900, role="intermediary"))
        assert duties.client.answer == "yes" and duties.client.sections == ("s 26C(3)(a)",)
        assert "organisation does" in duties.commission.answer and "organisation does" in duties.people.answer

    def test_the_firm_of_the_course(self):
        one = datasets.load("firm/breach").iloc[0]
        facts = {"noticed_on": one.noticed_on.date(), "assessed_on": one.assessed_on.date()}
        duties = must_notify(Breach(NO_HARM, int(one.people_in_the_file), **facts))
        assert duties.commission.answer == "yes" and duties.people.answer == "no"  # of scale, without prescribed data
        assert duties.dates["tell the Commission by"] == one.assessed_on.date() + timedelta(days=3)


class TestProperties:
    @given(
        st.sets(st.sampled_from(pdpa.incidents.KINDS)), st.integers(0, 2000), FLAGS, FLAGS, FLAGS, FLAGS, FLAGS,
        st.sampled_from([None, "law enforcement", "Commission"]),
    )  # fmt: skip
    def test_every_combination(self, data, people, internal, otherwise, remedied, protected, waived, silence):
        facts = Breach(tuple(data), people, internal, (), otherwise, remedied, protected, silence, waived)
        duties = must_notify(facts)
        # The same law, said in one breath and in another way.
        identity = data & {"full name", "alias", "identification number"}
        family = data & set(pdpa.PRESCRIBED["part 1"])
        harm = people > 0 and (bool(identity and family) or set(pdpa.PRESCRIBED["account"]) <= data or otherwise)
        notifiable = not internal and (harm or people >= 500)
        assert duties.notifiable.answer == duties.commission.answer == ("yes" if notifiable else "no")
        spared = not harm or remedied or protected or waived
        expected = "no" if not notifiable else "forbidden" if silence else "no" if spared else "yes"
        assert duties.people.answer == expected
        for decision in (duties.notifiable, duties.commission, duties.people):
            assert decision.reasons and all(r.section and r.text for r in decision.reasons)
            assert "not legal advice" in repr(decision) and "31 May 2026" in decision._repr_html_()

    @given(st.dates(date(2021, 2, 1), date(2040, 1, 1)))
    def test_the_last_day_lies_three_days_on(self, day):
        assert must_notify(Breach(HARM, 1, assessed_on=day)).dates["tell the Commission by"] - day == timedelta(days=3)

    @given(st.floats(0, 1e11))
    def test_a_cap_never_falls_with_turnover_and_meets_at_its_limits(self, turnover):
        assert cap(turnover=turnover).amount == pytest.approx(max(1e6, 0.10 * turnover))
        assert cap("dictionary attack", turnover).amount == pytest.approx(max(1e6, 0.05 * turnover))
        assert cap("do not call", turnover).amount == 1e6


class TestCaps:
    @pytest.mark.parametrize(
        ("how", "dollars"),
        [
            ({"turnover": 10_000_000}, 1_000_000),
            ({"turnover": 10_000_010}, 1_000_001),
            ({"turnover": 50_000_000}, 5_000_000),
            ({"contravention": "dictionary attack", "turnover": 20_000_000}, 1_000_000),
            ({"contravention": "dictionary attack", "turnover": 40_000_000}, 2_000_000),
            ({"contravention": "dictionary attack", "person": "individual"}, 200_000),
            ({"contravention": "do not call", "person": "individual"}, 200_000),
            ({"contravention": "do not call"}, 1_000_000),
            ({"turnover": 50_000_000, "on": "2022-09-30"}, 1_000_000),
            ({"turnover": 50_000_000, "on": "2022-10-01"}, 5_000_000),
        ],
    )
    def test_caps(self, how, dollars):
        told = cap(**how)
        assert told.amount == dollars and f"{dollars:,}" in told.answer and "48J(6)" in told.sections[-1]

    def test_no_case_in_the_table_reached_a_million(self):
        table = pdpa.cases()
        assert table.penalty.is_monotonic_decreasing and table.penalty.max() < 1_000_000
        assert table.set_index("name").penalty["Marina Bay Sands"] == 315_000

    def test_the_law_grows_old(self):
        assert "Not re-checked" not in repr(cap(turnover=0, at=date(2026, 11, 22)))
        assert "Not re-checked since: on 1 January 2027" in repr(cap(turnover=0, at=date(2027, 1, 1)))


class TestRefusals:
    @pytest.mark.parametrize(
        ("facts", "said"),
        [
            ({"data": ["full nam"]}, "'full name'"),
            ({"people": -1}, "people=-1"),
            ({"people": 2.5}, "whole number"),
            ({"role": "processor"}, "role="),
            ({"silence": "police"}, "silence="),
            ({"assessed_on": datetime(2025, 8, 1, 10)}, "no time zone"),
            ({"assessed_on": "1/8/2025"}, "needs a date"),
            ({"noticed_on": "2025-08-02", "assessed_on": "2025-08-01"}, "before anybody noticed"),
        ],
    )
    def test_facts_that_cannot_be(self, facts, said):
        with pytest.raises(Refusal, match=said):
            Breach(**{"data": HARM, "people": 5} | facts)

    def test_all_at_once(self):
        with pytest.raises(Refusal) as caught:
            Breach(["nme"], -1, assessed_on="soon", role="x")
        assert all(word in str(caught.value) for word in ("nme", "people", "assessed_on"))

    def test_a_cap_needs_what_it_hangs_on(self):
        with pytest.raises(Refusal, match="turnover"):
            cap()
        with pytest.raises(Refusal, match="only the caps since"):
            cap("do not call", on="2020-01-01")
