"""Risk: the register and its refusals, the matrix and what it hides, money by formula and by simulation."""

import json
import re
from itertools import combinations
from math import exp, log, sqrt

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from crmlearn import datasets, plots, risk
from crmlearn.errors import Refusal
from crmlearn.risk import Chance, Control, Empirical, Lognormal, Pert, Rate, Risk, Scenario
from crmlearn.risk.exposure import exposures
from crmlearn.risk.timing import months_of

LECTURE_NOTE = """
risks:
  - id: L01
    category: teaching
    cause: students with questions wait long for clear answers
    event: the student evaluation of teaching (SET) in December turns out poor
    consequence: the course is seen as weak
    probability: low [experience, research, planning]
    evidence: experience, research, planning
    impact: student performance in assessment; performance review and promotion application
    timing: 13th December 2019
    management: interaction with students; rapid and clear responses to enquiries
    contingency: supporting materials with lecture capture and guided reading
"""


@pytest.fixture(scope="module")
def firm():
    return risk.read(datasets.load("firm/risks"))


@pytest.fixture
def storms():
    """The anchor of the fact base: two events a year, median 10,000, sigma 1."""
    return [Risk("S", "a storm", Rate(2), Lognormal.of_median(10_000, 1))]


def one(probability=None, impact=None, **fields):
    return Risk("A", "it happens", probability or Chance(0.2), impact or Empirical([1000]), **fields)


def refused(*args, **fields):
    with pytest.raises(Refusal) as caught:
        risk.read(*args, **fields)
    return str(caught.value)


class TestPublished:
    def test_lognormal_from_a_90_percent_range_hubbard_and_seiersen_2016(self):
        size = Lognormal(5_000, 50_000)
        assert (round(size.mu, 4), round(size.sigma, 5)) == (9.6685, 0.69994)
        assert size.mean == pytest.approx(20_200, rel=5e-4)
        assert stats.lognorm(size.sigma, scale=exp(size.mu)).cdf([5_000, 50_000]) == pytest.approx([0.05, 0.95])

    def test_pert_is_the_beta_of_malcolm_and_others_1959(self):
        size = Pert(1, 3, 10)
        assert (round(size.mean, 4), round(size.alpha, 4), round(size.beta, 4)) == (3.8333, 1.8889, 4.1111)

    def test_compound_poisson_moments_klugman_panjer_willmot_2012(self, storms):
        year = risk.simulate(storms, years=100)
        assert year.analytic["mean"] == pytest.approx(32_974.4, abs=0.05)
        assert year.analytic["sd"] == pytest.approx(38_442.3, abs=0.05)
        assert year.analytic["chance_of_none"] == pytest.approx(exp(-2), rel=1e-12)

    def test_a_million_years_reach_the_anchors(self, storms):
        year = risk.simulate(storms, years=1_000_000, seed=1)
        assert year.expected == pytest.approx(32_974.4, rel=0.005)
        assert year.chance_of_none == pytest.approx(exp(-2), rel=0.005)
        assert year.var(0.95) == pytest.approx(104_290, rel=0.005)
        assert year.var(0.99) == pytest.approx(175_215, rel=0.005)
        assert year.tvar(0.95) == pytest.approx(150_560, rel=0.005)
        # The tail is heavy: a standard deviation of a million years still has an error of about 0.5 per cent itself.
        error = year.summary().set_index("measure").loc["standard deviation", "error"]
        assert year.sd == pytest.approx(38_442.3, abs=3 * error) and error < 0.01 * year.sd

    def test_var_and_tvar_of_the_anchor_by_convolution(self, storms):
        """Panjer's recursion on a fine grid: a second way to the same numbers, without random draws."""
        step, n = 400.0, 6_000
        cdf = stats.lognorm(1, scale=10_000).cdf((np.arange(n + 1) + 0.5) * step)
        f = np.diff(np.r_[0, cdf])
        g = np.zeros(n + 1)
        g[0] = exp(-2 * (1 - f[0]))
        j = np.arange(1, n + 1)
        for x in range(1, n + 1):
            g[x] = 2 / x * np.dot(j[:x] * f[1 : x + 1], g[x - 1 :: -1][:x])
        at = int(np.searchsorted(np.cumsum(g), 0.95))
        assert at * step == pytest.approx(104_290, rel=0.005)
        year = risk.simulate(storms, years=400_000, seed=2)
        assert year.var(0.95) == pytest.approx(at * step, rel=0.01)

    def test_cox_2008_rates_the_smaller_risk_higher(self):
        pair = [Risk("A", "x", Chance(0.49), Empirical([0.49])), Risk("B", "y", Chance(0.51), Empirical([0.01]))]
        matrix = risk.matrix(pair, likelihood_edges=[0.5], impact_edges=[0.5])
        assert matrix.table["expected_loss"].round(3).tolist() == [0.240, 0.005]
        assert matrix.table[["likelihood", "impact"]].to_numpy().tolist() == [[1, 1], [2, 1]]
        wrong = risk.misranked(matrix)
        assert (wrong.pairs, wrong.opposite) == (1, 1) and wrong.table["higher"].tolist() == ["B"]

    def test_rosi_enisa_2012(self):
        """(ALE before - ALE after - cost) / cost: a control of 25,000 a year that ends four fifths of 5 x 15,000."""
        virus = one(Rate(5), Empirical([15_000]), controls=(Control("scanner", 25_000, 0.8),))
        row = risk.rosi([virus]).iloc[0]
        assert (row["before"], row["after"]) == pytest.approx((75_000, 15_000))
        assert row["rosi"] == pytest.approx((75_000 - 15_000 - 25_000) / 25_000) == pytest.approx(1.4)

    def test_plain_numbers_agree_with_the_register(self):
        assert risk.expected_loss(0.2, 5_000, 50_000) == pytest.approx(0.2 * 20_200, rel=5e-4)
        fails = one(Chance(0.1, 0.3), Lognormal(4_000, 25_000), controls=(Control("service", 600, 0.5, 0.2),))
        row = risk.expected([fails]).iloc[0]
        assert risk.expected_loss(0.2, 4_000, 25_000) == pytest.approx(row["inherent"])
        assert risk.expected_loss(0.2, 4_000, 25_000, 0.5, 0.2) == pytest.approx(row["residual"])
        of_control = risk.rosi_of(row["inherent"], row["residual"], 600)
        assert of_control == pytest.approx(risk.rosi([fails])["rosi"].iloc[0])
        assert risk.rosi_of(75_000, 15_000, 25_000) == pytest.approx(1.4)  # ENISA's virus scanner

    def test_brier_1950_and_murphy_1973(self):
        said = risk.calibration([0.5] * 4, [0, 1, 0, 1])
        assert (said.brier, said.skill, said.reliability) == (0.25, 0.0, 0.0)
        said = risk.calibration([0.1, 0.1, 0.1, 0.8, 0.8], [0, 0, 1, 1, 1])
        assert said.brier == pytest.approx((0.01 + 0.01 + 0.81 + 0.04 + 0.04) / 5)
        assert said.brier == pytest.approx(said.reliability - said.resolution + said.uncertainty)


