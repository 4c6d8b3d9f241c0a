import datetime
import hashlib
import html.parser
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import numpy as np
import openpyxl
import pandas as pd
import papermill
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from crmlearn import cli, reports, transactions
from crmlearn.errors import Refusal
from crmlearn.reports import exhibits, folders, masked, page, shelf, workbook
from tests.test_feeds import COLUMNS, shop

FILES = ["exhibits.xlsx", "manifest.json", "small.html", "small.ipynb", "status.json"]

PARAMETERS = """\
# What the report may be told
data: str = ""  # a file of orders: customer, date, amount
feed: str = ""  # how to read it
horizon_months: int = 12  # in [1, 120]. How far ahead to forecast, months
discount_per_year: float = 0.10  # in [0, 1]. 0.10 is ten per cent a year
share: float = 0.5  # in (0, inf]
grain: str = ""  # one of "", "line", "order". What a row of the file is
as_of: str = ""  # last date of the data, or one of "latest-order", "last-sunday"
only_vip: bool = False
label: str = "all"
"""
CHECK = """\
from pathlib import Path
from crmlearn.reports import shelf
shelf.folder = Path.cwd  # the tests keep their reports elsewhere
from crmlearn import reports
reports.check_cell("small", globals())
"""
WORK = """\
print(Path(data).name, data, horizon_months)
if label in ("tell", "warn"):
    import pandas as pd
    table = pd.DataFrame({"n": [1, 2], "share": [0.1234567890123456, None]}, index=["=1+1", "b"])
    reports.exhibit("Shares", table, "who", percent=["share"])
    reports.exhibit("Folded", table[["n"]], "who", fold="The numbers <in> a table")
    reports.state(as_of=as_of or "2021-01-01")
if label == "warn":
    reports.warn("The data are <old>.")
if label == "boom":
    print("seen cust-778 and tan@shop.sg")
    raise KeyError("cust-778 of tan@shop.sg, 91234567")
if label == "refuse":
    from crmlearn.errors import Refusal, refuse_all
    text = Refusal("amount is text.", "'x' in row 2", "mend it")
    refuse_all([text, Refusal("No dates.", "none", "a file with dates")])
if label == "die":
    import os
    os._exit(9)
"""


