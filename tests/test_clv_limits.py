"""Where forecasts usually break: heavy buyers, no differences, no leaving, impossible rows. Right, or refused."""

import json
import subprocess
import sys
from dataclasses import astuple

import mpmath
import numpy as np
import pandas as pd
import pytest

from crmlearn import clv
from crmlearn.clv import models
from crmlearn.clv.models import BGNBD, MBGNBD, NBD, GammaGamma, ParetoNBD
from crmlearn.errors import Refusal

ALL = [NBD, BGNBD, MBGNBD, ParetoNBD]
EACH = pytest.mark.parametrize("model", ALL, ids=lambda m: m.__name__)


@EACH
def test_a_bot_with_twenty_thousand_orders(base, model):
    bot = pd.DataFrame({"x": [20_000], "t_x": [38.0], "T": [38.86]})
    fit = model.fit(pd.concat([base[["x", "t_x", "T"]], bot]))
    assert fit.converged and np.isfinite(list(fit.standard_errors.values())).all()
    orders = fit.model.expected_orders(52.0, [0, 20_000], [0, 38.0], [38.86, 38.86])
    assert np.isfinite(orders).all() and (orders >= 0).all()


@EACH
def test_days_up_to_a_thousand_with_more_than_a_thousand_orders(model):
    truth = ParetoNBD(1.5, 2, 0.5, 300)
    heavy = truth.simulate(np.random.default_rng(2).integers(1, 1001, 2000).astype(float), 1)
    assert heavy.x.max() > 1000
    fit = model.fit(heavy)
    assert fit.converged
    if model is ParetoNBD:
        off = np.array(astuple(fit.model)) - astuple(truth)
        assert off @ np.linalg.inv(fit.covariance) @ off < 20


def test_two_thousand_orders_in_a_forecast_hold_against_forty_digits():
    model, x, t_x, T, t = BGNBD(0.243, 4.414, 0.793, 2.426), 2000, 998.0, 1000.0, 365.0
    r, alpha, a, b = astuple(model)
    with mpmath.workdps(40):
        c, z = mpmath.mpf(a) + b + x - 1, mpmath.mpf(t) / (alpha + T + t)
        left = (1 - z) ** (r + x) * mpmath.hyp2f1(r + x, b + x, c, z)
        odds = a / mpmath.mpf(b + x - 1) * (mpmath.mpf(alpha + T) / (alpha + t_x)) ** (r + x)
        exact = c / (mpmath.mpf(a) - 1) * (1 - left) / (1 + odds)
    assert float(model.expected_orders(t, x, t_x, T)) == pytest.approx(float(exact), rel=1e-9)


@EACH
def test_customers_who_are_all_alike(model):
    # Poisson orders without leaving: the likelihood of one rate for all is the limit, which no fit may exceed by much
    random = np.random.default_rng(2)
    x = random.poisson(3, 5000)
    alike = pd.DataFrame(
        {"x": x, "t_x": np.where(x > 0, 30 * random.random(5000) ** (1 / np.maximum(x, 1)), 0), "T": 30.0}
    )
    fit = model.fit(alike)
    one_rate = x.sum() * np.log(x.sum() / (30 * 5000)) - x.sum()
    assert one_rate - 1e-6 < fit.log_likelihood < one_rate + 5
    assert fit.converged or "limit" in fit.message
    if not fit.converged:
        with pytest.raises(Refusal, match="no stable answer"):
            models.model_of(fit)


@EACH
def test_one_customer_allows_no_stable_answer(model):
    fit = model.fit(pd.DataFrame({"x": [2], "t_x": [20.0], "T": [38.0]}))
    assert not fit.converged and np.isfinite(fit.log_likelihood)


@EACH
def test_nobody_leaves(model):
    stay = NBD(0.8, 10).simulate(np.full(4000, 40.0), 3)
    fit, plain = model.fit(stay), NBD.fit(stay)
    assert plain.log_likelihood - 1e-4 < fit.log_likelihood < plain.log_likelihood + 3
    assert fit.model.r == pytest.approx(plain.model.r, rel=0.02)