SIZES = st.one_of(
    st.builds(lambda a, b: Lognormal(a, a + b), st.floats(1, 1e4), st.floats(0, 1e4)),
    st.builds(lambda a, b, c: Pert(a, a + b, a + b + c), st.floats(0, 1e4), st.floats(0, 1e4), st.floats(1, 1e4)),
    st.builds(Empirical, st.lists(st.floats(0.1, 1e4), min_size=1, max_size=5)),
)
CHANCES = st.builds(lambda a, b: Chance(min(a, b), max(a, b)), st.floats(0, 1), st.floats(0, 1))
RATES = st.builds(lambda a, b: Rate(min(a, b), max(a, b)), st.floats(0, 3), st.floats(0, 3))
CUTS = st.floats(0, 1)


@st.composite
def registers(draw, most=4):
    n = draw(st.integers(1, most))
    return [
        Risk(f"R{i}", "x", draw(st.one_of(CHANCES, RATES)), draw(SIZES), loss_cap=draw(st.none() | st.floats(1, 1e4)),
             loss_cut=draw(CUTS), timing=draw(st.sampled_from(["", "Nov to Feb", "Mar 2026", "Q3"])),
             controls=tuple(Control(f"c{i}{k}", draw(st.floats(0, 1e3)), draw(CUTS), draw(CUTS))
                            for k in range(draw(st.integers(0, 2)))))
        for i in range(n)
    ]  # fmt: skip


class TestProperties:
    @given(SIZES, st.floats(0.01, 3))
    @settings(max_examples=60, deadline=None)
    def test_moments_are_those_of_the_draws(self, size, share):
        cap = max(size.mean * share, 1e-3)
        drawn = size.draw(np.random.default_rng(1), 200_000)
        assert size.low * (1 - 1e-9) <= np.median(drawn) <= size.high * (1 + 1e-9)
        for k in (1, 2):
            capped = np.minimum(drawn, cap) ** k
            error = 6 * capped.std() / sqrt(len(drawn)) + 1e-3 * float(size.moment(k, cap))
            assert size.moment(k, cap) == pytest.approx(capped.mean(), abs=error)
            assert size.moment(k, np.inf) == pytest.approx(float(size.moment(k)))

    def test_moments_by_integration(self):
        for size, density in (
            (Lognormal(5, 50), stats.lognorm(Lognormal(5, 50).sigma, scale=exp(Lognormal(5, 50).mu)).pdf),
            (Pert(1, 3, 10), stats.beta(1.8888889, 4.1111111, 1, 9).pdf),
        ):
            for k in (1, 2):
                below = integrate.quad(lambda x, k=k, f=density: x**k * f(x), 0, 6)[0]
                above = 6**k * (1 - integrate.quad(density, 0, 6)[0])
                assert float(size.moment(k, 6.0)) == pytest.approx(below + above, rel=1e-6)

    @given(registers(), st.booleans())
    @settings(max_examples=25, deadline=None)
    def test_simulated_and_analytic_moments_agree(self, register, contingency):
        year = risk.simulate(register, years=20_000, seed=3, controls="all", contingency=contingency)
        spread = max(year.analytic["sd"], year.sd)
        assert year.expected == pytest.approx(year.analytic["mean"], abs=6 * spread / sqrt(20_000) + 1e-6)
        assert year.chance_of_none == pytest.approx(year.analytic["chance_of_none"], abs=6 * 0.5 / sqrt(20_000))
        assert year.per_risk["expected"].sum() == pytest.approx(year.expected)

    @given(registers())
    @settings(max_examples=25, deadline=None)
    def test_the_tail_is_never_below_the_value_at_risk(self, register):
        year = risk.simulate(register, years=2_000)
        for q in (0, 0.5, 0.9, 0.99):
            assert year.tvar(q) >= year.var(q) * (1 - 1e-9)
        assert year.tvar(0) == pytest.approx(year.expected)
        curve = year.exceedance()
        assert (curve["chance"].diff().dropna() <= 0).all() and curve["chance"].iloc[0] == pytest.approx(
            1 - year.chance_of_none
        )

    @given(registers())
    @settings(max_examples=40, deadline=None)
    def test_controls_and_contingency_never_add_to_the_expected_loss(self, register):
        table, kept = risk.expected(register), risk.expected(register, contingency=True)
        assert (table["residual"] <= table["inherent"] * (1 + 1e-12)).all()
        assert (kept["inherent"] <= table["inherent"] * (1 + 1e-12)).all()
        assert risk.calendar(register)["all"].sum() == pytest.approx(table["inherent"].sum())

    @given(registers(3), st.floats(0, 3_000), st.booleans())
    @settings(max_examples=40, deadline=None)
    def test_the_best_set_is_the_best_of_all_tried_one_by_one(self, register, budget, contingency):
        best = risk.best_controls(register, budget, contingency=contingency)
        costs = {c.name: c.cost_per_year for r in register for c in r.controls}
        totals = []
        for k in range(len(costs) + 1):
            for names in combinations(costs, k):
                if sum(costs[n] for n in names) <= budget:
                    loss = sum(e.expected for e in exposures(register, names, contingency))
                    totals.append(loss + sum(costs[n] for n in names))
        assert best.expected_loss + best.cost == pytest.approx(min(totals), abs=1e-5)
        assert best.cost <= budget * (1 + 1e-9) and best.sets == 2 ** len(costs)

    def test_equal_losses_are_never_called_right_or_wrong(self):
        pair = [Risk("A", "x", Chance(0.5), Empirical([100])), Risk("B", "y", Chance(0.05), Empirical([1000]))]
        told = risk.misranked(risk.matrix(pair, impact_edges=[500]))
        assert (told.right, told.opposite, told.tied_close) == (0, 0, 1)

    @given(registers(), st.floats(1, 5), st.sampled_from(["score", "rating"]))
    @settings(max_examples=40, deadline=None)
    def test_every_pair_has_one_verdict(self, register, factor, by):
        told = risk.misranked(risk.matrix(register), factor, by)
        assert told.pairs == len(register) * (len(register) - 1) // 2
        assert told.pairs == told.right + told.opposite + told.tied_apart + told.tied_close
        assert len(told.table) == told.opposite + told.tied_apart

    @given(st.lists(st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.9]), st.integers(0, 1)), min_size=1, max_size=40))
    @settings(deadline=None)
    def test_brier_is_reliability_less_resolution_plus_uncertainty(self, pairs):
        said = risk.calibration(*zip(*pairs, strict=True))
        assert said.brier == pytest.approx(said.reliability - said.resolution + said.uncertainty, abs=1e-12)
        assert (
            (said.table["low"] <= said.table["share"] + 1e-12) & (said.table["share"] - 1e-12 <= said.table["high"])
        ).all()

    @given(st.integers(1, 12), st.integers(1, 12))
    def test_months_go_round_the_year(self, first, last):
        names = ["January", "Feb", "March", "Apr", "may", "JUN", "July", "Aug", "Sept", "Oct", "November", "Dec"]
        found = months_of(f"{names[first - 1]} to {names[last - 1]}")
        assert len(found) == (last - first) % 12 + 1 and {first, last} <= set(found)


