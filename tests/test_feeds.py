"""A stranger's file goes through inspect and a feed; the next one is read alike, or refused by name."""

import random
import re
from datetime import date

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmlearn import cli, datasets
from crmlearn.errors import Refusal
from crmlearn.transactions import Feed, Policy, inspect, read
from crmlearn.transactions.feedform import FeedForm

HEADER = "Bestellnr;Kundennummer;Name;E-Mail;Bestelldatum;Artikel;Summe;MwSt;Versand;Währung;Status;Test"
COLUMNS = {
    "customer_id": "Kundennummer",
    "date": "Bestelldatum",
    "amount": "Summe",
    "order_id": "Bestellnr",
    "tax": "MwSt",
    "shipping": "Versand",
    "currency": "Währung",
}
PERSONAL = ("Müller", "kunde1", "shop.de", "K0001", "K00", "91234567")


def shop(seed=3, orders=200, year=2023, form="{d:02d}.{m:02d}.{y}", header=HEADER, separator=";", decimal=",", **other):
    """The export of a German shop: each line of an order repeats the order's total; refunds bear the order's number."""
    pick = random.Random(seed)
    rows = [header.replace(";", separator)]
    for n in range(orders):
        who, total = pick.randint(1, 60), round(pick.uniform(8, 220), 2)
        day = form.format(d=pick.randint(1, 28), m=pick.randint(1, 12), y=year)
        words = {"currency": "EUR", "status": pick.choice(["bezahlt"] * 8 + ["offen"]), "test": "no"} | other
        words |= {"test": "yes"} if n == 17 else {}
        money = [f"{value:.2f}".replace(".", decimal) for value in (total, total * 0.19 / 1.19, 4.9)]
        line = [f"B-{n}", f"K{who:04d}", f"Jürgen Müller {who}", f"kunde{who}@shop.de", day, "Tasse, blau"]
        for _ in range(pick.randint(1, 3)):
            rows.append(separator.join([*line, *money, *words.values()]).replace("Tasse, blau", "Tasse"))
        if n % 40 == 0:
            back = [f"-{money[0]}", f"0{decimal}00", f"0{decimal}00"]
            line[4] = form.format(d=28, m=12, y=year + 1)
            rows.append(separator.join([*line[:5], "Retoure", *back, *words.values()]))
    return "\r\n".join(rows)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the shop's file and its feed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.csv").write_bytes(shop().encode("cp1252"))
    found = inspect("orders.csv", COLUMNS, encoding="cp1252", grain="order", date_order="DMY")
    found.feed.save("shop.yaml", "orders.csv")
    return tmp_path


def again(folder, text, encoding="cp1252"):
    """Read another week's file of the shop."""
    (folder / "orders.csv").write_bytes(text.encode(encoding))
    return Feed.load(folder / "shop.yaml").read(folder / "orders.csv")


def refused(how, *parts):
    with pytest.raises(Refusal) as refusal:
        how()
    text = str(refusal.value)
    assert len(text.splitlines()) % 3 == 0
    for part in parts:
        assert part in text
    assert not any(word in text for word in PERSONAL)
    return text


