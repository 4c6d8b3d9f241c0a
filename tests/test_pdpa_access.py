"""A person's own data: all of it, nobody else's, and until when."""

import json
from datetime import date

import pandas as pd
import pytest

from crmlearn import datasets
from crmlearn.errors import Refusal
from crmlearn.pdpa import access, answer_by, must_port

TABLES = ("customers", "orders", "contacts", "consents", "tickets")


@pytest.fixture(scope="module")
def held():
    tables = {name: datasets.load(f"firm/{name}") for name in TABLES}
    return access("P00009", tables, "2025-08-01", uses=tables["contacts"])


def test_everything_of_the_person_and_nothing_of_others(held):
    assert len(held.tables["customers"]) == 1 and len(held.tables["orders"]) >= 5
    told = json.loads(held.to_json())
    assert {row["customer_id"] for rows in told["data"].values() for row in rows} == {"P00009"}
    assert len(told["data"]["orders"]) == (datasets.load("firm/orders").customer_id == "P00009").sum()


def test_uses_are_those_of_the_year_before(held):
    days = pd.to_datetime(held.uses["at"]).dt.date
    assert len(days) and days.min() > date(2024, 8, 1) and days.max() <= date(2025, 8, 1)


def test_files_that_machines_read_and_nothing_is_overwritten(held, tmp_path):
    folder = held.write(tmp_path / "out")
    assert {p.name for p in folder.iterdir()} == {f"{name}.csv" for name in (*TABLES, "uses")}
    assert pd.read_csv(folder / "orders.csv").customer_id.eq("P00009").all()
    with pytest.raises(Refusal, match="there already"):
        held.write(tmp_path / "out")


def test_thirty_days_and_fees():
    assert answer_by("2025-01-31").dates["answer, or say in writing when, by"] == date(2025, 3, 2)
    assert "no fee" in repr(answer_by("2025-01-31", "correction")) and "reasonable fee" in repr(answer_by("2025-01-31"))


def test_portability_is_a_dated_switch():
    assert "not in force" in repr(must_port("2026-11-22")) and must_port("2026-11-22").answer == "no"
    assert [must_port(day, "2028-07-01").answer for day in ("2028-06-30", "2028-07-01")] == ["no", "yes"]


def test_refusals():
    orders = pd.DataFrame({"customer_id": ["P1"], "amount": [1]})
    with pytest.raises(Refusal, match="nothing is held"):
        access("P2", {"orders": orders}, "2025-08-01")
    with pytest.raises(Refusal, match="customer_id"):
        access("P1", {"orders": orders.drop(columns="customer_id")}, "2025-08-01")
    with pytest.raises(Refusal, match="not a request"):
        answer_by("2025-08-01", "erasure")