class TestYears:
    def test_a_range_of_a_chance_changes_no_year_and_a_range_of_a_rate_does(self):
        for ranges in ("drawn", "mid"):
            year = risk.simulate([one(Chance(0.1, 0.9))], years=200_000, ranges=ranges)
            assert year.analytic["sd"] == pytest.approx(500) and year.sd == pytest.approx(500, rel=0.01)
        drawn, mid = (risk.simulate([one(Rate(0, 4))], years=200_000, ranges=r) for r in ("drawn", "mid"))
        assert drawn.analytic["sd"] == pytest.approx(1000 * sqrt(2 + 16 / 12))
        assert mid.analytic["sd"] == pytest.approx(1000 * sqrt(2))
        assert (drawn.sd, mid.sd) == pytest.approx((drawn.analytic["sd"], mid.analytic["sd"]), rel=0.02)
        assert drawn.chance_of_none == pytest.approx((1 - exp(-4)) / 4, abs=0.005)

    def test_a_common_cause_makes_bad_years_come_together(self):
        two = [Risk(i, "x", Chance(0.1), Empirical([1000])) for i in "AB"]
        storm = Scenario("storm", 0.2, rate={"A": 5, "B": 5})
        calm = risk.simulate(two, years=400_000, scenarios=storm)
        average = risk.simulate(two, years=400_000, scenarios=[storm], stated="average")
        alone = risk.simulate(two, years=400_000)
        # In calm years the stated chance, in the others five times of it: 0.8 x 0.1 + 0.2 x 0.5.
        assert calm.analytic["mean"] == pytest.approx(2000 * 0.18)
        assert average.analytic["mean"] == pytest.approx(alone.analytic["mean"]) == pytest.approx(200)
        assert average.analytic["sd"] > alone.analytic["sd"]
        both = 0.8 * (0.1 / 1.8) ** 2 + 0.2 * (0.5 / 1.8) ** 2  # more often than 0.1 x 0.1
        assert (average.losses == 2000).mean() == pytest.approx(both, rel=0.05) and both > 0.017
        for year in (calm, average):
            assert year.expected == pytest.approx(year.analytic["mean"], rel=0.01)
            assert year.sd == pytest.approx(year.analytic["sd"], rel=0.01)
            assert year.chance_of_none == pytest.approx(year.analytic["chance_of_none"], abs=0.004)

    def test_a_scenario_can_make_losses_larger_and_cause_average_losses_to_stay(self):
        storm = Scenario("storm", 0.25, rate={"A": 2}, severity={"A": 3})
        year = risk.simulate([one(Rate(1))], years=300_000, scenarios=storm)
        assert year.analytic["mean"] == pytest.approx(1000 * (0.75 + 0.25 * 6))
        assert year.expected == pytest.approx(year.analytic["mean"], rel=0.01)
        assert year.sd == pytest.approx(year.analytic["sd"], rel=0.01)
        kept = risk.simulate([one(Rate(1))], years=1_000, scenarios=storm, stated="average")
        assert kept.analytic["mean"] == pytest.approx(1000)

    def test_ten_scenarios_at_once_are_reckoned_and_drawn(self):
        ten = [Scenario(f"s{i}", 0.05 * i, rate={"A": 1.2, "B": 0.5}, severity={"A": 1.5}) for i in range(10)]
        two = [one(Rate(0.2, 0.6), Lognormal(100, 900)), Risk("B", "y", Chance(0.3, 0.5), Pert(1, 3, 10), loss_cap=4)]
        for ranges in ("drawn", "mid"):
            year = risk.simulate(two, 200_000, scenarios=ten, contingency=True, ranges=ranges)
            by_hand = [0.4 * Lognormal(100, 900).mean, 0.4 * float(Pert(1, 3, 10).moment(1, 4.0))]
            for s in ten:
                by_hand = [by_hand[0] * (1 + s.chance * 0.8), by_hand[1] * (1 - s.chance / 2)]
            assert year.per_risk["analytic"].tolist() == pytest.approx(by_hand)
            assert year.per_risk["expected"].tolist() == pytest.approx(by_hand, rel=0.03)
            assert year.sd == pytest.approx(year.analytic["sd"], rel=0.05)
            assert year.chance_of_none == pytest.approx(year.analytic["chance_of_none"], abs=0.006)

    def test_contingency_caps_and_shortens_each_loss_after_the_controls(self):
        risky = one(Rate(1), Empirical([100, 1000]), loss_cap=300, loss_cut=0.2, controls=(Control("c", 0, 0, 0.5),))
        sizes = risk.simulate([risky], years=1000, controls="all", contingency=True).per_risk
        assert sizes["analytic"].iloc[0] == pytest.approx((100 * 0.5 * 0.8 + 300) / 2)
        bare = risk.simulate([risky], years=1000).per_risk
        assert bare["analytic"].iloc[0] == pytest.approx(550)

    def test_three_points_of_a_gain_may_end_at_nothing(self):
        year = risk.simulate([Risk("A", "it pays", Chance(0.5), Pert(-500, -200, 0))], years=1_000)
        assert not year.losses.any() and year.gains.max() <= 500
        assert Pert(0, 200, 500).sign == 1

    def test_the_tail_of_few_years_is_the_worst_of_them(self):
        year = risk.simulate([one(Chance(1), Pert(1, 3, 9))], years=5)
        assert year.tvar(0.95) == pytest.approx(year.losses.max()) and repr(year)

    def test_gains_stay_apart_from_losses(self):
        year = risk.simulate([one(Chance(1)), Risk("B", "a gain", Chance(1), Lognormal(-25_000, -3_000))], years=2_000)
        assert set(year.losses) == {1000.0} and year.gains.min() > 0
        assert year.net.mean() == pytest.approx(1000 - year.gains.mean())
        assert year.analytic["mean"] == 1000 and year.analytic_gains["mean"] == pytest.approx(Lognormal(3e3, 25e3).mean)
        assert risk.emv([one(Chance(0.5)), Risk("B", "g", Chance(1), Empirical([-200]))])["inherent"].tolist() == [
            -500, 200, -300,
        ]  # fmt: skip

    def test_the_same_seed_draws_the_same_years_and_nobody_changes_them(self, firm):
        a, b = (risk.simulate(firm, years=70_000, seed=5).losses for _ in range(2))
        assert (a == b).all() and not (a[:100] == risk.simulate(firm, years=100, seed=6).losses).all()
        with pytest.raises(ValueError, match="read-only"):
            a[0] = 1

    def test_tvar_counts_only_as_many_equal_years_as_there_is_room_for(self):
        year = risk.simulate([one(Chance(0.02))], years=100_000)
        assert year.var(0.95) == 0
        assert year.tvar(0.95) == pytest.approx(year.expected / 0.05)

    def test_very_many_events_come_in_small_blocks(self):
        year = risk.simulate([one(Rate(50_000), Empirical([1]))], years=200)
        assert year.expected == pytest.approx(50_000, rel=0.001)


