"""What a page shows of the audit tells of no few persons: in no row, in no rest, on no curve."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlearn import audit, datasets, transactions
from crmlearn.audit import Exhibit, Exhibits
from crmlearn.errors import Refusal
from crmlearn.reports import publishable
from crmlearn.reports.publishing import COUNTS, CURVES, RESTS


def log(customers, orders, seed, loss=0):
    random = np.random.default_rng(seed)
    who = random.integers(0, customers, orders)
    amount = np.round(random.gamma(2, 20, orders) + 0.01, 2)
    return pd.DataFrame(
        {
            "customer_id": [f"C{w:03d}" for w in who],
            "date": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 700, orders), "D"),
            "amount": amount,
            "margin": np.where(who < loss, -amount, 0.4 * amount),
            "category": random.choice(["tea", "茶", "kopi"], orders),
        }
    )


def one(name, table, k=5, customers=1000):
    return publishable(Exhibits([Exhibit(name, 1, "a finding", table, "")], [], "revenue"), k, customers)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 150), st.integers(2, 500), st.integers(0, 1000), st.integers(2, 12), st.integers(0, 6))
def test_nothing_that_is_shown_tells_of_fewer_customers_than_it_may(customers, orders, seed, k, loss):
    tx = transactions.clean(log(customers, orders, seed, loss)).tx
    try:
        made = audit.exhibits(tx, "2025-12-31", period="2025", before="2024", steps="Q")
    except Refusal:
        return  # such as no order in the period
    n = tx[tx.date.dt.year == 2025].customer_id.nunique()
    shown, left_out = publishable(made, k, n)
    assert len(shown) + len(left_out) == len(made.shown)
    for _, table, exhibit in shown:
        parts = [table[c] for c in COUNTS if c in table]
        parts += [table[a] - table[b] for a, b in RESTS if a in table and b in table]
        assert not any(((p > 0) & (p < k)).any() for p in parts), exhibit.name
        assert exhibit.name not in CURVES or n >= 20 * k
        assert not {"lowest", "highest"} & set(table.columns)
    few_losses = 0 < (tx[tx.date.dt.year == 2025].groupby("customer_id").margin.sum() < 0).sum() < k
    assert not few_losses or not {e.name for _, _, e in shown} & {"unprofitable", "equal_profit", "lorenz"}


def test_the_curve_is_drawn_and_not_listed(tmp_path):
    from openpyxl import load_workbook

    from crmlearn import reports

    run = reports.run("customer_base", None, tmp_path, bootstraps=20)
    assert "Lorenz curve" in run.page.read_text(encoding="utf-8")
    book = load_workbook(run.folder / "exhibits.xlsx", read_only=True)
    assert "concentration" in book.sheetnames and not [name for name in book.sheetnames if "lorenz" in name]


def test_a_rest_counts_too():
    table = pd.DataFrame({"cohort": ["a"], "customers": [90], "observed": [77], "repeated": [76]})
    assert one("repeat_rates", table)[1] == [("repeat_rates", "it would tell of fewer than 5 customers")]
    assert one("repeat_rates", table.assign(repeated=60))[1] == []


def test_a_step_in_a_running_count_counts_too():
    table = pd.DataFrame({"period": ["a", "b"], "active": [50, 60], "acquired_so_far": [50, 51]})
    assert one("acquisition", table)[0] == []


def test_a_small_step_of_a_bridge_joins_its_neighbour_and_the_sum_stays():
    steps = ["2024", "lost", "kept down", "kept same", "kept up", "new", "back", "2025"]
    change, people = [100.0, -10, -5, 0, 20, 30, 1, 136], [50, 10, 15, 1, 24, 30, 2, 72]
    table = pd.DataFrame({"step": steps, "change": change, "customers": people, "total": [True, *[False] * 6, True]})
    ((_, shown, _),) = one("bridge", table)[0]
    assert shown.step.tolist() == ["2024", "lost", "kept down", "kept up or same", "new or back", "2025"]
    assert shown[~shown.total].change.sum() == 36 and shown[~shown.total].customers.sum() == 82
    assert table.step.tolist() == steps


def test_for_ones_own_eyes_everything_stands():
    table = pd.DataFrame({"kind": ["profit", "loss"], "customers": [40, 1], "profit": [9.0, -2.0]})
    assert len(one("unprofitable", table, k=1, customers=41)[0]) == 1


def test_the_firms_audit_is_shown_but_for_what_is_too_fine():
    raw = transactions.read(datasets.load("firm/orders")).tx
    tx = transactions.clean(raw).tx
    made = audit.exhibits(tx, "2025-12-28", "2025", before="2024", with_refunds=raw, acquisition_cost=12)
    n = tx[tx.date.dt.year == 2025].customer_id.nunique()
    shown, left_out = publishable(made, 5, n)
    names = {e.name for _, _, e in shown}
    assert {"bridge", "lost_kept_new", "lorenz", "whole_base", "cohorts_compared", "unit_economics"} <= names
    assert {"switching", "up_down"} <= names and not left_out


def test_switches_too_fine_to_show_are_shown_by_fifths_with_their_own_finding():
    tx = transactions.clean(log(400, 4000, 2)).tx
    made = audit.exhibits(tx, "2025-12-31", period="2025", before="2024")
    fine = next(e for e in made.shown if e.name == "switching")
    title, table, exhibit = next(s for s in publishable(made, 2, 300)[0] if s[2].name == "switching")
    assert set(table["from"]) == {"1", "2", "3", "4", "5", "not active"} and len(fine.table) == 120
    assert table["customers"].sum() == fine.table["customers"].sum()
    assert table["profit_second"].sum() == pytest.approx(fine.table["profit_second"].sum())
    assert table.groupby("from")["share_of_from"].sum().to_numpy() == pytest.approx(np.ones(6))
    best = table[table["from"] == "1"]
    stay, gone = (int(best.loc[best["to"] == to, "customers"].iloc[0]) for to in ("1", "not active"))
    assert title == exhibit.title != fine.title
    assert (
        f"the {best['customers'].sum():,} customers" in title
        and f"{stay:,} stayed" in title
        and f"{gone:,} did not" in title
    )


def test_orders_of_equal_value_stand_with_the_lower_ones_when_few():
    words = [(o, v) for o in ("more", "same", "fewer") for v in ("higher", "same", "lower")]
    table = pd.DataFrame(words, columns=["orders", "value_per_order"])
    table = table.assign(customers=[9, 1, 9, 9, 2, 9, 9, 0, 9], change=[1.0] * 9, profit_is="revenue")
    ((title, shown, _),) = one("up_down", table)[0]
    assert shown["customers"].tolist() == [9, 10, 9, 11, 9, 9] and shown["change"].sum() == 9
    assert title == "Of 57 kept customers 19 ordered more often, 18 less often"


@pytest.mark.parametrize("loss", [-1.0, 0.0])
def test_a_file_of_losses_is_told_as_it_is(tmp_path, loss):
    from crmlearn import reports

    tx = log(60, 700, 3).assign(margin=lambda t: loss * t.amount).drop(columns="category")
    tx.to_csv(tmp_path / "orders.csv", index=False)
    run = reports.run("customer_base", tmp_path / "orders.csv", tmp_path / "out", bootstraps=20)
    page = run.page.read_text(encoding="utf-8")
    assert any("add up to" in warning for warning in run.warnings) and "30 % of revenue here" not in page
