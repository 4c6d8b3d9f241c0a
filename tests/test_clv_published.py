"""Models without a contract against numbers in print, forty digits, one another and their own simulation."""

from dataclasses import astuple

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from crmlearn.clv.models import BGBB, BGNBD, MBGNBD, NBD, SBG, GammaGamma, ParetoNBD, likelihood_ratio, ranking
from crmlearn.errors import Refusal

PARETO = ParetoNBD(r=0.553, alpha=10.578, s=0.606, beta=11.669)
BG = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
MBG = MBGNBD(r=0.52484, alpha=6.1831, a=0.89136, b=1.6140)
ALL = [NBD(0.385, 12.072), BG, MBG, PARETO]
# Fader, Hardie & Shang (2010): public radio donors of 1995, six yearly opportunities; (gifts, year of the last): donors
DONORS = {
    (0, 0): 3464, (1, 1): 1091, (1, 2): 277, (1, 3): 129, (1, 4): 78, (1, 5): 119, (1, 6): 129, (2, 2): 613,
    (2, 3): 255, (2, 4): 155, (2, 5): 173, (2, 6): 234, (3, 3): 322, (3, 4): 181, (3, 5): 225, (3, 6): 357,
    (4, 4): 240, (4, 5): 284, (4, 6): 512, (5, 5): 335, (5, 6): 728, (6, 6): 1203,
}  # fmt: skip
positive = st.floats(0.05, 20)


@pytest.fixture(scope="module")
def donors():
    x, t_x, n = np.array([[x, t, count] for (x, t), count in DONORS.items()], float).T
    return BGBB.fit_counts(x, t_x, np.full(len(x), 6.0), n), x, t_x, n


class TestRawLogOptima:
    @pytest.mark.parametrize(
        ("model", "log_likelihood"),
        [(NBD, -9763.6576), (BGNBD, -9582.4292), (MBGNBD, -9582.1357), (ParetoNBD, -9594.9762)],
    )
    def test_log_likelihood(self, base, model, log_likelihood):
        fit = model.fit(base)
        assert fit.converged and fit.log_likelihood == pytest.approx(log_likelihood, abs=5e-5)

    def test_nbd(self, base):
        assert astuple(NBD.fit(base).model) == pytest.approx((0.385, 12.072), abs=5e-4)

    def test_mbgnbd(self, base):
        assert astuple(MBGNBD.fit(base).model) == pytest.approx((0.52484, 6.1831, 0.89136, 1.6140), rel=1e-5)

    def test_pareto_of_the_rounded_file_matches_the_paper(self, base):
        rounded = base.assign(t_x=base.t_x.round(2), T=base["T"].round(2))
        fit = ParetoNBD.fit(rounded)
        assert astuple(fit.model) == pytest.approx((0.55328, 10.57761, 0.60621, 11.66791), rel=1e-4)
        assert fit.log_likelihood == pytest.approx(-9594.974, abs=1e-3)


class TestPublishedPareto:
    def test_conditional_expectations(self):
        assert PARETO.expected_orders(39, 2, 30.43, 38.86) == pytest.approx(1.4551, abs=5e-5)
        assert PARETO.p_alive(2, 30.43, 38.86) == pytest.approx(0.8692, abs=5e-5)
        assert PARETO.expected_orders(52, 26, 30.86, 31) == pytest.approx(25.458, abs=5e-4)
        assert PARETO.p_alive(26, 30.86, 31) == pytest.approx(0.9979, abs=5e-5)
        assert [float(PARETO.expected_orders_new(t)) for t in (39, 52)] == pytest.approx([1.2130, 1.4730], abs=5e-5)

    def test_discounted_expected_residual_transactions(self):
        x, t_x, T = [2.0, 0, 7], [30.43, 0, 29.43], [38.86] * 3
        assert PARETO.discounted_orders(np.inf, 0.0027, x, t_x, T) == pytest.approx(
            [6.4838, 0.47714, 16.5411], rel=1e-5
        )
        assert PARETO.p_alive(x, t_x, T) == pytest.approx([0.8692, 0.2953, 0.7495], abs=5e-5)

    @pytest.mark.parametrize("rate", [0.0005, 0.0027, 0.05])
    def test_residual_equals_the_papers_form_with_kummers_u(self, rate):
        x, t_x, T = 7, 29.43, 38.86
        r, alpha, s, beta = astuple(PARETO)
        with mpmath.workdps(30):
            psi = mpmath.hyperu(s, s, rate * (beta + T))
            exact = float(PARETO.p_alive(x, t_x, T)) * (r + x) / (alpha + T) * rate ** (s - 1) * (beta + T) ** s * psi
        assert PARETO.discounted_orders(np.inf, rate, x, t_x, T) == pytest.approx(float(exact), rel=1e-9)


