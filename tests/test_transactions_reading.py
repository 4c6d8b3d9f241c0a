import csv
import io
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlearn import datasets
from crmlearn.errors import Refusal
from crmlearn.transactions import Policy, clean, read
from crmlearn.transactions.dates import parse_dates

ENGINES = pytest.mark.parametrize("engine", [pd, pl], ids=["pandas", "polars"])
HEADER = "customer_id,date,amount\n"
TWO = {"customer_id": ["a", "b"], "date": ["2021-03-01", "2021-03-02"], "amount": [5.0, 6.0]}


@pytest.fixture
def file(tmp_path):
    """Write a file and read it: file(text, its encoding, what read is told) -> Read."""

    def write(text, written_in="utf-8", /, name="orders.csv", **told):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(written_in))
        return read(path, **told)

    return write


def column(read_, name):
    """A column as plain values, with None where something is missing."""
    return [None if value is None or value != value else value for value in read_.tx[name].to_list()]


def days(read_):
    return [f"{value:%Y-%m-%d}" for value in read_.tx["date"].to_list()]


def refused(how, *parts):
    """What was refused, which must hold all parts."""
    with pytest.raises(Refusal) as refusal:
        how()
    text = str(refusal.value)
    assert len(text.splitlines()) % 3 == 0 and all(text.splitlines())
    for part in parts:
        assert part in text
    return text


def one(amounts=("5",), dates=None, separator=";"):
    """A file with these amounts or dates and nothing else to worry about."""
    dates = dates or ["2021-03-01"] * len(amounts)
    amounts = amounts if len(amounts) == len(dates) else ["5"] * len(dates)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(["customer_id", "date", "amount"])
    writer.writerows([f"c{n}", day, amount] for n, (day, amount) in enumerate(zip(dates, amounts, strict=True)))
    return text.getvalue()


class TestPublished:
    def test_the_cdnow_sample_as_lifetimes_ships_it(self):
        # Fader & Hardie (2001): 2,357 customers who first bought in the first twelve weeks of 1997, until June 1998.
        log = read(datasets.path("cdnow"))
        assert len(log.tx) == 6919 and log.tx["customer_id"].nunique() == 2357
        assert days(log)[0] == "1997-01-01" and f"{log.tx['date'].max():%Y-%m-%d}" == "1998-06-30"
        assert log.tx["amount"].sum() == pytest.approx(244_091.94, abs=0.005)
        assert log.notes == ("not used: cds",)
        assert log.tx.groupby("customer_id")["date"].min().max() == datetime(1997, 3, 25)

    def test_a_table_gives_what_its_file_gives(self):
        frame = pl.read_csv(datasets.path("cdnow"), schema_overrides={"customer_id": pl.String})
        assert read(frame).tx.equals(pl.from_pandas(read(datasets.path("cdnow")).tx))


class TestTextFiles:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
    def test_finds_the_encoding_by_its_mark(self, file, encoding):
        assert column(file(HEADER + "é,2021-03-01,5\n", encoding), "customer_id") == ["é"]

    def test_a_mark_is_stronger_than_what_was_said(self, file):
        assert column(file(HEADER + "é,2021-03-01,5\n", "utf-8-sig", encoding="utf-8"), "customer_id") == ["é"]

    @pytest.mark.parametrize("rows", [1, 50_000], ids=["near the top", "far below"])
    def test_refuses_another_encoding_and_takes_it_when_said(self, file, rows):
        text = HEADER + "a,2021-03-01,5\n" * rows + "é,2021-03-01,5\n"
        refused(lambda: file(text, "cp1252"), "not written in utf-8", "encoding='cp1252'")
        log = file(text, "cp1252", encoding="cp1252")
        assert column(log, "customer_id")[-1] == "é" and "cp1252, as said" in log.notes[0]

    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    def test_finds_the_separator(self, file, separator):
        log = file(one(["12.5"], separator=separator))
        assert column(log, "amount") == [12.5]
        assert (separator == ",") == (not log.notes)

    @pytest.mark.parametrize("said", ["sep=;\n", "SEP=;\r\n"])
    def test_knows_excels_line_about_the_separator(self, file, said):
        assert column(file(said + one(["1.234,50"])), "amount") == [1234.5]
        refused(lambda: file(said + one(["x"])), "row 2: a text of 1 character", "the header is row 1")

    def test_rows_keep_the_numbers_that_a_spreadsheet_shows(self, file):
        refused(lambda: file(f"\n\n{HEADER}\na,2021-03-01,5\n\n,,\nb,2021-03-01,x\n"), "row 8:")
        refused(lambda: file(f'{HEADER}"a\nb",2021-03-01,5\nb,2021-03-01,x\n'), "row 3:")
        refused(lambda: file(f"{HEADER}\na,2021-03-01,5\nb,,5\n"), "every order needs a date", "is row 4")
        refused(lambda: file(f"{HEADER}\na,2021-03-01,5\nb,2021-03-01,\n"), "every order needs an amount", "in row 4")

    def test_leaves_out_empty_rows_and_columns_without_a_name(self, file):
        log = file("customer_id,date,amount,,\na,2021-03-01,5,,\n,,,,\n   \nb,2021-03-02,6,,x\n")
        assert column(log, "amount") == [5, 6]
        assert log.notes == ("left out, because it has no name: column 5", "2 empty rows left out")

    @pytest.mark.parametrize("tail", [",", ",,,,", " , "])
    def test_separators_at_the_ends_of_rows_do_no_harm(self, file, tail):
        assert column(file(f"{HEADER}a,2021-03-01,5{tail}\nb,2021-03-02,6\n"), "amount") == [5, 6]

    @pytest.mark.parametrize(
        ("rows", "place"),
        [
            ("a,2021-03-01,5\nb,2021-03-02,1,234\n", "row 3"),
            ("a,2021-03-01,5\n\nb,2021-03-02,1,234,567\n", "row 4: 5 fields"),
            ("a,2021-03-01,1,234\nb,2021-03-02,6\n", "row 2"),
            ("a,2021-03-01,1,234\nb,2021-03-02,1,234\n", "row 2"),
            ("\na,2021-03-01,1,234\n", "row 3"),
            ("\na,2021-03-01,1,234,567\nb,2021-03-02,6\n", "row 3: 5 fields"),
        ],
    )
    def test_refuses_rows_that_are_too_long(self, file, rows, place):
        refused(lambda: file(HEADER + rows), "more fields than the header has names (3)", place)

    def test_names_may_stand_among_blanks_and_old_macs_end_lines(self, file):
        log = file(" customer_id , Order Date,  Amount \r a , 2021-03-01 , 5 \r")
        assert column(log, "customer_id") == ["a"] and column(log, "amount") == [5]

    @pytest.mark.parametrize(
        ("text", "wrong"),
        [
            ("", "is empty"),
            ("\n\n  \n", "has no rows"),
            (HEADER, "has no rows"),
            (HEADER + ",,\n,,\n", "has no rows"),
            ("Sales of the year\n" + HEADER, "its first line has one field"),
            ("<html><body>", "its first line has one field"),
            ("ann@shop.sg,2021-03-01,5\nb,2021-03-02,6\n", "looks like data"),
            ("Tan,C,01/03/2021\n", "looks like data"),
            ("customer_id,date,amount,amount\na,2021-03-01,5,5\n", "two columns of one name"),
            ("customer_id,date,amount,Amount\na,2021-03-01,5,5\n", "more than one column could be 'amount'"),
            (f'{HEADER}a,2021-03-01,5\nb,2021-03-02,"6\n', "never closes"),
            ("name,when,price\na,2021-03-01,5\n", "transactions need 'customer_id', 'date', 'amount'"),
            (b"PK\x03\x04", "is an Excel workbook"),
            (b"\xd0\xcf\x11\xe0", "is an Excel workbook"),
            (b"\x1f\x8b\x08", "is gzip-packed"),
            (HEADER.encode("utf-16-le"), "is no text file"),
            (bytes(range(256)), "is no text file"),
        ],
    )
    def test_refuses_what_is_no_file_of_orders(self, file, text, wrong):
        refused(lambda: file(text), wrong)

    def test_refuses_what_is_no_file_at_all(self, file, tmp_path):
        for source, wrong in (
            (tmp_path / "no.csv", "there is no file no.csv"),
            (tmp_path, "is a folder"),
            ("https://shop.sg/orders.csv", "no addresses"),
            ("x" * 5000, "cannot be opened"),
            (HEADER + "Tan Ah Kow,2021-03-01,5\n", "the name of a file"),
            (None, "needs a file or a table"),
            ([1, 2], "needs a file or a table"),
            (np.array([1]), "needs a file or a table"),
        ):
            assert "Tan Ah Kow" not in refused(lambda source=source: read(source), wrong)
        refused(lambda: file(b"hello", name="orders.parquet"), "no readable Parquet file")

    @pytest.mark.parametrize(
        ("told", "wrong"),
        [
            ({"encoding": "klingon"}, "no encoding 'klingon'"),
            ({"encoding": "base64"}, "no encoding 'base64'"),
            ({"separator": ";;"}, "one character"),
            ({"separator": 5}, "one character"),
            ({"separator": ";"}, "its first line has one field"),
            ({"grain": "lines"}, "grain='lines' is not a choice"),
            ({"grain": "line"}, "need order ids"),
            ({"once_per_order": ["tax"]}, "need order ids"),
            ({"date_order": "dmy"}, "date_order='dmy' is not a choice"),
            ({"columns": ["amount"]}, "pairs of names"),
            ({"columns": {"amount": "Total"}}, "no column 'Total'"),
            ({"columns": {"Total": "amount"}}, "knows no column 'Total'"),
            ({"columns": {"amount": "amount", "tax": "amount"}}, "cannot be two things"),
        ],
    )
    def test_refuses_what_it_is_told_wrongly(self, file, told, wrong):
        refused(lambda: file(HEADER + "a,2021-03-01,5\n", **told), wrong)


