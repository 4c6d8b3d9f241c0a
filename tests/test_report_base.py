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
    assert re.search(r"bring [\d,]+ S\$ ?of profit, at the margin of the file, 42 % of revenue", text)


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


def test_the_raw_export_makes_the_same_page_as_the_clean_orders(tmp_path, firm):
    told = {
        "timezone": "Asia/Singapore",
        "grain": "order",
        "currency": "SGD",
        "start": "2023-01-01",
        "duplicates": "drop",
    }
    money = dict.fromkeys(("tax", "shipping", "discounts"), "subtract")
    run = reports.run("customer_base", "firm/messy_orders", tmp_path, bootstraps=20, **told, **money)
    told = r"placed 70,317 orders worth 4,185,069 \S+ between 02 January 2023 and 28 December 2025"
    assert re.search(told, words(run)) and re.search(told, words(firm)) and run.status == "good"


def test_amounts_that_may_hold_tax_and_old_dates_are_warned_of(tmp_path):
    told = {"timezone": "Asia/Singapore", "grain": "order", "currency": "SGD"}
    run = reports.run("customer_base", "firm/messy_orders", tmp_path, bootstraps=20, **told)
    assert any("columns for tax, shipping, discounts" in text for text in run.warnings)
    assert any("start=YYYY-MM-DD" in text and "15 January 1998" in text for text in run.warnings)
    assert not re.search(r"rules found nothing:[^.]*(tax|shipping|discounts)", words(run))


@pytest.mark.parametrize("rule", ["refunds", "zeros", "same_day", "duplicates", "cancelled", "tax", "shipping"])
def test_a_rule_of_cleaning_is_no_file(rule, tmp_path):
    choice = {"same_day": "keep", "tax": "subtract", "shipping": "add"}.get(rule, "refuse")
    with pytest.raises(Refusal) as refused:
        reports.run("customer_base", "firm/none", tmp_path, **{rule: choice})
    assert f"{rule} file" not in str(refused.value) and "data file" in str(refused.value)


def test_a_refusal_is_said_as_somebody_types_it(tmp_path, capsys):
    told = ["report", "customer_base", "--data", "firm/messy_orders", "--out", str(tmp_path)]
    for more, said in (
        ([], "-p timezone=Asia/Singapore"),
        (["-p", "timezone=Asia/Singapore"], "-p grain=line"),
        (["-p", "timezone=Asia/Singapore", "-p", "grain=order"], "-p currency=SGD to keep one"),
    ):
        assert cli.main([*told, *more]) == 2
        assert f"Try: {said}" in capsys.readouterr().err