@pytest.mark.parametrize(
    ("model", "seed", "n", "truth", "best", "other"),
    [
        (BGNBD, 20, 400, BGNBD(1.2, 8.0, 0.02, 3.0), (1.08473, 7.31526, 0.0061566, 0.171523), 1.954),
        (MBGNBD, 6, 1000, BGNBD(0.6, 8.0, 0.02, 3.0), (0.717931, 8.14861, 0.032522, 0.245085), 1.972),
    ],
    ids=["BGNBD", "MBGNBD"],
)
def test_of_two_maxima_the_higher_one_is_taken(model, seed, n, truth, best, other):
    drawn = truth.simulate(np.full(n, 40.0), seed)
    fit = model.fit(drawn)
    assert astuple(fit.model) == pytest.approx(best, rel=2e-3) and fit.converged
    # On the ridge of the other one: hardly anybody leaves, and all are alike in that.
    lower = model.fit(drawn, starts=[(fit.model.r, fit.model.alpha, 1_000.0, 400_000.0)])
    assert fit.log_likelihood - lower.log_likelihood == pytest.approx(other, abs=0.02)


@EACH
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.assign(x=0, t_x=0.0), "nobody bought again"),
        (lambda s: s.assign(t_x=s.t_x.where(s.index != 5)), "t_x.*finite"),
        (lambda s: s.assign(t_x=s.t_x.where(s.index != 5, 99.0)), "must not exceed"),
        (lambda s: s.assign(t_x=s.t_x.where(s.x > 0, 3.0)), "t_x must be 0"),
        (lambda s: s.assign(x=s.x + 0.5), "whole numbers"),
        (lambda s: s.assign(x=-s.x), "not negative"),
        (lambda s: s.assign(t_x=0.0, T=0.0), "any time"),
        (lambda s: s.head(0), "nobody bought again"),
        (lambda s: s.drop(columns="T"), "need 'T'"),
    ],
)
def test_impossible_histories_are_refused(base, model, change, words):
    with pytest.raises(Refusal, match=words):
        model.fit(change(base))


class TestSpend:
    def test_no_finite_mean_is_given(self, base):
        model = GammaGamma(p=6.0, q=0.9, gamma=15.0)
        for ask in (model.mean, lambda: model.expected_spend(2, 20.0)):
            with pytest.raises(Refusal, match="no finite mean"):
                ask()
        with pytest.raises(Refusal, match="no finite mean"):
            clv.predictive(BGNBD(0.2, 4, 0.8, 2.4), model, horizon_months=12, discount_per_year=0.1, customer="new")

    def test_zero_and_negative_means_are_not_fitted(self, base):
        odd = base.assign(mean_spend=base.mean_spend.where(base.index % 9 > 0, -5.0).where(base.index % 7 > 0, 0.0))
        used = (odd.x > 0) & (odd.mean_spend > 0)
        assert GammaGamma.fit(odd).n == used.sum() < 946


class TestFiles:
    @pytest.mark.parametrize("overwrite", [False, True])
    def test_a_fit_comes_back_to_the_last_digit(self, base, tmp_path, overwrite):
        fit = BGNBD.fit(base)
        file = models.save(fit, tmp_path / "fit.json")
        again = models.load(file)
        assert again.model == fit.model and np.array_equal(again.covariance, fit.covariance)
        assert (again.log_likelihood, again.n, again.message) == (fit.log_likelihood, fit.n, fit.message)
        if overwrite:
            assert models.load(models.save(fit.model, file, overwrite=True)) == fit.model
        else:
            with pytest.raises(Refusal, match="exists already"):
                models.save(fit, file)

    @pytest.mark.parametrize(
        "text",
        ["", "[]", "{}", '{"format": "other"}', '{"format": "crmlearn.model/1", "model": "X", "parameters": {}}'],
    )
    def test_other_files_are_refused(self, tmp_path, text):
        (tmp_path / "x.json").write_text(text)
        with pytest.raises(Refusal):
            models.load(tmp_path / "x.json")

    def test_a_parameter_of_nonsense_is_refused(self, tmp_path):
        file = models.save(NBD(0.4, 12.0), tmp_path / "nbd.json")
        kept = json.loads(file.read_text())
        file.write_text(json.dumps(kept | {"parameters": {"r": -1, "alpha": 2}}))
        with pytest.raises(Refusal):
            models.load(file)


