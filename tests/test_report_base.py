"""The customer base report on the firm: all of the audit, from two files, and its books."""

import re

import pytest
from openpyxl import load_workbook

from crmlearn import cli, datasets, reports, transactions
from crmlearn.errors import Refusal


def words(run):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", run.page.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def firm(tmp_path_factory):
    told = {"lines": "firm/order_lines", "acquisition_cost": 30, "currency": "S$", "bootstraps": 20}
    return reports.run("customer_base", "firm/orders", tmp_path_factory.mktemp("out"), **told)


@pytest.fixture(scope="module")
def book(firm):
    return load_workbook(firm.folder / "exhibits.xlsx", read_only=True)


def rows(book, sheet):
    head, *cells = book[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in cells]


def test_nothing_is_left_out_and_nobody_is_named(firm):
    text = words(firm)
    assert firm.status == "good" and firm.as_of == "2025-12-28" and "Left out" not in text
    ids = datasets.load("firm/customers")["customer_id"]
    everything = b"".join(path.read_bytes() for path in firm.folder.iterdir())
    assert not any(f"{i}<".encode() in everything or f'"{i}"'.encode() in everything for i in ids)


def test_a_currency_with_a_dollar_sign_is_text_and_no_formula(firm):
    text = words(firm)
    assert "are expected to bring 6" in text and "S&#36;" not in text and "<math" not in firm.page.read_text("utf-8")
    assert re.search(r"bring [\d,]+ S\$ of contribution if 42.% of revenue is contribution", text)


def test_products_come_from_the_lines_and_keep_the_orders_money(firm, book):
    tx = transactions.clean(transactions.read(datasets.load("firm/orders")).tx).tx
    year = tx[tx["date"] >= "2024-12-29"]
    told = rows(book, "penetration by category")
    assert {row["category"] for row in told} == set(datasets.load("firm/order_lines")["category"])
    assert sum(row["revenue"] for row in told) == pytest.approx(year["amount"].sum(), rel=1e-9)
    assert sum(row["profit"] for row in told) == pytest.approx(year["margin"].sum(), rel=1e-9)
    assert "130,049 lines of 72,691 orders" in words(firm)


def test_a_name_that_is_no_data_set_is_a_file_that_is_not_there(tmp_path):
    with pytest.raises(Refusal, match="The data file order cannot be read"):
        reports.run("customer_base", "firm/order", tmp_path)
    with pytest.raises(Refusal, match="The lines file order_line cannot be read"):
        reports.run("customer_base", "firm/orders", tmp_path, lines="firm/order_line")


def test_lines_that_fit_no_order_are_bad_input(tmp_path, capsys):
    (tmp_path / "lines.csv").write_text("order_id,category\nZ1,tea\n", encoding="utf-8")
    told = ["report", "customer_base", "--data", "firm/orders", "--out", str(tmp_path / "out")]
    assert cli.main([*told, "-p", f"lines={tmp_path / 'lines.csv'}"]) == 2
    assert "no line belongs to an order" in capsys.readouterr().err
