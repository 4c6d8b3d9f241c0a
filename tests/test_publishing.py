"""What a page shows of the audit tells of no few persons, and its finding is never one about them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlearn import audit, datasets, transactions
from crmlearn.audit import Exhibit
from crmlearn.reports import published
from crmlearn.reports.publishing import COUNTS, LABELS, PLAIN


def small(table, k):
    return [c for c in COUNTS if c in table and ((table[c] > 0) & (table[c] < k)).any()]


def log(customers, orders, seed):
    random = np.random.default_rng(seed)
    who = random.integers(0, customers, orders)
    return pd.DataFrame(
        {
            "customer_id": [f"C{w:03d}" for w in who],
            "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 700, orders), "D"),
            "amount": np.round(random.gamma(2, 20, orders) + 0.01, 2),
            "category": random.choice(["tea", "茶", "kopi"], orders),
        }
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 60), st.integers(2, 300), st.integers(0, 1000), st.integers(2, 12))
def test_no_row_tells_of_fewer_customers_than_it_may(customers, orders, seed, k):
    tx = transactions.clean(log(customers, orders, seed)).tx
    try:
        made = audit.exhibits(tx, "2025-12-31", period="2025", before="2024", steps="Q", margin=0.3)
    except audit.Unbalanced:
        raise
    except transactions.cleaning.Refusal:
        return
    for exhibit in made.shown:
        title, table, note, _ = published(exhibit, k, customers)
        assert not small(table, k), exhibit.name
        hidden = bool(note)
        assert (title == exhibit.title) != hidden or title in PLAIN.values()
        assert not {"lowest", "highest"} & set(table.columns)


def test_a_single_hidden_row_could_be_found_as_the_rest_so_its_neighbour_goes_with_it():
    table = pd.DataFrame({"group": ["lost", "kept", "new"], "customers": [40, 3, 70], "profit_first": [9.0, 2.0, 0.0]})
    shown = published(Exhibit("lost_kept_new", 2, "3 of 43 customers ordered again", table, "overlap"))
    assert shown.title == "Customers lost, kept and new" and shown.table.customers.isna().tolist() == [
        True,
        True,
        False,
    ]
    assert shown.table.profit_first.isna().tolist() == [True, True, False] and "fewer than 5" in shown.note
    assert table.customers.tolist() == [40, 3, 70]  # the exhibit itself is left as it was


def test_within_a_cohort_too():
    table = pd.DataFrame({"cohort": ["a", "a", "a", "b", "b"], "age": [0, 1, 2, 0, 1], "active": [50, 9, 2, 40, 30]})
    shown = published(Exhibit("cohorts_compared", 4, "t", table, "cohort_grid"))
    assert shown.table.active.isna().tolist() == [False, True, True, False, False]


def test_what_hides_nothing_keeps_its_finding():
    table = pd.DataFrame({"kind": ["profit", "loss"], "customers": [40, 12], "profit": [9.0, -2.0]})
    exhibit = Exhibit("unprofitable", 1, "12 customers made a loss", table, "shares")
    assert published(exhibit).title == exhibit.title and published(exhibit).note == ""


def test_curves_and_ranks_of_a_small_base_are_coarser():
    tx = transactions.clean(log(60, 400, 1)).tx
    by_name = {e.name: e for e in audit.exhibits(tx, "2025-12-31", "2025", margin=0.3).shown}
    n = tx[tx.date.dt.year == 2025].customer_id.nunique()
    curve = published(by_name["lorenz"], 5, n).table.share_of_customers
    assert (curve.diff().dropna() * n >= 5 - 1e-9).all() and len(by_name["lorenz"].table) == n + 1
    assert "best 1%" not in published(by_name["concentration"], 5, n).table.measure.tolist()


def test_every_exhibit_has_a_plain_name_and_every_column_is_known():
    tx = transactions.clean(transactions.read(datasets.load("firm/orders")).tx).tx
    raw = transactions.read(datasets.load("firm/orders")).tx
    made = audit.exhibits(tx, "2025-12-28", "2025", before="2024", with_refunds=raw, acquisition_cost=12)
    for exhibit in made.shown:
        assert exhibit.name.split(":")[0] in PLAIN
        texts = [c for c in exhibit.table.columns if exhibit.table[c].dtype.kind not in "iuf"]
        assert set(texts) <= {*LABELS, "profit_is", "unit", "note", "counts", "caveat"}, exhibit.name


@pytest.mark.parametrize("k", [1])
def test_for_ones_own_eyes_everything_stands(k):
    table = pd.DataFrame({"kind": ["profit", "loss"], "customers": [40, 1], "profit": [9.0, -2.0]})
    assert published(Exhibit("unprofitable", 1, "t", table, "shares"), k).table.equals(table)
