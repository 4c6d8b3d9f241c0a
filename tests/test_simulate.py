"""Made records: what was put in can be found again, and the same seed makes the same records."""

from dataclasses import astuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlearn import simulate, transactions
from crmlearn.clv.models import BGNBD, MBGNBD, NBD, SBG, GammaGamma, ParetoNBD
from crmlearn.errors import Refusal

TRUTH = BGNBD(r=0.8, alpha=6.0, a=0.9, b=2.5)
SPEND = GammaGamma(p=6.25, q=3.74, gamma=15.44)


@pytest.fixture(scope="module")
def drawn():
    return simulate.population(TRUTH, 20_000, seed=3, weeks=52, joining_weeks=10, spend=SPEND)


class TestPopulation:
    def test_the_models_find_the_truth_within_their_standard_errors(self, drawn):
        orders = drawn.orders.assign(date=drawn.orders.date.dt.floor("s"))
        base = transactions.summarise(orders, as_of="2023-12-31", unit="week")
        for fit, truth in ((BGNBD.fit(base), TRUTH), (GammaGamma.fit(base), SPEND)):
            for name, error in fit.standard_errors.items():
                assert abs(getattr(fit.model, name) - getattr(truth, name)) < 4 * error, name

    def test_repeat_orders_are_as_many_as_the_paper_expects(self, drawn):
        # Fader, Hardie & Lee (2005), equation 9; everybody was watched for 42 to 52 weeks.
        orders, truth = drawn.orders, drawn.truth
        watched = (pd.Timestamp("2023-01-02") + pd.Timedelta(weeks=52) - truth["first"]) / pd.Timedelta(weeks=1)
        expected = TRUTH.expected_orders_new(watched.to_numpy()).sum()
        came = len(orders) - len(truth)
        assert abs(came - expected) < 5 * np.sqrt(expected) * 1.5

    @pytest.mark.parametrize(
        "truth",
        [ParetoNBD(0.6, 8.0, 0.6, 12.0), MBGNBD(0.6, 6.0, 0.9, 2.0), NBD(0.5, 10.0)],
        ids=lambda m: type(m).__name__,
    )
    def test_every_model_of_orders_finds_itself(self, truth):
        drawn = simulate.population(truth, 12_000, seed=2, weeks=60, joining_weeks=20)
        fit = type(truth).fit(transactions.summarise(drawn.orders, as_of="2024-02-25"))
        off = np.array(astuple(fit.model)) - astuple(truth)
        assert fit.converged and off @ np.linalg.inv(fit.covariance) @ off < 25  # whole days cost a little truth
        assert drawn.truth["left"].any() != isinstance(truth, NBD)

    def test_orders_lie_within_the_records_and_money_is_whole_cents(self, drawn):
        orders = drawn.orders
        assert orders.date.min() >= pd.Timestamp("2023-01-02") and orders.date.max() <= pd.Timestamp("2024-01-01")
        assert (orders.amount > 0).all() and np.allclose(orders.amount * 100, (orders.amount * 100).round())
        assert orders.customer_id.nunique() == len(drawn.truth) == 20_000
        firsts = orders.groupby("customer_id").date.min()
        assert (firsts.to_numpy() == drawn.truth.set_index("customer_id")["first"].loc[firsts.index].to_numpy()).all()

    def test_who_left_ordered_no_more_and_who_stayed_may(self, drawn):
        repeats = drawn.orders.customer_id.value_counts().sub(1).reindex(drawn.truth.customer_id).to_numpy()
        assert (repeats[drawn.truth.left] >= 1).all()  # BG/NBD: leaving follows a repeat order

    @settings(max_examples=15, deadline=None)
    @given(st.integers(1, 400), st.integers(0, 2**32))
    def test_the_same_seed_makes_the_same_customers_alone_or_among_more(self, n, seed):
        once, again = (simulate.population(TRUTH, n, seed, weeks=30) for _ in range(2))
        pd.testing.assert_frame_equal(once.orders, again.orders)
        assert not once.orders.equals(simulate.population(TRUTH, n, seed + 1, weeks=30).orders) or n < 5

    def test_a_file_holds_what_memory_would(self, tmp_path, monkeypatch):
        from crmlearn.simulate import populations

        monkeypatch.setattr(populations, "BLOCK", 700)
        inside = simulate.population(TRUTH, 2000, seed=5, spend=SPEND).orders
        written = simulate.population(TRUTH, 2000, seed=5, spend=SPEND, to=tmp_path / "orders.parquet")
        pd.testing.assert_frame_equal(pd.read_parquet(written.orders), inside)
        assert written.truth is None and [p.name for p in tmp_path.iterdir()] == ["orders.parquet"]

    def test_a_fit_may_stand_for_its_model(self, drawn):
        fit = BGNBD.fit(transactions.summarise(drawn.orders, as_of="2024-01-01"))
        assert len(simulate.population(fit, 10, seed=1).truth) == 10


class TestRenewals:
    def test_survivors_follow_the_model(self):
        model, n = SBG(alpha=0.668, beta=3.806), 200_000
        left = simulate.renewals(model, n, seed=1)
        expected = model.survival(np.arange(13))
        assert left[0] == n and (np.diff(left) <= 0).all()
        assert np.abs(left / n - expected).max() < 5 * np.sqrt(0.25 / n)


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"model": SPEND}, "needs a model of orders"),
            ({"spend": TRUTH}, "the model lacks p"),
            ({"n": 0}, "n needs a whole number"),
            ({"n": 2.5}, "n needs a whole number"),
            ({"seed": -1}, "seed needs a whole number"),
            ({"seed": None}, "seed needs a whole number"),
            ({"weeks": 0}, "weeks=0 is not above 0"),
            ({"joining_weeks": 200}, "joining_weeks=200"),
            ({"start": "01/02/2023"}, "start"),
            ({"start": "9999-06-01"}, "after the year 9999"),
            ({"to": "no such folder/x.parquet"}, "there is no such folder"),
            ({"to": "."}, "is a folder"),
        ],
    )
    def test_odd_arguments(self, change, said):
        known = {"model": TRUTH, "n": 10, "seed": 1} | change
        with pytest.raises(Refusal, match=said):
            simulate.population(**known)