class TestMapping:
    def test_shows_what_it_guessed(self):
        log = read(
            pd.DataFrame({"Client": ["a"], "OrderDate": ["2021-03-01"], "qty": ["2"], "Price": [5], "Shop": ["x"]})
        )
        assert log.mapping["column"].tolist() == ["customer_id", "date", "quantity", "unit_price", "amount"]
        assert log.mapping["in_file"].tolist()[:4] == ["Client", "OrderDate", "qty", "Price"]
        assert column(log, "amount") == [10] and "amount       <- - (qty times Price)" in repr(log)
        assert "not used: Shop" in repr(log)

    def test_never_chooses_between_two(self):
        two = {"client": ["a"], "user_id": ["b"], "order_date": ["2021-03-01"], "day": ["2021-03-01"], "total": [5]}
        text = refused(lambda: read(pd.DataFrame(two)), "could be 'customer_id'", "could be 'date'")
        assert "columns={'date': 'order_date'}" in text
        said = read(pd.DataFrame(two), {"customer_id": "client", "date": "day"})
        assert dict(zip(said.mapping["column"], said.mapping["found"], strict=True))["date"] == "as you said"

    def test_a_price_is_no_amount_until_it_is_said(self):
        table = pd.DataFrame({"client": ["a"], "date": ["2021-03-01"], "price": [5]})
        refused(lambda: read(table), "need 'amount'", "columns={'amount': 'price'}")
        assert column(read(table, {"amount": "price"}), "amount") == [5]

    def test_the_page_shows_it_without_running_anything(self):
        table = pd.DataFrame({"customer_id": ["a"], "date": ["2021-03-01"], "<b>amount</b>": [5]})
        html = read(table, {"amount": "<b>amount</b>"})._repr_html_()
        assert "&lt;b&gt;amount" in html and "<b>" not in html and "1 order." in html

    def test_a_column_test_that_says_neither_yes_nor_no_is_left_alone(self):
        log = read(pd.DataFrame({**TWO, "test": ["A", "B"]}))
        assert "is_test" not in log.tx.columns and "neither yes nor no" in log.notes[0]
        refused(lambda: read(pd.DataFrame({**TWO, "is_test": ["A", "B"]})), "neither yes nor no")