class TestInspection:
    def test_shows_what_was_understood_and_nobody(self, folder):
        found = inspect("orders.csv", COLUMNS, encoding="cp1252", grain="order")
        text, page = repr(found), found._repr_html_()
        for part in (
            "written in cp1252, columns separated by semicolons",
            "205 orders, 56 customers",
            "28 December 2024",
            "the day first (31/12/2021) (no other reading fits all rows)",
            "the order's total, counted once",
            "a comma before the decimals",
            "EUR",
            "counted as orders: bezahlt, offen; as cancelled: none",
            "not used: Name, E-Mail, Artikel",
            "latest-order",
        ):
            assert part in text
        assert re.search(r"test orders +1 +drop", text) and re.search(r"refunds +5 +net", text)
        assert "<td style='text-align:left'>Bestelldatum</td>" in page and "Not used: Name, E-Mail, Artikel." in page
        assert not any(word in text + page for word in PERSONAL)

    def test_the_currency_of_the_file_counts(self, folder):
        table = pd.DataFrame({"customer_id": ["a", "b"], "date": ["2021-03-01"] * 2, "amount": [5.0, 6.0]})
        assert inspect(table).feed.form.money.currency is None
        assert inspect(table, currency="SGD").feed.form.money.currency == "SGD"
        one, two = table.assign(currency="SGD"), table.assign(currency=["SGD", "USD"])
        assert inspect(one).feed.form.money.currency == "SGD"
        refused(lambda: inspect(one, currency="USD"), "another currency than USD", "currency='SGD'")
        refused(lambda: inspect(two), "amounts in more than one currency")
        kept = inspect(two, currency="SGD").feed
        assert kept.policy().currency == "SGD" and len(kept.read(two).tx) == 2

    def test_amounts_may_be_quantity_times_price_and_dates_may_carry_a_zone(self):
        days = ["2021-03-01T23:30+08:00", "2021-03-02T10:00+08:00"]
        lines = pd.DataFrame({"Client": ["a", "b"], "Day": days, "qty": ["2", "3"], "Price": ["1,50", "2,00"]})
        feed = inspect(lines).feed
        assert feed.form.columns.amount is None and feed.form.reading.timezone == "UTC+08:00"
        assert feed.read(lines).tx.equals(read(lines).tx) and feed.read(lines).tx["amount"].tolist() == [3, 6]
        summer = lines.assign(Day=[day.replace("+08:00", "Z") for day in days])
        assert [f"{day:%d %H:%M}" for day in feed.read(summer).tx["date"]] == ["02 07:30", "02 18:00"]

    @pytest.mark.parametrize("rule", ["soon", "2021-13-01", 5])
    def test_refuses_a_day_that_is_none(self, folder, rule):
        refused(lambda: inspect(datasets.path("cdnow"), as_of=rule), "as_of is a day, latest-order or last-sunday")