class TestFirm:
    def test_the_register_reads_from_the_file_and_from_the_table(self, firm):
        assert risk.read(datasets.path("firm/risks")) == firm
        assert len(firm) == 14 and len(firm.left_out) == 0
        boiler = firm["R01"]
        assert (boiler.probability, boiler.impact) == (Chance(0.1, 0.25), Lognormal(4_000, 25_000))
        assert boiler.controls == (Control("yearly service", 600, 0.5, 0),)
        assert (boiler.months, firm["R09"].months, firm["R12"].months) == ((11, 12), (1, 2), (1, 11, 12))
        assert boiler.sentence.startswith(
            "Because the only boiler of hot water for tastings is old, it may happen that"
        )
        assert [r.id for r in firm if r.kind == "opportunity"] == ["R13"]

    def test_expected_losses_are_the_products_of_the_table(self, firm):
        raw, found = datasets.load("firm/risks").set_index("risk_id"), risk.expected(firm).set_index("id")
        low, high = raw["impact_low"].abs(), raw["impact_high"].abs()
        sigma = (np.log(high) - np.log(low)).abs() / (2 * 1.6448536)
        size = np.sqrt(low * high) * np.exp(sigma**2 / 2)
        inherent = (raw["probability_low"] + raw["probability_high"]) / 2 * size
        assert np.allclose(found["inherent"], inherent)
        assert np.allclose(found["residual"], inherent * (1 - raw["frequency_cut"]) * (1 - raw["severity_cut"]))

    def test_the_matrix_misranks_this_register(self, firm):
        matrix = risk.matrix(firm)
        told = risk.misranked(matrix)
        assert (told.pairs, told.right, told.opposite, told.tied_apart, told.tied_close) == (78, 51, 10, 9, 8)
        row = matrix.table.set_index("id")
        assert row.loc["R06", "rating"] == "low" and row.loc["R14", "rating"] == "medium"
        assert row.loc["R06", "expected_loss"] > 3 * row.loc["R14", "expected_loss"]
        assert matrix.left_out["id"].tolist() == ["R13"]
        assert sum(map(len, matrix.fields["ids"])) == 13

    def test_controls_of_the_firm(self, firm):
        table = risk.rosi(firm).set_index("control")
        assert len(table) == 13 and "offer a pilot class" not in table.index
        assert table.index[0] == "talk early, look for another place"
        assert (table["rosi"] < 0).sum() == 2
        every = risk.best_controls(firm, 1e6)
        assert set(every.controls) == set(table.index[table["net"] > 0])  # one control a risk: nothing competes
        assert risk.best_controls(firm, 0).controls == () and risk.best_controls(firm, 0).net == 0
        some = risk.best_controls(firm, 5_000)
        assert some.cost <= 5_000 and 0 < some.net < every.net

    def test_the_tornado_is_widest_for_the_widest_range(self, firm):
        table = risk.tornado(firm, years=20_000)
        assert table[["id", "input"]].iloc[0].tolist() == ["R03", "impact"]
        assert (table["swing"] >= 0).all() and len(table) == 26
        assert table["expected"].iloc[0] == pytest.approx(
            risk.expected(firm).query("kind == 'threat'")["inherent"].sum()
        )
        year = risk.simulate(firm, years=200_000)
        assert table["var"].iloc[0] == pytest.approx(year.var(0.95), rel=0.05)

    def test_the_calendar_puts_the_rent_into_march(self, firm):
        table = risk.calendar(firm).set_index("month")
        assert table["R08"].idxmax() == "Mar" and (table["R08"] > 0).sum() == 1
        assert table["all"].idxmax() == "Mar" and "R13" not in table


