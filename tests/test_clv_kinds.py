"""The five kinds: published formulas, identities between them, and what they refuse."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlearn import clv, datasets, transactions
from crmlearn.clv.models import BGNBD, SBG, GammaGamma
from crmlearn.errors import Refusal

TERMS = {"horizon_months": 12, "discount_per_year": 0.10, "margin": 0.30}
AS_OF = "1997-09-30"

rates = st.floats(0, 0.99)
discounts = st.floats(0.01, 0.5)
PUBLISHED = BGNBD(0.243, 4.414, 0.793, 2.426)


@pytest.fixture(scope="module")
def tx():
    return transactions.clean(transactions.read(datasets.path("cdnow")).tx, transactions.Policy(end=AS_OF)).tx


@pytest.fixture(scope="module")
def base(tx):
    return transactions.summarise(tx, as_of=AS_OF)


@pytest.fixture(scope="module")
def models(base):
    return BGNBD.fit(base), GammaGamma.fit(base)


@pytest.fixture(scope="module")
def draws(models, base):
    return clv.bootstrap(*models, base, repeats=40, seed=1)


class TestPublished:
    @pytest.mark.parametrize(
        ("timing", "value"), [("at_start", 366.667), ("at_end", 333.333), ("at_end_if_retained", 266.667)]
    )
    def test_three_timing_conventions(self, timing, value):
        assert float(clv.lifespan(100, 0.8, 0.1, timing=timing)) == pytest.approx(value, abs=5e-4)

    def test_finite_life_and_growth(self):
        kept = {"timing": "at_end_if_retained"}
        assert float(clv.lifespan(100, 0.8, 0.1, periods=5, **kept)) == pytest.approx(212.410, abs=5e-4)
        assert float(clv.lifespan(100, 0.8, 0.1, growth_per_period=0.03, **kept)) == pytest.approx(289.855, abs=5e-4)

    @pytest.mark.parametrize(
        ("retention", "multiples"),
        [
            (0.6, [1.20, 1.15, 1.11, 1.07]),
            (0.7, [1.75, 1.67, 1.59, 1.52]),
            (0.8, [2.67, 2.50, 2.35, 2.22]),
            (0.9, [4.50, 4.09, 3.75, 3.46]),
        ],
    )
    def test_margin_multiples_of_gupta_and_lehmann_2003(self, retention, multiples):
        found = [float(clv.lifespan(1, retention, d, timing="at_end_if_retained")) for d in (0.10, 0.12, 0.14, 0.16)]
        assert found == pytest.approx(multiples, abs=5e-3)

    def test_pooled_churn_is_wrong_by_a_factor_of_three(self):
        mean_of_lives = np.mean([float(clv.lifespan(1, 1 - c, 0)) for c in (0.05, 0.50)])
        life_of_mean = float(clv.lifespan(1, 1 - 0.275, 0))
        assert (mean_of_lives, life_of_mean) == pytest.approx((11.0, 3.636), abs=5e-4)

    def test_discount_in_weeks(self):
        # ln(1.15) / 52, the weekly rate used with the published Pareto/NBD examples, for a year of 52 weeks
        assert np.log1p(clv.convert(0.15, "year", "week")) == pytest.approx(np.log(1.15) / 52, rel=4e-3)
        assert np.log1p(clv.convert(0.15, "year", "week")) == pytest.approx(np.log(1.15) * 7 / 365.25)


class TestLifespanProperties:
    @given(rates, discounts)
    def test_conventions_hang_together(self, r, d):
        start, end, kept = (
            float(clv.lifespan(50, r, d, timing=t)) for t in ("at_start", "at_end", "at_end_if_retained")
        )
        assert start == pytest.approx(kept + 50)
        assert end == pytest.approx(start / (1 + d))
        assert kept == pytest.approx(r * end)

    @given(rates, discounts, st.integers(1, 60))
    def test_formula_equals_the_sum(self, r, d, n):
        by_hand = sum(50 * r**t / (1 + d) ** t for t in range(n))
        assert float(clv.lifespan(50, r, d, periods=n)) == pytest.approx(by_hand)

    @given(st.floats(0.05, 0.95), discounts, st.sampled_from(["at_start", "at_end", "at_end_if_retained"]))
    def test_delta_method_uses_the_slope(self, r, d, timing):
        se, step = 0.001, 1e-6
        answer = clv.lifespan(50, r, d, timing=timing, retention_standard_error=se)
        slope = float(clv.lifespan(50, r + step, d, timing=timing)) - float(
            clv.lifespan(50, r - step, d, timing=timing)
        )
        half = np.log(answer.interval[1] / float(answer)) / 1.959964
        assert half == pytest.approx(abs(slope / (2 * step)) * se / float(answer), rel=1e-4)

    @given(st.floats(-0.5, 2), st.sampled_from(["day", "week", "month", "year"]))
    def test_rates_survive_the_way_there_and_back(self, d, unit):
        assert clv.convert(clv.convert(d, "year", unit), unit, "year") == pytest.approx(d, abs=1e-9)

    def test_delta_interval_covers_as_often_as_it_says(self):
        truth, random, hits = float(clv.lifespan(100, 0.8, 0.1)), np.random.default_rng(2), 0
        for _ in range(2000):
            r = random.binomial(1000, 0.8) / 1000
            low, high = clv.lifespan(100, r, 0.1, retention_standard_error=np.sqrt(r * (1 - r) / 1000)).interval
            hits += low <= truth <= high
        assert 0.93 < hits / 2000 < 0.97


class TestCohort:
    def test_no_loss_means_an_annuity(self):
        answer = clv.cohort(survivors=[500, 500, 500], margin=10, discount_per_period=0.1)
        assert float(answer) == pytest.approx(10 * (1 + 1 / 1.1 + 1 / 1.21))
        assert answer.interval == pytest.approx((float(answer), float(answer)))

    def test_constant_retention_agrees_with_lifespan(self):
        survivors = 10_000_000 * 0.8 ** np.arange(6)
        for timing in ("at_start", "at_end", "at_end_if_retained"):
            periods = 5 if timing == "at_end_if_retained" else 6
            flat = clv.lifespan(100, 0.8, 0.1, timing=timing, periods=periods)
            assert float(clv.cohort(survivors, 100, 0.1, timing)) == pytest.approx(float(flat))

    def test_model_curve_gives_the_models_lifetime(self):
        model = SBG(0.668, 3.806)
        survivors = 1e9 * model.survival(np.arange(3000))
        assert float(clv.cohort(survivors, 1, 0.10)) == pytest.approx(model.expected_lifetime(0.10), rel=1e-6)

    def test_greenwood_covers_as_often_as_it_says(self):
        share, random, hits = SBG(0.668, 3.806).survival(np.arange(9)), np.random.default_rng(4), 0
        truth = float((share * 100 / 1.1 ** np.arange(9)).sum())
        chances = np.append(-np.diff(share), share[-1])
        for _ in range(1000):
            lost = random.multinomial(400, chances)
            survivors = 400 - np.append(0, np.cumsum(lost[:-1]))
            low, high = clv.cohort(survivors, 100, 0.10).interval
            hits += low <= truth <= high
        assert 0.93 < hits / 1000 < 0.97

    def test_everybody_gone_is_no_error(self):
        assert float(clv.cohort([10, 4, 0, 0], 1.0)) == pytest.approx(1.4)

    def test_margin_may_change_by_period(self):
        assert float(clv.cohort([100, 50], margin=[10, 20])) == pytest.approx(20.0)


class TestOnOneBase:
    def test_individual_residuals_add_up_to_the_predictive_total(self, models, base):
        total = clv.predictive(*models, base, **TERMS).total
        assert clv.individual(*models, base, **TERMS).table["value"].sum() == pytest.approx(total, rel=1e-12, abs=1e-9)

    def test_realised_plus_expected_is_the_cohort(self, tx, models, base, draws):
        historic = clv.historic(tx, as_of=AS_OF, margin=0.3)
        expected = clv.predictive(*models, base, **TERMS, draws=draws)
        cohort = clv.cohort(realised=historic, expected=expected, acquisition_cost=2)
        assert float(cohort) == pytest.approx(float(historic) + float(expected) - 2)
        assert cohort.table["value"].sum() == pytest.approx(float(cohort))
        width = expected.interval[1] - expected.interval[0]
        assert cohort.interval[1] - cohort.interval[0] == pytest.approx(width)

    def test_historic_total_is_the_money(self, tx):
        answer = clv.historic(tx, as_of=AS_OF, margin=0.3, acquisition_cost=1)
        assert answer.total == pytest.approx(0.3 * tx["amount"].sum() - 2357)
        assert answer.interval is None

    def test_historic_takes_a_margin_column(self, tx):
        rows = tx.assign(margin=tx["amount"] * 0.25)
        assert float(clv.historic(rows, as_of=AS_OF, margin="margin")) == pytest.approx(
            float(clv.historic(tx, as_of=AS_OF, margin=0.25))
        )

    def test_polars_and_pandas_agree(self, tx, models, base):
        frame = pl.DataFrame(
            {"customer_id": tx["customer_id"].to_list(), "date": tx["date"].to_list(), "amount": tx["amount"].to_list()}
        )
        assert float(clv.historic(frame, as_of=AS_OF, margin=0.3)) == pytest.approx(
            float(clv.historic(tx, as_of=AS_OF, margin=0.3))
        )
        summary = transactions.summarise(frame, as_of=AS_OF)
        ours = clv.individual(*models, summary, **TERMS)
        assert isinstance(ours.table, pl.DataFrame)
        assert float(ours) == pytest.approx(float(clv.individual(*models, base, **TERMS)))

    def test_more_margin_longer_horizon_less_discount(self, models, base):
        value = float(clv.predictive(*models, base, **TERMS))
        assert float(clv.predictive(*models, base, **TERMS | {"margin": 0.6})) == pytest.approx(2 * value)
        assert float(clv.predictive(*models, base, **TERMS | {"horizon_months": 24})) > value
        assert float(clv.predictive(*models, base, **TERMS | {"discount_per_year": 0.2})) < value

    def test_time_unit_does_not_matter(self, tx, base, models):
        days = transactions.summarise(tx, as_of=AS_OF, unit="day")
        other = clv.predictive(BGNBD.fit(days), models[1], days, **TERMS, unit="day")
        assert float(other) == pytest.approx(float(clv.predictive(*models, base, **TERMS)), rel=1e-4)

    def test_a_fixed_spend(self, models, base):
        answer = clv.individual(models[0], 20.0, base, horizon_months=12, discount_per_year=0.0)
        assert answer.table["value"].tolist() == pytest.approx((20 * answer.table["expected_orders"]).tolist())

    def test_new_customer_is_worth_more_than_the_mean_of_the_base(self, models, base):
        assert float(clv.predictive(*models, customer="new", **TERMS)) > float(clv.predictive(*models, base, **TERMS))

    def test_bootstrap_is_seeded_and_intervals_hold_their_value(self, models, base, draws):
        again = clv.bootstrap(*models, base, repeats=40, seed=1)
        assert draws.pairs == again.pairs and len(draws) == 40
        answer = clv.predictive(*models, base, **TERMS, draws=draws)
        table = clv.individual(*models, base, **TERMS, draws=draws).table
        assert answer.interval[0] < float(answer) < answer.interval[1]
        assert (table["low"] <= table["high"]).all()

    def test_unstable_resamples_are_left_out_and_counted(self):
        few = pd.DataFrame({"x": [1, 3, 0, 2, 0, 6, 0, 0, 1, 0], "T": 20.0, "t_x": [3.0, 18, 0, 5, 0, 19, 0, 0, 2, 0]})
        start = BGNBD(0.5, 5, 0.8, 2.5)
        with pytest.raises(Refusal, match="no stable fit"):
            clv.bootstrap(start, 20.0, few, repeats=40, seed=1)
        draws = clv.bootstrap(start, 20.0, pd.concat([few] * 3), repeats=40, seed=1)
        assert 20 <= len(draws) < 40
        assert f"{40 - len(draws)} more found no stable answer" in draws.method

    def test_every_answer_states_its_assumptions(self, tx, models, base):
        answers = [clv.historic(tx, as_of=AS_OF), clv.lifespan(100, 0.8, 0.1), clv.cohort([10, 5])]
        answers += [clv.predictive(*models, base, **TERMS), clv.individual(*models, base, **TERMS)]
        for answer in answers:
            assert {"counts", "acquisition cost", "discount"} <= answer.basis.keys()
            assert answer.question in answer._repr_html_() and answer.kind in repr(answer)
        assert [a.kind for a in answers] == ["historic", "lifespan", "cohort", "predictive", "individual"]


class TestRefusals:
    def test_eighty_percent_written_as_80(self):
        with pytest.raises(Refusal, match=r"retention_per_period=80 is not between 0 and 1") as refused:
            clv.lifespan(100, 80, 0.1)
        assert refused.value.try_ == "for 80 % write retention_per_period=0.80"

    def test_endless_sum_without_limit(self):
        with pytest.raises(Refusal, match="no limit"):
            clv.lifespan(100, 1.0, 0.0)
        with pytest.raises(Refusal, match="no limit"):
            clv.lifespan(100, 0.95, 0.02, growth_per_period=0.08)

    def test_unknown_timing_is_answered_with_the_near_one(self):
        with pytest.raises(Refusal) as refused:
            clv.lifespan(100, 0.8, 0.1, timing="at_strat")
        assert refused.value.try_ == "timing='at_start'"

    @pytest.mark.parametrize(
        "call",
        [
            lambda: clv.cohort(),
            lambda: clv.cohort(survivors=[1000, 1200], margin=1),
            lambda: clv.cohort(survivors=[1.0, 0.8], margin=1),
            lambda: clv.cohort(survivors=[1000, 800], margin=[1, 2, 3]),
            lambda: clv.cohort(survivors=[1000, 800], realised=1, expected=1),
            lambda: clv.convert(0.05, "month", "decade"),
            lambda: clv.convert(1.5, "month", "year", kind="churn"),
            lambda: clv.lifespan("a lot", 0.8, 0.1),
            lambda: clv.lifespan(float("nan"), 0.8, 0.1),
            lambda: clv.lifespan(100, 0.8, -1),
        ],
    )
    def test_impossible_input(self, call):
        with pytest.raises(Refusal):
            call()

    def test_other_customers(self, tx, models, base):
        historic = clv.historic(tx[tx["customer_id"] < "1000"], as_of=AS_OF)
        with pytest.raises(Refusal, match="not about the same customers"):
            clv.cohort(realised=historic, expected=clv.predictive(*models, base, **TERMS))

    def test_forecast_arguments(self, models, base):
        for wrong in (
            {"margin": 30},
            {"margin": 0},
            {"horizon_months": 0},
            {"discount_per_year": -1},
            {"unit": "weeks"},
        ):
            with pytest.raises(Refusal):
                clv.predictive(*models, base, **TERMS | wrong)
        with pytest.raises(Refusal, match="needs the base"):
            clv.predictive(*models, **TERMS)
        with pytest.raises(Refusal, match="need 'mean_spend'"):
            clv.individual(*models, base[["customer_id", "x", "t_x", "T"]], **TERMS)

    def test_as_of_before_everything(self, tx):
        with pytest.raises(Refusal, match="no order lies on or before"):
            clv.historic(tx, as_of="1990-01-01")

    def test_unknown_margin_column(self, tx):
        with pytest.raises(Refusal, match="need 'profit'"):
            clv.historic(tx, as_of=AS_OF, margin="profit")

    def test_too_few_bootstraps(self, models, base):
        with pytest.raises(Refusal, match="repeats"):
            clv.bootstrap(*models, base, repeats=3)


class TestEndlessHorizon:
    def test_it_is_the_limit_of_long_ones_and_says_so(self, models, base):
        terms = {"discount_per_year": 0.2, "margin": 0.3}
        endless = clv.predictive(*models, base, horizon_months=float("inf"), **terms)
        long = clv.predictive(*models, base, horizon_months=1200, **terms)
        assert float(endless) == pytest.approx(float(long), rel=1e-5) and endless.basis["horizon"] == "endless"
        each = clv.individual(*models, base, horizon_months=float("inf"), **terms)
        assert float(each) == pytest.approx(float(endless)) and np.isfinite(each.table["expected_orders"]).all()
        new = clv.predictive(*models, horizon_months=float("inf"), customer="new", **terms)
        assert float(new) > float(clv.predictive(*models, horizon_months=12, customer="new", **terms))

    def test_it_needs_a_discount_and_has_no_outcomes(self, models, base):
        with pytest.raises(Refusal, match="discount_per_year"):
            clv.predictive(*models, base, horizon_months=float("inf"), discount_per_year=0.0)
        with pytest.raises(Refusal, match="outcomes need an end"):
            clv.individual(*models, base, horizon_months=float("inf"), discount_per_year=0.1, outcomes=True)


class TestCalendarMonths:
    """A month is as long as the calendar says, once it is known from which day it counts."""

    HISTORY = pd.DataFrame({"x": [0, 2], "t_x": [0.0, 30.43], "T": [38.86, 38.86], "mean_spend": [np.nan, 20.0]})

    @pytest.mark.parametrize(
        ("as_of", "months", "days"),
        [
            ("2023-01-31", 1, 28),
            ("2024-01-31", 1, 29),
            ("2023-04-30", 1, 30),
            ("2023-05-31", 12, 366),
            ("2022-05-31", 12, 365),
            (None, 12, 365.25),
            (None, 1, 365.25 / 12),
        ],
    )
    def test_the_look_ahead_ends_on_the_day(self, as_of, months, days):
        terms = {"horizon_months": months, "discount_per_year": 0.1, "as_of": as_of}
        found = clv.individual(PUBLISHED, 10.0, self.HISTORY, **terms)
        expected = PUBLISHED.expected_orders(days / 7, *(self.HISTORY[c] for c in ("x", "t_x", "T")))
        assert found.table["expected_orders"].to_numpy() == pytest.approx(expected, rel=1e-12)
        same = (
            clv.predictive(PUBLISHED, 10.0, self.HISTORY, **terms),
            clv.tenths(PUBLISHED, 10.0, self.HISTORY, **terms, groups=2),
        )
        assert same[0].total == pytest.approx(found.total) == same[1]["value"].sum()

    def test_the_answer_names_the_last_day(self):
        found = clv.predictive(
            PUBLISHED, 10.0, horizon_months=1, discount_per_year=0.1, customer="new", as_of="2023-01-31"
        )
        assert found.basis["horizon"] == "1 month, until 28 February 2023"

    def test_half_a_month_is_no_month_of_the_calendar(self):
        with pytest.raises(Refusal, match="whole months"):
            clv.individual(PUBLISHED, 10.0, self.HISTORY, 1.5, 0.1, as_of="2023-01-31")
