import datetime
import html.parser
import re
from pathlib import Path

import nbformat
import numpy as np
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from crmlearn import reports
from crmlearn.errors import Refusal
from crmlearn.reports import page, running, shelf

PARAMETERS = """\
# What the report may be told
data: str = ""  # a file of orders: customer, date, amount
horizon_months: int = 12  # in [1, 120]. How far ahead to forecast, months
discount_per_year: float = 0.10  # in [0, 1]. 0.10 is ten per cent a year
share: float = 0.5  # in (0, inf]
grain: str = ""  # one of "", "line", "order". What a row of the file is
as_of: str = ""  # last date of the data
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
        assert [p.default for p in ours] == ["", 12, 0.10, 0.5, "", "", False, "all"]

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
        assert lines(error)[8].startswith("  Try: one of data, horizon_months")

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
        assert first == Path("out/small.html")
        again = reports.run("small", out="out")
        assert again == Path("out/small-2.html") and "donn" in first.read_text(encoding="utf-8")
        assert reports.run("small", out="out", overwrite=True) == first and "donn" not in first.read_text(
            encoding="utf-8"
        )
        assert sorted(p.name for p in Path("out").iterdir()) == [
            "small-2.html",
            "small-2.ipynb",
            "small.html",
            "small.ipynb",
        ]

    def test_says_which_file_not_where_it_lay(self, folder, tmp_path):
        made = reports.run("small", data="{reports}/données.csv")
        text = made.read_text(encoding="utf-8")
        assert "<pre>données.csv données.csv 12" in text
        assert str(tmp_path) not in text + made.with_suffix(".ipynb").read_text(encoding="utf-8")

    def test_a_failing_run_is_kept_marked_and_masked(self, folder, tmp_path):
        for kept in ("out/small-failed.ipynb", "out/small-failed-2.ipynb"):
            with pytest.raises(reports.ReportFailed) as failure:
                reports.run("small", data=folder / "données.csv", label="boom")
            assert failure.value.kept == Path(kept)
        failed = nbformat.read(kept, 4)
        brought_in = [str(cell.outputs) for cell in failed.cells if cell.get("outputs")]
        brought_in += [cell.source for cell in failed.cells if "injected-parameters" in cell.metadata.get("tags", [])]
        for personal in ("778", "tan@", "91234567", str(tmp_path)):
            assert personal not in " ".join([*brought_in, str(failed.metadata), str(failure.value)])
        assert [cell.metadata.get("tags") for cell in failed.cells[-2:]] == [["papermill-error-cell-tag"], []]
        assert [p.name for p in Path("out").glob("*.html")] == []

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
            reports.run("small", data="order.csv", out="taken", horizon_months=0)
        assert [line for line in lines(error) if not line.startswith(" ")] == [
            "horizon_months=0 is not between 1 and 120.",
            "The data file order.csv cannot be read.",
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

    def test_hides_code_prompts_and_warnings(self):
        warned = new_code_cell("x", outputs=[new_output("stream", name="stderr", text="/some/folder: UserWarning")])
        text = self.made(self.shown(text_plain="42"), warned)
        assert "secret_code" not in text and "In&nbsp;" not in text and "UserWarning" not in text and "42" in text

    def test_formulas_become_mathml_but_code_does_not(self):
        text = self.made(new_markdown_cell("# T\n\nas $r^t$, `$code$`, costs \\$5 and \\$6\n\n$$\\frac{m}{1+d}$$"))
        assert text.count("<math") == 2 and "<msup>" in text and "<mfrac>" in text
        assert "<code>$code$</code>" in text and "$5 and $6" in text

    def test_a_formula_that_cannot_be_read_is_shown_as_typed(self, monkeypatch):
        monkeypatch.setattr(page, "convert", lambda *_, **__: 1 / 0)
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


def test_the_masked_columns_are_those_of_people():
    people = ["customer_id", "CustomerID", "client", "E-mail", "phone_number", "user", "id", "customer name"]
    assert all(running.PEOPLE.search(name) for name in people)
    assert not any(running.PEOPLE.search(name) for name in ("date", "amount", "paid", "order_id", "channel"))
