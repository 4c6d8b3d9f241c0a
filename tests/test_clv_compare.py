"""Forecasts side by side on the same customers: against counts by hand, and with the truth known."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from crmlearn import clv, datasets, simulate, transactions
from crmlearn.clv.models import BGNBD, NBD, ParetoNBD
from crmlearn.errors import Refusal

SPLIT, END = "1997-09-30", "1998-06-30"


@pytest.fixture(scope="module")
def tx():
    return transactions.clean(transactions.read(datasets.path("cdnow")).tx).tx


@pytest.fixture(scope="module")
def cdnow(tx):
    return clv.compare(tx, SPLIT, until=END)


def test_the_table_says_what_the_customers_say(tx, cdnow):
    after = tx[(tx.date > "1997-10-01") | (tx.date.dt.normalize() == "1997-10-01")]
    assert cdnow.table["observed"].eq(len(after)).all() and len(cdnow.customers) == 2357
    for name, row in cdnow.table.iterrows():
        off = cdnow.customers[name] - cdnow.customers["observed"]
        assert row["mae"] == pytest.approx(off.abs().mean()) and row["rmse"] == pytest.approx((off**2).mean() ** 0.5)
        assert row["bias"] == pytest.approx(off.sum() / len(after))
        spearman = cdnow.customers[[name, "observed"]].corr("spearman").iloc[0, 1]
        assert row["rank_correlation"] == pytest.approx(spearman, nan_ok=True)
    assert cdnow.table["rmse"].is_monotonic_increasing


def test_published_expectations_of_the_holdout(cdnow):
    # the model, its parameters and its expectation of 39 weeks are those of Fader, Hardie & Lee (2005)
    row = cdnow.customers.query("x == 2 and abs(t_x - 30.43) < .01 and abs(T - 38.86) < .01").iloc[0]
    assert row["BGNBD"] == pytest.approx(1.226, abs=2e-3) and cdnow.length == pytest.approx(39.0)
    assert cdnow.table.loc["BGNBD", "log_likelihood"] == pytest.approx(-9582.4292, abs=5e-5)


def test_models_that_know_of_leaving_beat_those_that_do_not(cdnow):
    off = cdnow.table["rmse"]
    assert off[["ParetoNBD", "BGNBD", "MBGNBD"]].max() < off["NBD"] < off[list(clv.comparing.BASELINES)].min()
    assert abs(cdnow.table.loc["NBD", "bias"]) > 0.5 > 0.2 > abs(cdnow.table.loc["ParetoNBD", "bias"])


def test_rules_of_thumb_by_hand():
    days = pd.to_datetime([f"2024-01-{d:02d}" for d in (1, 3, 12, 14, 2, 13, 18, 22, 25)])
    tx = pd.DataFrame({"customer_id": list("aaaabbbab"), "date": days, "amount": 5.0})
    found = clv.compare(tx, "2024-01-18", until="2024-01-27", models=(), unit="day").customers.set_index("customer_id")
    assert found["last period again"].to_dict() == {"a": 2.0, "b": 2.0} and found["observed"].to_dict() == {
        "a": 1,
        "b": 1,
    }
    assert found["mean"].tolist() == [2.0, 2.0] and found["nobody again"].tolist() == [0, 0]
    assert (
        found["80/20 rule"].sum() == pytest.approx(4.0) and found.loc["a", "80/20 rule"] > found.loc["b", "80/20 rule"]
    )


def test_a_window_longer_than_the_history_is_scaled():
    days = pd.to_datetime(["2024-01-01", "2024-01-05", "2024-01-02", "2024-01-20"])
    tx = pd.DataFrame({"customer_id": list("aabb"), "date": days, "amount": 5.0})
    found = clv.compare(tx, "2024-01-10", until="2024-01-30", models=(), unit="day").customers
    assert found["last period again"].tolist() == [2.0, 0.0]  # one repeat order in ten days, twenty days ahead


def test_after_the_split_the_tracking_is_the_forecast(cdnow):
    weeks = (cdnow.split_at - cdnow.start).days / 7
    last, h = cdnow.tracking.iloc[-1], cdnow.customers
    before = (h["x"]).sum()
    ahead = cdnow.fits["BGNBD"].model.expected_orders(last["week"] - weeks, h["x"], h["t_x"], h["T"]).sum()
    assert last["BGNBD"] == pytest.approx(before + ahead, rel=1e-9)


def test_time_after_the_records_is_unknown(tx):
    with pytest.raises(Refusal, match="unknown, not empty"):
        clv.compare(tx, SPLIT, until="2005-06-30")


def test_tied_forecasts_share_the_top_tenth():
    assert clv.comparing._share_of_best(np.ones(20), 0.1) == pytest.approx(np.full(20, 0.1))
    assert clv.comparing._share_of_best(np.array([3.0, 2, 2, 1]), 0.5).tolist() == [1, 0.5, 0.5, 0]


def test_counts_of_histories_add_up(tx, cdnow):
    assert cdnow.frequency.sum().to_numpy() == pytest.approx(np.full(5, 2357.0))
    assert cdnow.frequency["observed"].tolist()[:3] == [1411, 439, 214]
    assert cdnow.by_history["customers"].sum() == 2357
    total = (cdnow.by_history["customers"] * cdnow.by_history["BGNBD"]).sum()
    assert total == pytest.approx(cdnow.table.loc["BGNBD", "expected"])


def test_tracking_counts_repeat_orders_and_the_model_follows_them(tx, cdnow):
    last = cdnow.tracking.iloc[-1]
    week = pd.Timestamp("1997-01-01") + pd.Timedelta(weeks=int(last["week"]))
    assert last["observed"] == len(tx[tx.date < week + pd.Timedelta(days=1)]) - 2357
    at_split = cdnow.tracking[~cdnow.tracking["held_out"]].iloc[-1]
    assert at_split["ParetoNBD"] == pytest.approx(at_split["observed"], rel=0.05)
    steps = cdnow.incremental
    assert steps["observed"].sum() == last["observed"] and (steps["BGNBD"] >= 0).all()
    # what a model expects of these customers until the split is the sum over their ages
    T = cdnow.customers["T"].to_numpy()
    model = cdnow.fits["NBD"].model
    ends = (pd.Timestamp(SPLIT) - pd.Timestamp("1997-01-01")).days // 7
    reached = T - ((pd.Timestamp(SPLIT) - pd.Timestamp("1997-01-01")).days - 7 * ends) / 7
    expected = model.expected_orders_new(np.maximum(reached, 0)).sum()
    assert cdnow.tracking.set_index("week").loc[ends, "NBD"] == pytest.approx(expected)


def test_the_true_model_is_found_and_unbiased():
    drawn = simulate.population(BGNBD(0.5, 6.0, 0.7, 2.0), 6000, seed=4, weeks=104, joining_weeks=13).orders
    found = clv.compare(transactions.clean(drawn).tx, "2023-12-31")
    assert found.table["bic"].idxmin() == "BGNBD" and abs(found.table.loc["BGNBD", "bias"]) < 0.06


@pytest.mark.parametrize("engine", [pl.from_pandas, lambda t: pl.from_pandas(t).lazy()], ids=["polars", "lazy"])
def test_other_engines_give_the_same(tx, cdnow, engine):
    again = clv.compare(engine(tx), SPLIT, until=END, models=(NBD, BGNBD))
    assert again.table.loc["BGNBD", "mae"] == pytest.approx(cdnow.table.loc["BGNBD", "mae"], rel=1e-9)


def test_a_model_without_a_stable_answer_is_named_and_left_out():
    tx = pd.DataFrame({"customer_id": list("aabb"), "amount": 5.0,
                       "date": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-01-05", "2024-02-20"])})  # fmt: skip
    found = clv.compare(tx, "2024-02-10", models=(ParetoNBD,), unit="day")
    assert found.fits and "no stable answer" in found.left_out["ParetoNBD"] and "ParetoNBD" not in found.table.index
    with pytest.raises(Refusal, match="does not divide"):
        clv.compare(tx, "2024-02-20")
    with pytest.raises(Refusal, match="nothing is held out"):
        clv.compare(tx, "2024-02-10", until="2024-02-10")
    new = pd.concat([tx.head(2), tx.tail(1).assign(customer_id="z")])
    with pytest.raises(Refusal, match="no known customer"):
        clv.compare(new, "2024-02-10", models=())


def test_tenths_add_up_to_the_base_and_hold_their_interval(tx):
    base = transactions.summarise(transactions.split(tx, SPLIT).calibration, as_of=SPLIT)
    fit, spend = ParetoNBD.fit(base), 35.0
    draws = clv.bootstrap(fit, spend, base, repeats=40, seed=1)
    terms = {"horizon_months": 12, "discount_per_year": 0.1, "margin": 0.3}
    table = clv.tenths(fit, spend, base, **terms, draws=draws)
    whole = clv.predictive(fit, spend, base, **terms)
    assert table["value"].sum() == pytest.approx(whole.total) and table["share"].sum() == pytest.approx(1)
    assert table["customers"].sum() == 2357 and table["value_per_customer"].is_monotonic_decreasing
    assert ((table["low"] < table["value_per_customer"]) & (table["value_per_customer"] < table["high"])).all()
    each = clv.individual(fit, spend, base, **terms).table.nlargest(int(table["customers"][0]), "value")
    assert table["value"][0] == pytest.approx(each["value"].sum())
    with pytest.raises(Refusal, match="at least as many customers"):
        clv.tenths(fit, spend, base.head(9), **terms)


class TestChoose:
    def test_the_likeliest_of_cdnow(self, base):
        choice = clv.choose(base)
        assert choice.name == "MBGNBD" and choice.fit is choice.fits["MBGNBD"]  # -9582.1357, BG/NBD -9582.4292
        assert choice.ranking["model"].tolist() == ["MBGNBD", "BGNBD", "ParetoNBD", "NBD"]
        assert choice.refused == {} and choice.doubts == []

    def test_only_among_those_asked_for(self, base):
        choice = clv.choose(base, among=[ParetoNBD])
        assert choice.name == "ParetoNBD" and set(choice.fits) == {"NBD", "BGNBD", "MBGNBD", "ParetoNBD"}

    @staticmethod
    def leaving_alike(rate, n=3000):
        """Customers who may order at different rates, but all leave after 10 weeks on average."""
        random = np.random.default_rng(3)
        there = np.minimum(random.exponential(10.0, n), 40.0)
        x = random.poisson(rate(random, n) * there)
        t_x = np.where(x > 0, there * random.random(n) ** (1 / np.maximum(x, 1)), 0.0)
        return pd.DataFrame({"x": x, "t_x": t_x, "T": np.full(n, 40.0)})

    def test_a_better_model_at_its_limit_is_a_doubt(self):
        choice = clv.choose(self.leaving_alike(lambda random, n: random.gamma(1.0, 1.0, n)))
        assert choice.doubts == ["ParetoNBD"] and choice.name in ("BGNBD", "MBGNBD")
        assert choice.fits["ParetoNBD"].bic < choice.fit.bic - 2
        assert "no stable answer" in str(choice.refused["ParetoNBD"])

    def test_customers_who_are_all_alike_leave_no_model_to_take(self):
        choice = clv.choose(self.leaving_alike(lambda random, n: 1.0))
        assert choice.name is None and set(choice.refused) == {"BGNBD", "MBGNBD", "ParetoNBD"} and choice.doubts == []

    def test_nobody_came_back(self, base):
        choice = clv.choose(base.assign(x=0, t_x=0.0))
        assert choice.name is None and choice.fit is None and choice.fits == {}
        assert all("nobody bought again" in str(problem) for problem in choice.refused.values())