class TestControls:
    def test_two_controls_of_one_risk_are_worth_less_together_than_apart(self):
        both = (Control("a", 100, 0.5), Control("b", 200, 0.5, 0.5))
        pair = [one(Rate(1), controls=both)]
        alone, on_top = (risk.rosi(pair, given=g).set_index("control")["saved"] for g in ("none", "others"))
        assert alone.to_dict() == {"a": 500, "b": 750} and on_top.to_dict() == {"a": 125, "b": 375}
        assert risk.best_controls(pair, 1000).controls == ("a", "b")  # 125 + 300 < 250 + 200 < 500 + 100
        assert risk.best_controls(pair, 150).controls == ("a",)

    def test_one_control_on_several_risks_is_paid_once(self):
        shared = (Control("a", 150, 0.1),)
        two = [Risk(i, "x", Rate(1), Empirical([1000]), controls=shared) for i in "AB"]
        row = risk.rosi(two).iloc[0]
        assert (row["risks"], row["cost"], row["saved"], row["net"]) == (
            "A, B",
            150,
            pytest.approx(200),
            pytest.approx(50),
        )
        assert risk.best_controls(two, 150).controls == ("a",)

    def test_twenty_controls_are_tried_in_all_their_sets(self):
        register = [
            Risk(f"R{i}", "x", Rate(1), Empirical([1000]),
                 controls=[Control(f"c{i}{k}", 40 * (i + 1), 0.1 * k) for k in (1, 2)]) for i in range(10)
        ]  # fmt: skip
        best = risk.best_controls(register, 1e9)
        assert best.sets == 2**20
        for i in range(10):  # each risk by itself, since no budget binds
            options = {(): 1000, (1,): 900 + 40 * (i + 1), (2,): 800 + 40 * (i + 1), (1, 2): 720 + 80 * (i + 1)}
            chosen = tuple(k for k in (1, 2) if f"c{i}{k}" in best.controls)
            assert options[chosen] == min(options.values())


class TestLecture:
    def test_the_planning_note_reads_as_it_was_written(self, tmp_path):
        (tmp_path / "note.yaml").write_text(LECTURE_NOTE, encoding="utf-8")
        note, known = risk.read(tmp_path / "note.yaml")["L01"], risk.LECTURE["L01"]
        assert note.probability_in_words.startswith("low") and note.months == known.months == (12,)
        for field in ("event", "cause", "consequence", "evidence", "impact_in_words", "management", "contingency"):
            assert getattr(note, field) == getattr(known, field)

    def test_an_impact_that_is_no_money_stays_in_words(self, firm):
        assert not risk.LECTURE["L01"].in_money and risk.LECTURE["L01"].impact is None
        assert risk.LECTURE.left_out["why"].tolist() == ["probability in words only (low)"]
        with pytest.raises(Refusal, match="no risk of this register is in money"):
            risk.simulate(risk.LECTURE)
        year = risk.simulate([*firm, *risk.LECTURE], years=1_000)
        assert year.left_out["id"].tolist() == ["L01"] and "L01" not in set(year.per_risk["id"])
        assert "L01" in set(risk.matrix([*firm, *risk.LECTURE]).left_out["id"])
        reputation = Risk(
            "X", "a bad post", Chance(0.2), impact_in_words="reputation", controls=(Control("watch", 10),)
        )
        assert risk.rosi([reputation])["rosi"].isna().all() and reputation.why_not == "impact is not in money"


