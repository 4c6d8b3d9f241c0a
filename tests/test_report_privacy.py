"""The privacy report: ledgers become a page that tells what breaks a duty, and nothing about anybody."""

import json
import re
import zipfile

import pandas as pd
import pytest
from openpyxl import load_workbook

from crmlearn import cli, datasets, pdpa, reports
from crmlearn.errors import Refusal

KINDS = "full name; payment card or bank account number"


def words(run):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", run.page.read_text(encoding="utf-8")))


@pytest.fixture
def ledgers(tmp_path):
    """A small shop: 40 people, three of whom got a message after they had said no; each file as a shop has it."""
    people = [f"ah.kow.{n}@planted.sg" for n in range(40)]
    sent = pd.DataFrame({"customer_id": people, "at": "2025-06-02 10:00", "channel": "email", "purpose": "marketing"})
    given = pd.DataFrame(
        {"customer_id": people, "at": "2025-01-01", "channel": "email", "event": "given", "wording": "v1"}
    )
    gone = given.head(3).assign(at="2025-03-03", event="withdrawn")
    breaches = pd.DataFrame({"incident_id": ["B1"], "people": [12], "noticed_on": ["2025-05-01"], "data": [KINDS],
                             "assessed_on": ["2025-05-09"], "told_commission_on": ["2025-05-13"],
                             "told_people_on": ["2025-05-13"]})  # fmt: skip
    files = {"data": sent, "consents": pd.concat([given, gone]), "breaches": breaches}
    for name, table in files.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    return {name: tmp_path / f"{name}.csv" for name in files}


def test_the_firm_of_the_course(tmp_path):
    run = reports.run("privacy", None, tmp_path, turnover=12_000_000, keep_years=2)
    assert run.status == "warnings" and "are serious" in run.warnings[0] and run.folder.name == "privacy-2025-12-28"
    text = words(run)
    assert "not legal advice" in text and "31 May 2026" in text and "the last day was 15 September 2025" in text
    book = load_workbook(run.folder / "exhibits.xlsx", read_only=True)
    rows = {r[0]: r for r in book["Messages that should not have go"[:31]].iter_rows(values_only=True)}
    people = datasets.load("firm/customers").query("kind == 'person'")
    sent = datasets.load("firm/contacts").merge(people[["customer_id"]])
    screened = pdpa.screen(
        sent, pdpa.Ledger.of(datasets.load("firm/consents")),
        pdpa.Checks.of(datasets.load("firm/dnc_checks")),
    )  # fmt: skip
    assert rows["all"][-1] == (~screened["allowed"]).sum()
    caps = {r[0]: r[1] for r in book["Highest penalties"].iter_rows(values_only=True)}
    assert caps["data protection"] == 1_200_000 and caps["do not call"] == 1_000_000


def test_small_counts_stand_in_words_and_nobody_is_named(ledgers, tmp_path):
    run = reports.run("privacy", ledgers.pop("data"), tmp_path / "out", **ledgers)
    text = words(run)
    assert (
        "messages more than ten business days after the person had withdrawn (fewer than 5 people)" in text
        and "3 messages" not in text
    )
    assert (
        "the Commission was told on 13 May 2025; the last day was 12 May 2025" in text and "1 breach on record" in text
    )
    found = {p.name: p.read_bytes() for p in run.folder.iterdir()}
    with zipfile.ZipFile(run.folder / "exhibits.xlsx") as book:
        found |= {name: book.read(name) for name in book.namelist()}
    assert not [name for name, content in found.items() if b"ah.kow" in content or b"planted" in content]
    assert json.loads(found["manifest.json"])["parameters"]["consents"] == "consents.csv"
    shown = reports.run("privacy", tmp_path / "data.csv", tmp_path / "all", **ledgers, smallest_cell=1)
    assert "3 messages more than ten business days after" in words(shown)


def test_a_day_six_months_later_says_that_the_law_was_not_checked_again(ledgers, tmp_path):
    run = reports.run("privacy", ledgers["data"], tmp_path / "out", consents=ledgers["consents"], as_of="2026-12-31")
    assert "Not re-checked since" in words(run)


class TestRefusals:
    def test_ledgers_without_messages(self, ledgers, tmp_path):
        with pytest.raises(Refusal, match="belong to a file of messages"):
            reports.run("privacy", None, tmp_path / "out", consents=ledgers["consents"])

    def test_a_file_that_is_not_there(self, ledgers, tmp_path):
        with pytest.raises(Refusal, match="consents file nowhere"):
            reports.run("privacy", ledgers["data"], tmp_path / "out", consents=tmp_path / "nowhere.csv")

    def test_a_breach_that_cannot_be_read_names_nobody(self, ledgers, tmp_path, capsys):
        table = pd.read_csv(ledgers["breaches"]).assign(assessed_on="09/05/2025")
        table.to_csv(ledgers["breaches"], index=False)
        told = [f"-p={name}={ledgers[name]}" for name in ("consents", "breaches")]
        assert cli.main(["report", "privacy", f"--data={ledgers['data']}", f"--out={tmp_path / 'out'}", *told]) == 2
        said = capsys.readouterr().err
        assert "assessed_on holds something that is no date" in said and "planted" not in said
