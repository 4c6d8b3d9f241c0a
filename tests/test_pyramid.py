"""The value pyramid: thirty elements, surveys that are refused or understood, shares, rivals, drivers, and a lot."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlearn import datasets, home, pyramid
from crmlearn.errors import Refusal
from crmlearn.pyramid.comparing import holm

TRUTH = json.loads((home.folder("datasets") / "firm" / "truth.json").read_text(encoding="utf-8"))
NAMES = [e.name for e in pyramid.ELEMENTS]


@pytest.fixture(scope="module")
def firm():
    return pyramid.read(datasets.load("firm/survey"))


def people(n=40, seed=1, names=("quality", "variety", "reduces_anxiety"), low=0, high=10):
    chance = np.random.default_rng(seed)
    scores = {name: chance.integers(low, high + 1, n) for name in names}
    return pd.DataFrame({"customer_id": [f"c{k}" for k in range(n)], **scores})


class TestPublished:
    def test_thirty_elements_in_four_tiers_and_eight_that_the_notes_leave_out(self):
        table = pyramid.elements()
        assert table.groupby("tier").size().to_dict() == dict(zip(pyramid.TIERS, (14, 10, 5, 1), strict=True))
        missing = {"makes_money", "organizes", "reduces_cost", "informs", "design_aesthetics", "fun_entertainment",
                   "attractiveness", "provides_access"}  # fmt: skip
        assert set(table.name[~table.in_notes]) == missing and len(set(table.means)) == 30

    def test_wilson_interval_of_his_own_kind(self):
        # Newcombe (1998), Statistics in Medicine 17, 857-872, table I: 81 of 263 and 15 of 148.
        for yes, n, low, top in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)):
            rows = pd.DataFrame({"customer_id": range(n), "quality": [9] * yes + [2] * (n - yes)})
            row = pyramid.shares(pyramid.read(rows)).iloc[0]
            assert (row.low, row.top) == pytest.approx((low, top), abs=5e-5)

    def test_nps_of_a_half_less_a_fifth(self):
        votes = pd.DataFrame({"brand": "A", "recommends": [9] * 200 + [7] * 120 + [0] * 80})
        row = pyramid.nps(votes).iloc[0]
        assert row.nps == pytest.approx(30) and row.top - row.nps == pytest.approx(7.65, abs=0.005)

    def test_holm_by_hand(self):
        assert holm([0.01, 0.04, 0.03, 0.005]).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])


class TestProperties:
    @given(st.lists(st.integers(0, 10), min_size=5, max_size=60))
    def test_a_share_lies_in_its_interval_and_the_verdict_follows(self, scores):
        row = pyramid.shares(
            pyramid.read(pd.DataFrame({"customer_id": range(len(scores)), "quality": scores}), (0, 10))
        )
        row = row.iloc[0]
        assert 0 <= row.low <= row.share + 1e-12 and row.share <= row.top + 1e-12 <= 1 + 1e-12
        expected = "yes" if row.low >= 0.5 else "no" if row.top < 0.5 else "cannot tell"
        assert row.is_high == expected and row.share == pytest.approx(np.mean(np.array(scores) >= 8))

    @given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
    def test_correction_never_makes_a_p_smaller_and_keeps_their_order(self, p):
        corrected = holm(p)
        assert (corrected >= np.array(p) - 1e-15).all() and (corrected <= 1).all()
        assert (np.diff(corrected[np.argsort(p, kind="stable")]) >= 0).all()

    @settings(max_examples=20)
    @given(st.integers(0, 10_000))
    def test_slopes_are_those_of_least_squares(self, seed):
        rows = people(60, seed).assign(recommends=lambda t: (t.quality / 2 + t.variety / 4).round())
        found = pyramid.associations(pyramid.read(rows), "recommends").table.set_index("element")
        x = np.column_stack([np.ones(60), rows[["quality", "variety", "reduces_anxiety"]]])
        slopes = np.linalg.lstsq(x, rows.recommends.to_numpy(float), rcond=None)[0][1:]
        assert found.adjusted[["quality", "variety", "reduces_anxiety"]].tolist() == pytest.approx(slopes.tolist())


class TestFirm:
    def test_planted_faults_are_found(self, firm):
        found = firm.findings.set_index("found").rows
        planted = TRUTH["planted"]["survey"]
        assert found["one number throughout"] == planted["straight_lines"]
        assert found["some elements not answered"] == planted["answers_without_the_last_two_tiers"]
        kept = pyramid.read(datasets.load("firm/survey"), straight_lines="keep")
        assert len(kept.answers) == len(firm.answers) + planted["straight_lines"]

    def test_each_brand_is_high_where_it_was_made_so(self, firm):
        told = pyramid.shares(firm.of(wave=4)).set_index(["brand", "element"]).is_high
        assert told["Kualiwick Home", "quality"] == "yes" and told["Rival A", "reduces_cost"] == "yes"
        assert told["Rival B", "nostalgia"] != "no" and told["Rival B", "variety"] == "no"
        assert (told.xs("self_transcendence", level="element") == "no").all()

    def test_how_many_are_high_agrees_with_the_shares(self, firm):
        wave = firm.of(wave=4)
        counts, told = pyramid.count_high(wave, repeats=300), pyramid.shares(wave)
        high = told[told.share >= 0.5].groupby("brand").size()
        assert counts.set_index("brand").high.to_dict() == {b: high.get(b, 0) for b in counts.brand}
        assert (counts.low <= counts.high).all() and (counts.high <= counts.top).all()

    def test_tiers_add_up(self, firm):
        told = pyramid.tiers(pyramid.shares(firm.of(wave=4)))
        assert told.groupby("brand").elements.sum().eq(30).all() and told.tier.tolist()[:4] == list(pyramid.TIERS)

    def test_we_are_ahead_and_behind_where_the_rival_was_made_so(self, firm):
        verdict = pyramid.compare(firm.of(wave=4), "Kualiwick Home", "Rival A").set_index("element").verdict
        assert verdict["quality"] == verdict["variety"] == "ahead" and verdict["reduces_cost"] == "behind"

    def test_adjusted_slopes_come_near_the_truth_and_single_ones_do_not(self, firm):
        table = pyramid.associations(firm.of("Kualiwick Home", 4), "recommends").table.set_index("element")
        weights = pd.Series(TRUTH["parameters"]["recommendation_weights"])
        inside = (table.low <= weights.reindex(table.index).fillna(0)) & (
            weights.reindex(table.index).fillna(0) <= table.top
        )
        assert inside.mean() > 0.8 and (table.alone[weights.index] > weights).all()
        false = table.drop(index=weights.index)
        assert (false.alone > 0.05).all() and (false.p_holm > 0.05).mean() > 0.9
        assert (table.p_holm[["quality", "reduces_anxiety"]] < 0.001).all()

    def test_the_lot_shows_what_the_truth_says(self, firm):
        lot = datasets.load("firm/campaign_customers").query("draw == 'pilot'").set_index("customer_id")
        wave = firm.of("Kualiwick Home", 2).answers.set_index("customer_id").reduces_anxiety
        found = pyramid.per_point(lot.arm == "fast help", wave, lot[["margin"]]).table.set_index("measure")
        truth = TRUTH["estimands"]["pilot"]["value"]
        for measure, expected in (("points of the element", truth["reduces_anxiety"]), ("margin", truth["margin"]),
                                  ("margin per point", truth["margin"] / truth["reduces_anxiety"])):  # fmt: skip
            assert found.low[measure] < expected < found.top[measure]

    def test_intervals_of_the_lot_cover_as_often_as_they_say(self):
        chance, hits = np.random.default_rng(4), 0
        for k in range(60):
            n = 400
            helped = chance.random(n) < 0.5
            score = 5 + helped + chance.normal(0, 1, n)
            y = pd.DataFrame({"margin": 20 + 8 * helped + chance.normal(0, 30, n)})
            row = pyramid.per_point(pd.Series(helped), pd.Series(score), y, repeats=300, seed=k).table.iloc[2]
            hits += row.low < 8 < row.top
        assert hits >= 51


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"qualty": 5}, "Do you mean 'quality'"),
            ({"Rewardsme": 5}, "Do you mean 'rewards_me'"),
            ({"provide hope": 5}, "Do you mean 'provides_hope'"),
            ({"quality": 11}, "off the scale"),
            ({"quality": "good"}, "no numbers"),
            ({"Quality": 5}, "two columns are 'quality'"),
            ({"brand": ["A"] * 38 + ["B"] * 2}, "only 2 answers about B"),
            ({"customer_id": "c1"}, "answered twice"),
        ],
    )
    def test_a_bad_survey(self, change, said):
        rows = people().drop(columns=["quality"] if "qualty" in change else [])
        with pytest.raises(Refusal, match=said):
            pyramid.read(rows.assign(**change))

    def test_all_that_is_wrong_is_told_at_once(self):
        with pytest.raises(Refusal) as caught:
            pyramid.read(people().assign(quality=12, variety=-1, customer_id="x"))
        assert all(w in str(caught.value) for w in ("'quality'", "'variety'", "answered twice"))

    @pytest.mark.parametrize(("top", "said"), [(5, "scale from 1 to 5"), (7, "scale from 1 to 7")])
    def test_another_scale_is_noticed_and_then_needs_its_own_limit(self, top, said):
        rows = people(60, low=1, high=top)
        with pytest.raises(Refusal, match=said):
            pyramid.read(rows)
        survey = pyramid.read(rows, scale=(1, top))
        with pytest.raises(Refusal, match="which scores are high"):
            pyramid.shares(survey)
        assert len(pyramid.shares(survey, high=top - 1)) == 3 and pyramid.read(rows, scale=(0, 10)).scale == (0, 10)

    def test_thirty_answers_and_a_missing_wave_are_told(self):
        rows = pd.concat([people(30).assign(wave=w) for w in (1, 2, 4)])
        found = pyramid.read(rows).findings.found.tolist()
        assert (
            "no wave 3" in found and "few answers about the brand" in pyramid.read(people(30)).findings.found.tolist()
        )
        assert "±18 points" in pyramid.read(people(30)).findings.done[0]

    def test_no_element_and_no_customer(self):
        with pytest.raises(Refusal, match="no element of value"):
            pyramid.read(pd.DataFrame({"customer_id": range(9), "age": 30}))
        with pytest.raises(Refusal, match="customer_id"):
            pyramid.read(pd.DataFrame({"quality": range(9)}))

    def test_drivers_take_one_brand_and_enough_people(self, firm):
        with pytest.raises(Refusal, match="one brand at a time"):
            pyramid.associations(firm, "recommends")
        with pytest.raises(Refusal, match="too few people"):
            pyramid.associations(pyramid.read(people(11).assign(recommends=5)), "recommends")
        with pytest.raises(Refusal, match="nobody differs"):
            pyramid.associations(pyramid.read(people(40).assign(recommends=5)), "recommends")

    def test_a_help_that_lifted_nothing_divides_nothing(self):
        chance, n = np.random.default_rng(1), 300
        lot, score = pd.Series(chance.random(n) < 0.5), pd.Series(chance.normal(5, 2, n))
        with pytest.raises(Refusal, match="did not lift"):
            pyramid.per_point(lot, score, pd.DataFrame({"margin": chance.normal(0, 1, n)}))
        with pytest.raises(Refusal, match="lack an outcome"):
            pyramid.per_point(lot, score, pd.DataFrame({"margin": chance.normal(0, 1, n - 1)}))

    def test_rivals_that_nobody_scored_with_us(self):
        rows = pd.concat([people(20).assign(brand="A"), people(20, seed=2).assign(brand="B")])
        rows["customer_id"] = [f"p{k}" for k in range(40)]
        with pytest.raises(Refusal, match="hardly anybody scored both"):
            pyramid.compare(pyramid.read(rows), "A", "B")
        with pytest.raises(Refusal, match="'A'"):
            pyramid.compare(pyramid.read(rows), "a", "B")
