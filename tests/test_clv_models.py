"""The models against the numbers in print, against each other, and against higher precision."""

from dataclasses import astuple

import mpmath
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlearn import clv, datasets, transactions
from crmlearn.clv.models import BGNBD, MBGNBD, NBD, SBG, GammaGamma
from crmlearn.errors import Refusal

PUBLISHED_BGNBD = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
PUBLISHED_SPEND = GammaGamma(p=6.25, q=3.74, gamma=15.44)
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]

positive = st.floats(0.05, 20)


def rounded(base):
    """The published file holds times rounded to two decimals and money to cents."""
    return base.assign(t_x=base.t_x.round(2), T=base["T"].round(2), mean_spend=base.mean_spend.round(2))


class TestPublishedBGNBD:
    def test_raw_log_optimum(self, base):
        fit = BGNBD.fit(base)
        assert fit.log_likelihood == pytest.approx(-9582.4292, abs=5e-5)
        assert fit.converged and fit.n == 2357 and fit.histories == 1016

    def test_rounded_file_optimum_matches_fader_hardie_lee_2005(self, base):
        fit = BGNBD.fit(rounded(base))
        assert astuple(fit.model) == pytest.approx((0.24259, 4.41353, 0.79289, 2.42575), rel=2e-4)
        assert [round(v, 3) for v in astuple(fit.model)] == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=5e-4)
        assert fit.log_likelihood == pytest.approx(-9582.4, abs=0.05)

    def test_same_day_orders_kept_apart(self):
        tx = transactions.read(datasets.path("cdnow")).tx
        policy = transactions.Policy(end="1997-09-30", same_day="keep")
        summary = transactions.summarise(transactions.clean(tx, policy).tx, as_of="1997-09-30")
        assert BGNBD.fit(summary).log_likelihood == pytest.approx(-9743.89, abs=0.01)

    def test_zero_orders_dropped(self):
        tx = transactions.read(datasets.path("cdnow")).tx
        policy = transactions.Policy(end="1997-09-30", zeros="drop")
        summary = transactions.summarise(transactions.clean(tx, policy).tx, as_of="1997-09-30")
        assert len(summary) == 2349
        assert BGNBD.fit(summary).log_likelihood == pytest.approx(-9578.20, abs=0.01)

    def test_conditional_expectations(self):
        assert PUBLISHED_BGNBD.expected_orders(39, 2, 30.43, 38.86) == pytest.approx(1.2260, abs=5e-5)
        assert PUBLISHED_BGNBD.p_alive(2, 30.43, 38.86) == pytest.approx(0.7266, abs=5e-5)
        assert PUBLISHED_BGNBD.expected_orders(52, 26, 30.86, 31) == pytest.approx(25.758, abs=5e-4)
        assert PUBLISHED_BGNBD.p_alive(26, 30.86, 31) == pytest.approx(0.9689, abs=5e-5)

    @pytest.mark.parametrize(("weeks", "orders"), [(1, 0.0533), (3, 0.1509), (39, 1.1967), (52, 1.4461)])
    def test_new_customer(self, weeks, orders):
        assert PUBLISHED_BGNBD.expected_orders_new(weeks) == pytest.approx(orders, abs=5e-5)


class TestPublishedGammaGamma:
    def test_raw_log_optimum(self, base):
        fit = GammaGamma.fit(base)
        assert astuple(fit.model) == pytest.approx((6.2496, 3.7442, 15.4435), abs=5e-5)
        assert fit.log_likelihood == pytest.approx(-4055.9177, abs=5e-5)
        assert fit.n == 946 and base.mean_spend.mean() == pytest.approx(35.0778, abs=5e-5)

    def test_rounded_file_optimum_matches_fader_hardie_2013(self, base):
        assert astuple(GammaGamma.fit(rounded(base)).model) == pytest.approx((6.25, 3.74, 15.44), rel=2e-3)

    def test_exact_duplicates_dropped(self):
        tx = transactions.read(datasets.path("cdnow")).tx
        policy = transactions.Policy(end="1997-09-30", duplicates="drop")
        summary = transactions.summarise(transactions.clean(tx, policy).tx, as_of="1997-09-30")
        assert astuple(GammaGamma.fit(summary).model) == pytest.approx((6.276, 3.742, 15.350), abs=6e-4)

    @pytest.mark.parametrize(
        ("x", "mean", "expected"),
        [(2, 22.35, 24.664), (1, 11.77, 18.917), (7, 73.74, 71.470), (2, 25.55, 27.288), (0, 0.0, 35.219)],
    )
    def test_conditional_expectations(self, x, mean, expected):
        assert PUBLISHED_SPEND.expected_spend(x, mean) == pytest.approx(expected, abs=5e-4)