class TestPublishedBGBB:
    """Fader, Hardie & Shang (2010)."""

    def test_fit(self, donors):
        fit, *_ = donors
        assert fit.n == 11104 and fit.converged
        assert astuple(fit.model) == pytest.approx((1.20352, 0.74972, 0.65672, 2.78344), rel=2e-5)
        assert fit.log_likelihood == pytest.approx(-33225.581, abs=5e-4)

    def test_gifts_of_the_next_five_years(self, donors):
        fit, x, t_x, n = donors
        assert (n * fit.model.expected_orders(5, x, t_x, 6)).sum() == pytest.approx(12884.2, abs=0.05)
        assert fit.model.expected_orders_new(6) * 11104 == pytest.approx(24652.8, abs=0.05)
        assert float(fit.model.expected_orders(5, 6, 6, 6)) == pytest.approx(3.7525, abs=5e-5)
        assert float(fit.model.expected_orders(5, 0, 0, 6)) == pytest.approx(0.0729, abs=5e-5)

    def test_chances_to_be_there(self, donors):
        model = donors[0].model
        assert model.p_alive([0, 6, 4], [0, 6, 5], 6) == pytest.approx([0.108, 0.930, 0.697], abs=5e-4)

    def test_discounted_orders_are_a_sum_over_the_years(self, donors):
        model = donors[0].model
        yearly = np.diff([float(model.expected_orders(t, 4, 5, 6)) for t in range(401)])
        slow = (yearly / 1.1 ** np.arange(1, 401)).sum()
        assert float(model.discounted_orders(0.1, 4, 5, 6)) == pytest.approx(slow, rel=1e-9)

    def test_a_short_history_differs_from_a_long_one(self):
        model = BGBB(1.2, 0.75, 0.66, 2.8)
        both = model.log_likelihood([1, 1], [1, 1], [2, 9])
        assert both[0] == pytest.approx(float(model.log_likelihood(1, 1, 2))) and both[1] < both[0]

    @pytest.mark.parametrize(
        ("x", "t_x", "n"), [(3, 2, 6), (1, 7, 6), (0, 2, 6), (1, 0, 6), (0.5, 1, 6), (6, 5, 6)], ids=str
    )
    def test_impossible_histories_are_refused(self, x, t_x, n):
        with pytest.raises(Refusal, match="x <= t_x <= n"):
            BGBB.fit(pd.DataFrame({"x": [x, 1.0], "t_x": [t_x, 1.0], "n": [n, 6.0]}))


def gauss(b, c, z):
    """2F1(1, b; c; z) to the digits that mpmath works with; where it gives up, term by term: all terms are positive."""
    try:
        return mpmath.hyp2f1(1, b, c, z)
    except ValueError:
        total, term, n = mpmath.mpf(0), mpmath.mpf(1), 0
        while term * (1 + 1 / (1 - z)) > total * mpmath.eps:
            total, term, n = total + term, term * (b + n) / (c + n) * z, n + 1
        return total


