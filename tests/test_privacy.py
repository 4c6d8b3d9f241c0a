import hashlib
import hmac
import os
import time

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlearn.errors import Refusal
from crmlearn.privacy import Gate, mask, pseudonymise, pseudonyms, suppress, suppress_grid

ENGINES = pytest.mark.parametrize("engine", [pd, pl], ids=["pandas", "polars"])
SECRET = "a secret of 24 bytes yes"


@pytest.fixture(autouse=True)
def no_key(monkeypatch):
    monkeypatch.delenv(pseudonyms.KEY, raising=False)
    monkeypatch.delenv(pseudonyms.KEY_FILE, raising=False)


def ids(table):
    return [None if value != value else value for value in table["customer_id"].to_list()]


@ENGINES
class TestPseudonymise:
    def test_without_a_key_numbers_in_a_mixed_order_and_says_so(self, engine):
        tx = engine.DataFrame({"customer_id": ["zoe", "ann", None, "zoe"], "amount": [1, 2, 3, 4]})
        table, method = pseudonymise(tx)
        assert isinstance(table, engine.DataFrame)
        zoe, ann, none, again = ids(table)
        assert {zoe, ann} == {"C-0001", "C-0002"} and none is None and again == zoe
        assert table["amount"].to_list() == [1, 2, 3, 4]
        assert ids(tx)[0] == "zoe"
        assert "this file only" in method and pseudonyms.KEY in method

    def test_width_grows_to_fit(self, engine):
        table, _ = pseudonymise(engine.DataFrame({"customer_id": range(10_000)}))
        assert sorted(ids(table))[0] == "C-00001" and sorted(ids(table))[-1] == "C-10000"

    def test_numbered_ids_do_not_keep_their_numbers(self, engine):
        table, _ = pseudonymise(engine.DataFrame({"customer_id": [f"{i:04d}" for i in range(1, 1001)]}))
        kept = sum(name == f"C-{i:04d}" for i, name in enumerate(ids(table), 1))
        assert kept < 10  # one is expected by chance

    def test_with_a_key_is_the_same_next_week_and_in_any_order(self, engine):
        first, method = pseudonymise(engine.DataFrame({"customer_id": ["a", "b", "c"]}), key=SECRET)
        later, _ = pseudonymise(engine.DataFrame({"customer_id": ["c", "x", "a"]}), key=SECRET.encode())
        assert ids(first)[0] == ids(later)[2] and ids(first)[2] == ids(later)[0]
        assert len(set(ids(first) + ids(later))) == 4
        assert all(len(i) == 12 and i.startswith("C-") for i in ids(first))
        assert "personal data" in method and SECRET not in method

    @pytest.mark.parametrize("key", [None, SECRET])
    def test_numbers_and_texts_are_the_same_customer(self, engine, key):
        numbers, _ = pseudonymise(engine.DataFrame({"customer_id": [7, 8, 7]}), key=key)
        texts, _ = pseudonymise(engine.DataFrame({"customer_id": ["7", "8", "7"]}), key=key)
        floats, _ = pseudonymise(engine.DataFrame({"customer_id": [7.0, 8.0, None, float("nan")]}), key=key)
        assert ids(numbers) == ids(texts) == [*ids(floats)[:2], ids(numbers)[0]]
        assert ids(floats)[2:] == [None, None]

    def test_an_empty_table_stays_empty(self, engine):
        empty = engine.DataFrame({"customer_id": ["a"]}).head(0)
        assert len(pseudonymise(empty).table) == 0 and len(pseudonymise(empty, key=SECRET).table) == 0