class TestReading:
    def test_yaml_with_ranges_controls_and_contingency(self, tmp_path):
        path = tmp_path / "register.yaml"
        path.write_text("""
risks:
  - {id: A, event: it fails, probability: {low: 0.1, high: 0.3}, impact: {low: 1000, mode: 3000, high: 10000},
     timing: Q4, management: look after it,
     controls: [{name: service, cost: 600, rate_cut: 0.5}, {name: spare, cost: 900, severity_cut: 80 %}],
     contingency: {plan: rent one, cap: 5000, cut: 0.1}, review_on: 2026-01-15}
  - {id: B, event: it floods, rate: [0.5, 2], impact: [400, 900, 2000, 2500], timing: any month}
""", encoding="utf-8")  # fmt: skip
        a, b = risk.read(path)
        assert (a.probability, a.impact) == (Chance(0.1, 0.3), Pert(1000, 3000, 10_000))
        assert a.controls == (Control("service", 600, 0.5), Control("spare", 900, 0, 0.8))
        assert (a.contingency, a.loss_cap, a.loss_cut, a.months) == ("rent one", 5000, 0.1, (10, 11, 12))
        assert str(a.review_on) == "2026-01-15" and a.management == "look after it"
        assert (b.probability, b.impact) == (Rate(0.5, 2), Empirical([400, 900, 2000, 2500]))

    def test_excel_as_a_person_fills_it_in(self, tmp_path):
        path = tmp_path / "register.xlsx"
        table = pd.DataFrame({
            "Risk ID": ["A", "B"], "Risk event": ["it fails", "it floods"], "Probability low ": [0.1, "10 %"],
            "Probability (high)": [0.2, None], "Impact low": [1000, "S$4,000"], "IMPACT HIGH": [5000, "25k"],
            "When": ["Nov–Jan", 2026], "Review date": [pd.Timestamp("2026-03-01"), None], "Comments": ["x", None],
        })  # fmt: skip
        table.to_excel(path, index=False)
        a, b = risk.read(path, ignore=["comments"])
        assert (a.probability, a.impact, a.months) == (Chance(0.1, 0.2), Lognormal(1000, 5000), (1, 11, 12))
        assert (b.probability, b.impact, b.months) == (Chance(0.1), Lognormal(4000, 25_000), tuple(range(1, 13)))
        assert str(a.review_on) == "2026-03-01"

    def test_a_title_above_the_headings_of_excel_is_passed_over(self, tmp_path):
        path = tmp_path / "register.xlsx"
        rows = [
            ["Risks of the club", None, None],
            [None] * 3,
            ["Event", "Probability", "Impact"],
            ["it fails", 0.2, 500],
        ]
        pd.DataFrame(rows).to_excel(path, index=False, header=False)
        assert [r.event for r in risk.read(path)] == ["it fails"]
        rows[3][1] = 80
        pd.DataFrame(rows).to_excel(path, index=False, header=False)
        assert "row 4, 'Probability'" in refused(path)

    def test_controls_in_words_alone_are_management(self, tmp_path):
        (tmp_path / "r.yaml").write_text(
            "risks:\n  - {event: it fails, probability: 0.2, impact: 500, controls: [service, spare key]}\n",
            encoding="utf-8",
        )
        (found,) = risk.read(tmp_path / "r.yaml")
        assert found.management == "service; spare key" and not found.controls

    @pytest.mark.parametrize(
        ("typed", "size"),
        [
            ("4\u00a0000 to 25\u00a0000", Lognormal(4000, 25_000)),
            ("SGD 4,000 to SGD 25,000", Lognormal(4000, 25_000)),
            ("500 to 2000", Lognormal(500, 2000)),
            ("4k - 25k", Lognormal(4000, 25_000)),
            ("0.125", Empirical([0.125])),
            ("two weeks of work", None),
            ("3 months without a trainer", None),
        ],
    )
    def test_money_as_people_type_it(self, typed, size):
        (found,) = risk.read(pd.DataFrame({"event": ["x"], "probability": [0.1], "impact": [typed]}))
        assert found.impact == size and found.impact_in_words == ("" if size else typed)

    def test_a_table_of_polars_reads_alike(self):
        polars = pytest.importorskip("polars")
        table = pd.DataFrame({"event": ["it fails"], "probability": [0.2], "impact_low": [5], "impact_high": [9]})
        assert risk.read(polars.from_pandas(table)) == risk.read(table)

    def test_a_second_control_and_renamed_columns(self):
        table = pd.DataFrame({
            "Wahrscheinlichkeit": [0.2], "Event": ["it fails"], "Impact": [500], "Prevention": ["service"],
            "Prevention cost": [100], "Rate cut": [0.5], "Control 2": ["spare"], "Control cost 2": [50],
            "Severity cut 2": [0.3],
        })  # fmt: skip
        (found,) = risk.read(table, columns={"Wahrscheinlichkeit": "probability"})
        assert found.impact == Empirical([500]) and found.id == "R01"
        assert found.controls == (Control("service", 100, 0.5), Control("spare", 50, 0, 0.3))

    @pytest.mark.parametrize("ending", ["csv", "xlsx"])
    def test_the_template_is_empty_and_takes_what_it_asks_for(self, tmp_path, ending):
        path = risk.blank(tmp_path / f"register.{ending}")
        assert "has no risks" in refused(path)
        sheet = pd.read_csv(path) if ending == "csv" else pd.read_excel(path)
        row = {"id": "A", "event": "it fails", "probability_low": 0.2, "impact_low": 1, "impact_high": 2}
        filled = pd.DataFrame([row]).reindex(columns=sheet.columns)
        assert risk.read(filled)["A"].probability == Chance(0.2)
        with pytest.raises(Refusal, match="is there already"):
            risk.blank(path)
        assert risk.blank(path, overwrite=True) == path

    def test_the_template_in_yaml_says_what_is_missing(self, tmp_path):
        told = refused(risk.blank(tmp_path / "register.yaml"))
        assert "the event is missing" in told and "the probability is missing" in told

    @pytest.mark.parametrize(
        ("text", "months"),
        [("", 12), ("any month", 12), ("2026", 12), ("Nov to Dec", (11, 12)), ("Nov-Jan", (1, 11, 12)),
         ("Mar 2026", (3,)), ("13th December 2019", (12,)), ("2026-03-15", (3,)), ("2026-03-15 00:00:00", (3,)),
         ("Q1", (1, 2, 3)), ("Jan, Mar and Jun", (1, 3, 6)), ("Lunar New Year", (1, 2)), ("13 - 15 December", (12,)),
         ("Nov 2025 to Jan 2026", (1, 11, 12)), ("mid June", (6,))],
    )  # fmt: skip
    def test_words_about_time_become_months(self, text, months):
        assert months_of(text) == (tuple(range(1, 13)) if months == 12 else months)