class TestForms:
    @settings(max_examples=150, deadline=None)
    @given(
        positive, st.floats(0.05, 1000), positive, st.floats(0.05, 1000),
        st.one_of(st.integers(0, 40), st.integers(0, 20_000)), st.floats(0, 1), st.floats(1, 1000),
    )  # fmt: skip
    def test_pareto_likelihood_holds_against_forty_digits(self, r, alpha, s, beta, x, share, T):
        t_x = share * T if x else 0.0
        ours = float(ParetoNBD(r, alpha, s, beta).log_likelihood(x, t_x, T))
        with mpmath.workdps(40):
            R, A, S, B, X, tx, U = (mpmath.mpf(v) for v in (r, alpha, s, beta, x, t_x, T))

            def tail(first, second, t):  # integral of (A + u)^-first (B + u)^-second from t on
                D = first + second - 1
                if A >= B:
                    F = gauss(first, D + 1, (A - B) / (A + t))
                    return F / D * (A + t) ** -first * (B + t) ** (1 - second)
                F = gauss(second, D + 1, (B - A) / (B + t))
                return F / D * (A + t) ** (1 - first) * (B + t) ** -second

            both = S * tail(R + X, S + 1, tx) + (R + X) * tail(R + X + 1, S, U)
            exact = (
                mpmath.log(both) + mpmath.loggamma(R + X) - mpmath.loggamma(R) + R * mpmath.log(A) + S * mpmath.log(B)
            )
            off = abs(float(mpmath.mpf(ours) - exact))
            scale = max(1.0, float(abs(mpmath.loggamma(R + X))))
        assert off <= 1e-12 * scale

    @pytest.mark.parametrize(("alpha", "beta"), [(10.0, 12.0), (12.0, 10.0), (500.0, 0.01), (0.01, 500.0), (7.0, 7.0)])
    def test_pareto_likelihood_is_the_integral_that_it_stands_for(self, alpha, beta):
        r, s, x, t_x, T = 0.6, 0.7, 3, 9.0, 30.0
        with mpmath.workdps(30):

            def left_at(u):
                return s * beta**s * mpmath.mpf(alpha) ** r / (alpha + u) ** (r + x) / (beta + u) ** (s + 1)

            there = mpmath.mpf(alpha) ** r / mpmath.mpf(alpha + T) ** (r + x) * (mpmath.mpf(beta) / (beta + T)) ** s
            gamma = mpmath.gamma(r + x) / mpmath.gamma(r)
            exact = mpmath.log(gamma * (there + mpmath.quad(left_at, [t_x, 15, T])))
        assert ParetoNBD(r, alpha, s, beta).log_likelihood(x, t_x, T) == pytest.approx(float(exact), rel=1e-12)

    @pytest.mark.parametrize("model", [*ALL, ParetoNBD(0.6, 3.0, 0.7, 400.0)], ids=lambda m: type(m).__name__)
    def test_sums_equal_the_sum_of_histories_and_gradients_the_differences(self, model):
        x, t_x, T = np.array([0.0, 0, 1, 7, 30]), np.array([0.0, 0, 3, 20, 38]), np.array([20.0, 31, 20, 39, 39])
        n, p = np.array([50.0, 9, 2, 3, 1]), np.array(astuple(model))
        sums = type(model)._weighted(x, t_x, T)(n)
        assert sums(p)[0] == pytest.approx(n @ model.log_likelihood(x, t_x, T), rel=1e-13)
        for i in range(len(p)):
            step = np.eye(len(p))[i] * 1e-6 * p[i]
            slope = (sums(p + step)[0] - sums(p - step)[0]) / (2e-6 * p[i])
            assert sums(p)[1][i] == pytest.approx(slope, rel=1e-5, abs=1e-6)

    def test_bgbb_gradient(self, donors):
        _, x, t_x, n = donors
        sums, p = BGBB._weighted(x, t_x, np.full(len(x), 6.0))(n), np.array([1.0, 0.8, 0.7, 2.0])
        for i in range(4):
            step = np.eye(4)[i] * 1e-6
            assert sums(p)[1][i] == pytest.approx((sums(p + step)[0] - sums(p - step)[0]) / 2e-6, rel=1e-6)

    @settings(max_examples=40, deadline=None)
    @given(st.sampled_from(ALL), st.integers(0, 60), st.floats(0, 1), st.floats(1, 100))
    def test_chances_are_chances_and_longer_horizons_bring_more(self, model, x, share, T):
        t_x = share * T if x else 0.0
        assert 0 <= model.p_alive(x, t_x, T) <= 1
        orders = [float(model.expected_orders(t, x, t_x, T)) for t in (1, 10, 100)]
        assert 0 <= orders[0] <= orders[1] <= orders[2]

    @pytest.mark.parametrize("model", ALL, ids=lambda m: type(m).__name__)
    @pytest.mark.parametrize("t", [1.0, 39.0, 500.0])
    def test_chances_of_counts_add_up_to_one_and_to_the_expectation(self, model, t):
        n = np.arange(20_000)
        chances = model.pmf(n, t)
        assert (chances >= 0).all() and chances.sum() == pytest.approx(1, abs=1e-9)
        assert (chances[:200]).sum() <= 1 + 1e-12
        assert chances @ n == pytest.approx(float(model.expected_orders_new(t)), rel=1e-6)

    def test_bgbb_counts_add_up_to_one(self):
        chances = BGBB(1.2, 0.75, 0.66, 2.8).pmf(np.arange(-1, 8), 6)
        assert chances.sum() == pytest.approx(1) and chances[0] == chances[-1] == 0
        assert chances @ np.arange(-1, 8) == pytest.approx(BGBB(1.2, 0.75, 0.66, 2.8).expected_orders_new(6))

    def test_counts_and_histories_tell_the_same(self):
        # the chance of no repeat order is the likelihood of the empty history
        for model in ALL:
            assert model.pmf(0, 30.0) == pytest.approx(np.exp(model.log_likelihood(0, 0, 30.0)), rel=1e-12)

    def test_s_and_a_equal_to_one_are_no_gaps(self):
        for make in (lambda v: ParetoNBD(0.5, 5, v, 9), lambda v: MBGNBD(0.5, 5, v, 2), lambda v: BGNBD(0.5, 5, v, 2)):
            sides = [float(make(1 + e).expected_orders(10, 3, 20, 30)) for e in (-1e-4, 0, 1e-4)]
            assert sides[1] == pytest.approx((sides[0] + sides[2]) / 2, rel=1e-7)

    @settings(max_examples=30, deadline=None)
    @given(positive, positive, positive, positive, st.integers(0, 100), st.floats(0, 1), st.floats(1, 200))
    def test_mbg_expectation_holds_against_the_papers_own_form(self, r, alpha, a, b, x, share, T):
        assume(abs(a - 1) > 1e-3)
        t_x, t = share * T, 30.0
        with mpmath.workdps(60):
            z = mpmath.mpf(t) / (alpha + T + t)
            f = mpmath.hyp2f1(r + x, b + x + 1, a + b + x, z)
            top = (a + b + x) / mpmath.mpf(a - 1) * (1 - ((alpha + T) / mpmath.mpf(alpha + T + t)) ** (r + x) * f)
            exact = top / (1 + a / mpmath.mpf(b + x) * ((alpha + T) / mpmath.mpf(alpha + t_x)) ** (r + x))
        ours = float(MBGNBD(r, alpha, a, b).expected_orders(t, x, t_x, T))
        assert ours == pytest.approx(float(exact), rel=1e-6, abs=1e-12)

    def test_an_endless_horizon_is_the_limit_of_long_ones(self):
        for model in ALL:
            long, endless = (model.discounted_orders(h, 0.02, 2, 30.43, 38.86) for h in (1500, np.inf))
            assert float(long) == pytest.approx(float(endless), rel=1e-6)
        with pytest.raises(Refusal, match="rate"):
            PARETO.discounted_orders(np.inf, 0.0, 2, 30.43, 38.86)


