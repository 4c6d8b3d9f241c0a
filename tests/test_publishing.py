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
        f"the {best['customers'].sum():,} customers of the best fifth" in title
        and f"{stay:,} are in it again" in title
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


def day(n):
    return pd.Timestamp("2024-01-01") + pd.Timedelta(days=n)


def orders(rows):
    return pd.DataFrame(rows, columns=["customer_id", "date", "amount", "margin"])


def published(tx, name, customers, k=5, **terms):
    """The table that is shown, or None."""
    terms = {"as_of": "2025-12-31", "period": "2025", "steps": "Y"} | terms
    shown, _ = publishable(audit.exhibits(tx, **terms), k, customers)
    return next((table for _, table, e in shown if e.name == name), None)


class TestWhatTellsOfFewByAnotherWay:
    def test_a_period_of_three_in_the_factors(self):
        few = [(f"a{i}", day(10), 50.0 + i, 20.0 + i) for i in range(3)]
        tx = orders(few + [(f"b{i}", day(400 + i % 50), 50.0 + i, 20.0 + i) for i in range(60)])
        assert published(tx, "bridge:factors", 60, before="2024") is None
        assert published(tx, "bridge:factors", 60, before="2024", k=3) is not None

    def test_two_who_returned_and_three_who_were_watched(self):
        new = [(f"c{i}", day(400), 10.0 + i, 5.0) for i in range(50)]
        old = [
            ("o0", day(0), 5.0, 2.0),
            ("o1", day(0), 5.0, 2.0),
            ("o0", day(400), 777.0, 2.0),
            ("o1", day(400), 5.0, 2.0),
        ]
        assert published(orders(new + old + [(f"x{i}", day(0), 5.0, 2.0) for i in range(20)]), "dashboard", 52) is None
        young = [(f"c{i}", day(700), 10.0, 5.0) for i in range(50)] + [
            (f"c{i}", day(701), 10.0, 5.0) for i in range(50)
        ]
        assert published(orders(young + [(f"o{i}", day(200), 5.0, 2.0) for i in range(3)]), "dashboard", 53) is None

    def test_the_rhythm_of_one_customer(self):
        many = [(f"c{i}", day(j * 30), 10.0, 5.0) for i in range(50) for j in range(4)]
        tx = orders(many + [("H", day(j * 3), 10.0, 5.0) for j in range(100)])
        assert published(tx, "time_between_orders", 51, period="2024") is None
        assert published(orders(many), "time_between_orders", 50, period="2024") is not None

    def test_one_loss_among_gains(self):
        tx = [(f"k{i}", day(100), 10.0, 5.0) for i in range(20)]
        tx += [(f"k{i}", day(400), 12.0, 6.0 if i else -900.0) for i in range(20)]
        assert "change_down" not in published(orders(tx), "up_down", 20, before="2024")

    def test_those_who_did_not(self):
        tx = orders([(f"c{i}", day(400), 10.0, 5.0) for i in range(100)]).assign(category=["tea"] * 97 + ["cup"] * 3)
        tx = pd.concat([tx, tx.head(20).assign(category="cup")], ignore_index=True)
        assert published(tx, "penetration:category", 100) is None
        free = orders([(f"c{i}", day(i % 300), 0.0 if i < 2 else 10.0 + i, 5.0) for i in range(150)])
        back = orders([(f"c{i}", day(310), -2.0, -1.0) for i in range(2, 150)])
        terms = {"period": "2024", "with_refunds": pd.concat([free, back])}
        assert published(free, "spread", 150, **terms) is None and published(free, "refunds", 150, **terms) is None
        tx = orders([(f"c{i}", day(0 if i < 40 else 60), 10.0, 5.0) for i in range(42)]
                    + [(f"c{i}", day(9), 1.0, 1.0) for i in range(10)])  # fmt: skip
        terms = {"as_of": day(100), "period": "2024", "steps": "Q", "within_days": 90}
        assert published(tx, "repeat_rates", 42, **terms) is None


class TestLabels:
    def made(self, labels):
        rows = [(f"c{i % 50}", day(400 + i % 300), 5.0, 2.0) for i in range(600)]
        tx = orders(rows).assign(category=[labels[i % len(labels)] for i in range(600)])
        return publishable(audit.exhibits(tx, "2026-12-31", "2025"), 5, 50)

    def test_an_address_is_masked_in_the_finding_too(self):
        shown, _ = self.made(["tan.mei@shop.sg", "tea"])
        title, table = next((t, table) for t, table, e in shown if e.name == "penetration:category")
        assert "tan.mei" not in title and "[mail]" in title and set(table["category"]) == {"[mail]", "tea"}
        assert all("tan.mei" not in t and "tan.mei" not in e.title for t, _, e in shown)

    def test_labels_that_cannot_be_told_apart_when_masked_are_left_out(self):
        shown, left_out = self.made(["9556001234567", "9556009999999", "8885551112223"])
        assert not any(e.name == "penetration:category" for _, _, e in shown)
        assert "masked" in dict(left_out)["penetration:category"]

    def test_polars_tables_are_published_too(self):
        import polars as pl

        tx = pl.from_pandas(log(120, 1000, 3))
        shown, _ = publishable(audit.exhibits(tx, "2025-12-31", "2025"), 5, 120)
        assert {"spread", "lorenz"} <= {e.name for _, _, e in shown}