class TestKeys:
    TX = pd.DataFrame({"customer_id": ["ann"]})

    def test_is_the_published_hmac_sha_256_of_the_id(self):
        code = ids(pseudonymise(self.TX, key=SECRET).table)[0].removeprefix("C-")
        bits = int.from_bytes(hmac.new(SECRET.encode(), b"ann", hashlib.sha256).digest()) >> (256 - 50)
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
        assert code == "".join(alphabet[bits >> 5 * place & 31] for place in range(9, -1, -1))

    def test_key_comes_from_the_environment_or_a_file(self, monkeypatch, tmp_path):
        given_ = ids(pseudonymise(self.TX, key=SECRET).table)
        (tmp_path / "key").write_text(SECRET + "\n")
        monkeypatch.setenv(pseudonyms.KEY_FILE, str(tmp_path / "key"))
        assert ids(pseudonymise(self.TX).table) == given_
        monkeypatch.setenv(pseudonyms.KEY, "another secret, longer than 16")
        assert ids(pseudonymise(self.TX).table) != given_

    def test_mixed_numbers_and_texts_in_one_column(self):
        table, _ = pseudonymise(pd.DataFrame({"customer_id": [1, "1", "2", 1.0]}))
        one, text, two, real = ids(table)
        assert one == text == real != two

    @pytest.mark.parametrize("key", ["", "short", b"fifteen bytes.."])
    def test_refuses_a_short_key_and_tells_how_to_make_one(self, key):
        with pytest.raises(Refusal, match=r"secrets\.token_hex") as refusal:
            pseudonymise(self.TX, key=key)
        assert "short'" not in str(refusal.value) and f"{len(key)} bytes" in str(refusal.value)

    def test_refuses_an_empty_secret_rather_than_numbering(self, monkeypatch):
        monkeypatch.setenv(pseudonyms.KEY, "")
        with pytest.raises(Refusal, match=f"{pseudonyms.KEY} is too short"):
            pseudonymise(self.TX)

    def test_refuses_a_missing_key_file(self, monkeypatch, tmp_path):
        monkeypatch.setenv(pseudonyms.KEY_FILE, str(tmp_path / "nowhere"))
        with pytest.raises(Refusal, match="cannot be read"):
            pseudonymise(self.TX)

    def test_refuses_a_key_that_is_no_text(self):
        with pytest.raises(Refusal, match="text or bytes"):
            pseudonymise(self.TX, key=12345678901234567890)

    def test_refuses_a_table_without_the_column_and_what_is_no_table(self):
        with pytest.raises(Refusal, match="pseudonyms need 'customer'"):
            pseudonymise(self.TX, column="customer")
        with pytest.raises(Refusal, match="table in memory"):
            pseudonymise([1, 2])
        with pytest.raises(Refusal, match="collect"):
            pseudonymise(pl.LazyFrame({"customer_id": [1]}))

    def test_two_ids_that_begin_alike_grow_together(self, monkeypatch):
        monkeypatch.setattr(pseudonyms, "LENGTH", 1)
        tx = pd.DataFrame({"customer_id": range(200)})
        table, method = pseudonymise(tx, key=SECRET)
        assert table["customer_id"].nunique() == 200
        assert "characters long" in method
        monkeypatch.undo()
        full, _ = pseudonymise(tx, key=SECRET)
        assert all(long.startswith(short) for short, long in zip(ids(table), ids(full), strict=True))


counts = st.lists(st.integers(0, 12), min_size=1, max_size=12)


def numbers(table):
    return table["customers"].to_list()