class TestCounts:
    @settings(max_examples=60, deadline=None)
    @given(st.integers(0, 3000), st.floats(0.01, 50), st.floats(1e-4, 0.9999))
    def test_chances_of_counts_agree_with_the_statistics_of_scipy(self, n, r, stays):
        from scipy.stats import nbinom

        from crmlearn.clv.models.counts import nbd_at_least, nbd_pmf

        assert float(nbd_pmf(n, r, stays)) == pytest.approx(nbinom.pmf(n, r, stays), rel=1e-8, abs=1e-300)
        assert float(nbd_at_least(n, r, stays)) == pytest.approx(nbinom.sf(n - 1, r, stays), rel=1e-8, abs=1e-300)


class TestSimulation:
    @pytest.mark.parametrize("model", ALL, ids=lambda m: type(m).__name__)
    def test_a_fit_finds_the_truth_of_its_own_simulation(self, model):
        drawn = model.simulate(np.repeat(np.linspace(26, 78, 53), 800), seed=5)
        fit = type(model).fit(drawn)
        assert fit.converged
        truth, found = np.array(astuple(model)), np.array(astuple(fit.model))
        off = (found - truth) @ np.linalg.inv(fit.covariance) @ (found - truth)
        assert off < 20  # chi-square of 4 degrees of freedom: once in two thousand

    @pytest.mark.parametrize("model", ALL, ids=lambda m: type(m).__name__)
    def test_counts_come_as_often_as_the_model_says(self, model):
        x = model.simulate(np.full(40_000, 39.0), seed=3)["x"]
        for n in (0, 1, 2, 5):
            chance = float(model.pmf(n, 39.0))
            assert (x == n).mean() == pytest.approx(chance, abs=5 * np.sqrt(chance / 40_000))

    def test_bgbb_and_sbg_find_themselves(self):
        truth = BGBB(1.2, 0.75, 0.66, 2.8)
        fit = BGBB.fit(truth.simulate(np.repeat([4, 6], 10_000), seed=1))
        off = np.array(astuple(fit.model)) - astuple(truth)
        assert off @ np.linalg.inv(fit.covariance) @ off < 20
        counts = SBG(0.7, 1.2).simulate(50_000, 8, seed=1)
        assert counts[0] == 50_000 and SBG.fit(counts).model.alpha == pytest.approx(0.7, rel=0.05)

    def test_same_seed_same_customers(self):
        T = np.full(50, 30.0)
        pd.testing.assert_frame_equal(PARETO.simulate(T, 4), PARETO.simulate(T, 4))
        assert not PARETO.simulate(T, 4).equals(PARETO.simulate(T, 5))