class TestPublishedSBG:
    """Fader & Hardie 2007 for the fits, 2010 for DEL and DERL."""

    @pytest.mark.parametrize(
        ("survivors", "alpha", "beta", "log_likelihood"),
        [
            (HIGH_END, 0.66809, 3.80609, -1611.158),
            (REGULAR, 0.70408, 1.18204, -1680.265),
            (HIGH_END[:5], 1.281, 7.790, -1225.13),
            (REGULAR[:5], 0.764, 1.296, -1401.56),
        ],
    )
    def test_fit(self, survivors, alpha, beta, log_likelihood):
        fit = SBG.fit(survivors)
        assert astuple(fit.model) == pytest.approx((alpha, beta), abs=6e-4 if len(survivors) == 5 else 6e-6)
        assert fit.log_likelihood == pytest.approx(log_likelihood, abs=6e-3 if len(survivors) == 5 else 6e-4)

    def test_twelve_years_ahead(self):
        assert SBG.fit(HIGH_END).model.survival(12) == pytest.approx(0.378, abs=5e-4)
        assert SBG.fit(REGULAR).model.survival(12) == pytest.approx(0.170, abs=5e-4)

    @pytest.mark.parametrize(
        ("alpha", "beta", "new", "residual"),
        [
            (0.668, 3.806, 5.9226, [5.415, 5.902, 6.294, 6.620, 6.897]),
            (0.704, 1.182, 3.6951, [2.965, 4.103, 4.870, 5.442, 5.894]),
            (3.80, 15.20, 4.0089, [3.310, 3.451, 3.587, 3.717, 3.842]),
            (0.067, 0.267, 7.9735, [7.671, 9.455, 9.851, 10.056, 10.189]),
        ],
    )
    def test_discounted_lifetimes(self, alpha, beta, new, residual):
        model = SBG(alpha, beta)
        assert model.expected_lifetime(0.10) == pytest.approx(new, abs=5e-5)
        found = [model.expected_residual(0.10, n) for n in range(1, 6)]
        assert found == pytest.approx(residual, abs=6e-4)


