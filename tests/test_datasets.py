import csv
import re
import shutil

import nbformat
import pandas as pd
import pytest

from crmlearn import datasets, home, transactions
from crmlearn.errors import Refusal

FACTS = {"name", "title", "file", "sha256", "rows", "period", "currency", "source", "licence", "personal", "retrieved",
         "columns"}  # fmt: skip
EVERY_SET = pytest.mark.parametrize("name", datasets.names())


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of all data that a test may spoil."""
    shutil.copytree(home.folder("datasets"), tmp_path / "datasets")
    monkeypatch.setattr(home, "folder", lambda name: tmp_path / name)
    return tmp_path / "datasets"


@EVERY_SET
class TestCards:
    def test_every_fact_is_there(self, name):
        facts = datasets.card(name).facts
        assert set(facts) >= FACTS and all(said for fact, said in facts.items() if fact != "personal")
        assert facts["personal"] is (name == "cdnow")  # of the others nobody can be meant
        assert facts["name"] == name

    def test_every_column_is_described_and_no_other(self, name):
        file = datasets.path(name)
        if file.suffix == ".parquet":
            header = pd.read_parquet(file).columns.tolist()
        else:
            with file.open(encoding="utf-8-sig", newline="") as stream:
                header = next(csv.reader(stream))
        assert list(datasets.card(name).facts["columns"]) == header

    def test_the_fingerprint_and_the_number_of_rows_are_right(self, name):
        facts = datasets.card(name).facts
        assert datasets.sha256(datasets.path(name)) == facts["sha256"]
        assert len(datasets.load(name)) == facts["rows"]

    def test_the_text_says_what_a_row_is_and_what_is_wrong_with_it(self, name):
        text = datasets.card(name).text
        assert text.startswith("# ") and "**What one row is.**" in text and "**Known defects" in text

    def test_the_line_says_size_period_and_source(self, name):
        card = datasets.card(name)
        assert repr(card) == card.line and card._repr_markdown_() == card.text
        for part in (card.facts["title"], f"{card.facts['rows']:,} rows", card.facts["period"], card.facts["source"]):
            assert part in card.line

    def test_an_order_file_spans_the_period_on_its_card(self, name):
        facts = datasets.card(name).facts
        if "amount" not in facts["columns"]:
            return
        dates = transactions.read(datasets.path(name), date_order="DMY").tx["date"]
        assert facts["period"] == f"{dates.min():%Y-%m-%d} to {dates.max():%Y-%m-%d}"
        assert re.fullmatch("[A-Z]{3}", facts["currency"])


def test_the_readme_lists_every_set_with_its_rows():
    text = (home.folder("datasets") / "README.md").read_text(encoding="utf-8")
    for name in datasets.names():
        assert f"]({name}/card.md) |" in text, name
        if name.startswith("firm/"):
            row = next(line for line in text.splitlines() if f"]({name}/card.md)" in line)
            facts = datasets.card(name).facts
            assert f"| {facts['rows']:,} | {facts['file'].rpartition('.')[2]} |" in row, name


def chapters_that_load():
    """{table of the firm: the chapters whose page or exercise loads it}"""
    used = {name: set() for name in datasets.names() if name.startswith("firm/")}
    for folder in (home.folder("notebooks"), home.folder("exercises") / "solutions"):
        for file in folder.glob("[0-9]*.ipynb"):
            for cell in nbformat.read(file, as_version=4).cells:
                said = set(re.findall(r"[\"']([a-z_/]+)[\"']", cell.source)) if cell.cell_type == "code" else set()
                by_pieces = {f"firm/{word}" for word in said} if "firm/{" in cell.source else set()
                for name in used.keys() & (said | by_pieces):
                    used[name].add(file.stem[:2])
    return used


def test_a_card_of_the_firm_names_the_chapters_that_use_it():
    for name, chapters in chapters_that_load().items():
        said = f"Chapter{'s' * (len(chapters) > 1)} {', '.join(sorted(chapters))}." if chapters else "No chapter yet."
        assert f"**Used in.** {said}" in datasets.card(name).text, (name, said)


class TestLoad:
    def test_there_are_the_music_shop_and_the_renewals(self):
        assert {"cdnow", "renewals"} <= set(datasets.names())

    def test_numbers_of_customers_keep_their_zeros_and_dates_are_dates(self):
        orders = datasets.load("cdnow")
        assert orders["customer_id"].iloc[0] == "0001"
        assert pd.api.types.is_datetime64_dtype(orders["date"])

    def test_the_defects_on_the_card_of_cdnow_are_those_of_the_file(self):
        orders = datasets.load("cdnow")
        early = orders[orders["date"] < "1997-10-01"]
        text = datasets.card("cdnow").text
        assert orders.duplicated().sum() == 21 and "21 rows are exact copies" in text
        assert (early["amount"] == 0).sum() == 8 and "8 of the orders before 1 October 1997" in text
        assert early.duplicated(["customer_id", "date"]).sum() == 146 and "146 of the orders before" in text
        assert sorted(orders["customer_id"].unique()) == [f"{n:04d}" for n in range(1, 2358)]

    def test_money_in_cents_comes_in_dollars(self):
        stored, told = pd.read_parquet(datasets.path("firm/orders")), datasets.load("firm/orders")
        assert "amount_cents" not in told.columns and told.columns.tolist()[6:8] == ["amount", "margin"]
        assert (told["amount"] * 100).round().astype("int64").tolist() == stored["amount_cents"].tolist()
        assert datasets.load("firm/campaigns")["contact_cost"].tolist() == [0.04, 0.02, 0.09, 0.04, 0.04]

    def test_tables_of_the_firm_are_named_with_a_slash(self):
        assert len([name for name in datasets.names() if name.startswith("firm/")]) == 26
        assert datasets.card("firm/orders").folder.name == "orders"

    def test_dates_in_text_files_are_dates_and_a_mark_at_the_start_is_no_name(self):
        assert pd.api.types.is_datetime64_dtype(datasets.load("firm/staff")["left_on"])
        messy = datasets.load("firm/messy_orders")
        assert messy.columns[0] == "Order No" and all(pd.api.types.is_string_dtype(messy[c]) for c in messy)

    def test_renewals_are_the_published_percentages(self):
        # Fader & Hardie (2007), Journal of Interactive Marketing 21(1): per cent of customers left after each year.
        published = {
            "regular": [100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1, 22.3, 20.7, 19.4, 18.3, 17.3],
            "high_end": [100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7, 40.9, 39.4],
        }
        table = datasets.load("renewals")
        for cohort, percent in published.items():
            customers = table[table["cohort"] == cohort].sort_values("year")["customers"]
            assert customers.tolist() == [round(10 * p) for p in percent]


class TestRefusals:
    @pytest.mark.parametrize("spoil", [b"\n0001,1997-01-02,1,5.00", b"\n", b" "])
    def test_a_changed_file_is_refused(self, copy, spoil):
        with (copy / "cdnow" / "orders.csv").open("ab") as file:
            file.write(spoil)
        with pytest.raises(Refusal, match="'cdnow' was changed") as refusal:
            datasets.load("cdnow")
        assert "transactions.read" in refusal.value.try_

    def test_the_untouched_copy_is_not(self, copy):
        assert len(datasets.load("cdnow")) == 6919

    def test_a_removed_folder_takes_only_its_own_data_along(self, copy):
        shutil.rmtree(copy / "renewals")
        assert "renewals" not in datasets.names() and len(datasets.load("cdnow")) == 6919

    @pytest.mark.parametrize("name", ["cdnwo", "CDNOW", "", None, 3, "../cdnow"])
    def test_an_unknown_name_is_answered_with_those_there_are(self, name):
        with pytest.raises(Refusal, match="no data set") as refusal:
            datasets.load(name)
        assert "cdnow, " in refusal.value.saw and refusal.value.try_.startswith("datasets.load('")

    def test_the_truth_is_known_of_the_firm_only(self):
        with pytest.raises(Refusal, match="nobody knows the truth about 'cdnow'"):
            datasets.truth("cdnow")

    def test_a_slip_in_the_firm_is_answered_too(self):
        with pytest.raises(Refusal) as refusal:
            datasets.load("firm/order")
        assert refusal.value.try_ == "datasets.load('firm/orders')"

    def test_a_slip_is_answered_with_the_nearest(self):
        with pytest.raises(Refusal) as refusal:
            datasets.card("cdnwo")
        assert refusal.value.try_ == "datasets.load('cdnow')"