class TestAmounts:
    @pytest.mark.parametrize(
        ("texts", "values"),
        [
            (["1e12", "-0.00"], [1e12, 0]),
            (["(12.50)", "12.50-", "-12.50", "−12.50"], [-12.5] * 4),
            (["S$1,234.50", "S$-5", "-S$5", "(S$5)", "S$(5)"], [1234.5, -5, -5, -5, -5]),
            (["1.234,50", "7"], [1234.5, 7]),
            (["USD 5", "5 USD", "5"], [5] * 3),
            (["1 234,50", "1'234,50", "1\u00a0234,50"], [1234.5] * 3),
            (["12.50", "1,234"], [12.5, 1234]),
            (["12,50", "1,234"], [12.5, 1.234]),
            (["1,234,567"], [1_234_567]),
            (["1.234.567"], [1_234_567]),
            (["5.", ".5", "1e5", "1E+05"], [5, 0.5, 1e5, 1e5]),
            (["999999999999999"], [999_999_999_999_999]),
        ],
    )
    def test_reads_what_has_one_meaning(self, file, texts, values):
        log = file(one(texts))
        assert column(log, "amount") == values
        assert not any(np.signbit(v) for v in column(log, "amount") if v == 0)

    @pytest.mark.parametrize(
        "text",
        ["abc", "inf", "-Infinity", "1e999", "1e15", "--5", "(-5)", "12%", "-", "1,23,456.00", "1_000", "=A1", "5 CR"],
    )
    def test_refuses_what_is_no_finite_number(self, file, text):
        refused(lambda: file(one(["1.25", text])), "no finite numbers below 1e15 (1 different)", "row 3: ")

    @pytest.mark.parametrize("text", ["", "  ", "NaN", "n/a", "NULL", "None", "#N/A"])
    def test_a_blank_is_a_hole_and_holes_are_refused(self, file, text):
        refused(lambda: file(one(["1", text])), "every order needs an amount", "row 3")

    @pytest.mark.parametrize("texts", [["1,234"], ["1,234", "7"], ["1.234"]])
    def test_asks_where_both_readings_fit(self, file, texts):
        refused(lambda: file(one(texts)), "can be read in two ways", "1234 or 1.234", "decimal='.' or decimal=','")
        sign = texts[0][1]
        assert column(file(one(texts), decimal=sign), "amount")[0] == 1.234
        assert column(file(one(texts), decimal="," if sign == "." else "."), "amount")[0] == 1234

    @pytest.mark.parametrize("texts", [["12.50", "12,50"], ["1,234.50", "1.234,50"]])
    def test_refuses_a_mixture_of_decimal_signs(self, file, texts):
        refused(lambda: file(one(texts)), "mixes decimal commas and decimal points")

    def test_a_decimal_sign_that_does_not_fit_is_refused(self, file):
        refused(lambda: file(one(["5.50", "7"]), decimal=","), "row 2: '5.50'", "decimal='.' if that fits")

    def test_refuses_two_currency_signs_unless_a_column_tells_the_currency(self, file):
        refused(lambda: file(one(["$5", "€6"])), "more than one currency sign", "row 2: $; row 3: €")
        assert "amount: the sign S$ was taken off" in file(one(["S$5", "6"])).notes
        log = file("customer_id,date,amount,currency\na,2021-03-01,$5,usd\nb,2021-03-01,€6,EUR\n")
        assert column(log, "currency") == ["USD", "EUR"]
        refused(lambda: clean(log.tx), "more than one currency")

    def test_says_when_one_amount_dwarfs_all_others(self, file):
        log = file(one(["5", "6", "1e12"]))
        assert "the largest amount, in row 4, is more than 10,000 times the median" in log.notes

    @ENGINES
    def test_numbers_of_a_table(self, engine):
        for values in ([5, 6], [Decimal("5"), Decimal("6.0")], [5.0, 6.0]):
            assert column(read(engine.DataFrame({**TWO, "amount": values})), "amount") == [5, 6]
        zero = column(read(engine.DataFrame({**TWO, "amount": [-0.0, 1.0]})), "amount")[0]
        assert zero == 0 and not np.signbit(zero)
        for hole in (None, float("nan")):
            table = engine.DataFrame({**TWO, "amount": [5.0, hole]})
            refused(lambda table=table: read(table), "every order needs an amount", "row 1")
        for huge in (float("inf"), float("-inf"), 1e15):
            table = engine.DataFrame({**TWO, "amount": [5.0, huge]})
            refused(lambda table=table: read(table), "row 1", "the first row is row 0")

    @given(
        st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20),
        st.sampled_from([("{:,.2f}", ","), ("{:.2f}", "")]),
        st.booleans(),
        st.sampled_from(["", "S$", "EUR "]),
    )
    @settings(deadline=None, max_examples=60)
    def test_amounts_written_anyhow_come_back(self, cents, form, comma, sign):
        texts = [sign + form[0].format(c / 100) for c in cents]
        if comma:
            texts = [t.translate(str.maketrans(",.", ".,")) for t in texts]
        table = pd.DataFrame({"customer_id": "a", "date": "2021-03-01", "amount": texts})
        assert column(read(table), "amount") == [c / 100 for c in cents]


class TestCents:
    def test_a_column_of_cents_is_read_as_units_and_said(self, file):
        log = file("customer_id,date,amount_cents,Margin Cents\na,2021-03-01,1250,-5\n")
        assert column(log, "amount") == [12.5] and column(log, "margin") == [-0.05]
        assert "amount: 'amount_cents' holds cents, so it was divided by 100" in log.notes
        again = file("customer_id,date,amount_cents,Margin Cents\na,2021-03-01,1250,-5\n", **log.terms)
        assert column(again, "amount") == [12.5] and column(again, "margin") == [-0.05]

    def test_units_are_taken_where_both_stand(self, file):
        log = file("customer_id,date,amount_cents,amount\na,2021-03-01,1250,12.50\n")
        assert column(log, "amount") == [12.5] and log.seen.unused == ("amount_cents",)

    def test_pieces_are_no_money(self, file):
        log = file("customer_id,date,quantity,price_cents\na,2021-03-01,3,250\n", columns={"unit_price": "price_cents"})
        assert column(log, "amount") == [7.5]

    def test_parts_of_a_cent_are_refused(self, file):
        refused(lambda: file("customer_id,date,amount_cents\na,2021-03-01,12.50\n"), "holds parts of a cent", "row 2")

    @pytest.mark.parametrize("engine", [pd.DataFrame, pl.DataFrame])
    def test_the_firm_is_read_from_its_file_as_it_is_loaded(self, engine):
        log = read(datasets.path("firm/orders"))
        loaded = read(datasets.load("firm/orders"))
        assert np.array_equal(log.tx["amount"], loaded.tx["amount"])
        raw = pd.read_parquet(datasets.path("firm/orders")).drop(columns="reason").head(99)
        assert np.allclose(read(engine(raw.to_dict("list"))).tx["amount"], loaded.tx["amount"].head(99))