class TestForecastsOfTheImpossible:
    @pytest.mark.parametrize(
        "history", [(-1, 0, 9), (2, 50, 38), (1.5, 3, 9), (2, np.nan, 9), (np.nan, 1, 9), (2, 3, np.nan)]
    )
    def test_histories_that_nobody_can_have(self, history):
        for model in (NBD(0.4, 12.0), BGNBD(0.2, 4, 0.8, 2.4), ParetoNBD(0.5, 10, 0.6, 11)):
            for ask in (model.expected_orders, model.outcomes, lambda t, *h, m=model: m.draw(t, *h, seed=1)):
                with pytest.raises(Refusal, match="whole x"):
                    ask(39.0, *history)

    def test_times_that_run_backwards_or_for_ever(self):
        model = BGNBD(0.2, 4, 0.8, 2.4)
        for t in (-5, np.inf, np.nan):
            for ask in (model.expected_orders, model.outcomes):
                with pytest.raises(Refusal):
                    ask(t, 2, 30, 38)
        with pytest.raises(Refusal):
            model.discounted_orders(39, -0.1, 2, 30, 38)

    def test_half_an_order_has_no_chance(self):
        for model in (NBD(0.4, 12.0), BGNBD(0.2, 4, 0.8, 2.4), MBGNBD(0.2, 4, 0.8, 2.4), ParetoNBD(0.5, 10, 0.6, 11)):
            assert float(model.pmf(1.5, 39.0)) == 0

    def test_nobody_is_worth_nothing_and_not_nan(self, base):
        for ask in (clv.predictive, clv.individual):
            with pytest.raises(Refusal, match="no customers"):
                ask(BGNBD(0.2, 4, 0.8, 2.4), 30.0, base.head(0), horizon_months=12, discount_per_year=0.1)

    def test_fits_in_different_units_or_of_other_things_are_not_compared(self, base):
        days = base.assign(t_x=base.t_x * 7, T=base["T"] * 7)
        with pytest.raises(Refusal, match="same unit"):
            models.ranking([BGNBD.fit(base), NBD.fit(days)])
        bought = base[(base.x > 0) & (base.mean_spend > 0)]
        with pytest.raises(Refusal, match="same customers"):
            models.likelihood_ratio(NBD.fit(bought), GammaGamma.fit(bought))


@EACH
def test_drawn_orders_scatter_as_the_chances_say(model):
    fitted = {NBD: (0.385, 12.07), BGNBD: (0.243, 4.414, 0.793, 2.426), MBGNBD: (0.525, 6.18, 0.89, 1.61)}
    one = model(*fitted.get(model, (0.553, 10.58, 0.606, 11.67)))
    x, t_x, T = np.full(40_000, 7.0), np.full(40_000, 29.43), np.full(40_000, 38.86)
    drawn = one.draw(39.0, x, t_x, T, seed=4)
    alive = float(one.p_alive(7, 29.43, 38.86))
    for n in (0, 1, 5):
        chance = alive * float(one.pmf_if_alive(n, 39.0, 7.0, 38.86)) + (1 - alive) * (n == 0)
        assert (drawn == n).mean() == pytest.approx(chance, abs=5 * np.sqrt(chance / 40_000))


def test_wrong_kinds_are_named(base, tmp_path):
    for starts in ([(-1, 1, 1, 1)], [(1, 1)], [(0, 1, 1, 1)]):
        with pytest.raises(Refusal, match="4 positive numbers"):
            BGNBD.fit(base, starts=starts)
    with pytest.raises(Refusal, match="can be saved"):
        models.save("hi", tmp_path / "x.json")
    with pytest.raises(Refusal, match="no such folder"):
        models.save(NBD(0.4, 12.0), tmp_path / "nowhere" / "x.json")
    with pytest.raises(Refusal, match="classes of orders"):
        clv.compare(base, "2024-01-01", models=("BGNBD",))


def test_fitting_does_not_wait_for_all_of_statistics():
    code = "import sys, crmlearn.clv.models; sys.exit('scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