class TestComparison:
    def test_ranking_by_information_criteria(self, base):
        fits = [model.fit(base) for model in (NBD, BGNBD, MBGNBD, ParetoNBD)]
        table = ranking(fits)
        assert table["model"].tolist() == ["MBGNBD", "BGNBD", "ParetoNBD", "NBD"]
        nbd = table.set_index("model").loc["NBD"]
        assert nbd["aic"] == pytest.approx(4 + 2 * 9763.6576, abs=1e-3)
        assert nbd["bic"] == pytest.approx(2 * np.log(2357) + 2 * 9763.6576, abs=1e-3)
        with pytest.raises(Refusal, match="same customers"):
            ranking([fits[0], NBD.fit(base.head(2000))])

    def test_likelihood_ratio(self, base):
        found = likelihood_ratio(NBD.fit(base), ParetoNBD.fit(base))
        assert found["statistic"] == pytest.approx(2 * (9763.6576 - 9594.9762), abs=1e-3)
        assert found["parameters"] == 2 and found["p_value"] < 1e-70
        with pytest.raises(Refusal, match="small and a large"):
            likelihood_ratio(ParetoNBD.fit(base), NBD.fit(base))

    def test_intervals_hold_their_estimate_and_stay_positive(self, base):
        table = ParetoNBD.fit(base).intervals()
        assert (table["low"] > 0).all() and (
            (table["low"] < table["estimate"]) & (table["estimate"] < table["high"])
        ).all()
        assert table.loc["r", "standard_error"] == pytest.approx(0.0476, abs=5e-4)

    @pytest.mark.parametrize("factor", [7.0, 1 / 52.18, 1e6])
    def test_another_unit_of_time_changes_times_only(self, base, factor):
        scaled = base.assign(t_x=base.t_x * factor, T=base["T"] * factor)
        for model in (NBD, BGNBD, MBGNBD, ParetoNBD):
            one, two = model.fit(base), model.fit(scaled)
            times = np.array([factor if name in ("alpha", "beta") else 1.0 for name in one.standard_errors])
            assert np.array(astuple(two.model)) == pytest.approx(np.array(astuple(one.model)) * times, rel=1e-4)
            orders = (base["x"]).sum() * np.log(factor)
            assert two.log_likelihood == pytest.approx(one.log_likelihood - orders, abs=1e-5)

    def test_spend_in_other_units_of_money(self, base):
        one, two = GammaGamma.fit(base), GammaGamma.fit(base.assign(mean_spend=base.mean_spend * 1e9))
        assert (two.model.p, two.model.q) == pytest.approx((one.model.p, one.model.q), rel=1e-4)
        assert two.model.gamma == pytest.approx(one.model.gamma * 1e9, rel=1e-4) and two.converged


class TestOutcomes:
    @pytest.mark.parametrize("model", ALL, ids=lambda m: type(m).__name__)
    def test_chances_given_a_history_add_up_to_one_and_to_the_expectation(self, model):
        n = np.arange(4000)
        chances = model.pmf_if_alive(n, 52.0, 7, 38.86)
        assert chances.sum() == pytest.approx(1, abs=1e-9)
        assert chances @ n == pytest.approx(float(model.expected_if_alive(52.0, 7, 38.86)), rel=1e-8)

    @pytest.mark.parametrize("model", ALL, ids=lambda m: type(m).__name__)
    def test_as_many_customers_end_between_the_bounds_as_said(self, model):
        # histories at 39 weeks of customers whose 78 weeks are known
        random = np.random.default_rng(6)
        size = 20_000
        rate, until, most = model.latent(random, size)
        times = np.cumsum(random.exponential(1 / rate[:, None], (size, 400)), axis=1)
        kept = (times <= until[:, None]) & (np.arange(1, 401) <= most[:, None])
        before, after = kept & (times <= 39), kept & (times > 39) & (times <= 78)
        x, t_x, y = before.sum(axis=1), np.where(before, times, 0).max(axis=1), after.sum(axis=1)
        low, high = model.outcomes(39.0, x, t_x, 39.0)
        inside = ((low <= y) & (y <= high)).mean()
        assert inside >= 0.945 and (low <= high).all()
        counted = model.expected_orders(39.0, x, t_x, 39.0).sum()
        assert y.sum() == pytest.approx(counted, rel=0.05)

    def test_bounds_widen_with_the_share_and_stay_whole(self):
        narrow, wide = (PARETO.outcomes(52.0, [0, 7], [0, 29.43], 38.86, share) for share in (0.5, 0.99))
        assert (wide[0] <= narrow[0]).all() and (narrow[1] <= wide[1]).all() and wide[1][1] > narrow[1][1]
        assert wide[1].dtype.kind == "i"
