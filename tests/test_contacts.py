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

    def test_pseudonyms_of_a_report_lead_back_with_the_same_key(self, shop, monkeypatch):
        monkeypatch.setenv(privacy.pseudonyms.KEY, "a key of sixteen signs or more")
        tx = transactions.clean(transactions.read(shop / "orders.csv").tx).tx
        names = privacy.pseudonymise(tx).table["customer_id"]
        wanted = names[tx["customer_id"].astype(str).isin(["101", "104"]).to_numpy()].unique()
        pd.DataFrame({"customer": wanted}).to_csv(shop / "best.csv", index=False)
        done = reports.contacts("sms", "marketing", "2025-06-10", only=shop / "best.csv", **files(shop))
        assert pd.read_csv(done.path)["customer_id"].tolist() == [101]
        assert dict(done.made.excluded.to_numpy()) == {"on the register": 1}

    def test_a_segment_of_the_firm(self, tmp_path):
        done = reports.contacts("email", "marketing", "2025-12-29", segment="At risk", out=tmp_path)
        orders, people = datasets.load("firm/orders"), datasets.load("firm/customers").query("kind == 'person'")
        sold = orders[(orders["amount"] >= 0) & orders["customer_id"].isin(people["customer_id"])]
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


def test_a_message_of_service_needs_no_consent_and_promotes_nothing(shop):
    made = reports.contacts("sms", "service", "2025-06-10", **files(shop, consents=None)).made
    assert len(made.allowed) == 6 and "nothing in it promotes" in repr(made)


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
        (shop / "others.csv").write_text("id\n9999\n", encoding="utf-8")
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


class TestAwkwardFiles:
    """What real shops export, and what must not turn it into a wrong message."""

    def ask(self, shop, consents, at="2025-06-10", **more):
        pd.DataFrame(consents).to_csv(shop / "consents.csv", index=False)
        return reports.contacts("sms", "marketing", at, **files(shop, **more))

    @staticmethod
    def said(*events):
        told = pd.DataFrame(events, columns=["customer_id", "at", "event"]).assign(channel="sms", purpose="marketing")
        return told

    def test_a_withdrawal_of_the_same_day_wins(self, shop):
        for events in (
            [(101, "2025-03-01", "withdrawn"), (101, "2025-03-01", "given")],
            [(101, "2025-03-01 10:00", "given"), (101, "2025-03-01", "withdrawn")],
        ):
            made = self.ask(shop, self.said(*events), out=str(shop / f"lists{len(events[0][1])}")).made
            assert dict(made.excluded.to_numpy())["withdrawn"] == 1
        later = [(101, "2025-03-01 10:00", "withdrawn"), (101, "2025-03-01 11:00", "given")]
        assert len(self.ask(shop, self.said(*later), out=str(shop / "c")).made.allowed) == 1

    def test_an_empty_cell_agrees_to_nothing(self, shop):
        with pytest.raises(Refusal, match="row 0"):
            self.ask(shop, self.said((101, "2025-03-01", None)))

    def test_ids_that_are_nearly_somebodys(self, shop):
        with pytest.raises(Refusal, match="written otherwise"):
            self.ask(shop, self.said(("00101", "2025-03-01", "withdrawn")))
        made = self.ask(shop, self.said((" 101 ", "2025-03-01", "Given "))).made
        assert made.allowed["customer_id"].tolist() == ["101"]

    def test_a_column_named_person_takes_nobodys_place(self, shop):
        made = self.ask(shop, self.said((101, "2025-03-01", "given")).assign(person=102)).made
        assert made.allowed["customer_id"].tolist() == ["101"]

    def test_of_two_answers_on_one_day_the_listing_counts(self, shop):
        checks = pd.DataFrame({"customer_id": [103, 103], "register": "No Text Message", "listed": ["TRUE", "FALSE"],
                               "checked_on": ["2025-06-01 15:00", "2025-06-01 08:00"]})  # fmt: skip
        checks.to_csv(shop / "checks.csv", index=False)
        told = self.said((103, "2025-03-01", "given")).assign(channel="email")
        assert dict(self.ask(shop, told).made.excluded.to_numpy())["on the register"] == 1

    def test_a_day_in_the_past_hides_no_withdrawal(self, shop):
        told = self.said((101, "2025-03-01", "given"), (101, "2025-06-20", "withdrawn"))
        with pytest.raises(Refusal, match="1 person on this list took the consent back"):
            self.ask(shop, told)

    def test_who_cannot_be_reached_is_not_on_the_list(self, shop):
        people = pd.DataFrame({"customer_id": [101, 101, 102], "phone": [None, "0000101", "0000102"]})
        people.to_csv(shop / "people.csv", index=False)
        told = self.said((101, "2025-03-01", "given"), (103, "2025-03-01", "given"))
        made = self.ask(shop, told, people=str(shop / "people.csv")).made
        assert made.allowed["phone"].tolist() == ["0000101"]
        assert dict(made.excluded.to_numpy())["no phone known"] == 1

    def test_nobody_agreed_yet(self, shop):
        made = self.ask(shop, self.said()).made
        assert dict(made.excluded.to_numpy()) == {"no consent": 6}

    def test_numbers_of_a_run_without_a_key_mean_nobody(self, shop):
        (shop / "best.csv").write_text("customer\nC-0001\n", encoding="utf-8")
        with pytest.raises(Refusal, match="without a key"):
            reports.contacts("sms", "marketing", "2025-06-10", only=shop / "best.csv", **files(shop))

    def test_a_list_of_ids_without_a_name_on_top(self, shop):
        (shop / "best.csv").write_text("101\n103\n", encoding="utf-8")
        made = reports.contacts("sms", "marketing", "2025-06-10", only=shop / "best.csv", **files(shop)).made
        assert made.allowed["customer_id"].tolist() == ["101", "103"]

    def test_files_and_folders_that_cannot_be_used(self, shop):
        (shop / "latin.csv").write_bytes("Kundin\nM\xfcller\n".encode("latin-1"))
        with pytest.raises(Refusal, match="no UTF-8"):
            reports.contacts("sms", "marketing", "2025-06-10", only=shop / "latin.csv", **files(shop))
        (shop / "taken").write_text("x")
        with pytest.raises(Refusal, match="cannot be written"):
            reports.contacts("sms", "marketing", "2025-06-10", **files(shop, out=str(shop / "taken")))