class TestSuppress:
    @ENGINES
    def test_merges_only_what_must_be(self, engine):
        table = engine.DataFrame({"x": [0, 1, 2, 3, 4], "customers": [50, 2, 9, 0, 7], "spend": [0.5, 1, 2, 0, 4]})
        small = suppress(table)
        assert isinstance(small, engine.DataFrame)
        assert small["x"].to_list() == ["0", "1 to 2", "3", "4"]
        assert numbers(small) == [50, 11, 0, 7]
        assert small["spend"].to_list() == [0.5, 3, 0, 4]

    def test_published_groups_of_the_pdpc_guide(self):
        # PDPC, Guide to Basic Anonymisation (2022): groups of 2, 4 and 3 are 2-anonymous.
        groups = pd.DataFrame({"group": ["a", "b", "c"], "customers": [2, 4, 3]})
        assert numbers(suppress(groups, k=2)) == [2, 4, 3]
        assert numbers(suppress(groups, k=3)) == [6, 3]

    @ENGINES
    def test_averages_are_weighted(self, engine):
        table = engine.DataFrame({"x": ["a", "b", "c"], "customers": [3, 0, 6], "mean_spend": [10.0, None, 40.0]})
        assert suppress(table, means=["mean_spend"])["mean_spend"].to_list() == [30.0]
        kept = suppress(table, k=3, means="mean_spend")
        assert numbers(kept) == [3, 0, 6]

    def test_a_gap_in_a_sum_stays_a_gap(self):
        table = pd.DataFrame({"x": [1, 2, 3], "customers": [2, 2, 9], "spend": [1.0, None, 2.0]})
        assert np.isnan(suppress(table, k=4)["spend"].to_list()[0])

    def test_labels_may_be_the_index(self):
        tx = pd.DataFrame({"x": [1, 1, 1, 2, 2, 3], "customers": [1] * 6}).groupby("x").sum()
        small = suppress(tx, k=3)
        assert small.index.name == "x" and small.index.tolist() == ["1", "2 to 3"] and numbers(small) == [3, 3]

    def test_an_index_left_over_from_a_filter_is_no_label(self):
        table = pd.DataFrame({"x": [1, 2, 3], "customers": [0, 9, 9]}).query("customers > 0")
        assert suppress(table)["x"].to_list() == ["2", "3"]

    @given(counts, st.integers(1, 6))
    def test_totals_stay_no_cell_is_small_and_twice_is_once(self, counts, k):
        table = pd.DataFrame({"x": range(len(counts)), "customers": counts, "orders": [3 * n for n in counts]})
        if 0 < sum(counts) < k:
            with pytest.raises(Refusal, match="fewer than"):
                suppress(table, k=k)
            return
        small = suppress(table, k=k)
        assert sum(numbers(small)) == sum(counts) and small["orders"].sum() == 3 * sum(counts)
        assert not [n for n in numbers(small) if 0 < n < k]
        pd.testing.assert_frame_equal(suppress(small, k=k), small)

    @given(st.lists(st.integers(0, 7), min_size=1, max_size=8), st.integers(2, 6))
    def test_no_finer_partition_would_do(self, counts, k):
        def finest(rest):
            sums = [sum(rest[:n]) for n in range(1, len(rest) + 1)]
            options = [1 + finest(rest[n:]) for n, s in enumerate(sums, 1) if s == 0 or s >= k]
            return max(options, default=-99) if rest else 0

        if sum(counts) == 0 or sum(counts) >= k:
            assert len(suppress(pd.DataFrame({"x": range(len(counts)), "customers": counts}), k=k)) == finest(counts)

    @pytest.mark.parametrize("wrong", [-1, 2.5, None, float("nan")])
    def test_refuses_what_is_no_count(self, wrong):
        with pytest.raises(Refusal, match="must count customers"):
            suppress(pd.DataFrame({"x": [1, 2], "customers": [9, wrong]}))

    def test_refuses_text_all_at_once(self):
        table = pd.DataFrame({"x": [1], "customers": [9], "name": ["a"], "vip": [True]})
        with pytest.raises(Refusal, match=r"(?s)'name' cannot be added up.*'vip' cannot be added up"):
            suppress(table)

    @pytest.mark.parametrize("k", [0, 2.5, "five", float("nan")])
    def test_refuses_a_k_that_is_none(self, k):
        with pytest.raises(Refusal, match="k"):
            suppress(pd.DataFrame({"x": [1], "customers": [9]}), k=k)

    def test_ten_years_of_days_take_no_time(self):
        days = pd.DataFrame({"day": range(3650), "customers": np.random.default_rng(1).integers(0, 9, 3650)})
        started = time.perf_counter()
        suppress(days)
        assert time.perf_counter() - started < 2


