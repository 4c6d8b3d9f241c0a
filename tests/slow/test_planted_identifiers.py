"""A thousand people in a log, with names, phones, e-mails and identity-card numbers: none comes out of a report."""

import json
import zipfile

import numpy as np
import pandas as pd
import pytest

from crmlearn import cli, privacy

pytestmark = pytest.mark.slow

KEY = "a key that must stay where it is, 0123456789"
COLOURS = ["Amber", "Coral", "Indigo", "Jade", "Ochre", "Plum", "Sable", "Teal", "Umber", "Violet"]
THINGS = ["Anchovy", "Basket", "Candle", "Dumpling", "Easel", "Feather", "Gherkin", "Hammock", "Icicle", "Juniper"]


@pytest.fixture(scope="module")
def people():
    """1,000 invented people, four identifiers each; a quarter of them is known to the shop by each kind."""
    n = np.arange(1000)
    table = pd.DataFrame({
        "name": [f"{COLOURS[i % 10]} {THINGS[i // 10 % 10]}worth{'abcdefghij'[i // 100]}" for i in n],
        "phone": [f"9{(i * 7919 + 1234567) % 10_000_000:07d}" for i in n],
        "email": [f"{COLOURS[i % 10].lower()}.{i:03d}@planted.sg" for i in n],
        "nric": [f"S{(i * 6007 + 7654321) % 10_000_000:07d}{'ABCDEFGHIZJ'[i % 11]}" for i in n],
    })  # fmt: skip
    kinds = np.array(["name", "phone", "email", "nric"])[n % 4]
    table["known_as"] = [table[kind][i] for i, kind in enumerate(kinds)]
    assert all(table[kind].is_unique for kind in table)
    return table


@pytest.fixture(scope="module")
def made(people, tmp_path_factory):
    """Everything that the reports, the feed and the failures leave: {what: bytes}."""
    at = tmp_path_factory.mktemp("planted")
    random = np.random.default_rng(8)
    # People order at rates of their own and leave on days of their own, so that a forecast lists the best of them.
    came = random.integers(0, 90, 1000)
    left = np.minimum(came + random.exponential(150, 1000), 360).astype(int)
    again = random.poisson(random.gamma(0.7, 0.025, 1000) * (left - came))
    who = people.loc[np.repeat(np.arange(1000), 1 + again)].reset_index(drop=True)
    day = np.concatenate([[c, *random.integers(c, e + 1, n)] for c, e, n in zip(came, left, again, strict=True)])
    log = pd.DataFrame({
        "order id": np.arange(len(who)) + 1, "customer": who["known_as"],
        "date": pd.Timestamp("2025-01-01") + pd.to_timedelta(day, unit="D"),
        "total": random.gamma(3, 20, len(who)).round(2), "customer name": who["name"], "mobile": who["phone"],
        "email": who["email"], "nric": who["nric"], "category": "tea for " + who["email"],
        "note": "call " + who["name"] + " at " + who["phone"] + ", card " + who["nric"],
    })  # fmt: skip
    log.to_csv(at / "orders.csv", index=False)
    log.assign(total=log["total"].astype(str).mask(log.index == 7, who["email"] + " " + who["nric"])).to_csv(
        at / "broken.csv", index=False
    )
    return at


def said(capfd):
    out, err = capfd.readouterr()
    return {"what was printed": (out + err).encode()}


def everything(folder):
    """The bytes of each file, those inside workbooks too, and the names of the files."""
    found = {}
    for path in (p for p in folder.rglob("*") if p.is_file()):
        found[path.name] = path.read_bytes() + path.name.encode()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                found |= {f"{path.name}/{part}": book.read(part) for part in book.namelist()}
    return found


def leaks(found, people):
    planted = [str(value) for kind in ("name", "phone", "email", "nric") for value in people[kind]]
    assert len(planted) == 4000
    texts = {what: content.decode("utf-8", "ignore") for what, content in found.items()}
    return sorted({(what, word) for what, text in texts.items() for word in [*planted, KEY] if word in text})


@pytest.mark.parametrize("keyed", [True, False])
@pytest.mark.parametrize("report", ["customer_base", "clv"])
def test_none_comes_out_of_a_report(report, keyed, made, people, tmp_path, monkeypatch, capfd):
    monkeypatch.delenv(privacy.pseudonyms.KEY, raising=False)
    if keyed:
        monkeypatch.setenv(privacy.pseudonyms.KEY, KEY)
    terms = ["-p", "customer_column=customer", "-p", "amount_column=total", "-p", "date_column=date", "-p",
             "bootstraps=20"]  # fmt: skip
    code = cli.main(["report", report, "--data", str(made / "orders.csv"), "--out", str(tmp_path), *terms])
    printed = said(capfd)
    assert code in (0, 3), printed
    found = everything(tmp_path) | printed
    assert len(found) > 8 and not leaks(found, people)
    if report == "customer_base" and keyed:
        known = privacy.pseudonymise(pd.DataFrame({"customer_id": people["known_as"]}), key=KEY).table["customer_id"]
        page = found[f"{report}.html"].decode()
        assert sum(name in page for name in known) == 10  # they are there, by pseudonym


def test_none_comes_out_of_inspecting_and_of_refusals(made, people, tmp_path, capfd):
    assert cli.main(["inspect", str(made / "orders.csv"), "--save", str(tmp_path / "shop.yaml")]) in (0, 2, 3)
    cli.main(["report", "customer_base", "--data", str(made / "broken.csv"), "--out", str(tmp_path)])
    assert not leaks(everything(tmp_path) | said(capfd), people)


def test_reveal_is_explicit_and_written_down(made, people, tmp_path, capfd):
    terms = ["-p", "customer_column=customer", "-p", "amount_column=total", "-p", "date_column=date", "-p",
             "bootstraps=20"]  # fmt: skip
    data = ["--data", str(made / "orders.csv"), "--out", str(tmp_path)]
    assert cli.main(["report", "customer_base", *data, "--reveal", *terms]) in (0, 3)
    found = everything(tmp_path)
    page = found["customer_base.html"].decode()
    assert sum(known in page for known in people["known_as"]) == 10
    assert json.loads(found["manifest.json"].rpartition(b"}")[0] + b"}")["parameters"]["reveal"] is True
    capfd.readouterr()