class TestProperties:
    @settings(max_examples=60, deadline=None)
    @given(positive, positive, positive, positive, st.integers(0, 200), st.floats(0, 1), st.floats(1, 200))
    def test_log_likelihood_holds_against_forty_digits(self, r, alpha, a, b, x, share, T):
        t_x = share * T if x else 0.0
        ours = float(BGNBD(r, alpha, a, b).log_likelihood(x, t_x, T))
        with mpmath.workdps(40):
            m = [mpmath.mpf(v) for v in (r, alpha, a, b, x, t_x, T)]
            R, A, P, B, X, tx, U = m
            stays = mpmath.beta(P, B + X) / mpmath.beta(P, B) * A**R / (A + U) ** (R + X)
            leaves = mpmath.beta(P + 1, B + X - 1) / mpmath.beta(P, B) * A**R / (A + tx) ** (R + X) if x else 0
            exact = float(mpmath.log(mpmath.gamma(R + X) / mpmath.gamma(R) * (stays + leaves)))
        assert ours == pytest.approx(exact, rel=1e-10, abs=1e-10)

    @settings(max_examples=60, deadline=None)
    @given(positive, positive, st.floats(0.05, 6), positive, st.integers(0, 300), st.floats(0, 1), st.floats(1, 200))
    def test_expected_orders_hold_against_the_papers_own_form(self, r, alpha, a, b, x, share, T):
        t_x, t = (share * T if x else 0.0), 30.0
        c = a + b + x - 1
        if abs(a - 1) < 1e-4 or abs(c) < 1e-2:
            return
        ours = float(BGNBD(r, alpha, a, b).expected_orders(t, x, t_x, T))
        with mpmath.workdps(60):
            z = mpmath.mpf(t) / (alpha + T + t)
            f = mpmath.hyp2f1(r + x, b + x, c, z)
            top = c / mpmath.mpf(a - 1) * (1 - ((alpha + T) / mpmath.mpf(alpha + T + t)) ** (r + x) * f)
            odds = a / mpmath.mpf(b + x - 1) * ((alpha + T) / mpmath.mpf(alpha + t_x)) ** (r + x) if x else 0
            exact = float(top / (1 + odds))
        assert ours == pytest.approx(exact, rel=1e-6, abs=1e-12)

    def test_whole_numbers_among_the_parameters_do_not_overflow(self):
        # c - a - b of the series is a whole number here, where SciPy's own answer is infinite
        assert BGNBD(0.5, 1.0, 0.5, 0.5).expected_orders(30, 99, 0.0, 1.0) == pytest.approx(0, abs=1e-12)
        assert BGNBD(0.5, 1.0, 0.5, 0.5).expected_orders(30, 99, 1.0, 1.0) == pytest.approx(
            BGNBD(0.5, 1.0, 0.5, 0.5000001).expected_orders(30, 99, 1.0, 1.0), rel=1e-5
        )

    def test_huge_a_and_b_approach_one_chance_to_leave_for_all(self):
        # a, b -> infinity with p = a/(a+b): each order ends it with chance p, and rates stay Gamma distributed
        p, r, alpha, t = 0.15, 0.4, 8.0, 50.0
        limit = (1 - (1 + p * t / alpha) ** -r) / p
        assert BGNBD(r, alpha, p * 2e3, (1 - p) * 2e3).expected_orders_new(t) == pytest.approx(limit, rel=2e-3)

    def test_a_equal_to_one_is_no_gap(self):
        sides = [BGNBD(0.5, 5, 1 + e, 2).expected_orders(10, 3, 20, 30) for e in (-1e-4, 0, 1e-4)]
        assert sides[0] > sides[1] > sides[2]
        assert sides[1] == pytest.approx((sides[0] + sides[2]) / 2, rel=1e-7)

    @settings(max_examples=40, deadline=None)
    @given(st.integers(0, 50), st.floats(0, 1), st.floats(1, 100))
    def test_chances_are_chances_and_longer_horizons_bring_more(self, x, share, T):
        t_x = share * T if x else 0.0
        assert 0 <= PUBLISHED_BGNBD.p_alive(x, t_x, T) <= 1
        orders = [float(PUBLISHED_BGNBD.expected_orders(t, x, t_x, T)) for t in (1, 10, 100)]
        assert 0 <= orders[0] <= orders[1] <= orders[2]

    @pytest.mark.parametrize(
        ("model", "columns"),
        [
            (BGNBD(0.3, 5.0, 0.7, 2.5), [[0.0, 1, 7, 30], [0.0, 3, 20, 38], [20.0, 20, 39, 39]]),
            (GammaGamma(6.0, 4.0, 15.0), [[1.0, 1, 7, 30], [5.0, 33, 20, 38]]),
        ],
    )
    def test_sums_equal_the_sum_of_histories_and_gradients_the_differences(self, model, columns):
        columns, n, p = [np.array(c) for c in columns], np.array([5.0, 2, 3, 1]), np.array(astuple(model))
        sums = type(model)._weighted(*columns)(n)
        for i in range(len(p)):
            step = np.eye(len(p))[i] * 1e-6
            slope = (sums(p + step)[0] - sums(p - step)[0]) / 2e-6
            assert sums(p)[1][i] == pytest.approx(slope, rel=1e-5, abs=1e-6)
        if hasattr(model, "log_likelihood"):
            assert sums(p)[0] == pytest.approx(n @ model.log_likelihood(*columns), rel=1e-13)

    def test_discounted_orders_equal_a_sum_of_small_steps(self):
        steps = np.linspace(0, 52, 20001)
        flow = np.diff([float(PUBLISHED_BGNBD.expected_orders(t, 4, 30, 39)) for t in steps])
        middle = (steps[1:] + steps[:-1]) / 2
        slow = (flow * np.exp(-0.0027 * middle)).sum()
        assert PUBLISHED_BGNBD.discounted_orders(52, 0.0027, 4, 30, 39) == pytest.approx(slow, rel=1e-8)

    def test_no_discount_means_plain_expectation(self):
        plain = PUBLISHED_BGNBD.expected_orders(52, 4, 30, 39)
        assert PUBLISHED_BGNBD.discounted_orders(52, 0.0, 4, 30, 39) == pytest.approx(plain, rel=1e-14)

    def test_a_population_gives_its_parameters_back(self):
        truth, random, n = BGNBD(0.8, 6.0, 0.9, 2.5), np.random.default_rng(5), 20_000
        rate = random.gamma(truth.r, 1 / truth.alpha, n)
        leave = random.beta(truth.a, truth.b, n)
        rows = []
        for lam, p in zip(rate, leave, strict=True):
            t, x, t_x = random.exponential(1 / lam), 0, 0.0
            while t < 52:
                x, t_x = x + 1, t
                if random.random() < p:
                    break
                t += random.exponential(1 / lam)
            rows.append((x, t_x, 52.0))
        fit = BGNBD.fit(pd.DataFrame(rows, columns=["x", "t_x", "T"]))
        for name, se in fit.standard_errors.items():
            assert abs(getattr(fit.model, name) - getattr(truth, name)) < 4 * se

    def test_time_units_change_alpha_only(self, base):
        weeks, days = BGNBD.fit(base), BGNBD.fit(base.assign(t_x=base.t_x * 7, T=base["T"] * 7))
        assert days.model.alpha == pytest.approx(7 * weeks.model.alpha, rel=1e-4)
        assert (days.model.r, days.model.a, days.model.b) == pytest.approx(
            (weeks.model.r, weeks.model.a, weeks.model.b), rel=1e-4
        )

    def test_polars_gives_the_same_fit(self, base):
        frame = pl.DataFrame({c: base[c].to_numpy() for c in ("x", "t_x", "T", "mean_spend")}).with_columns(
            pl.col("mean_spend").fill_nan(None)
        )
        assert BGNBD.fit(frame).model == BGNBD.fit(base).model
        assert BGNBD.fit(frame.lazy()).model == BGNBD.fit(base).model
        assert GammaGamma.fit(frame).model == GammaGamma.fit(base).model

    @given(st.floats(0.1, 10), st.floats(0.1, 10))
    def test_survival_and_retention_belong_together(self, alpha, beta):
        model, t = SBG(alpha, beta), np.arange(1, 20)
        assert model.survival(t) / model.survival(t - 1) == pytest.approx(model.retention(t))
        assert (np.diff(model.retention(t)) > 0).all()

    def test_discounted_lifetime_is_the_sum_of_the_curve(self):
        model, t = SBG(0.668, 3.806), np.arange(4000)
        assert model.expected_lifetime(0.10) == pytest.approx((model.survival(t) / 1.1**t).sum())

    def test_standard_errors_agree_with_the_bootstrap(self, base):
        fit, spend = BGNBD.fit(base), GammaGamma.fit(base)
        draws = clv.bootstrap(fit, spend, base, repeats=150, seed=3)
        spread = np.std([m.r for m, _ in draws])
        assert spread == pytest.approx(fit.standard_errors["r"], rel=0.25)