grids = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 9) | st.none(), min_size=width, max_size=width), min_size=1, max_size=6
    )
)


class TestSuppressGrid:
    @ENGINES
    def test_merges_the_line_that_mends_most(self, engine):
        grid = engine.DataFrame({"recency": ["new", "old", "lost"], "1": [9, 1, 8], "2": [9, 2, 7], "3": [9, 3, 6]})
        small = suppress_grid(grid)
        assert isinstance(small, engine.DataFrame)
        assert small["recency"].to_list() == ["new", "old to lost"]
        assert [small[name].to_list() for name in "123"] == [[9, 9], [9, 9], [9, 9]]

    def test_columns_merge_too_and_a_pivot_keeps_its_index(self):
        grid = pd.DataFrame({1: [9, 9, 9], 2: [1, 2, 3], 3: [8, 8, 8]}, index=pd.Index(["a", "b", "c"], name="cohort"))
        small = suppress_grid(grid)
        assert small.index.name == "cohort" and list(small.index) == ["a", "b", "c"]
        assert list(small.columns) in (["1 to 2", "3"], ["1", "2 to 3"])
        assert small.to_numpy().sum() == grid.to_numpy().sum()

    @given(grids, st.integers(1, 6))
    def test_totals_stay_no_cell_is_small_and_twice_is_once(self, rows, k):
        grid = pd.DataFrame(np.array(rows, dtype=float), columns=[f"age {n}" for n in range(len(rows[0]))])
        grid.insert(0, "cohort", [f"2021-{n + 1:02d}" for n in range(len(rows))])
        total = grid.iloc[:, 1:].sum().sum()
        if 0 < total < k:
            with pytest.raises(Refusal, match="fewer than"):
                suppress_grid(grid, k=k)
            return
        small = suppress_grid(grid, k=k)
        cells = small.iloc[:, 1:].to_numpy(dtype=float)
        assert np.nansum(cells) == total
        assert not ((cells > 0) & (cells < k)).any()
        pd.testing.assert_frame_equal(suppress_grid(small, k=k), small)

    def test_refuses_half_a_customer(self):
        with pytest.raises(Refusal, match="'a' must count"):
            suppress_grid(pd.DataFrame({"x": [1], "a": [0.5]}))


class TestMask:
    @pytest.mark.parametrize(
        "personal",
        [
            "tan.ah-kow+shop@mail.example.sg",
            "root@localhost",
            "91234567",
            "+6591234567",
            "+65 9123 4567",
            "+65-9123-4567",
            "9123 4567",
            "6123-4567",
            "91234567.0",
            "(415) 555-2671",
            "S1234567D",
            "g7654321x",
            "M1234567K",
        ],
    )
    def test_goes(self, personal):
        for text in (personal, f"KeyError: '{personal}'", f"of {personal}, and more", f"<td>{personal}</td>"):
            masked = mask(text)
            assert personal not in masked and not any(run in masked for run in ("1234", "4567", "2671", "@", "7654"))
            assert mask(masked) == masked

    @pytest.mark.parametrize(
        "plain",
        [
            "2021-04-03",
            "2021-04-03 12:30:00",
            "5 2021-04-03 2 2022-12-31",
            "20210403",
            "orders_20210403.csv",
            "12345.67",
            "12,345,678.90",
            "1234567890.12",
            "0.12345678901",
            "-9582.4292",
            "2011-2012",
            "2011 2012",
            "1997-01-01T00:00:00",
            "1 234 567",
            "C-00000123",
            "C-7F3KQ2MDX4",
            "4f1d0c6a12345678e",
        ],
    )
    def test_stays(self, plain):
        assert mask(plain) == plain and mask(f"({plain})") == f"({plain})"

    def test_ids_go_as_whole_tokens(self):
        ids = ["A-17", "00042", "Tan Ah Kow", 99, 5.0, "#12b"]
        text = "A-17, 00042; Tan Ah Kow (99) id=5 5.0 #12b A-171 100042 990 Tan"
        assert mask(text, ids) == "[id], [id]; [id] ([id]) id=[id] [id].0 #[id] A-171 100042 990 Tan"

    def test_lines_of_a_traceback_are_still_counted(self):
        text = "Cell In[3], line 5\n----> 5 tx.loc[3]\nKeyError: 3"
        assert mask(text, ids=[3, 5]) == "Cell In[3], line 5\n----> 5 tx.loc[[id]]\nKeyError: [id]"

    def test_pictures_are_left_whole(self):
        picture = '<img src="data:image/png;base64,iVBOR/91234567+12=">'
        assert mask(picture, ids=["12", "iVBOR"]) == picture

    def test_a_million_ids_and_a_long_text_take_seconds(self):
        ids = frozenset(f"cust-{n}" for n in range(1_000_000))
        mask("warm", ids)
        started = time.perf_counter()
        assert mask("seen cust-77812 and\n" * 20_000, ids).count("[id]") == 20_000
        mask("a" * 300_000 + "." * 300_000 + "1" * 300_000 + "1 " * 100_000 + "1-" * 100_000)
        assert time.perf_counter() - started < 4


