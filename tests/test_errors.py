import pickle
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlearn import errors
from crmlearn.errors import Refusal, Refusals, refuse_all

rate = Refusal("retention=80 is not between 0 and 1.", "80", "for 80 % write 0.80")
dates = Refusal("no dates.", "none", "a file with dates")


def plain(line):
    """A line without the terminal's marks."""
    return re.sub("\x1b\\[\\d+m", "", line)


class TestRefusal:
    def test_says_what_is_wrong_what_was_seen_and_what_to_type(self):
        assert str(rate).splitlines() == [
            "retention=80 is not between 0 and 1.",
            "  Saw: 80",
            "  Try: for 80 % write 0.80",
        ]

    def test_a_notebook_shows_the_three_lines_and_no_stack(self):
        first, *others = rate._render_traceback_()
        assert plain(first) == f"✗ {rate.wrong}" != first and others == rate.lines()[1:]

    def test_is_a_value_error_for_who_catches_those(self):
        with pytest.raises(ValueError):
            raise rate

    @pytest.mark.parametrize("refusal", [rate, Refusals([rate, dates])])
    def test_survives_the_way_to_another_process(self, refusal):
        back = pickle.loads(pickle.dumps(refusal))
        assert type(back) is type(refusal) and str(back) == str(refusal)


class TestRefuseAll:
    def test_nothing_wrong_raises_nothing(self):
        assert refuse_all([]) is None

    def test_one_is_raised_as_it_is(self):
        with pytest.raises(Refusal) as refusal:
            refuse_all([rate])
        assert refusal.value is rate

    def test_several_are_told_at_once_and_each_is_marked(self):
        with pytest.raises(Refusals) as refusal:
            refuse_all(problem for problem in (rate, dates))
        assert str(refusal.value) == f"{rate}\n{dates}"
        marked = [plain(line) for line in refusal.value._render_traceback_() if plain(line) != line]
        assert marked == [f"✗ {rate.wrong}", f"✗ {dates.wrong}"]

    def test_several_in_one_of_them_are_told_side_by_side(self):
        with pytest.raises(Refusals) as refusal:
            refuse_all([dates, Refusals([rate, dates])])
        assert refusal.value.problems == [dates, rate, dates]


class TestNumber:
    @given(st.floats(0, 1))
    def test_returns_what_lies_in_the_range(self, value):
        for same in (value, np.float64(value), Fraction(value), Decimal(value)):
            assert errors.number("share", same, 0, 1) == value
            assert type(errors.number("share", same, 0, 1)) is float

    @pytest.mark.parametrize("integer", [5, np.int64(5), np.float32(5)])
    def test_takes_whole_numbers_of_every_kind(self, integer):
        assert errors.number("periods", integer, 1) == 5.0

    @pytest.mark.parametrize("wrong", ["0.8", None, True, np.bool_(True), [0.8], np.array([0.8]), 1j])
    def test_refuses_what_is_no_number(self, wrong):
        with pytest.raises(Refusal, match="retention needs a number") as refusal:
            errors.number("retention", wrong, 0, 1)
        assert refusal.value.try_ == "retention=0.1"

    @pytest.mark.parametrize("wrong", [float("nan"), float("inf"), -0.1, 1.1, 10**400])
    def test_refuses_nan_infinity_and_what_lies_outside(self, wrong):
        with pytest.raises(Refusal, match="not between 0 and 1"):
            errors.number("retention", wrong, 0, 1)

    @pytest.mark.parametrize("wrong", [float("nan"), float("-inf")])
    def test_refuses_them_without_limits_too(self, wrong):
        with pytest.raises(Refusal, match="not a finite number"):
            errors.number("margin", wrong)

    def test_an_open_end_is_outside(self):
        assert errors.number("horizon", 1, 0, low_open=True) == 1
        with pytest.raises(Refusal, match="not above 0"):
            errors.number("horizon", 0, 0, low_open=True)

    def test_turns_a_percentage_into_a_share(self):
        with pytest.raises(Refusal) as refusal:
            errors.number("retention_per_year", 80, 0, 1)
        assert refusal.value.try_ == "for 80 % write retention_per_year=0.80"

    def test_the_example_lies_in_the_range(self):
        with pytest.raises(Refusal) as refusal:
            errors.number("repeats", "many", 20)
        assert refusal.value.try_ == "repeats=21"


class TestOneOf:
    def test_returns_the_choice(self):
        assert errors.one_of("refunds", "net", ("net", "drop")) == "net"

    @pytest.mark.parametrize("wrong", ["nett", ["net"], np.array(["net", "drop"]), None, 1])
    def test_refuses_all_else_and_names_the_nearest(self, wrong):
        with pytest.raises(Refusal, match="not a choice") as refusal:
            errors.one_of("refunds", wrong, ("net", "drop"))
        assert refusal.value.saw == "choices are 'net', 'drop'" and refusal.value.try_ == "refunds='net'"


class TestColumns:
    def test_names_all_that_lack_and_the_likely_mend(self):
        with pytest.raises(Refusal, match="need 'customer_id', 'amount'") as refusal:
            errors.columns("transactions", ["customer_id", "date", "amount"], ["customerid", "date", 3])
        assert refusal.value.saw == "columns customerid, date, 3"
        assert refusal.value.try_ == "tx.rename(columns={'customerid': 'customer_id'})"

    def test_is_content_with_more(self):
        assert errors.columns("transactions", ["date"], ["date", "x"]) is None


def test_counts_with_a_noun():
    assert [errors.counted(n, "row") for n in (0, 1, 2000)] == ["0 rows", "1 row", "2,000 rows"]


def test_trace_prints_the_last_stack_on_request(monkeypatch, capsys):
    monkeypatch.delattr("sys.last_exc", raising=False)
    monkeypatch.delattr("sys.last_value", raising=False)
    errors.trace()
    assert capsys.readouterr().out == "No error so far.\n"
    try:
        raise rate
    except Refusal as refusal:
        monkeypatch.setattr("sys.last_value", refusal, raising=False)
    errors.trace()
    assert "Traceback" in capsys.readouterr().err