class TestFeed:
    def test_reads_its_own_file_as_it_was_inspected(self, folder):
        first = read("orders.csv", COLUMNS, encoding="cp1252", grain="order")
        feed = Feed.load("shop.yaml")
        second = feed.read("orders.csv")
        assert second.tx[first.tx.columns].equals(first.tx) and feed.policy() == Policy()
        assert set(second.mapping["found"]) == {"as shop.yaml says"} and second.seen.unusual == ()
        assert feed.form.statuses == ["bezahlt", "offen"] and feed.form.money.currency == "EUR"
        assert not any(word in (folder / "shop.yaml").read_text(encoding="utf-8") for word in PERSONAL)

    def test_next_weeks_file_is_read_without_a_guess(self, folder):
        # every date of this one could be month first too
        text = shop(seed=5, orders=40, form="{d:02d}.{m:02d}.{y}").replace("28.12.2024", "02.12.2024")
        text = re.sub(r"\b(1[3-9]|2\d)\.(\d\d)\.2023", r"05.\2.2023", text)
        log = again(folder, text)
        assert {f"{day:%d}" for day in log.tx["date"]} <= {f"{n:02d}" for n in range(1, 13)}
        assert log.tx["date"].max() == pd.Timestamp("2024-12-02")

    def test_another_order_of_columns_does_no_harm_and_is_told(self, folder):
        names = HEADER.split(";")
        rows = [row.split(";") for row in shop().split("\r\n")]
        turned = "\n".join(";".join(row[names.index(name)] for name in reversed(names)) for row in rows)
        log = again(folder, turned)
        assert log.notes[0] == "the columns stand in another order than in shop.yaml"
        assert log.tx["amount"].sum() == pytest.approx(Feed.load("shop.yaml").read("orders.csv").tx["amount"].sum())

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"header": HEADER.replace("Summe", "Summen")}, ["the column 'Summe' (amount) is gone", "did 'Summen'"]),
            ({"header": HEADER.replace("Name;", "Vorname;")}, ["the column 'Name' is gone", "did 'Vorname' take"]),
            ({"header": HEADER.replace("MwSt", "x")}, ["the column 'MwSt' (tax) is gone", "the column 'x' is new"]),
            ({"header": f"{HEADER};Gutschein", "test": "no;1"}, ["the column 'Gutschein' is new"]),
            ({"form": "{m:02d}.{d:02d}.{y}"}, ["'Bestelldatum' (date) has values that cannot be read"]),
            ({"separator": ",", "decimal": "."}, ["separated by another sign", "',' instead of ';'"]),
            ({"decimal": "."}, ["'Summe' (amount) has values that are no finite numbers", "'Versand' (shipping) has"]),
            ({"currency": "CHF"}, ["'Währung' (currency) is not EUR everywhere", "Saw: CHF"]),
            ({"test": "vielleicht"}, ["'Test' (is_test) has values that say neither yes nor no"]),
        ],
    )  # fmt: skip
    def test_a_changed_feed_is_refused_by_name(self, folder, changed, said):
        text = refused(lambda: again(folder, shop(**changed)), "orders.csv is not as shop.yaml says: ", *said)
        assert text.count("crmlearn inspect orders.csv --save shop.yaml --overwrite") == len(text.splitlines()) / 3
        assert "decimal=" not in text and "date_order=" not in text

    def test_another_encoding_is_refused_by_name(self, folder):
        refused(lambda: again(folder, shop(), "utf-8"), "orders.csv is not as shop.yaml says", "Saw: utf-8")
        refused(lambda: again(folder, shop(), "utf-16"), "orders.csv is not as shop.yaml says", "Saw: utf-16")

    def test_lines_where_there_were_totals_are_refused(self, folder):
        rows = shop(orders=20).split("\r\n")
        lines = [
            re.sub(r";(\d+),\d\d;", lambda hit, n=n: f";{hit[1]},{n % 90 + 10};", row, count=1)
            for n, row in enumerate(rows)
        ]
        refused(lambda: again(folder, "\n".join(lines)), "shop.yaml says: 'Summe' (amount) differs within an order")

    def test_ids_that_repeat_now_are_refused(self):
        once = pd.DataFrame({"order_id": ["1", "2"], "customer_id": "a", "date": "2021-03-01", "amount": [5.0, 6.0]})
        feed = inspect(once).feed
        refused(lambda: feed.read(once.assign(order_id="1")), "is not as the feed says: order ids repeat")

    def test_a_sign_of_another_currency_is_refused(self):
        table = pd.DataFrame({"customer_id": ["a"], "date": ["2021-03-01"], "amount": ["€5"]})
        feed = inspect(table).feed
        assert feed.form.money.currency == "€" and len(feed.read(table.assign(amount="5")).tx) == 1
        refused(lambda: feed.read(table.assign(amount="$5")), "another sign of currency", "$; the feed knows €")

    def test_a_new_status_is_worth_a_warning(self, folder):
        log = again(folder, shop(status="gesperrt"))
        assert log.seen.unusual == ("1 status word not in shop.yaml: gesperrt",)
        assert again(folder, shop(status="Cancelled")).seen.unusual == ()

    def test_amounts_of_no_currency_are_worth_a_warning(self, folder):
        assert again(folder, shop(currency="")).seen.unusual == ("no order says its currency; EUR is taken",)
        blank = pd.DataFrame({"customer_id": ["a"], "date": ["2021-03-01"], "amount": [5.0], "currency": [None]})
        feed = inspect(blank).feed
        refused(lambda: feed.read(blank.assign(currency="€")), "'currency' is not confirmed", "€")

    def test_a_file_is_no_table(self, folder):
        feed = Feed.load("shop.yaml")
        refused(lambda: feed.read(pd.DataFrame({"a": [1]})), "the table is not as shop.yaml says: this is a table")
        table = pl.DataFrame({"customer_id": ["a"], "date": [date(2021, 3, 1)], "amount": [5]})
        assert inspect(table).feed.read(table).tx.equals(read(table).tx)

    def test_parquet_has_a_feed_too(self, tmp_path):
        path = tmp_path / "orders.parquet"
        table = pd.DataFrame({"customer_id": ["a"], "date": [pd.Timestamp("2021-03-01")], "amount": [5.0]})
        table.to_parquet(path)
        feed = inspect(path).feed
        assert feed.form.file.kind == "parquet" and feed.read(path).tx.equals(read(path).tx)
        table.rename(columns={"amount": "total"}).to_parquet(path)
        refused(lambda: feed.read(path), "the column 'amount' is gone")


