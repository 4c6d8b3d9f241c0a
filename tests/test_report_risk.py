"""The risk report: a register becomes a board page, names nobody, and refuses what it cannot read."""

import json
import re

import pandas as pd
import pytest
from openpyxl import load_workbook

from crmlearn import cli, datasets, reports, risk
from crmlearn.errors import Refusal

ROWS = [
    ("A", "the roof leaks", "0.1 to 0.3", "2000 to 20000", "Oct to Dec", "Tan Ah Kow", "tan@shop.sg", "2026-01-15"),
    ("B", "the card reader fails", "0.4", "500 to 3,000", "any month", "Lim Bee Hoon", "cash, 9123 4567", "2026-03-01"),
    ("C", "a bad review goes round", "low", "reputation", "any month", "Tan Ah Kow", "answer at once", "2026-06-01"),
]  # fmt: skip
HEAD = ["ID", "Event", "Probability", "Impact", "Timing", "Owner", "Contingency", "Review on"]


def words(run):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", run.page.read_text(encoding="utf-8")))


@pytest.fixture
def register(tmp_path):
    path = tmp_path / "register.csv"
    pd.DataFrame(ROWS, columns=HEAD).to_csv(path, index=False)
    return path


def test_the_firm_of_the_course(tmp_path):
    run = reports.run("risk", None, tmp_path, years=20_000)
    text = words(run)
    assert run.status == "good" and run.folder.name == "risk" and "14 risks ; 13 threats in money" in text
    book = load_workbook(run.folder / "exhibits.xlsx", read_only=True)
    rows = {r[0]: r for r in book["Each risk in money"].iter_rows(values_only=True)}
    told = risk.expected(risk.read(datasets.path("firm/risks"))).set_index("id")
    assert rows["R03"][4] == pytest.approx(told.inherent["R03"]) and rows["R13"][2] == "opportunity"
    best = risk.best_controls(risk.read(datasets.path("firm/risks")), 5000)
    assert all(name in text for name in best.controls) and "best set of controls is" in text
    owners = datasets.load("firm/risks").owner.unique()
    assert not [o for o in owners if o in text and o not in ("buyer", "marketing")]


def test_a_register_of_ones_own_names_nobody_until_it_is_asked(register, tmp_path):
    run = reports.run("risk", register, tmp_path / "out", years=5_000, currency="SGD")
    made = "".join(
        p.read_text(encoding="utf-8") for p in run.folder.iterdir() if p.suffix in (".html", ".ipynb", ".json")
    )
    assert not [w for w in ("Tan Ah Kow", "Lim Bee Hoon", "tan@shop.sg", "9123 4567") if w in made]
    text = words(run)
    assert "These stay in words" in text and "reputation" in text and "no control with a cost" in text and "SGD" in text
    shown = reports.run("risk", register, tmp_path / "out", years=5_000, reveal=True)
    assert "Lim Bee Hoon" in words(shown)
    assert json.loads((shown.folder / "manifest.json").read_text(encoding="utf-8"))["parameters"]["reveal"] is True


def test_late_reviews_are_warned_of(register, tmp_path):
    run = reports.run("risk", register, tmp_path / "out", years=2_000, overdue_on="2026-04-01")
    assert run.status == "warnings" and "overdue for 2 risks: A, B" in " ".join(run.warnings)


@pytest.mark.parametrize("kind", ["xlsx", "yaml", "one"])
def test_other_kinds_of_files_and_one_risk_alone(tmp_path, kind):
    table = pd.DataFrame(ROWS[:1] if kind == "one" else ROWS[:2], columns=HEAD).drop(columns=["Owner", "Contingency"])
    path = tmp_path / f"register.{'csv' if kind == 'one' else kind}"
    if kind == "xlsx":
        table.to_excel(path, index=False)
    elif kind == "yaml":
        path.write_text(json.dumps({"risks": table.to_dict("records")}), encoding="utf-8")
    else:
        table.to_csv(path, index=False)
    text = words(reports.run("risk", path, tmp_path / "out", years=2_000))
    assert "the roof leaks" in text and ("One threat alone needs no matrix" in text) == (kind == "one")


def test_events_that_never_come_and_nothing_that_has_a_range(tmp_path):
    path = tmp_path / "never.csv"
    path.write_text("event,probability,impact\nit fails,0,500\n")
    text = words(reports.run("risk", path, tmp_path / "out", years=2_000))
    assert "nothing can be moved" in text
    assert not re.search(r"\bnan\b", text) and "100 % of the years no threat comes true" in text


def test_words_of_a_register_are_shown_as_they_were_written(tmp_path):
    path = tmp_path / "odd.csv"
    rows = [("=1+1", "<script>alert(1)</script>", 0.2, "100 to 900", "**[a](b)** $x$ <img src=y>", 50, 0.1)]
    rows += [(f"@{i}", "=2+2", 0.1, 50, "", "", "") for i in range(30)]
    head = ["id", "event", "probability", "impact", "prevention", "prevention_cost", "rate_cut"]
    pd.DataFrame(rows, columns=head).to_csv(path, index=False)
    run = reports.run("risk", path, tmp_path / "out", years=2_000)
    page = run.page.read_text(encoding="utf-8")
    assert "<script>alert" not in page and "<img src=y" not in page
    assert "*&lt;img" not in page and "<em>**[a](b)** $x$ &lt;img src=y&gt;</em>" in page
    assert "=1+1 (&lt;script&gt;alert(1)&lt;/script&gt;, " in page
    assert "@0, @1, " in run.warnings[0] and "and 20 more" in run.warnings[0]
    book = load_workbook(run.folder / "exhibits.xlsx")
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert not [c for c in cells if c.data_type == "f"] and "=2+2" in [c.value for c in cells]


def test_a_bad_register_is_refused_with_all_its_defects(register, tmp_path, capsys):
    text = register.read_text(encoding="utf-8").replace("0.1 to 0.3", "80").replace("500 to 3,000", "3,000 to 500")
    register.write_text(text, encoding="utf-8")
    assert cli.main(["report", "risk", "--data", str(register), "--out", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert "(A)" in said and "(B)" in said and not (tmp_path / "out" / "risk").exists()


def test_words_alone_make_no_page_of_money(tmp_path):
    path = tmp_path / "words.csv"
    pd.DataFrame(ROWS[2:], columns=HEAD).to_csv(path, index=False)
    with pytest.raises(Refusal, match="no risk of this register is in money"):
        reports.run("risk", path, tmp_path / "out")


def test_more_controls_than_can_be_tried_are_said(tmp_path):
    rows = [(f"K{n}", f"event {n}", 0.2, "1,000 to 9,000", f"guard {n}", 100, 0.5) for n in range(22)]
    path = tmp_path / "many.csv"
    head = ["id", "event", "probability", "impact", "prevention", "prevention_cost", "frequency_cut"]
    pd.DataFrame(rows, columns=head).to_csv(path, index=False)
    run = reports.run("risk", path, tmp_path / "out", years=2_000)
    assert run.status == "warnings" and "was not looked for" in run.warnings[0]
