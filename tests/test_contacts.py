"""From a segment to a list: those who may be reached, in a restricted file; the others counted, nobody named."""

import json
import sys

import pandas as pd
import pytest

from crmlearn import cli, datasets, pdpa, privacy, reports, rfm, transactions
from crmlearn.errors import Refusal


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A small shop's files: six customers, a feed, consents, checks, phones."""
    monkeypatch.delenv(privacy.pseudonyms.KEY, raising=False)
    days = ["2025-03-01"] * 6 + ["2025-05-20"] * 6
    orders = pd.DataFrame({"Customer": [*range(101, 107)] * 2, "Date": days, "Total": range(10, 22)})
    orders.to_csv(tmp_path / "orders.csv", index=False)
    transactions.Feed.of(transactions.read(tmp_path / "orders.csv")).save(tmp_path / "shop.yaml")
    told = [(101, "sms", "given"), (102, "sms", "given"), (102, "sms", "withdrawn"), (103, "email", "given"),
            (104, "email", "given")]  # fmt: skip
    consents = pd.DataFrame(told, columns=["customer_id", "channel", "event"]).assign(purpose="marketing")
    consents["at"] = ["2025-01-01", "2025-01-01", "2025-02-01", "2025-01-01", "2025-01-01"]
    consents.to_csv(tmp_path / "consents.csv", index=False)
    checks = pd.DataFrame({"customer_id": [103, 104], "register": "no text message", "checked_on": "2025-06-01",
                           "listed": [False, True]})  # fmt: skip
    checks.to_csv(tmp_path / "checks.csv", index=False)
    people = pd.DataFrame({"customer_id": range(101, 107), "phone": [f"0000{n}" for n in range(101, 107)], "name": "x"})
    people.to_csv(tmp_path / "people.csv", index=False)
    return tmp_path


def files(shop, **more):
    names = {"data": "orders.csv", "feed": "shop.yaml", "consents": "consents.csv", "checks": "checks.csv"}
    return {name: str(shop / file) for name, file in names.items()} | {"out": str(shop / "lists")} | more


class TestList:
    def test_who_may_be_reached_and_why_not_the_others(self, shop):
        done = reports.contacts("sms", "marketing", "2025-06-10", people=shop / "people.csv", **files(shop))
        listed = pd.read_csv(done.path, dtype=str)
        assert listed["customer_id"].tolist() == ["101", "103"] and listed["phone"].tolist() == ["0000101", "0000103"]
        assert "name" not in listed  # only what the channel needs
        assert listed["valid_until"].tolist()[1] == "2025-06-22"
        record = json.loads(done.record.read_text(encoding="utf-8"))
        assert record["left_out"] == {"no consent": 2, "on the register": 1, "withdrawn": 1} and record["allowed"] == 2
        assert record["data"]["name"] == "orders.csv" and str(shop) not in done.record.read_text(encoding="utf-8")
        assert "31 May 2026" in record["law"]

    def test_after_21_days_the_check_is_old(self, shop):
        done = reports.contacts("sms", "marketing", "2025-06-23", **files(shop))
        assert pd.read_csv(done.path)["customer_id"].tolist() == [101]
        assert dict(done.made.excluded.to_numpy())["check too old"] == 2

    @pytest.mark.skipif(sys.platform == "win32", reason="rights of a file work otherwise there")
    def test_only_its_owner_may_read_it(self, shop):
        done = reports.contacts("sms", "marketing", "2025-06-10", **files(shop))
        assert done.path.stat().st_mode & 0o777 == 0o600 and done.path.parent.stat().st_mode & 0o777 == 0o700

    def test_pseudonyms_of_a_report_lead_back_with_the_same_file(self, shop):
        tx = transactions.clean(transactions.read(shop / "orders.csv").tx).tx
        names = privacy.pseudonymise(tx).table["customer_id"]
        wanted = names[tx["customer_id"].astype(str).isin(["101", "104"]).to_numpy()].unique()
        pd.DataFrame({"customer": wanted}).to_csv(shop / "best.csv", index=False)
        done = reports.contacts("sms", "marketing", "2025-06-10", only=shop / "best.csv", **files(shop))
        assert pd.read_csv(done.path)["customer_id"].tolist() == [101]
        assert dict(done.made.excluded.to_numpy()) == {"on the register": 1}

    def test_a_segment_of_the_firm(self, tmp_path):
        done = reports.contacts("email", "marketing", "2025-12-29", segment="At risk", out=tmp_path)
        orders = datasets.load("firm/orders")
        sold = orders[orders["amount"] >= 0]
        found = rfm.segments(rfm.score(sold, as_of=sold["date"].max()))
        assert len(done.made.allowed) + done.made.excluded["people"].sum() == (found["segment"] == "At risk").sum()
        assert done.made.allowed["email"].str.endswith("@example.com").all()


class TestCommand:
    def test_it_counts_and_names_nobody(self, shop, capsys):
        told = [f"--{name}={value}" for name, value in files(shop).items()]
        assert cli.main(["contacts", "--channel=sms", "--purpose=marketing", "--at=2025-06-10", *told]) == 0
        said = capsys.readouterr().out
        assert "2 of 6 people may get this sms" in said and "not legal advice" in said
        assert not [number for number in range(101, 107) if str(number) in said]
        assert cli.main(["contacts", "--channel=sms", "--purpose=marketing", "--at=2025-06-10", *told]) == 2
        assert "there already" in capsys.readouterr().err


class TestRefusals:
    @pytest.mark.parametrize(
        ("more", "match"),
        [({"feed": None}, "confirmed feed"), ({"consents": None}, "consent can be looked up"),
         ({"segment": "Best friends"}, "segment="), ({"data": None}, "belong to a file of orders")],
    )  # fmt: skip
    def test_what_is_missing_or_strange(self, shop, more, match):
        with pytest.raises(Refusal, match=match):
            reports.contacts("sms", "marketing", "2025-06-10", **files(shop, **more))

    def test_words_and_people(self, shop):
        with pytest.raises(Refusal, match="channel="):
            reports.contacts("pigeon", "marketing", "2025-06-10", **files(shop))
        with pytest.raises(Refusal, match="sends nothing"):
            reports.contacts("sms", "analytics", "2025-06-10", **files(shop))
        (shop / "others.csv").write_text("id\nC-9999\n", encoding="utf-8")
        with pytest.raises(Refusal, match="1 of 1 in others"):
            reports.contacts("sms", "marketing", "2025-06-10", only=shop / "others.csv", **files(shop))
        with pytest.raises(Refusal, match="email"):
            reports.contacts("email", "marketing", "2025-06-10", people=shop / "people.csv", **files(shop))
        assert not (shop / "lists").exists()

    def test_the_law_is_asked_for_the_day(self, shop):
        done = reports.contacts("sms", "marketing", "today", **files(shop))
        assert done.made.at >= pdpa.LAW_CHECKED_ON


def test_a_report_that_lists_nobody_reveals_nothing(capsys):
    assert cli.main(["report", "clv", "--reveal"]) == 2
    assert "nothing to reveal" in capsys.readouterr().err