class TestRefusals:
    def test_everything_that_is_wrong_is_told_at_once_with_its_place(self):
        table = datasets.load("firm/risks").astype(object).rename(columns={"evidence": "evidense", "owner": "colour"})
        table.loc[0, "probability_high"] = 80
        table.loc[1, "impact_low"] = "a lot"
        table.loc[2, "risk_id"] = "R01"
        table.loc[3, "event"] = None
        table.loc[4, "when"] = "soonish"
        table.loc[5, "probability_low"] = 0.9
        table.loc[6, "review_on"] = "32/1/2026"
        table.loc[7, ["impact_low", "impact_high"]] = [45_000, 18_000]
        table.loc[8, "frequency_cut"] = 1.5
        table.loc[9, "prevention"] = None
        table.loc[10, "risk_id"] = None
        told = refused(table)
        for part in (
            "the column 'colour' is not known", "Try: 'evidence', or ignore=['evidense']",
            "row 0 (R01), 'probability_high' is not between 0 and 1", "for 80 % write 0.80",
            "row 1 (R02), 'impact_low' needs money, not words", "Saw: row 0, row 2",
            "row 3 (R04): the event is missing", "row 4 (R05): the timing names no months", "'soonish'",
            "row 5 (R06), 'probability_low': the range of a chance runs backwards", "0.05 to 0.9",
            "row 6 (R07), 'review_on' is no date", "row 7 (R08), 'impact_low': low <= high does not hold",
            "row 8 (R09), 'frequency_cut' is not between 0 and 1", "a control has numbers and no name",
            "row 10: the id is missing",
        ):  # fmt: skip
            assert part in told, part
        assert told.count("Try:") == 13

    @pytest.mark.parametrize(
        ("cells", "part"),
        [
            ({"probability": 80}, "for 80 % write 0.80"),
            ({"probability": "80"}, "for 80 % write 0.80"),
            ({"probability": "lowish"}, "needs a number"),
            ({"probability": None}, "the probability is missing"),
            ({"probability": 0.2, "rate": 2}, "two answers to one question"),
            ({"probability": 0.2, "Probability (high)": 0.3}, "given in one cell and in two"),
            ({"probability": None, "rate": -1}, "is no rate"),
            ({"probability": "0.3 to 0.1"}, "runs backwards"),
            ({"impact": None}, "the impact is missing"),
            ({"impact": None, "impact_low": 5, "impact_mode": 6}, "one end of the range is missing"),
            ({"impact_values": "4; 5", "impact_low": 5}, "given in two ways"),
            ({"impact": None, "impact_values": "0; 5"}, "all above 0"),
            ({"impact": None, "impact_low": -5, "impact_high": 5}, "a loss and a gain at once"),
            ({"impact": None, "impact_low": 0, "impact_high": 5}, "cannot begin or end at 0"),
            ({"impact": None, "impact_low": "1.200,50", "impact_high": 5000}, "needs money, not words"),
            ({"impact": None, "impact_low": "1.200", "impact_high": 5000}, "Try: 1,200 or 1.20"),
            ({"impact": None, "impact_high": 5000}, "one end of the range is missing"),
            ({"impact": "4-25k"}, "Try: 4k to 25k"),
            ({"impact": "1.200,50"}, "needs money, not words"),
            ({"impact": "about 5,000 dollars"}, "needs money, not words"),
            ({"impact": "100; 200"}, "needs money, not words"),
            ({"impact": 0}, "an impact of 0 is no loss"),
            ({"impact": []}, "needs one, two or three amounts"),
            ({"probability": pd.Timestamp("2026-10-25")}, "needs a number"),
            ({"probability": {"low": 0.1}}, "needs a number"),
            ({"probability": None, "rate": pd.Timestamp("2026-10-25")}, "needs a number"),
            ({"probability": None, "probability_high": 0.3}, "the low end is missing"),
            ({"timing": "15/03/2026"}, "names no months"),
            ({"impact": -500, "contingency_cap": 100}, "cannot limit the loss of a gain"),
            ({"control_cost": "free", "management": "watch"}, "needs money, not words"),
        ],
    )
    def test_cells(self, cells, part):
        row = {"event": "it fails", "probability": 0.2, "impact": 100} | cells
        assert part in refused(pd.DataFrame([{k: v for k, v in row.items() if v is not None}]))

    def test_files_that_are_no_registers(self, tmp_path):
        (tmp_path / "register.csv").write_text("id,event\n", encoding="utf-8")
        (tmp_path / "broken.xlsx").write_bytes(b"no zip")
        (tmp_path / "list.yaml").write_text("event: it fails\n", encoding="utf-8")
        assert "Try: register.csv" in refused(tmp_path / "registr.csv")
        assert "no readable Excel file" in refused(tmp_path / "broken.xlsx")
        assert "needs a list of risks" in refused(tmp_path / "list.yaml")
        assert "a .csv, .xlsx or .yaml file" in refused(tmp_path / "register.pdf")
        assert "has no risks" in refused(tmp_path / "register.csv")
        assert "needs a file or a table" in refused(42)
        twice = pd.DataFrame({"event": ["x"], "Risk": ["y"], "probability": [0.1], "impact": [3]})
        assert "two columns mean 'event'" in refused(twice)

    def test_yaml_tells_the_line(self, tmp_path):
        (tmp_path / "r.yaml").write_text(
            "risks:\n  - {event: a, probability: 0.1, impact: 5}\n  - {event: b, probability: 40, impact: 5}\n",
            encoding="utf-8",
        )
        assert "line 3, 'probability' is not between 0 and 1" in refused(tmp_path / "r.yaml")

    @pytest.mark.parametrize(
        ("make", "part"),
        [
            (lambda: Chance(80), "for 80 % write 0.80"),
            (lambda: Chance(0.5, 0.2), "runs backwards"),
            (lambda: Rate(-1), "at least 0"),
            (lambda: Lognormal(50, 5), "does not hold"),
            (lambda: Pert(1, 1, 1), "need a range"),
            (lambda: Empirical([]), "is empty"),
            (lambda: Control("c", 5, 50), "for 50 % write"),
            (lambda: Control(" "), "needs a name"),
            (lambda: Risk("A", "  "), "needs an event"),
            (lambda: Risk("A", "x", 0.2), "Chance\\(0.2\\)"),
            (lambda: Risk("A", "x", impact=500), "Lognormal"),
            (lambda: risk.Register((one(), one())), "stands more than once"),
            (lambda: risk.Register((one(controls=(Control("c", 5),)),
                                    Risk("B", "y", controls=(Control("c", 6),)))), "has two costs"),
            (lambda: risk.simulate([]), "needs risks"),
            (lambda: risk.simulate([one()], years=0), "at least 1"),
            (lambda: risk.simulate([one()], years=1.5), "whole number"),
            (lambda: risk.simulate([one()], controls=["servce"]), "is not a choice"),
            (lambda: risk.simulate([one(Rate(1e6))], years=10**6), "would take too long"),
            (lambda: risk.simulate([one()], scenarios=Scenario("s", 0.1, rate={"A": 6})), "above 1"),
            (lambda: risk.simulate([one()], scenarios=Scenario("s", 0.1, rate={"B": 2})), "not in money"),
            (lambda: risk.simulate([one()], scenarios=[Scenario("s", 0.1, rate={"A": 1})] * 11), "at most 10"),
            (lambda: Scenario("s", 0.1), "touches no risk"),
            (lambda: risk.simulate([one()]).tvar(1), "no years are worse"),
            (lambda: risk.simulate([one()]).exceedance("a"), "needs a number"),
            (lambda: risk.simulate([one()], scenarios=[Scenario("s", 0.1, rate={"A": 1})] * 2), "have one name"),
            (lambda: risk.simulate([one()], scenarios=["s"]), "needs a Scenario"),
            (lambda: risk.tornado([one(Rate(1, 1e6))]), "would take too long"),
            (lambda: risk.Register((one(),)).changed("A", los_cap=5), "Try: loss_cap"),
            (lambda: one(controls=Control("c")), "controls of a risk"),
            (lambda: one(controls=["c"]), "needs a Control"),
            (lambda: one(status=None), "status of a risk"),
            (lambda: Control(None), "needs a name"),
            (lambda: Lognormal(1, 1e6), "mean lies above its end"),
            (lambda: Empirical([1e300]), "-1e.15"),
            (lambda: risk.matrix([one()], ratings=(1, 2, 3)), "two scores"),
            (lambda: risk.matrix([one()], impact_edges=[5, 5]), "must rise"),
            (lambda: risk.misranked(risk.Register((one(),))), "needs a matrix"),
            (lambda: risk.best_controls([one(controls=[Control(f"c{i}") for i in range(21)])], 5), "too many sets"),
            (lambda: risk.best_controls([one()], -1), "at least 0"),
            (lambda: risk.calendar(risk.LECTURE), "no threat"),
            (lambda: risk.calibration([80], [1]), "for 80 % write 0.80"),
            (lambda: risk.calibration([0.5], [2]), "1 or 0"),
            (lambda: risk.calibration(["a"], [1]), "need numbers"),
            (lambda: risk.calibration([0.5], [1, 0]), "one entry for each"),
            (lambda: risk.expected_loss(-1, 5, 9), "at least 0"),
            (lambda: risk.expected_loss(1, -9, -5), "above 0"),
            (lambda: risk.expected_loss(1, 9, 5), "does not hold"),
            (lambda: risk.expected_loss(1, 5, 9, rate_cut=50), "for 50 % write"),
            (lambda: risk.rosi_of(100, 50, 0), "no return on it"),
            (lambda: risk.blank("register.pdf"), "a .xlsx, .csv or .yaml file"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_meant(self, make, part):
        with pytest.raises(Refusal, match=part):
            make()


class TestPlots:
    @pytest.fixture(autouse=True)
    def closed(self):
        yield
        plt.close("all")

    def test_the_matrix_writes_every_id_into_its_field(self, firm):
        matrix = risk.matrix(firm)
        figure = plots.risk_matrix(matrix, "What it hides")
        written = {t.get_text(): t.get_position() for t in figure.axes[0].texts if t.get_text()}
        at = {i: xy for text, xy in written.items() for i in re.findall(r"R\d\d", text)}
        places = matrix.table.set_index("id")
        assert {i: (places["impact"][i], places["likelihood"][i]) for i in places.index} == at
        assert len([p for p in figure.axes[0].patches if p.get_height() == 1]) == 25
        assert plots.alt_text("risk_matrix", matrix, "What it hides").endswith("low: R06.")

    def test_two_hundred_risks_still_fit_their_charts(self):
        many = [Risk(f"R{i}", "x", Chance(0.1), Empirical([500 + i]), controls=(Control(f"c{i}", 5, 0.5),))
                for i in range(200)]  # fmt: skip
        (field,) = (t.get_text() for t in plots.risk_matrix(risk.matrix(many), "t").axes[0].texts if t.get_text())
        assert field.endswith("R14, +185") and field.count("\n") == 3
        table = risk.calendar(many)
        names = [t.get_text() for t in plots.exposure_calendar(table, "t").axes[0].get_yticklabels()]
        assert len(names) == 27 and names[-3:] == ["R199", "175 other risks", "all risks"]
        figure = plots.control_returns(risk.rosi(many), "t", chosen=["c0"])
        assert len(figure.axes[0].get_yticklabels()) == 26 and "26 of 200" in figure.axes[0].get_xlabel()

    def test_the_curve_falls_and_marks_the_value_at_risk(self, firm):
        years = {name: risk.simulate(firm, years=5_000, controls=name) for name in ("none", "all")}
        curves = {name: year.exceedance() for name, year in years.items()}
        figure = plots.exceedance(curves, "t", var={name: year.var() for name, year in years.items()})
        lines = figure.axes[0].lines
        assert np.allclose(lines[0].get_ydata(), curves["none"]["chance"] * 100)
        assert (lines[1].get_xdata()[0], lines[1].get_ydata()[0]) == (years["none"].var(), pytest.approx(5))
        assert "Loss-exceedance curve. t. none: some loss in" in plots.alt_text("exceedance", curves, "t")

    @pytest.mark.parametrize("measure", ["expected", "var"])
    def test_tornado_bars_reach_from_low_to_high(self, firm, measure):
        table = risk.tornado(firm, years=2_000)
        figure = plots.tornado(table, "t", measure=measure, most=5)
        bars = figure.axes[0].patches
        top = table.loc[(table[f"{measure}_high"] - table[f"{measure}_low"]).abs().idxmax()]
        assert bars[-1].get_x() + bars[-1].get_width() == pytest.approx(top[f"{measure}_high"])
        assert len(bars) == 10 and figure.axes[0].get_yticklabels()[-1].get_text() == "R03, impact"
        assert "R03 by impact" in plots.alt_text("tornado", table, "t")

    def test_the_calendar_leaves_months_without_exposure_empty(self, firm):
        table = risk.calendar(firm)
        figure = plots.exposure_calendar(table, "t")
        texts = [t.get_text() for t in figure.axes[0].texts]
        assert len(texts) == 12 * 14 and texts.count("") == int((table.drop(columns="month") == 0).sum().sum())
        assert "highest in Mar" in plots.alt_text("exposure_calendar", table, "t")

    def test_control_bars_are_their_costs_and_savings(self, firm):
        table = risk.rosi(firm)
        figure = plots.control_returns(table, "t", chosen=["a mobile reader"])
        widths = sorted(p.get_width() for p in figure.axes[0].patches)
        assert np.allclose(widths, sorted([*table["saved"], *table["cost"]]))
        assert "chosen: a mobile reader" in [t.get_text() for t in figure.axes[0].get_yticklabels()]
        assert "a mobile reader: costs 300" in plots.alt_text("control_returns", table, "t")

    def test_labels_that_no_font_has_and_controls_without_cost_are_drawn_too(self):
        odd = Risk("书", "x", Chance(0.1, 0.3), Lognormal(10, 90), controls=(Control("பணி"),))
        for figure in (
            plots.risk_matrix(risk.matrix([odd]), "t"), plots.control_returns(risk.rosi([odd]), "t"),
            plots.tornado(risk.tornado([odd], years=500), "t"), plots.exposure_calendar(risk.calendar([odd]), "t"),
        ):  # fmt: skip
            figure.canvas.draw()
            assert plots.key_of(figure)


def test_left_out_and_words_survive_json(firm):
    """A report hands tables on as JSON."""
    assert json.loads(firm.table().to_json())["event"]["0"] == firm["R01"].event
    assert log(Lognormal(1, 4).mean) > 0