class TestRefusals:
    def test_nobody_came_back(self):
        with pytest.raises(Refusal, match="nobody bought again"):
            BGNBD.fit(pd.DataFrame({"x": [0, 0], "t_x": [0.0, 0.0], "T": [9.0, 8.0]}))

    def test_last_order_after_the_end(self):
        with pytest.raises(Refusal, match="t_x must not exceed T"):
            BGNBD.fit(pd.DataFrame({"x": [1, 0], "t_x": [10.0, 0.0], "T": [9.0, 8.0]}))

    def test_nobody_known_for_any_time(self):
        with pytest.raises(Refusal, match="known for any time"):
            BGNBD.fit(pd.DataFrame({"x": [1, 0], "t_x": [0.0, 0.0], "T": [0.0, 0.0]}))

    def test_missing_columns(self):
        with pytest.raises(Refusal, match="need 't_x', 'T'"):
            BGNBD.fit(pd.DataFrame({"x": [1]}))

    @pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), "many", None])
    def test_impossible_parameters(self, value):
        with pytest.raises(Refusal):
            BGNBD(r=value, alpha=1, a=1, b=1)

    def test_missing_values_in_a_summary(self):
        with pytest.raises(Refusal, match="finite"):
            BGNBD.fit(pd.DataFrame({"x": [1, 2], "t_x": [1.0, np.nan], "T": [9.0, 8.0]}))

    def test_too_few_spenders(self):
        with pytest.raises(Refusal, match="three customers"):
            GammaGamma.fit(pd.DataFrame({"x": [1, 0], "mean_spend": [9.0, np.nan]}))

    def test_infinite_mean_spend(self):
        with pytest.raises(Refusal, match="no finite mean"):
            GammaGamma(2, 0.9, 5).expected_spend(1, 10)

    @pytest.mark.parametrize("survivors", [[1000], [1000, 1100], [1.0, 0.63], [0, 0], [1000, -1], [1000, float("nan")]])
    def test_survivors_that_cannot_be(self, survivors):
        with pytest.raises(Refusal):
            SBG.fit(survivors)

    def test_parameters_too_extreme_for_a_forecast(self):
        with pytest.raises(Refusal, match="too extreme"):
            BGNBD(0.4, 8.0, 1.5e4, 8.5e4).expected_orders_new(50.0)

    def test_endless_life_without_discount(self):
        with pytest.raises(Refusal, match="for ever"):
            SBG(0.668, 3.806).expected_lifetime(0)
        assert SBG(2.0, 3.0).expected_lifetime(0) == pytest.approx(4.0)  # (alpha + beta - 1) / (alpha - 1)

    def test_a_fit_without_spread_says_so(self):
        # everyone alike: the parameters run away, and the fit must not pretend
        table = pd.DataFrame({"x": [5] * 50, "t_x": [10.0] * 50, "T": [12.0] * 50})
        fit = BGNBD.fit(table)
        assert not fit.converged and "limit" in fit.message
        with pytest.raises(Refusal, match="no stable answer"):
            clv.predictive(fit, 20.0, table, horizon_months=12, discount_per_year=0.1)


class TestHessian:
    """The second derivatives that give the standard errors, against differences of the gradient."""

    @given(st.sampled_from([BGNBD, MBGNBD, NBD]), st.lists(positive, min_size=4, max_size=4))
    @settings(max_examples=60)
    def test_is_the_slope_of_the_gradient(self, cls, logs):
        histories = np.array([[0, 0, 30], [0, 0, 5], [1, 4, 30], [3, 29, 30], [40, 12.5, 36]], float).T
        p = np.array(logs)[: 2 if cls is NBD else 4]
        log_likelihood = cls._weighted(*histories)(np.array([5.0, 1, 2, 3, 1]))
        value, gradient, hessian = log_likelihood(p, curved=True)
        assert (value, *gradient) == (log_likelihood(p)[0], *log_likelihood(p)[1])
        steps = np.diag(p * 1e-5)
        slopes = [(log_likelihood(p + e)[1] - log_likelihood(p - e)[1]) / (2 * e.sum()) for e in steps]
        scale = np.outer(1 / p, 1 / p)  # what one unit of each log is worth
        assert hessian == pytest.approx(np.array(slopes), rel=1e-5, abs=1e-5 * scale.max())
        assert hessian == pytest.approx(hessian.T, rel=1e-12)