class TestDates:
    @pytest.mark.parametrize(
        ("texts", "first"),
        [
            (["31/12/2021", "03/04/2021"], "2021-12-31"),
            (["12/31/2021", "03/04/2021"], "2021-12-31"),
            (["31.12.2021 17:05", "1.2.2021 5:05 PM"], "2021-12-31"),
            (["03/03/2021"], "2021-03-03"),
            (["2021-3-1", "2021/03/01", "2021.03.01"], "2021-03-01"),
            (["20210301"], "2021-03-01"),
            (["2021-03-01T23:59:59.999Z"], "2021-03-01"),
            (["2021-03-01 23:00:00 +0800"], "2021-03-01"),
            (["2021-03-01", "2021-03-01 10:00"], "2021-03-01"),
        ],
    )
    def test_reads_what_has_one_meaning(self, file, texts, first):
        assert days(file(one(dates=texts)))[0] == first

    @pytest.mark.parametrize(
        ("clock", "hour", "minute"),
        [
            ("12:00 am", 0, 0),
            ("12:30 PM", 12, 30),
            ("1:05 p.m.", 13, 5),
            ("5 PM", 17, 0),
            ("9:07", 9, 7),
            ("23:59:59", 23, 59),
        ],
    )
    def test_reads_clocks_of_twelve_and_of_twenty_four_hours(self, file, clock, hour, minute):
        for day in ("2021-03-31", "31/03/2021", "03/31/2021"):
            moment = file(one(dates=[f"{day} {clock}"])).tx["date"][0]
            assert (moment.hour, moment.minute) == (hour, minute)

    def test_asks_for_the_order_of_day_and_month(self, file):
        text = one(dates=["03/04/2021", "01/02/2021"])
        refused(
            lambda: file(text), "two ways", "03/04/2021 is day 3 of month 4, or day 4 of month 3", "date_order='DMY'"
        )
        assert days(file(text, date_order="DMY")) == ["2021-04-03", "2021-02-01"]
        assert days(file(text, date_order="MDY")) == ["2021-03-04", "2021-01-02"]
        assert "date: the day stands first (as you said)" in file(text, date_order="DMY").notes

    def test_an_order_that_does_not_fit_is_refused(self, file):
        text = one(dates=["31/12/2021", "01/02/2021"])
        refused(lambda: file(text, date_order="MDY"), "row 2: '31/12/2021'", "date_order='DMY' if that fits")

    def test_refuses_both_orders_in_one_column(self, file):
        text = one(dates=["01/02/2021", "31/12/2021", "12/31/2021"])
        refused(lambda: file(text), "mixes day/month and month/day", "row 3: 31/12/2021; row 4: 12/31/2021")

    @pytest.mark.parametrize(
        ("text", "mend"),
        [
            ("31/12/21", "four digits"),
            ("3/4/21 17:05", "four digits"),
            ("2021-02-30", "2021-04-03"),
            ("30/02/2021", "2021-04-03"),
            ("0000-00-00", "2021-04-03"),
            ("0000-01-01", "2021-04-03"),
            ("44289", "Excel"),
            ("44289.75", "Excel"),
            ("1617408000", "2021-04-03"),
            ("2021-03", "2021-04-03"),
            ("2021-W05-1", "2021-04-03"),
            ("31/03/2021 25:00", "2021-04-03"),
            ("2021-03-01 13:00 PM", "2021-04-03"),
            ("12:30", "2021-04-03"),
            ("yesterday", "2021-04-03"),
        ],
    )
    def test_refuses_what_is_no_date(self, file, text, mend):
        refused(lambda: file(one(dates=["2021-03-01", text])), "cannot be read (1 different)", "row 3: ", mend)

    def test_one_zone_is_kept_and_told(self, file):
        log = file(one(dates=["2021-03-01T23:30:00+08:00", "2021-03-02T00:30:00+08:00"]))
        assert days(log) == ["2021-03-01", "2021-03-02"] and "its local time is kept" in log.notes[-1]

    @pytest.mark.parametrize("other", ["2021-03-01T17:05:00Z", "2021-03-01 17:05"])
    def test_several_zones_are_refused_until_one_is_said(self, file, other):
        text = one(dates=["2021-03-01T23:30:00+08:00", other])
        refused(lambda: file(text), "more than one time zone", "timezone='Asia/Singapore'")
        log = file(text, timezone="Asia/Singapore")
        assert days(log) == ["2021-03-01", "2021-03-02" if "Z" in other else "2021-03-01"]
        assert "turned into local time of Asia/Singapore" in log.notes[-1]

    @pytest.mark.parametrize("zone", ["Singapur", "", 5, "Asia"])
    def test_refuses_a_zone_that_is_none(self, file, zone):
        text = one(dates=["2021-03-01T23:30:00+08:00", "2021-03-01T17:05:00Z"])
        refused(lambda: file(text, timezone=zone), "there is no time zone")

    def test_says_when_the_dates_span_a_lifetime(self, file):
        assert (
            "the dates span 121 years, from 1900-01-01 to 2021-03-01"
            in file(one(dates=["1900-01-01", "2021-03-01"])).notes
        )

    @ENGINES
    def test_dates_of_a_table(self, engine):
        for values in (
            [date(2021, 3, 1), date(2021, 3, 2)],
            [datetime(2021, 3, 1, 17, 5), datetime(2021, 3, 2)],
            [20210301, 20210302],
            [20210301.0, 20210302.0],
            ["2021-03-01T10:00:00+08:00", "2021-03-02T10:00:00+08:00"],
        ):
            assert days(read(engine.DataFrame({**TWO, "date": values}))) == TWO["date"]
        for values in ([44289, 44290], [44289.5, 44290.5]):
            refused(lambda values=values: read(engine.DataFrame({**TWO, "date": values})), "Excel counts days")
        for values in ([timedelta(1), timedelta(2)], [[1], [2]]):
            refused(lambda values=values: read(engine.DataFrame({**TWO, "date": values})), "neither text nor numbers")
        refused(lambda: read(engine.DataFrame({**TWO, "date": [date(2021, 3, 1), None]})), "needs a date", "is row 1")

    @ENGINES
    def test_a_zone_in_the_column_is_kept_or_turned(self, engine):
        utc = pd.DataFrame({**TWO, "date": pd.to_datetime(["2021-03-01T20:00Z", "2021-03-02T20:00Z"])})
        table = utc if engine is pd else pl.from_pandas(utc)
        assert days(read(table)) == ["2021-03-01", "2021-03-02"]
        assert days(read(table, timezone="Asia/Singapore")) == ["2021-03-02", "2021-03-03"]

    def test_python_dates_of_several_kinds_in_one_column(self):
        singapore = pd.Timestamp("2021-03-01 10:00", tz="Asia/Singapore")
        assert days(read(pd.DataFrame({**TWO, "date": [date(2021, 3, 1), "2021-03-02"]}))) == TWO["date"]
        refused(
            lambda: read(pd.DataFrame({**TWO, "date": [singapore, pd.Timestamp("2021-03-01")]})), "more than one time"
        )

    @given(
        st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), min_size=1, max_size=20),
        st.sampled_from(["%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]),
        st.sampled_from([pd, pl]),
    )
    @settings(deadline=None, max_examples=60)
    def test_the_quick_way_for_iso_dates_is_the_careful_way(self, moments, form, engine):
        texts = [moment.strftime(form) for moment in moments]
        table = engine.DataFrame({"customer_id": ["a"] * len(texts), "date": texts, "amount": [1.0] * len(texts)})
        careful, *_ = parse_dates({text: 0 for text in texts})
        assert read(table).tx["date"].to_list() == [careful[text] for text in texts]


class TestIds:
    @ENGINES
    def test_numbers_are_texts_without_a_point(self, engine):
        for values in ([17, 18], [17.0, 18.0], ["17", "18"], ["17.0", "18.0"]):
            assert column(read(engine.DataFrame({**TWO, "customer_id": values})), "customer_id") == ["17", "18"]
        for hole in (None, float("nan")):
            ids = column(read(engine.DataFrame({**TWO, "customer_id": [17.0, hole]})), "customer_id")
            assert ids == ["17", None]

    @ENGINES
    def test_leading_zeros_stay_and_blanks_are_missing(self, engine):
        ids = ["007", "7", "", "  ", " a ", "NULL", "nan", None]
        table = engine.DataFrame({"customer_id": ids, "date": ["2021-03-01"] * 8, "amount": [1.0] * 8})
        log = read(table)
        assert column(log, "customer_id") == ["007", "7", None, None, "a", None, None, None]
        assert "customer_id: NULL, nan taken as missing (2 rows)" in log.notes

    @ENGINES
    def test_na_is_no_customer_but_may_be_a_channel(self, engine):
        log = read(engine.DataFrame({**TWO, "customer_id": ["NA", "b"], "channel": ["NA", "EU"]}))
        assert column(log, "customer_id") == [None, "b"] and column(log, "channel") == ["NA", "EU"]

    @ENGINES
    def test_refuses_numbers_that_a_float_has_cut(self, engine):
        refused(lambda: read(engine.DataFrame({**TWO, "customer_id": [1.2345678901234567e18, 2.0]})), "digits are lost")

    def test_categories_objects_and_nullable_columns(self):
        for ids, expected in (
            (pd.Categorical(["a", "b"]), ["a", "b"]),
            (pd.Categorical([1, None]), ["1", None]),
            (pd.array([1, None], dtype="Int64"), ["1", None]),
            (pd.array(["a", None], dtype="string"), ["a", None]),
            (pd.Series([17.0, None], dtype=object), ["17", None]),
            (pd.Series([1, "1"], dtype=object), ["1", "1"]),
        ):
            assert column(read(pd.DataFrame({**TWO, "customer_id": ids})), "customer_id") == expected
        assert column(read(pl.DataFrame(TWO).cast({"customer_id": pl.Categorical})), "customer_id") == ["a", "b"]
        refused(lambda: read(pd.DataFrame({**TWO, "customer_id": [[1], [2]]})), "neither text nor numbers")
        nullable = pd.array([True, None], dtype="boolean")
        assert column(read(pd.DataFrame({**TWO, "is_test": nullable})), "is_test") == [True, False]


class TestTables:
    @ENGINES
    def test_gives_back_its_own_kind_and_leaves_the_input_alone(self, engine):
        table = engine.DataFrame({**TWO, "_row": [1, 2], "_day": [1, 2], "rows": [1, 2], "row": [3, 4]})
        before = table.copy() if engine is pd else table.clone()
        log = read(table)
        assert isinstance(log.tx, engine.DataFrame) and isinstance(log.mapping, engine.DataFrame)
        assert list(log.tx.columns) == ["customer_id", "date", "amount"] and table.equals(before)
        assert log.notes == ("not used: _row, _day, rows, row",)

    def test_any_pandas_index_does(self):
        plain = read(pd.DataFrame(TWO)).tx
        for table in (
            pd.DataFrame(TWO, index=[5, 5]),
            pd.DataFrame(TWO).set_index("customer_id"),
            pd.DataFrame(TWO).set_index(["customer_id", "date"]),
            pd.DataFrame(TWO, index=pd.Index([1, 2], name="amount")),
        ):
            assert read(table).tx.equals(plain)

    def test_parquet_and_lazy_tables(self, tmp_path):
        pd.DataFrame(TWO).set_index("customer_id").to_parquet(tmp_path / "orders.parquet")
        assert read(tmp_path / "orders.parquet").tx.equals(read(pd.DataFrame(TWO)).tx)
        assert read(pl.LazyFrame(TWO)).tx.equals(read(pl.DataFrame(TWO)).tx)

    def test_columns_without_texts_as_names(self):
        table = pd.DataFrame([["a", "2021-03-01", 5]])
        refused(lambda: read(table), "transactions need", "columns 0, 1, 2")
        assert column(read(table, {"customer_id": 0, "date": 1, "amount": 2}), "amount") == [5]

    @ENGINES
    def test_refuses_empty_tables_and_columns_of_one_name(self, engine):
        refused(lambda: read(engine.DataFrame(TWO).head(0)), "has no rows")
        refused(lambda: read(engine.DataFrame()), "has no rows")
        refused(lambda: read(pd.DataFrame([[1, 2]], columns=["amount", "amount"])), "two columns of one name")


def orders(engine, *rows, columns=("order_id", "customer_id", "date", "amount", "shipping")):
    return engine.DataFrame([dict(zip(columns, row, strict=False)) for row in rows])


@ENGINES
class TestGrain:
    LINES = (
        ("1", "a", "2021-03-01", 10.0, 4.0),
        ("1", "a", "2021-03-01", 5.0, 4.0),
        ("2", "b", "2021-03-02", 7.0, 0.0),
        (None, "c", "2021-03-03", 8.0, 1.0),
        (None, "d", "2021-03-03", 8.0, 1.0),
    )
    TOTALS = (
        ("1", "a", "2021-03-01", 10.0, 4.0),
        ("1", None, "2021-03-01", None, None),
        ("2", "b", "2021-03-02", 7.0, 1.0),
        ("2", "b", "2021-03-02", 7.0, 1.0),
    )

    def test_is_asked_for_when_order_ids_repeat(self, engine):
        text = refused(lambda: read(orders(engine, *self.LINES)), "order ids repeat", "1 order id on 2 rows")
        assert "grain='line'" in text and "grain='order'" in text

    def test_lines_are_added_up(self, engine):
        log = read(orders(engine, *self.LINES), grain="line", once_per_order=[])
        assert column(log, "amount") == [15, 7, 8, 8] and column(log, "shipping") == [8, 0, 1, 1]
        assert column(log, "order_id") == ["1", "2", None, None]
        assert "2 rows make 1 order (amounts of lines were added up)" in log.notes

    def test_what_repeats_on_every_line_is_asked_for_and_counted_once(self, engine):
        refused(lambda: read(orders(engine, *self.LINES), grain="line"), "'shipping' shows one value on every line")
        for said in ("shipping", ["shipping"]):
            log = read(orders(engine, *self.LINES), grain="line", once_per_order=said)
            assert column(log, "shipping") == [4, 0, 1, 1]
        assert "once per order: shipping; added up: none" in log.notes

    def test_a_total_repeated_or_blank_on_later_lines_counts_once(self, engine):
        log = read(orders(engine, *self.TOTALS), grain="order")
        assert column(log, "amount") == [10, 7] and column(log, "shipping") == [4, 1]
        assert column(log, "customer_id") == ["a", "b"]

    def test_each_grain_refuses_what_only_fits_the_other(self, engine):
        refused(lambda: read(orders(engine, *self.LINES), grain="order"), "order 1 shows 5 and 10", "grain='line'")
        refused(lambda: read(orders(engine, *self.TOTALS), grain="line"), "each line needs an amount", "grain='order'")

    def test_totals_read_as_lines_are_not_passed_in_silence(self, engine):
        lines = [(str(n // 2), "a", "2021-03-01", 10.0 + n // 2) for n in range(8)]
        log = read(orders(engine, *lines), grain="line")
        assert any("if it is the order's total, say grain='order'" in note for note in log.notes)
        assert any("lines equal to another of their order were added up too (4 lines)" in note for note in log.notes)

    def test_an_order_without_a_customer_on_all_its_lines_is_one_order(self, engine):
        lines = [("1", None, "2021-03-01", 5.0), ("1", None, "2021-03-01", 6.0), ("2", "a", "2021-03-01", 7.0)]
        log = read(orders(engine, *lines), grain="line")
        assert column(log, "amount") == [11, 7] and column(log, "customer_id") == [None, "a"]

    def test_refuses_ids_that_two_customers_share(self, engine):
        shared = [("1", "a", "2021-03-01", 1.0), ("1", "b", "2021-03-01", 1.0)]
        refused(lambda: read(orders(engine, *shared), grain="line"), "more than one customer", "order 1")

    def test_a_refund_under_its_orders_id_stays_a_refund(self, engine):
        one = [("1", "a", "2021-03-01", 10.0), ("1", "a", "2021-03-05", -4.0)]
        assert column(read(orders(engine, *one)), "amount") == [10, -4]
        lines = [("2", "b", "2021-03-01", 1.0), ("2", "b", "2021-03-01", 2.0)]
        assert column(read(orders(engine, *one, *lines), grain="line"), "amount") == [10, 3, -4]
        totals = [("2", "b", "2021-03-01", 3.0)] * 2 + [("2", "b", "2021-03-07", -3.0)] * 2
        log = read(orders(engine, *one, *totals), grain="order")
        assert column(log, "amount") == [10, 3, -4, -3]
        assert any("refunds that bear an order's id stay rows of their own (3 rows)" in note for note in log.notes)

    def test_a_negative_line_of_the_orders_own_day_is_taken_off_and_told(self, engine):
        lines = [("1", "a", "2021-03-01", 10.0), ("1", "a", "2021-03-01", 5.0), ("1", "a", "2021-03-01", -2.0)]
        log = read(orders(engine, *lines), grain="line")
        assert column(log, "amount") == [13]
        assert any("negative lines of an order's first day were taken off it (1 line)" in note for note in log.notes)

    def test_a_margin_with_an_unknown_part_is_unknown(self, engine):
        lines = [
            ("1", "a", "2021-03-01", 10.0, 3.0),
            ("1", "a", "2021-03-01", 9.0, None),
            ("2", "a", "2021-03-02", 5.0, 1.0),
        ]
        names = ("order_id", "customer_id", "date", "amount", "margin")
        assert column(read(orders(engine, *lines, columns=names), grain="line"), "margin") == [None, 1]

    def test_says_what_it_left_out_and_which_day_counts(self, engine):
        lines = [("1", "a", "2021-03-01", 10.0, "web"), ("1", "a", "2021-03-03", 9.0, "shop")]
        log = read(
            orders(engine, *lines, columns=("order_id", "customer_id", "date", "amount", "channel")), grain="line"
        )
        assert days(log) == ["2021-03-01"] and "channel" not in log.tx.columns
        assert "left out, because it varies within an order: channel" in log.notes
        assert "of lines on several days the first day counts (1 order)" in log.notes


class TestRefusals:
    def test_all_that_is_wrong_is_told_at_once(self, file):
        text = refused(
            lambda: file("customer_id,date,amount,tax,is_test\na,03/04/2021,abc,x,maybe\nb,nn,5,1,yes\n"),
            "'date' can be read in two ways",
            "'date' has values that cannot be read",
            "'amount' has values that are no finite numbers",
            "'tax' has values that are no finite numbers",
            "'is_test' has values that say neither yes nor no",
        )
        assert len(text.splitlines()) == 15

    def test_holes_and_grain_are_told_at_once(self, file):
        text = "order_id,customer_id,date,amount\n1,a,,5\n1,a,2021-03-01,6\n"
        refused(lambda: file(text), "every order needs a date", "order ids repeat")
        refused(lambda: file(HEADER + "a,,5\nb,2021-03-01,\n"), "needs a date", "needs an amount")

    @pytest.mark.parametrize(
        "personal",
        ["Tan Ah Kow", "ann@shop.sg", "91234567", "9123 4567", "S1234567D", "+65 9123-4567", "03/04/2021 Tan"],
    )
    @pytest.mark.parametrize("place", ["date", "amount", "is_test", "tax", "header", "currency and status"])
    def test_a_person_in_the_wrong_column_is_not_named(self, file, personal, place):
        cells = {"customer_id": "a", "date": "2021-03-01", "amount": "5", "tax": "1", "is_test": "yes"}
        if place == "header":
            text = f"{personal},2021-03-01,5,1\nb,2021-03-02,6,1\n"
        elif place == "currency and status":
            text = f"{HEADER.strip()},currency,status\na,2021-03-01,5,SGD,{personal}\n"
        else:
            cells[place] = personal
            text = ",".join(cells) + "\nb,2021-03-31,7,1,no\n" + ",".join(cells.values()) + "\n"
        try:
            told = " ".join(file(text).notes)
        except Refusal as refusal:
            told = str(refusal)
        assert "Tan" not in told and "shop.sg" not in told and "4567" not in told

    @given(
        st.lists(
            st.lists(
                st.one_of(
                    st.sampled_from(
                        ["", "a", "2021-03-01", "03/04/2021", "5", "1,5", "-3", '"', "NULL", "x\ny", "1e999"]
                    ),
                    st.text(max_size=8),
                ),
                max_size=5,
            ),
            max_size=6,
        ),
        st.sampled_from([",", ";", "\t"]),
        st.sampled_from(["utf-8", "utf-16", "cp1252"]),
        st.booleans(),
    )
    @settings(deadline=None, max_examples=150)
    def test_any_text_file_is_read_or_refused(self, tmp_path_factory, rows, separator, encoding, quoted):
        path = tmp_path_factory.getbasetemp() / "any.csv"
        lines = [separator.join(("customer_id", "date", "amount", "order_id"))]
        for row in rows:
            cells = [f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row] if quoted else row
            lines.append(separator.join(cells))
        path.write_bytes("\n".join(lines).encode(encoding, "replace"))
        try:
            log = read(path, grain="line", date_order="DMY")
        except Refusal as refusal:
            assert len(str(refusal).splitlines()) >= 3
        else:
            assert log.tx["amount"].abs().max() < 1e15 and log.tx["date"].notna().all()


class TestProperties:
    @given(
        st.lists(
            st.tuples(st.integers(1, 30), st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(-(10**7), 10**7)),
            min_size=1,
            max_size=15,
        ),
        st.sampled_from([(",", "."), (";", ","), ("\t", ".")]),
        st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%Y%m%d"]),
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
        st.booleans(),
    )
    @settings(deadline=None, max_examples=50)
    def test_what_a_shop_writes_comes_back(self, tmp_path_factory, rows, dialect, form, encoding, blanks):
        path = tmp_path_factory.getbasetemp() / "shop.csv"
        separator, decimal = dialect
        text = io.StringIO()
        writer = csv.writer(text, delimiter=separator)
        writer.writerow(["Kunde", "Order Date", "Total"])
        for customer, day, cents in rows:
            writer.writerow([f"{customer:03d}", day.strftime(form), f"{cents / 100:.2f}".replace(".", decimal)])
            if blanks:
                writer.writerow(["", "", ""])
        path.write_bytes(text.getvalue().encode(encoding))
        log = read(path, {"customer_id": "Kunde"}, date_order="DMY")
        assert column(log, "customer_id") == [f"{customer:03d}" for customer, _, _ in rows]
        assert [value.date() for value in log.tx["date"]] == [day for _, day, _ in rows]
        assert column(log, "amount") == [cents / 100 for _, _, cents in rows]

    def test_a_hundred_thousand_orders_take_a_second(self):
        n = np.arange(100_000)
        moments = pd.Timestamp("2020-01-01") + pd.to_timedelta(n * 617, unit="s")
        table = pd.DataFrame({"customer_id": (n % 20_000).astype(str), "date": moments.astype(str), "amount": n / 100})
        started = datetime.now()
        tx = read(table.astype(str)).tx
        clean(tx, Policy(zeros="drop"))
        assert len(tx) == 100_000 and (datetime.now() - started).total_seconds() < 5


def again(source):
    """What was read of a source, after holding it against what its own terms read."""
    first = read(*source[:1], **source[1])
    second = read(source[0], **first.terms)
    assert first.terms["guess"] is False and second.terms == first.terms
    assert type(first.tx) is type(second.tx) and first.tx.equals(second.tx)
    assert second.seen == first.seen
    return first


ONE_ORDER = {"order_id": ["1", "1"], "customer_id": ["a", "a"]}


class TestTerms:
    """`read(source, **read(source).terms)` reads the same and guesses nothing."""

    @given(
        st.lists(
            st.tuples(
                st.integers(1, 30), st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)), st.integers(-9999, 10**7)
            ),
            min_size=1,
            max_size=12,
        ),
        st.sampled_from([(",", "."), (";", ","), ("\t", "."), ("|", ","), (";", ".")]),
        st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y %H:%M", "%d.%m.%Y", "%Y%m%d", "%Y-%m-%dT%H:%M+08:00"]),
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
        st.sampled_from([None, "line", "order"]),
        st.booleans(),
    )
    @settings(deadline=None, max_examples=80)
    def test_a_shops_file_is_read_once_more(self, tmp_path_factory, rows, dialect, form, encoding, grain, whole):
        path = tmp_path_factory.getbasetemp() / "terms.csv"
        separator, decimal = dialect
        text = io.StringIO()
        writer = csv.writer(text, delimiter=separator)
        writer.writerow(["Client", "Order Date", "Total", "Währung", "Order No", "Versand", "Shipping"])
        for n, (customer, moment, cents) in enumerate(rows):
            amount = str(cents) if whole else f"{cents / 100:.2f}".replace(".", decimal)
            for _ in range(2 if grain else 1):
                writer.writerow([f"{customer:03d}", moment.strftime(form), amount, "EUR", f"o{n}", "x", f"{n % 3}"])
        path.write_bytes(text.getvalue().encode(encoding))
        told = {"grain": grain, "columns": {"currency": "Währung"}}
        told |= {"once_per_order": ["shipping"]} if grain == "line" else {}
        told |= {"encoding": "cp1252"} if encoding == "cp1252" else {}
        if "/" in form or form[2] == ".":
            told["date_order"] = "MDY" if form.startswith("%m") else "DMY"
        if (separator, decimal) == (";", ".") and not whole:
            told["decimal"] = "."
        log = again((path, told))
        assert log.terms["encoding"] == encoding and log.terms["separator"] == separator
        assert log.terms["decimal"] == (told.get("decimal") if whole else decimal)
        assert log.terms["timezone"] == ("UTC+08:00" if form.endswith("+08:00") else None)
        assert log.seen.currencies == ("EUR",) and log.seen.unused == ("Versand",)

    @ENGINES
    @pytest.mark.parametrize(
        ("columns", "told"),
        [
            ({}, {}),
            ({"date": [date(2021, 3, 1), date(2021, 3, 2)]}, {}),
            ({"date": [20210301, 20210302], "amount": [Decimal("5"), Decimal("6.5")]}, {}),
            ({"amount": ["5", "6"]}, {}),
            ({"amount": ["S$5.50", "6"], "tax": ["1,5", "2"]}, {}),
            ({"date": ["03/03/2021", "04/04/2021"]}, {}),
            ({"date": ["2021-03-01T10:00Z", "2021-03-02 10:00"]}, {"timezone": "Asia/Singapore"}),
            ({"date": ["2021-03-01T10:00-03:30", "2021-03-02T10:00-03:30"]}, {}),
            ({"test": ["A", "B"], "qty": [1, 2], "price": ["1.50", "2"]}, {}),
            ({"order_id": ["1", "1"], "customer_id": ["a", "a"]}, {"grain": "line"}),
            ({**ONE_ORDER, "tax": [1.0, 1.0]}, {"grain": "line", "once_per_order": "tax"}),
            ({**ONE_ORDER, "amount": [5, 5], "tax": [1, 2]}, {"grain": "order"}),
        ],
    )  # fmt: skip
    def test_a_table_is_read_once_more(self, engine, columns, told):
        again((engine.DataFrame(TWO | columns), told))

    def test_columns_may_differ_in_their_decimal_sign(self):
        log = again((pd.DataFrame({**TWO, "amount": ["5,50", "6"], "tax": ["1.5", "2"], "shipping": ["1", "2"]}), {}))
        assert log.terms["decimal"] == {"amount": ",", "tax": "."}

    def test_a_zone_in_the_column_and_quantity_times_price(self, tmp_path):
        for zone in ("UTC", "Asia/Singapore", "+05:30"):
            frame = pd.DataFrame({**TWO, "date": pd.to_datetime(TWO["date"]).tz_localize("UTC").tz_convert(zone)})
            again((frame, {}))
            if zone[0] != "+":  # Polars knows no zone without a name
                again((pl.from_pandas(frame), {}))
            frame.to_parquet(tmp_path / "zoned.parquet")
            assert again((tmp_path / "zoned.parquet", {})).seen.kind == "parquet"
        lines = pd.DataFrame({"Client": ["a"], "Day": ["2021-03-01"], "qty": ["2"], "Price": ["1,50"]})
        assert column(again((lines, {})), "amount") == [3]

    def test_totals_once_per_order_are_not_decided_anew(self):
        rows = {"order_id": ["1", "1"], "customer_id": ["a", "a"], "date": ["2021-03-01"] * 2, "amount": [5.0, 5.0]}
        first = read(pd.DataFrame({**rows, "tax": [1.0, 1.0]}), grain="order")
        assert first.terms["once_per_order"] == ["tax"]
        refused(lambda: read(pd.DataFrame({**rows, "tax": [1.0, 2.0]}), **first.terms), "'tax' differs")

    @pytest.mark.parametrize(
        ("text", "told", "wrong"),
        [
            ("a,03/04/2021,5\n", {}, "date_order='DMY' (day first) or date_order='MDY'"),
            ("a,31/04/2021,5\n", {"date_order": "MDY"}, "date_order='DMY' if that fits"),
            ("a,2021-03-01T10:00Z,5\n", {}, "carry a time zone, and nobody said"),
            ("a,2021-03-01,5.50\n", {}, "row 2: '5.50'\n  Try: decimal='.' if that fits"),
            ('a,2021-03-01,"1,234"\n', {}, "decimal='.' or decimal=',' if that fits"),
            ('a,2021-03-01,"5,50"\n', {"decimal": "."}, "decimal=',' if that fits"),
            ("a,2021-03-01,5\n", {"separator": ";"}, "its first line has one field"),
            ("a,2021-03-01,5\n", {"encoding": "utf-16"}, "not written in utf-16"),
            ("é,2021-03-01,5\n", {"encoding": "cp1252"}, "is not written in cp1252.\n  Saw: utf-8"),
        ],
    )
    def test_what_nobody_said_is_refused(self, file, text, told, wrong):
        columns = {"customer_id": "customer_id", "date": "date", "amount": "amount"}
        refused(lambda: file(HEADER + text, columns=columns, guess=False, **told), wrong)

    def test_no_column_is_looked_for(self, file):
        refused(lambda: file(HEADER + "a,2021-03-01,5\n", guess=False), "transactions need 'customer_id'")
        log = file("customer_id,date,amount,tax\na,2021-03-01,5,1\n", columns={n: n for n in TWO}, guess=False)
        assert list(log.tx.columns) == list(TWO) and log.seen.unused == ("tax",)

    def test_another_encoding_is_told_by_its_mark(self, file):
        told = {"columns": {n: n for n in TWO}, "guess": False}
        assert file(HEADER + "é,2021-03-01,5\n", "utf-8-sig", **told).terms["encoding"] == "utf-8-sig"
        refused(lambda: file(HEADER + "é,2021-03-01,5\n", "utf-16", **told), "is not written in utf-8", "Saw: utf-16")
        assert column(file(HEADER + "é,2021-03-01,5\n", "cp1252", encoding="cp1252", **told), "customer_id") == ["é"]
        assert column(file(HEADER + "e,2021-03-01,5\n", encoding="cp1252", **told), "customer_id") == ["e"]

    def test_words_that_few_share_are_not_kept(self):
        many = {"customer_id": [*"abcdef"], "date": ["2021-03-01"] * 6, "amount": [1.0] * 6}
        log = read(pd.DataFrame({**many, "status": ["Paid"] * 5 + ["Tan Ah Kow"], "currency": ["sgd"] * 6}))
        assert log.seen.statuses == ("paid",) and log.seen.currencies == ("SGD",)