def _texts():
    return st.text(min_size=1, max_size=12).filter(lambda text: text.isprintable() or "\x00" not in text)


class TestFile:
    @given(
        st.lists(_texts(), min_size=3, max_size=8, unique=True),
        st.sampled_from([(".", "YMD"), (",", "DMY"), (None, "MDY")]),
        st.sampled_from([None, [], ["amount"]]),
        st.lists(_texts(), max_size=3),
        st.one_of(st.none(), _texts()),
        st.builds(
            Policy,
            refunds=st.sampled_from(["net", "drop"]),
            start=st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2020, 1, 1))),
            currency=st.one_of(st.none(), _texts()),
            cancelled_words=st.lists(_texts(), max_size=2).map(tuple),
        ),
        st.sampled_from(["latest-order", "last-sunday", "2021-04-03"]),
    )
    @settings(deadline=None, max_examples=150)
    def test_what_is_saved_loads_back_equal(self, tmp_path_factory, names, signs, once, words, unit, policy, as_of):
        table = pd.DataFrame({"customer_id": ["a"], "date": ["2021-03-01"], "amount": [1.0]})
        form = Feed.of(read(table), policy, unit, as_of).form.model_dump()
        form["file"]["names"] = names
        form["columns"] |= dict(zip(("customer_id", "date", "amount"), names, strict=False))
        form["reading"] |= {"decimal": signs[0], "date_order": signs[1], "once_per_order": once}
        form["money"]["signs"] = form["statuses"] = words
        feed = Feed(FeedForm.model_validate(form))
        path = tmp_path_factory.getbasetemp() / "feed.yaml"
        saved = feed.save(path, source="".join(names), overwrite=True)
        assert saved == feed and saved.terms == feed.terms and saved.policy() == feed.policy()
        assert saved.text("x") == feed.text("x") and len(saved.sha256) == 64

    def test_is_never_replaced_unasked(self, folder):
        feed, before = Feed.load("shop.yaml"), (folder / "shop.yaml").read_text(encoding="utf-8")
        refused(lambda: feed.save("shop.yaml"), "shop.yaml is there already")
        refused(lambda: feed.save("no/shop.yaml"), "cannot be written")
        assert (folder / "shop.yaml").read_text(encoding="utf-8") == before
        assert feed.save("shop.yaml", overwrite=True) == feed and len(list(folder.glob(".*"))) == 0

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("date_order: DMY", "date_order: dmy", "(reading date_order): 'date_order' needs 'DMY', 'MDY' or 'YMD'"),
            ("amount: Summe", "amout: Summe", "there is no key 'amout'"),
            ("amount: Summe", "amount: Total", "columns: amount is 'Total', which is none of the file's names"),
            ("  amount: Summe\n", "", "columns name no amount"),
            ("tax: MwSt", "tax: Summe", "columns: 'Summe' stands for two things"),
            ("refunds: net", "refunds: nett", "line 6"),
            ("as_of: latest-order", "as_of: latest", "as_of is a day, latest-order or last-sunday"),
            ("start: null", "start: soon", "the day='soon' is no date"),
            ("once_per_order: [tax, shipping]", "once_per_order: [Versand]", "once_per_order names 'Versand'"),
            ("feed: crmlearn.feed/1", "feed: crmlearn.feed/2", "line 3 (feed): 'feed' needs 'crmlearn.feed/1'"),
        ],
    )
    def test_every_mistake_is_told_with_its_line(self, folder, old, new, said):
        path = folder / "shop.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        assert "shop.yaml, line" in refused(lambda: Feed.load(path), said)

    def test_a_day_needs_no_quotes(self, folder):
        path = folder / "shop.yaml"
        text = path.read_text(encoding="utf-8").replace("as_of: latest-order", "as_of: 2024-06-30")
        path.write_text(text.replace("start: null", "start: 2023-02-01"), encoding="utf-8")
        feed = Feed.load(path)
        assert feed.form.as_of == "2024-06-30" and feed.policy().start == "2023-02-01"