def test_no_key_of_the_environment_leaks_into_these_tests():
    assert pseudonyms.KEY not in os.environ


class TestGate:
    @pytest.mark.parametrize(
        "name",
        ["email", "E-mail", "workPhone", "phones", "phone1", "MobileNo", "hp", "homeAddress", "DOB", "NRIC/FIN",
         "Kunde", "contact_person", "first name", "notes", "freeText", "description", "customer_id"],
    )  # fmt: skip
    def test_what_reaches_or_names_somebody_is_held_back(self, name):
        shown = Gate().table(pd.DataFrame({name: ["Tan Ah Kow", "Lim Bee Hoon"], "n": [1, 2]}))
        assert shown[shown.columns[0]].eq("[held back]").all() and shown["n"].tolist() == [1, 2]

    def test_numbers_may_be_phones_or_counts(self):
        table = pd.DataFrame({"phone": [91234567, 81234567], "email": [120, 0], "sales": [91234567, 5]})
        shown = Gate().table(table)
        assert shown["phone"].eq("[held back]").all()
        assert shown["email"].tolist() == [120, 0] and shown["sales"].tolist() == [91234567, 5]

    def test_labels_are_masked_too(self):
        table = pd.DataFrame({"tan@shop.sg": [1]}, index=pd.Index(["S1234567D"], name="of 9123 4567"))
        shown = Gate().table(table)
        assert (shown.columns[0], shown.index[0], shown.index.name) == ("[mail]", "[NRIC]", "of [number]")
        assert Gate().table(pd.DataFrame({"n": [1]}, index=[91234567])).index[0] == "[number]"
        levels = pd.MultiIndex.from_tuples([("new", "tan@shop.sg")], names=["segment", "who"])
        assert Gate().table(pd.DataFrame({"n": [1]}, index=levels)).index[0] == ("new", "[mail]")

    def test_pseudonyms_stay_and_reveal_opens_the_ids_only(self):
        table = pd.DataFrame({"customer_id": ["C-0001", "tan@shop.sg"], "seen": ["a", "lim@shop.sg"]})
        assert Gate().table(table)["customer_id"].tolist() == ["C-0001", "[held back]"]
        shown = Gate(reveal=True).table(table)
        assert shown["customer_id"].tolist() == ["C-0001", "tan@shop.sg"] and shown["seen"].tolist() == ["a", "[mail]"]
        byname = Gate(reveal=True).table(pd.DataFrame({"n": [1]}, index=pd.Index(["lim@shop.sg"], name="place")))
        assert byname.index[0] == "[mail]"

    def test_data_about_nobody_pass(self):
        table = pd.DataFrame({"phone": ["01234567"]})
        assert Gate(personal=False).table(table) is table and Gate(personal=False, k=5).smallest == 1 < Gate().smallest
        assert "card says" in Gate(personal=False).ids(table, "phone").method