def notebook(*cells):
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    return new_notebook(cells=list(cells), metadata={"kernelspec": kernel})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with one report in it, and a file of orders."""
    reports_ = tmp_path / "{reports}"  # papermill would fill the braces
    reports_.mkdir()
    small = notebook(
        new_markdown_cell("# A small & simple report\n\nWorth $m/d$."),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        new_code_cell(CHECK),
        new_code_cell(WORK),
    )
    nbformat.write(small, reports_ / "small.ipynb")
    (reports_ / "données.csv").write_text("customer_id,date,amount\ncust-778,2021-01-01,3\n", encoding="utf-8")
    monkeypatch.setattr(shelf, "folder", lambda: reports_)
    monkeypatch.chdir(tmp_path)
    return reports_


def lines(error):
    return str(error.value).splitlines()


class TestDescribe:
    def test_reads_what_papermill_reads(self, folder, tmp_path):
        plain = (folder / "small.ipynb").rename(tmp_path / "small.ipynb")
        theirs = papermill.inspect_notebook(plain)
        plain.rename(folder / "small.ipynb")
        ours = reports.describe("small")
        assert [p.name for p in ours] == list(theirs)
        assert [(p.type, p.help) for p in ours] == [(p["inferred_type_name"], p["help"]) for p in theirs.values()]
        assert [p.default for p in ours] == ["", "", 12, 0.10, 0.5, "", "", False, "all"]

    def test_limits_are_read_from_the_help(self, folder):
        by_name = {p.name: p for p in reports.describe("small")}
        assert by_name["horizon_months"].span == (1, 120, False)
        assert by_name["share"].span == (0, float("inf"), True)
        assert by_name["grain"].choices == ("", "line", "order")
        assert [name for name, p in by_name.items() if p.is_date] == ["as_of"]

    @pytest.mark.parametrize(
        "line", ["x = 1", "x: list = []", "out: str = ''", "x: int = 1  # a=b", "x: int = len('a')"]
    )
    def test_refuses_a_line_that_cannot_be_read(self, folder, line):
        cell = new_code_cell(line, metadata={"tags": ["parameters"]})
        nbformat.write(notebook(cell), folder / "odd.ipynb")
        with pytest.raises(Refusal, match="cannot be read"):
            reports.describe("odd")

    def test_refuses_an_unknown_report_and_a_broken_file(self, folder):
        (folder / "broken.ipynb").write_text("{", encoding="utf-8")
        assert reports.names() == ["broken", "small"]
        with pytest.raises(Refusal, match="broken JSON"):
            reports.describe("broken")
        for name in ("smal", "../small", "small.ipynb"):
            with pytest.raises(Refusal, match="There is no report") as error:
                reports.describe(name)
            assert lines(error)[2] == "  Try: small"


class TestCheck:
    @pytest.mark.parametrize(
        ("given", "checked"),
        [
            ({"horizon_months": "12"}, {"horizon_months": 12}),
            ({"horizon_months": np.int64(3)}, {"horizon_months": 3}),
            ({"discount_per_year": "1e-1"}, {"discount_per_year": 0.1}),
            ({"discount_per_year": 1}, {"discount_per_year": 1.0}),
            ({"label": "007"}, {"label": "007"}),
            ({"only_vip": "true"}, {"only_vip": True}),
            ({"only_vip": False}, {"only_vip": False}),
            ({"as_of": datetime.date(2021, 4, 3)}, {"as_of": "2021-04-03"}),
            ({"as_of": ""}, {"as_of": ""}),
            ({"as_of": "last-sunday"}, {"as_of": "last-sunday"}),
            ({"data": Path("a.csv")}, {"data": "a.csv"}),
            ({"grain": "line"}, {"grain": "line"}),
            ({}, {}),
        ],
    )
    def test_gives_the_declared_type(self, folder, given, checked):
        result = reports.check("small", given)
        assert result == checked
        assert [type(v) for v in result.values()] == [type(v) for v in checked.values()]

    @pytest.mark.parametrize(
        ("given", "wrong"),
        [
            ({"horizon_months": "12.5"}, "horizon_months needs a whole number."),
            ({"horizon_months": 12.0}, "horizon_months needs a whole number."),
            ({"horizon_months": True}, "horizon_months needs a whole number."),
            ({"horizon_months": "9" * 5000}, "horizon_months needs a whole number."),
            ({"horizon_months": 0}, "horizon_months=0 is not between 1 and 120."),
            ({"discount_per_year": 80}, "discount_per_year=80.0 is not between 0 and 1."),
            ({"discount_per_year": "nan"}, "discount_per_year=nan is not between 0 and 1."),
            ({"discount_per_year": "ten"}, "discount_per_year needs a number."),
            ({"share": 0}, "share=0.0 is not above 0."),
            ({"share": float("inf")}, "share=inf is not above 0."),
            ({"grain": "lines"}, "grain='lines' is not a choice."),
            ({"as_of": "03/04/2021"}, "as_of needs a date, year first."),
            ({"as_of": "2021-02-30"}, "as_of needs a date, year first."),
            ({"as_of": "sunday"}, "as_of needs a date, year first."),
            ({"only_vip": "yes"}, "only_vip needs true or false."),
            ({"only_vip": 1}, "only_vip needs true or false."),
            ({"label": 7}, "label needs text."),
            ({"label": None}, "label needs text."),
        ],
    )
    def test_refuses(self, folder, given, wrong):
        with pytest.raises(Refusal) as error:
            reports.check("small", given)
        assert lines(error)[0] == wrong

    def test_tells_all_problems_at_once(self, folder):
        with pytest.raises(Refusal) as error:
            reports.check("small", {"horizn": 3, "discount_per_year": "10 %", "zzz": 1})
        assert len(lines(error)) == 9
        assert lines(error)[2] == "  Try: did you mean horizon_months=3"
        assert lines(error)[8].startswith("  Try: one of data, feed, horizon_months")

    def test_cell_in_jupyter_sees_what_was_injected_and_nothing_else(self, folder):
        told = {"In": ["", "# Parameters\nhrizon = 3\nlabel = '7'\n", "tx = 1"], "hrizon": 3, "label": "7", "tx": 1}
        with pytest.raises(Refusal, match="no parameter 'hrizon'"):
            reports.check_cell("small", told)

    def test_cell_outside_jupyter_sees_every_plain_name(self, folder):
        space = {"__name__": "x", "_": 1, "re": re, "Path": Path, "horizon_months": "3"}
        reports.check_cell("small", space)
        assert space["horizon_months"] == 3
        with pytest.raises(Refusal, match="no parameter 'hrizon'"):
            reports.check_cell("small", space | {"hrizon": 3})


class TestRun:
    def test_writes_a_page_and_the_notebook_and_overwrites_nothing(self, folder, tmp_path):
        first = reports.run("small", data=folder / "données.csv", out="out", horizon_months="3")
        assert (first.folder, first.page) == (Path("out/small"), Path("out/small/small.html"))
        assert (first.status, first.warnings, first.as_of_rule) == ("good", (), "latest-order")
        again = reports.run("small", out="out")
        assert again.page == Path("out/small-2/small.html") and "donn" in first.page.read_text(encoding="utf-8")
        third = reports.run("small", out="out", overwrite=True)
        assert third == first and "donn" not in first.page.read_text(encoding="utf-8")
        assert sorted(p.name for p in Path("out").iterdir()) == ["small", "small-2"]
        assert sorted(p.name for p in first.folder.iterdir()) == FILES

    def test_says_which_file_not_where_it_lay(self, folder, tmp_path):
        made = reports.run("small", data="{reports}/données.csv").page
        text = made.read_text(encoding="utf-8")
        assert "<pre>données.csv données.csv 12" in text
        for file in made.parent.iterdir():
            assert str(tmp_path).encode() not in file.read_bytes()

    def test_a_failing_run_is_kept_marked_and_masked(self, folder, tmp_path):
        for kept in ("out/small-failed/small.ipynb", "out/small-failed-2/small.ipynb"):
            with pytest.raises(reports.ReportFailed) as failure:
                reports.run("small", data=folder / "données.csv", label="boom", overwrite=True)
            assert failure.value.kept == Path(kept)
        failed = nbformat.read(kept, 4)
        brought_in = [str(cell.outputs) for cell in failed.cells if cell.get("outputs")]
        brought_in += [cell.source for cell in failed.cells if "injected-parameters" in cell.metadata.get("tags", [])]
        for personal in ("778", "tan@", "91234567", str(tmp_path)):
            assert personal not in " ".join([*brought_in, str(failed.metadata), str(failure.value)])
        assert [cell.metadata.get("tags") for cell in failed.cells[-2:]] == [["papermill-error-cell-tag"], []]
        assert sorted(p.name for p in Path("out").rglob("*")) == sorted(
            ["small-failed", "small-failed-2", *(["manifest.json", "small.ipynb", "status.json"] * 2)]
        )
        records = [
            (failure.value.kept.parent / f"{name}.json").read_text(encoding="utf-8") for name in ("manifest", "status")
        ]
        personal = ("t-778", "tan@", "91234567", str(tmp_path))  # three digits alone stand in many a checksum
        assert not any(word in text for text in records for word in personal)
        status = json.loads(records[1])
        assert (status["status"], status["exit_code"], status["page"]) == ("failed", 1, None)
        assert status["error"].startswith("KeyError") and "[mail]" in status["error"]

    def test_what_cannot_be_masked_is_removed(self, folder):
        (folder / "odd.csv").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(reports.ReportFailed) as failure:
            reports.run("small", data=folder / "odd.csv", label="boom")
        outputs = [c.outputs for c in nbformat.read(failure.value.kept, 4).cells if c.get("outputs")]
        assert "778" not in str(outputs) and "removed" in str(outputs)

    def test_a_kernel_that_dies_marks_its_cell(self, folder):
        with pytest.raises(reports.ReportFailed, match="Kernel died") as failure:
            reports.run("small", label="die")
        cells = nbformat.read(failure.value.kept, 4).cells
        assert ["stopped here" in cell.source for cell in cells[-2:]] == [True, False]

    def test_what_the_report_refuses_is_bad_input(self, folder):
        with pytest.raises(Refusal) as error:
            reports.run("small", label="refuse")
        assert lines(error) == [
            "amount is text.",
            "  Saw: 'x' in row 2",
            "  Try: mend it",
            "No dates.",
            "  Saw: none",
            "  Try: a file with dates",
        ]
        assert list(Path("out").iterdir()) == []

    def test_all_that_is_wrong_is_told_before_a_kernel_starts(self, folder, monkeypatch):
        monkeypatch.setattr(papermill, "execute_notebook", None)
        Path("taken").write_text("a file", encoding="utf-8")
        Path("orders.csv").touch()
        with pytest.raises(Refusal) as error:
            reports.run("small", data="order.csv", out="taken", horizon_months=0, feed="no.yaml")
        assert [line for line in lines(error) if not line.startswith(" ")] == [
            "horizon_months=0 is not between 1 and 120.",
            "The data file order.csv cannot be read.",
            "The feed file no.yaml cannot be read.",
            "The folder taken cannot be made.",
        ]
        assert "  Try: --data orders.csv" in lines(error)
        for data, wrong in (("orders.csv", "is empty"), (folder, "cannot be read")):
            with pytest.raises(Refusal, match=wrong):
                reports.run("small", data=data)
        with pytest.raises(Refusal, match="own folder"):
            reports.run("small", out=folder)

    def test_plain_papermill_cannot_slip_a_misspelt_name(self, folder, tmp_path):
        for told, wrong in (({"hrizon": 3}, "no parameter 'hrizon'"), ({"horizon_months": 500}, "not between")):
            with pytest.raises(papermill.PapermillExecutionError) as error:
                papermill.execute_notebook(
                    str(folder / "small.ipynb").replace("{", "{{").replace("}", "}}"),
                    str(tmp_path / "out.ipynb"),
                    parameters=told,
                    cwd=folder,
                    progress_bar=False,
                )
            assert error.value.ename == "Refusal" and wrong in error.value.evalue


class Addresses(html.parser.HTMLParser):
    """Every tag with its attributes."""

    def handle_starttag(self, tag, attrs):
        self.tags = [*getattr(self, "tags", []), (tag, dict(attrs))]


def tags(text):
    parser = Addresses()
    parser.feed(text)
    return parser.tags


class TestPage:
    def made(self, *cells):
        return page.page(notebook(*cells), "name")

    def shown(self, **data):
        data = {kind.replace("_", "/"): value for kind, value in data.items()}
        return new_code_cell("secret_code()", outputs=[new_output("display_data", data=data)])

    def test_needs_nothing_from_outside(self):
        text = self.made(
            new_markdown_cell(
                "See [a paper](https://example.org/p), https://example.org and ![pic](http://e.org/p.png)"
            ),
            self.shown(
                text_html="<script src='https://e.org/x.js'></script><img src='http://e.org/y.png' alt='a chart'>"
                "<link href=//e.org/z.css><iframe src='//e.org'></iframe><p onclick='go()'>kept</p>"
                "<style>@import url(https://e.org/a.css)</style><b style='background:url(//e.org/b)'>too</b>"
                "<a href='javascript:go()'>run</a>"
            ),
        )
        assert not re.search(r"<(script|link|iframe|object|embed|base)\b|@import|url\(|javascript:", text)
        for _, attributes in tags(text):
            for key, value in attributes.items():
                assert key not in page.ADDRESSES or value.startswith(("#", "data:image/"))
                assert not key.startswith(("on", "xmlns"))
        assert "a paper (example.org/p)" in text and "a chart" in text and "kept" in text
        assert "default-src 'none'" in text

    def test_a_long_page_tells_its_parts_behind_the_first_and_links_lead_there(self):
        parts = ["# T", "## In short", "## A <b>", "### A one", "### A two", "## B", "## C", "## B"]
        text = self.made(*map(new_markdown_cell, parts))
        nav = text[text.index("<nav") : text.index("</nav>")]
        assert re.findall(r">([^<>]+)</a>", nav) == ["A", "A one", "A two", "B", "C", "B"]
        links = re.findall(r'href="#([^"]+)"', nav)
        assert len(set(links)) == 6 and all(text.count(f'id="{link}"') == 1 for link in links)
        assert text.index("In short") < text.index("<nav") < text.index(">A <b>")
        assert "<nav" not in self.made(*map(new_markdown_cell, parts[:6]))

    def test_a_per_cent_sign_stays_with_its_number(self):
        text = self.made(new_markdown_cell("Of 27 % and 3%, `5 %` and 100 %s"))
        assert "27\N{NO-BREAK SPACE}% and 3\N{NO-BREAK SPACE}%," in text and "<code>5 %</code>" in text

    def test_hides_code_prompts_and_warnings(self):
        warned = new_code_cell("x", outputs=[new_output("stream", name="stderr", text="/some/folder: UserWarning")])
        text = self.made(self.shown(text_plain="42"), warned)
        assert "secret_code" not in text and "In&nbsp;" not in text and "UserWarning" not in text and "42" in text

    def test_formulas_become_mathml_but_code_does_not(self):
        text = self.made(new_markdown_cell("# T\n\nas $r^t$, `$code$`, costs \\$5 and \\$6\n\n$$\\frac{m}{1+d}$$"))
        assert text.count("<math") == 2 and "<msup>" in text and "<mfrac>" in text
        assert "<code>$code$</code>" in text and "$5 and $6" in text

    def test_a_formula_that_cannot_be_read_is_shown_as_typed(self, monkeypatch):
        monkeypatch.setattr("latex2mathml.converter.convert", lambda *_, **__: 1 / 0)
        assert "<code>a&lt;b</code>" in self.made(new_markdown_cell("$a<b$"))

    def test_controls_give_way_to_their_still_twin(self):
        text = self.made(
            self.shown(**{page.WIDGET: {"model_id": "1"}, "text_plain": "IntSlider(value=1)"}),
            self.shown(
                **{page.WIDGET: {"model_id": "1"}, "text_plain": "IntSlider(value=2)", "text_html": "<p>still</p>"}
            ),
        )
        assert "IntSlider" not in text and "<p>still</p>" in text

    def test_tables_scroll_by_keyboard_and_align_numbers(self):
        table = (
            '<table border="1"><thead><tr><th></th><th>who</th><th>spend</th></tr></thead><tbody>'
            "<tr><th>0</th><td>a</td><td>1,234.50</td></tr><tr><th>1</th><td>b 2</td><td>-7 %</td></tr></tbody></table>"
        )
        found = tags(self.made(new_markdown_cell("# T"), self.shown(text_html=table)))
        frame = next(attributes for _, attributes in found if attributes.get("class") == "scroll")
        assert frame["tabindex"] == "0" and frame["role"] == "region" and frame["aria-label"] == "Table 1"
        cells = [(tag, a.get("class"), a.get("scope")) for tag, a in found if tag in ("th", "td")]
        assert cells[:3] == [("td", "number", None), ("th", None, "col"), ("th", "number", "col")]
        assert cells[3:6] == [("th", "number", "row"), ("td", None, None), ("td", "number", None)]

    def test_has_a_title_a_language_one_main_and_a_skip_link(self):
        text = self.made(new_markdown_cell("# Worth & *more*\n\n## Next"), self.shown(text_html="<figure></figure>"))
        assert '<html lang="en">' in text and text.count("<main") == 1 and 'href="#content"' in text
        assert "<title>Worth &amp; more</title>" in text and "¶" not in text
        assert re.findall(r"<h\d", text) == ["<h1", "<h2"]
        assert "<title>name</title>" in self.made(new_markdown_cell("no heading"))

    def test_pictures_stay_whole(self):
        png = "iVBORw0KGgo="
        text = self.made(self.shown(text_html=f'<figure><img alt="up" src="data:image/png;base64,{png}"></figure>'))
        assert ("img", {"alt": "up", "src": f"data:image/png;base64,{png}"}) in tags(text)


def exhibit(**other):
    columns = [{"name": "who", "kind": "text"}, {"name": "spend", "kind": "number"}, {"name": "day", "kind": "date"}]
    return {
        "title": "Worth",
        "columns": columns,
        "rows": [["=HYPERLINK(1)", 1.5, "2021-04-03"], ["b", None, None]],
    } | other


class TestWorkbook:
    def made(self, path, *exhibits, **about):
        workbook.write(path, exhibits, {"report": "R", **about})
        return openpyxl.load_workbook(path)

    def test_numbers_are_numbers_days_are_days_and_texts_stay_texts(self, tmp_path):
        book = self.made(tmp_path / "x.xlsx", exhibit(), data="https://example.org")
        sheet = book["Worth"]
        assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
            ["who", "spend", "day"],
            ["=HYPERLINK(1)", 1.5, datetime.datetime(2021, 4, 3)],
            ["b", None, None],
        ]
        assert [cell.data_type for cell in sheet[2]] == ["s", "n", "d"]
        assert sheet["A1"].font.bold and sheet.freeze_panes == "A2" and sheet["C2"].number_format == "yyyy-mm-dd"
        contents = {row[0]: row[1] for row in book["Contents"].iter_rows(values_only=True)}
        assert contents["data"] == "https://example.org" and contents["Worth"] == "Worth (2 rows)"
        assert not book["Contents"]._hyperlinks

    @given(st.lists(st.text(max_size=40), min_size=1, max_size=8))
    @settings(deadline=None, max_examples=60)
    def test_any_title_makes_a_sheet_of_its_own(self, tmp_path_factory, titles):
        titles = [*titles, "History", "contents", "Contents", "a" * 40, "A" * 40, "'q'", "[x]:*?/\\"]
        titles = ["".join(letter for letter in title if letter.isprintable()) for title in titles]
        book = self.made(tmp_path_factory.getbasetemp() / "x.xlsx", *(exhibit(title=title) for title in titles))
        assert len(book.sheetnames) == len(titles) + 1 and all(len(name) <= 31 for name in book.sheetnames)

    @given(st.lists(st.one_of(st.none(), st.floats(-1e12, 1e12), st.integers(-(2**53), 2**53), st.text(max_size=9))))
    @settings(deadline=None, max_examples=60)
    def test_what_goes_in_comes_back(self, tmp_path_factory, values):
        values = ["".join(x for x in v if x.isprintable()) or None if isinstance(v, str) else v for v in values]
        rows = [["x", exhibits._plain(value), None] for value in values]
        sheet = self.made(tmp_path_factory.getbasetemp() / "y.xlsx", exhibit(rows=rows))["Worth"]
        back = [cell.value for cell in sheet["B"][1:]]
        assert len(back) == len(values)
        for value, read in zip(values, back, strict=True):
            assert read == (pytest.approx(value, rel=1e-11) if isinstance(value, (int, float)) else value)

    def test_the_same_tables_make_the_same_bytes(self, tmp_path, monkeypatch):
        self.made(tmp_path / "a.xlsx", exhibit())
        monkeypatch.setattr("time.time", lambda: 2e9)
        self.made(tmp_path / "b.xlsx", exhibit())
        assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


class TestExhibits:
    def test_what_is_shown_is_kept_rounded(self):
        table = pd.DataFrame(
            {
                "n": [1, 2],
                "share": [1 / 3, None],
                "money": [1234.5678, float("nan")],
                "day": pd.to_datetime(["2021-04-03", None]),
                "word": ["a", None],
            },
            index=pd.Index(["x", "y"], name="hidden"),
        )
        kept = json.loads(exhibits._kept("T", table, "who", ["money"], ["share"]))
        assert kept["columns"] == [
            {"name": name, "kind": kind}
            for name, kind in zip(
                ["who", "n", "share", "money", "day", "word"],
                ["text", "whole", "percent", "whole", "date", "text"],
                strict=True,
            )
        ]
        assert kept["rows"] == [
            ["x", 1, 0.333333333333, 1234.5678, "2021-04-03", "a"],
            ["y", 2, None, None, None, None],
        ]
        shown = exhibits._shown(table, "who", ["money"], ["share"])
        assert shown.columns.name == "who" and shown["share"].tolist() == ["33.3%", ""]
        assert shown["money"].tolist()[0] == "1,235"

    def test_a_run_collects_them(self, folder):
        made = reports.run("small", label="tell", as_of="2021-02-03")
        assert made.folder == Path("out/small-2021-02-03") and made.as_of == "2021-02-03" and made.status == "good"
        sheet = openpyxl.load_workbook(made.folder / "exhibits.xlsx")["Shares"]
        assert list(sheet.iter_rows(values_only=True)) == [
            ("who", "n", "share"),
            ("=1+1", 1, 0.123456789012),
            ("b", 2, None),
        ]
        assert openpyxl.load_workbook(made.folder / "exhibits.xlsx")["Folded"]["B3"].value == 2
        text = made.page.read_text(encoding="utf-8")
        assert "<details><summary>The numbers &lt;in&gt; a table</summary>" in text
        assert "12.3\N{NO-BREAK SPACE}%" in text and "<pre></pre>" not in text

    def test_warnings_stand_in_the_page_and_in_the_records(self, folder):
        made = reports.run("small", data=folder / "données.csv", label="warn")
        assert (made.status, made.warnings, made.as_of) == ("warnings", ("The data are <old>.",), "2021-01-01")
        assert "The data are &lt;old&gt;." in made.page.read_text(encoding="utf-8")
        status = json.loads((made.folder / "status.json").read_text(encoding="utf-8"))
        assert {key: status[key] for key in ("status", "exit_code", "as_of", "warnings", "page", "error")} == {
            "status": "warnings",
            "exit_code": 3,
            "as_of": "2021-01-01",
            "warnings": ["The data are <old>."],
            "page": "small.html",
            "error": None,
        }

    def test_the_manifest_says_what_made_the_run(self, folder):
        now = datetime.datetime(2026, 11, 22, 8, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
        made = reports.run("small", data=folder / "données.csv", label="tell", as_of="last-sunday", now=now)
        assert made.folder.name == "small-2026-11-15" and made.as_of_rule == "last-sunday"
        said = json.loads((made.folder / "manifest.json").read_text(encoding="utf-8"))
        assert list(said) == sorted(said) and said["parameters"]["as_of"] == said["as_of"] == "2026-11-15"
        content = (folder / "données.csv").read_bytes()
        assert said["data"] == {
            "name": "données.csv",
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
        }
        assert said["parameters"]["data"] == "données.csv" and said["parameters"]["horizon_months"] == 12
        assert said["started_at_utc"] == "2026-11-22T00:00:00Z" and said["feed"] is None
        for name, sha256 in said["files"].items():
            assert hashlib.sha256((made.folder / name).read_bytes()).hexdigest() == sha256
        assert sorted([*said["files"], "manifest.json", "status.json"]) == FILES


class TestDays:
    @given(st.dates(datetime.date(1900, 1, 10)))
    def test_last_sunday_is_the_latest_one_that_is_over(self, today):
        day = reports.as_of("last-sunday", today)
        assert day.isoweekday() == 7 and datetime.timedelta(0) < today - day <= datetime.timedelta(7)

    def test_the_data_know_their_latest_order(self):
        assert reports.as_of("") is None and reports.as_of("latest-order") is None
        assert reports.as_of("2021-04-03") == datetime.date(2021, 4, 3)

    @pytest.mark.parametrize(
        ("days", "look", "old"),
        [([1, 2, 3], 10, False), ([1, 2, 3], 11, True), ([1, 20], 39, False), ([1, 20], 40, True), ([5], 5, False)],
    )
    def test_a_file_is_old_when_its_silence_is_unusual(self, days, look, old):
        days = [datetime.date(2021, 1, day) for day in days]
        look = datetime.date(2021, 1, 1) + datetime.timedelta(days=look - 1)
        assert bool(reports.stale(days, look)) == old


class TestFolders:
    def prepared(self, out, text, mark=True):
        work = out / f".work-{text}"
        work.mkdir()
        (work / "page.html").write_text(text, encoding="utf-8")
        if mark:
            (work / "status.json").write_text("{}", encoding="utf-8")
        return work

    def text(self, folder):
        return (folder / "page.html").read_text(encoding="utf-8")

    def test_names_are_numbered_and_nothing_is_lost(self, tmp_path):
        (tmp_path / "run").write_text("somebody's file", encoding="utf-8")
        made = [folders.appear(self.prepared(tmp_path, str(n)), tmp_path, "run").name for n in range(3)]
        assert made == ["run-2", "run-3", "run-4"] and (tmp_path / "run").is_file()

    def test_runs_at_the_same_time_do_not_collide(self, tmp_path):
        works = [self.prepared(tmp_path, str(n)) for n in range(24)]
        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(lambda work: folders.appear(work, tmp_path, "run"), works))
        assert len(set(made)) == 24 and sorted(self.text(m) for m in made) == sorted(map(str, range(24)))

    def test_replacing_leaves_one_whole_run(self, tmp_path):
        first = folders.appear(self.prepared(tmp_path, "first"), tmp_path, "run")
        works = [self.prepared(tmp_path, str(n)) for n in range(24)]
        with ThreadPoolExecutor(8) as pool:
            made = set(pool.map(lambda work: folders.appear(work, tmp_path, "run", overwrite=True), works))
        assert made <= {first, *(tmp_path / f"run-{n}" for n in range(2, 26))} and first in made
        assert self.text(first) in set(map(str, range(24))) and not list(tmp_path.glob(".*"))

    def test_the_old_run_comes_back_when_the_new_one_cannot(self, tmp_path, monkeypatch):
        first = folders.appear(self.prepared(tmp_path, "first"), tmp_path, "run")
        work, rename = self.prepared(tmp_path, "second"), Path.rename

        def renamed(path, target):
            if path == work:
                raise PermissionError(13, "Permission denied")
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", renamed)
        with pytest.raises(Refusal, match="cannot be replaced"):
            folders.appear(work, tmp_path, "run", overwrite=True)
        assert self.text(first) == "first" and [p.name for p in tmp_path.glob(".*")] == [work.name]

    def test_a_folder_that_is_no_run_is_not_replaced(self, tmp_path):
        own = self.prepared(tmp_path, "own", mark=False).rename(tmp_path / "run")
        assert folders.appear(self.prepared(tmp_path, "new"), tmp_path, "run", overwrite=True).name == "run-2"
        assert self.text(own) == "own"

    def test_nothing_is_left_of_a_stopped_run(self, folder, monkeypatch):
        monkeypatch.setattr(page, "page", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            reports.run("small")
        assert list(Path("out").iterdir()) == []


class TestFeed:
    @pytest.fixture
    def feed(self, folder):
        """The feed of the file in the folder."""
        transactions.inspect(folder / "données.csv", as_of="last-sunday").feed.save("shop.yaml")
        return Path("shop.yaml").resolve()

    def test_counts_for_what_it_says(self, folder, feed):
        namespace = {"data": "x.csv", "feed": str(feed), "grain": "", "as_of": "", "label": "all"}
        reports.check_cell("small", namespace)
        assert namespace["as_of"] == "last-sunday" and namespace["label"] == "all"
        now = datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC)
        made = reports.run("small", data=folder / "données.csv", feed="shop.yaml", label="tell", now=now)
        assert made.as_of == "2026-11-22"
        said = json.loads((made.folder / "manifest.json").read_text(encoding="utf-8"))
        assert said["feed"]["name"] == said["parameters"]["feed"] == "shop.yaml" and len(said["feed"]["sha256"]) == 64
        made = reports.run("small", data=folder / "données.csv", feed="shop.yaml", label="tell", as_of="2021-05-06")
        assert made.as_of == "2021-05-06"

    def test_contradictions_are_refused(self, folder, feed):
        with pytest.raises(Refusal, match="-p grain=line contradicts"):
            reports.run("small", data=folder / "données.csv", feed=feed, grain="line")
        with pytest.raises(Refusal, match="-p grain=line contradicts"):
            reports.check_cell("small", {"data": "x.csv", "feed": str(feed), "grain": "line"})
        with pytest.raises(Refusal, match="A feed needs a file of orders"):
            reports.run("small", feed=feed)
        feed.write_text("feed: crmlearn.feed/1", encoding="utf-8")
        with pytest.raises(Refusal, match="'columns' is missing"):
            reports.run("small", data=folder / "données.csv", feed=feed)

    def test_masks_by_the_feeds_encoding_and_customers(self, folder, tmp_path):
        path = tmp_path / "shop.csv"
        path.write_bytes("Käufer;date;amount\nzoë;2021-01-01;3,50\nß;2021-01-02;4,50\n".encode("cp1252"))
        transactions.inspect(path, {"customer_id": "Käufer"}, encoding="cp1252").feed.save("shop.yaml")
        with pytest.raises(reports.ReportFailed) as failure:
            reports.run("small", data=path, feed="shop.yaml", label="boom")
        text = failure.value.kept.read_text(encoding="utf-8")
        assert "removed" not in text and "[mail]" in text


def test_the_customer_base_of_a_feed_is_published_with_warnings(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("orders.csv").write_bytes(shop().encode("cp1252"))
    transactions.inspect("orders.csv", COLUMNS, encoding="cp1252", grain="order").feed.save("shop.yaml")
    Path("orders.csv").write_bytes(shop(seed=8, status="gesperrt").encode("cp1252"))
    typed = ["report", "customer_base", "--data", "orders.csv", "--feed", "shop.yaml"]
    assert cli.main([*typed, "-p", "as_of=2025-06-29", "-p", "bootstraps=20"]) == 3
    out, err = capsys.readouterr()
    folder = Path("out/customer_base-2025-06-29")
    assert out == f"{folder / 'customer_base.html'}\n" and "as of 2025-06-29\n" in err
    assert "warning: About the file: 1 status word not in shop.yaml: gesperrt." in err and "the file may be old" in err
    text = (folder / "customer_base.html").read_text(encoding="utf-8")
    for said in ("as shop.yaml says", "read as the feed shop.yaml says (sha256", "EUR", "gesperrt", "2025-06-29"):
        assert said in text
    assert text.index("gesperrt") < text.index("In short")
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    book = openpyxl.load_workbook(folder / "exhibits.xlsx")
    cells = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    for personal in ("Müller", "shop.de", "K0001", str(tmp_path)):
        assert personal.encode() not in everything and personal not in cells
    assert {"Orders by period", "Cleaning", "Columns"} <= set(book.sheetnames)
    Path("orders.csv").write_bytes(shop(currency="CHF").encode("cp1252"))
    assert cli.main(typed) == 2
    assert "orders.csv is not as shop.yaml says: 'Währung' (currency)" in capsys.readouterr().err


def test_the_masked_columns_are_those_of_people():
    people = ["customer_id", "CustomerID", "client", "E-mail", "phone_number", "user", "id", "customer name"]
    assert all(masked.PEOPLE.search(name) for name in people)
    assert not any(masked.PEOPLE.search(name) for name in ("date", "amount", "paid", "order_id", "channel"))


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[1] / "notebooks" / "reports").glob("*.ipynb")), ids=lambda p: p.stem
)
def test_the_gate_takes_nothing_from_a_report_that_names_nobody(path):
    assert "[held back]" not in path.read_text(encoding="utf-8")