class TestCommand:
    TOLD = tuple(part for name, column in COLUMNS.items() for part in ("--column", f"{name}={column}"))

    def test_shows_and_saves_once(self, folder, capsys):
        typed = ["inspect", "orders.csv", *self.TOLD, "--encoding", "cp1252", "--grain", "order"]
        assert cli.main([*typed, "--save", "new.yaml"]) == 0
        out, err = capsys.readouterr()
        assert "205 orders, 56 customers" in out and "--data orders.csv --feed new.yaml" in err
        assert not any(word in out + err for word in PERSONAL)
        assert Feed.load("new.yaml") == Feed.load("shop.yaml")
        assert cli.main([*typed, "--save", "new.yaml"]) == 2
        assert "new.yaml is there already" in capsys.readouterr().err
        assert (
            cli.main([*typed, "--save", "new.yaml", "--overwrite", "--as-of", "last-sunday", "--clean", "refunds=drop"])
            == 0
        )
        assert Feed.load("new.yaml").form.as_of == "last-sunday" and Feed.load("new.yaml").policy().refunds == "drop"
        assert cli.main(typed) == 0 and "If this is right: crmlearn inspect orders.csv" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ([], "Try: save it as 'CSV UTF-8', or say --encoding cp1252"),
            (["--encoding", "cp1252"], "Try: --column date=COLUMN --column amount=COLUMN"),
            (
                ["--encoding", "cp1252", *TOLD],
                "Try: --grain line (amounts are added up) or --grain order (each total is counted once)",
            ),
            (
                ["--encoding", "cp1252", *TOLD, "--grain", "order", "--date-order", "MDY"],
                "--date-order DMY if that fits",
            ),
            (["--column", "amount"], "--column needs a name and a value"),
            (["--column", "amount=Summe", "--column", "amount=x"], "amount is told twice"),
            (["--clean", "refund=drop"], "--clean knows no rule refund"),
            (["--clean", "refunds=dropp"], "Try: --clean refunds=drop"),
            (["--as-of", "soon"], "Try: --as-of latest-order"),
        ],
    )
    def test_a_doubt_says_what_to_type_and_saves_nothing(self, folder, capsys, typed, said):
        if "--as-of" in typed:
            typed = [*typed, "--encoding", "cp1252", *self.TOLD, "--grain", "order"]
        assert cli.main(["inspect", "orders.csv", *typed, "--save", "new.yaml"]) == 2
        out, err = capsys.readouterr()
        assert out == "" and said in err and not (folder / "new.yaml").exists()

    def test_several_currencies_are_asked_about(self, folder, capsys):
        (folder / "two.csv").write_text("customer_id,date,amount,currency\na,2021-03-01,5,SGD\nb,2021-03-01,5,USD\n")
        assert cli.main(["inspect", "two.csv", "--save", "two.yaml"]) == 2
        assert "Try: --currency SGD to keep one" in capsys.readouterr().err
        assert cli.main(["inspect", "two.csv", "--currency", "SGD", "--save", "two.yaml"]) == 0
        assert Feed.load("two.yaml").policy().currency == "SGD"

    def test_a_doubt_ends_in_the_whole_line(self, folder, capsys):
        (folder / "two ways.csv").write_text("customer_id;date;amount\na;03/04/2021;1,234\n", encoding="utf-8")
        assert cli.main(["inspect", "two ways.csv", "--currency", "SGD", "--save", "s.yaml"]) == 2
        assert capsys.readouterr().err.splitlines()[-1] == (
            '  Then: crmlearn inspect "two ways.csv" --currency SGD --date-order ... --decimal ... --save s.yaml'
        )
