"""Groups that look alike, and tables with totals: what can still be reckoned, and what cannot."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from crmlearn import datasets
from crmlearn.errors import Refusal
from crmlearn.privacy import hide_cells, k_anonymity, noisy_count

GRIDS = st.integers(2, 4).flatmap(
    lambda m: st.lists(st.lists(st.integers(0, 30), min_size=m, max_size=m), min_size=2, max_size=4)
)


class TestPublished:
    def test_the_guide_of_the_commission(self):
        # PDPC, Guide to Basic Anonymisation, step 4: groups of 2, 4 and 3 make a data set with k = 2.
        table = pd.DataFrame({"age": ["a"] * 2 + ["b"] * 4 + ["c"] * 3})
        found = k_anonymity(table, "age")
        assert found.k == 2 and found.groups.rows.tolist() == [2, 3, 4] and found.l is None

    def test_eleven_people_after_sweeney_2002(self):
        # Her example of a table with k = 2, from memory: race, birth, gender and ZIP of eleven people.
        rows = ([("Black", "1965", "m", "0214*")] * 2 + [("Black", "1965", "f", "0213*")] * 2
                + [("Black", "1964", "f", "0213*")] * 2 + [("White", "1964", "m", "0213*")] * 3
                + [("White", "1967", "m", "0213*")] * 2)  # fmt: skip
        table = pd.DataFrame(rows, columns=["race", "birth", "gender", "zip"])
        assert k_anonymity(table, list(table)).k == 2


class TestProperties:
    @given(
        st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(0, 2)), min_size=1, max_size=40)
    )
    def test_groups_add_up_and_more_columns_never_hide_better(self, rows):
        table = pd.DataFrame(rows, columns=["one", "two", "secret"])
        both, one = k_anonymity(table, ["one", "two"], "secret"), k_anonymity(table, ["one"], "secret")
        assert both.groups.rows.sum() == len(table) and both.k <= one.k and both.l <= one.l
        assert both.l <= both.k and both.unique == (both.groups.rows == 1).sum()

    @settings(max_examples=60, deadline=None)
    @given(GRIDS, st.integers(2, 6))
    def test_no_hidden_count_can_be_reckoned_from_what_is_shown(self, rows, k):
        grid = pd.DataFrame(
            rows, columns=[f"c{n}" for n in range(len(rows[0]))], index=[f"r{n}" for n in range(len(rows))]
        )
        shown = hide_cells(grid, k)
        inner = shown.iloc[:-1, :-1]
        assert ((inner >= k) | (inner == 0) | inner.isna()).all(axis=None)  # nothing small is shown
        assert (inner.isna() | (inner == grid)).all(axis=None)  # and nothing that is shown is changed
        small = [at for at in zip(*np.nonzero(((grid > 0) & (grid < k)).to_numpy()), strict=True)]
        for at in small:
            low, high = bounds(shown, at)
            assert high - low >= 1 - 1e-6, (at, shown)


def bounds(shown, at):
    """What somebody can reckon of one hidden count, from every total that is still shown."""
    inner, rows, columns = shown.iloc[:-1, :-1].to_numpy(float), *shown.iloc[:-1, :-1].shape
    size = rows * columns
    equal, sums = [], []

    def add(members, total):
        if not np.isnan(total):
            equal.append([1.0 if n in members else 0.0 for n in range(size)])
            sums.append(total)

    for n, value in enumerate(inner.ravel()):
        add({n}, value)
    for i in range(rows):
        add(set(range(i * columns, (i + 1) * columns)), shown.iloc[i, -1])
    for j in range(columns):
        add(set(range(j, size, columns)), shown.iloc[-1, j])
    add(set(range(size)), shown.iloc[-1, -1])
    goal = np.zeros(size)
    goal[at[0] * columns + at[1]] = 1
    ends = []
    for sign in (1, -1):
        found = linprog(sign * goal, A_eq=np.array(equal) if equal else None, b_eq=sums or None, bounds=(0, None))
        ends.append(sign * found.fun if found.status == 0 else np.inf)
    return ends[0], ends[1]


class TestFirm:
    def test_age_region_segment_and_day_of_joining_point_to_nearly_everybody(self):
        people = datasets.load("firm/customers").query("kind == 'person'")
        coarse = k_anonymity(people, ["age_band", "region", "segment"])
        fine = k_anonymity(people, ["age_band", "region", "segment", "language", "acquired_on"])
        assert coarse.unique < 20 < fine.unique and fine.k == 1
        assert coarse.groups.rows.sum() == len(people)

    def test_a_table_of_segments_by_language(self):
        people = datasets.load("firm/customers").query("kind == 'person'")
        grid = pd.crosstab(people.segment, people.language)
        shown = hide_cells(grid, 200)
        assert shown.isna().to_numpy().sum() >= 2 and shown.loc["all", "all"] == len(people)


class TestRefusals:
    def test_nothing_to_group_and_columns_that_are_not_there(self):
        with pytest.raises(Refusal, match="nothing to group"):
            k_anonymity(pd.DataFrame({"age": []}), ["age"])
        with pytest.raises(Refusal, match="'agge'"):
            k_anonymity(pd.DataFrame({"age": [1]}), ["agge"])
        with pytest.raises(Refusal, match="sensitive"):
            k_anonymity(pd.DataFrame({"age": [1]}), ["age"], "age")

    @pytest.mark.parametrize("bad", [-1, 0.5, np.nan])
    def test_counts_are_whole(self, bad):
        with pytest.raises(Refusal, match="whole numbers"):
            hide_cells(pd.DataFrame({"a": [bad, 3], "b": [1, 2]}))


class TestPeer:
    """pyCANON counts the same. It pins NumPy and pandas of long ago, so tests/setup.sh installs it alone."""

    ROWS = st.tuples(st.sampled_from("ab"), st.sampled_from("xy"), st.integers(0, 3))

    @given(st.lists(ROWS, min_size=1, max_size=40))
    def test_k_and_l(self, rows):
        anonymity = pytest.importorskip("pycanon.anonymity")
        table = pd.DataFrame(rows, columns=["area", "age", "owes"])
        found = k_anonymity(table, ["area", "age"], sensitive="owes")
        assert found.k == anonymity.k_anonymity(table, ["area", "age"])
        assert found.l == anonymity.l_diversity(table, ["area", "age"], ["owes"])


class TestNoise:
    def test_its_spread_is_that_of_laplace(self):
        drawn = noisy_count(1204, 0.5, seed=3, times=200_000)
        assert drawn.mean() == pytest.approx(1204, abs=0.05) and drawn.std() == pytest.approx(2**0.5 / 0.5, rel=0.02)

    @given(st.integers(0, 1000), st.floats(0.05, 2))
    @settings(max_examples=20)
    def test_no_answer_tells_much_of_one_person(self, n, epsilon):
        """Whatever comes out is at most exp(epsilon) times as likely with a person as without, but for chance."""
        with_one, without = (noisy_count(m, epsilon, seed=5, times=40_000) for m in (n + 1, n))
        bins = np.linspace(n - 2 / epsilon, n + 1 + 2 / epsilon, 9)
        a, b = (np.histogram(drawn, bins)[0] for drawn in (with_one, without))
        error = 5 * np.sqrt(1 / a + 1 / b)
        assert (np.abs(np.log(a / b)) <= epsilon + error).all()

    def test_refusals(self):
        with pytest.raises(Refusal, match="epsilon"):
            noisy_count(5, 0, seed=1)
        with pytest.raises(Refusal, match="count"):
            noisy_count(-1, 1, seed=1)


class TestSmallTotals:
    @pytest.mark.parametrize("counts", [[[2, 0], [30, 40]], [[1, 1], [1, 1]], [[3, 0], [0, 0]]])
    def test_a_small_total_tells_as_much_as_a_small_count(self, counts):
        shown = hide_cells(pd.DataFrame(counts, index=["a", "b"], columns=["x", "y"]))
        values = shown.to_numpy(float)
        assert not ((values > 0) & (values < 5)).any()

    def test_many_messages_to_few_people_are_few(self):
        grid = pd.DataFrame({"sms": [80, 90], "mail": [70, 60]})
        people = pd.DataFrame({"sms": [2, 90], "mail": [70, 60]})
        shown = hide_cells(grid, persons=people)
        assert np.isnan(shown.loc[0, "sms"]) and shown["sms"].isna().sum() > 1
