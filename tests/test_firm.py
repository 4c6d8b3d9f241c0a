"""The firm: it is drawn again value for value, what was planted is there, and nobody can be meant."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from crmlearn import datasets, home, simulate, transactions
from crmlearn.clv.models import SBG
from crmlearn.errors import Refusal
from crmlearn.simulate import CAMPAIGNS, World, writing
from crmlearn.simulate.customers import OPENING, people
from crmlearn.simulate.surveys import BRANDS, ELEMENTS

FOLDER = home.folder("datasets") / "firm"


@pytest.fixture(scope="module")
def drawn():
    return simulate.firm()


@pytest.fixture(scope="module")
def orders():
    return datasets.load("firm/orders")


@pytest.fixture(scope="module")
def customers():
    return datasets.load("firm/customers")


@pytest.fixture(scope="module")
def truth():
    return datasets.truth("firm")


@pytest.fixture(scope="module")
def messy():
    """(the export as read, cleaned), both as its card says"""
    log = transactions.read(datasets.path("firm/messy_orders"), grain="order", timezone="Asia/Singapore")
    policy = transactions.Policy(
        start="2023-01-01", end="2025-12-31", currency="SGD", duplicates="drop",
        tax="subtract", shipping="subtract", discounts="subtract",
    )  # fmt: skip
    return log, transactions.clean(log.tx, policy)


def _by_day(tx):
    """What one day's orders of one customer brought, in whole cents."""
    cents = (100 * tx["amount"]).round().astype("int64")
    table = tx[["customer_id", "channel"]].assign(day=tx["date"].dt.floor("D"), cents=cents)
    return table.sort_values(["customer_id", "day", "cents"], ignore_index=True)


@pytest.fixture(scope="module")
def world():
    """(what nobody sees of some customers, their history)"""
    hidden = people(7, 3000)[1]
    return hidden, simulate.history(hidden, 7)


class TestRegeneration:
    def test_the_files_hold_what_the_generator_draws_value_for_value(self, drawn, tmp_path):
        assert sorted(drawn.tables) == sorted(p.name for p in FOLDER.iterdir() if p.is_dir())
        for name, table in drawn.tables.items():
            file = writing.file_of(FOLDER, name)
            if file.suffix == ".csv":
                text = file.read_text(encoding="utf-8-sig")
                assert text == table.to_csv(index=False, lineterminator="\n"), name
            else:
                pd.testing.assert_frame_equal(pd.read_parquet(file), table, obj=name)

    def test_the_truths_are_those_on_file(self, drawn, truth):
        assert json.loads(json.dumps(drawn.truth)) == truth

    def test_writing_into_a_folder_makes_files_that_fit_their_cards(self, tmp_path, monkeypatch):
        small = simulate.firm(seed=4, customers=300)
        for name in small.tables:
            (tmp_path / name).mkdir()
            (tmp_path / name / "card.md").write_text((FOLDER / name / "card.md").read_text("utf-8"), "utf-8")
        sizes = writing.write(small, tmp_path)
        assert set(sizes) == set(small.tables) and json.loads((tmp_path / "truth.json").read_text("utf-8"))["seed"] == 4
        card = (tmp_path / "orders" / "card.md").read_text("utf-8")
        assert f"rows: {len(small.tables['orders'])}\n" in card
        assert datasets.sha256(tmp_path / "orders" / "orders.parquet") in card

    def test_a_table_without_a_card_is_refused(self, tmp_path):
        with pytest.raises(Refusal, match="has no card"):
            writing.write(simulate.firm(seed=4, customers=300), tmp_path)

    def test_another_seed_is_another_firm(self, orders):
        other = simulate.firm(seed=4, customers=300).tables["orders"]
        again = simulate.firm(seed=4, customers=300).tables["orders"]
        pd.testing.assert_frame_equal(other, again)
        assert not other["amount_cents"].equals(simulate.firm(seed=5, customers=300).tables["orders"]["amount_cents"])

    def test_all_of_it_is_small(self):
        assert sum(file.stat().st_size for file in FOLDER.rglob("*.*")) < 15e6

    @pytest.mark.parametrize("odd", [{"seed": -1}, {"seed": None}, {"customers": 12}, {"customers": "many"}])
    def test_odd_arguments(self, odd):
        with pytest.raises(Refusal, match="needs a whole number"):
            simulate.firm(**odd)


class TestBooks:
    def test_lines_add_up_to_their_order_to_the_cent(self, drawn):
        orders, lines = drawn.tables["orders"], drawn.tables["order_lines"]
        sold = orders[orders["kind"] == "order"].set_index("order_id")[["amount_cents", "margin_cents"]]
        added = lines.groupby("order_id")[["amount_cents", "margin_cents"]].sum()
        pd.testing.assert_frame_equal(added.sort_index(), sold.sort_index())
        assert (lines["quantity"] >= 1).all() and sold.index.is_unique

    def test_costs_of_customers_add_up_to_what_was_spent(self, drawn):
        spent = drawn.tables["spending"]
        assert spent["spent_cents"].sum() == drawn.tables["customers"]["acquisition_cost_cents"].sum()
        assert spent["customers"].sum() == len(drawn.tables["customers"])

    def test_responses_to_a_campaign_are_those_in_the_orders(self, orders):
        cleaned = transactions.clean(orders, transactions.Policy(same_day="keep")).tx
        drawn = datasets.load("firm/campaign_customers")
        for campaign in CAMPAIGNS:
            begin = OPENING + pd.Timedelta(weeks=campaign.week)
            inside = (cleaned["date"] >= begin) & (cleaned["date"] < begin + pd.Timedelta(weeks=campaign.weeks))
            told = drawn[drawn["draw"] == campaign.campaign_id].set_index("customer_id")
            found = cleaned[inside].groupby("customer_id")["margin"].agg(["size", "sum"]).reindex(told.index).fillna(0)
            assert found["size"].tolist() == told["orders"].tolist()
            assert np.allclose(found["sum"], told["margin"], atol=0.011)

    def test_every_id_leads_to_a_row(self, drawn):
        tables, ids = drawn.tables, set(drawn.tables["customers"]["customer_id"])
        for name, table in tables.items():
            for column in {"customer_id", "true_customer_id"} & set(table.columns):
                assert set(table[column].dropna()) <= ids, name
        assert set(tables["contacts"]["template_id"]) <= set(tables["templates"]["template_id"])
        assert set(tables["contacts"]["campaign_id"].dropna()) == {c.campaign_id for c in CAMPAIGNS}
        for name in ("tickets", "leads", "deals"):
            assert set(tables[name]["staff_id"]) <= set(tables["staff"]["staff_id"]), name

    def test_the_first_order_is_the_day_of_acquisition(self, orders, customers):
        done = orders[(orders["kind"] == "order") & (orders["status"] == "completed")]
        first = done.groupby("customer_id")["date"].min().dt.floor("D")
        assert first.reindex(customers["customer_id"]).tolist() == customers["acquired_on"].tolist()

    def test_transactions_reads_and_cleans_the_orders_without_a_word(self, orders, truth):
        planted = truth["planted"]["orders"]
        cleaned = transactions.clean(transactions.read(orders).tx)
        found = cleaned.changes.set_index("rule")["rows_found"]
        assert found["cancelled orders"] == planted["cancelled_orders"] > 1000
        assert found["refunds"] == planted["refunds"] and found["same-day orders"] > 2000
        assert found["refunds of orders not in the file"] == planted["refunds_without_an_order"] == 40
        assert found["orders of amount zero"] > planted["orders_of_amount_zero"] > 200  # and those paid back in full
        # Each reason is one of the shop's words; orders have none.
        assert orders["reason"].notna().equals(orders["kind"] == "refund")


class TestPlanted:
    def test_the_messy_export_holds_exactly_what_was_planted(self, messy, truth):
        log, cleaned = messy
        planted = dict(truth["planted"]["messy_orders"])
        assert planted.pop("rows") == len(datasets.load("firm/messy_orders")) == log.seen.rows
        assert f"{planted.pop('empty rows')} empty rows left out" in log.notes
        assert cleaned.changes.set_index("rule")["rows_found"].to_dict() == planted
        assert min(planted.values()) >= 40

    def test_the_messy_export_asks_for_what_it_can_be_read_in_two_ways(self):
        with pytest.raises(Refusal) as refusal:
            transactions.read(datasets.path("firm/messy_orders"))
        assert "time zone" in str(refusal.value)
        with pytest.raises(Refusal, match="order ids repeat"):
            transactions.read(datasets.path("firm/messy_orders"), timezone="Asia/Singapore")

    def test_cleaned_it_is_the_clean_orders_again_to_the_cent(self, messy, orders):
        mine, real = (_by_day(tx) for tx in (messy[1].tx, transactions.clean(transactions.read(orders).tx).tx))
        assert len(mine) == 70317
        pd.testing.assert_frame_equal(mine, real)

    def test_messages_after_a_withdrawal_and_without_a_check(self, truth):
        planted = truth["planted"]["marketing"]
        sent, consents = datasets.load("firm/contacts"), datasets.load("firm/consents")
        sent = sent[sent["purpose"] == "marketing"]
        gone = consents[consents["event"] == "withdrawn"][["customer_id", "channel", "at"]]
        late = sent.merge(gone, on=["customer_id", "channel"], suffixes=("", "_no")).query("at > at_no")
        assert len(late[late["channel"] != "sms"]) == planted["messages_after_a_withdrawal"] == 120
        given = consents[consents["event"] == "given"][["customer_id", "channel"]].assign(given=True)
        texts = sent[sent["channel"] == "sms"].merge(given, on=["customer_id", "channel"], how="left")
        texts = texts.merge(gone, on=["customer_id", "channel"], how="left", suffixes=("", "_no"))
        needs = texts[texts["given"].isna() | (texts["at_no"] < texts["at"])]
        checks = datasets.load("firm/dnc_checks").query("not listed")
        checked = needs.merge(checks, on="customer_id", how="left")
        age = (checked["at"].dt.floor("D") - checked["checked_on"]).dt.days
        assert age.isna().sum() == planted["texts_without_a_check"] == 40
        assert (age > 21).sum() == planted["texts_with_an_old_check"] == 60

    def test_tickets_leads_cards_and_answers(self, truth):
        planted = truth["planted"]
        tickets, leads, records = (datasets.load(f"firm/{name}") for name in ("tickets", "leads", "records"))
        assert tickets["solved_at"].isna().sum() == planted["helpdesk"]["open_tickets"] > 45
        assert tickets["first_answer_at"].isna().sum() == planted["helpdesk"]["unanswered_tickets"]
        assert (tickets["created_at"] <= tickets["first_answer_at"]).sum() == tickets["first_answer_at"].notna().sum()
        assert leads["called_at"].isna().sum() == planted["selling"]["leads_never_called"] > 100
        staff = datasets.load("firm/staff").set_index("staff_id")["languages"]
        speaks = [lang in staff[who] for lang, who in zip(leads["language"], leads["staff_id"], strict=True)]
        assert speaks.count(False) == planted["selling"]["leads_with_staff_who_lack_the_language"] > 50
        assert records["true_customer_id"].nunique() == planted["office"]["people_on_the_cards"]
        twice = records.duplicated(["department", "true_customer_id"]).sum()
        assert twice == planted["office"]["cards_kept_twice"] == 48

    def test_straight_lines_and_holes_in_the_survey(self, truth):
        answers = datasets.load("firm/survey")
        scores = answers[list(ELEMENTS)]
        assert len(ELEMENTS) == 30 and set(answers["brand"]) == set(BRANDS)
        assert scores.isna().any(axis=1).sum() == truth["planted"]["survey"]["answers_without_the_last_two_tiers"]
        straight = (scores.nunique(axis=1) == 1) & scores.notna().all(axis=1)
        assert straight.sum() == truth["planted"]["survey"]["straight_lines"]
        assert answers[[*ELEMENTS, "recommends"]].fillna(5).isin(range(11)).all(axis=None)

    @pytest.mark.parametrize(
        ("plan", "before", "renewals"), [("monthly", "2024-12-28", 12), ("yearly", "2023-12-28", 2)]
    )
    def test_renewals_give_back_the_parameters(self, plan, before, renewals, truth):
        members = datasets.load("firm/memberships").query("kind == 'person' and plan == @plan and started_on < @before")
        fit = SBG.fit([(members["renewals"] >= k).sum() for k in range(renewals + 1)])
        known = truth["estimands"]["membership"]["value"][f"person {plan}"]
        for name, error in fit.standard_errors.items():
            assert abs(getattr(fit.model, name) - known[name]) < 3 * error, name

    def test_running_memberships_have_no_end_and_ended_ones_ended_at_a_renewal(self):
        members = datasets.load("firm/memberships")
        ended = members[members["ended_on"].notna()]
        months = (ended["ended_on"].dt.year - ended["started_on"].dt.year) * 12
        months += ended["ended_on"].dt.month - ended["started_on"].dt.month
        assert (months == (ended["renewals"] + 1) * ended["plan"].map({"monthly": 1, "yearly": 12})).all()
        assert ended["ended_on"].max() <= pd.Timestamp("2025-12-28") and members["ended_on"].isna().mean() > 0.3

    def test_the_breach_concerns_enough_people_and_some_of_them_gravely(self):
        breach, who = datasets.load("firm/breach"), datasets.load("firm/breach_customers")
        assert breach["people_in_the_file"][0] == len(who) == 612 and who["customer_id"].is_unique
        assert who["bank_account"].sum() == 37 and who["name"].all()
        assert f"{breach['assessed_on'][0]:%A}" == "Friday" and breach["noticed_on"][0] > breach["began_on"][0]

    def test_risks_are_ranges(self):
        risks = datasets.load("firm/risks")
        assert (risks["probability_low"] < risks["probability_high"]).all() and risks["risk_id"].is_unique
        assert (risks["impact_low"] < risks["impact_high"]).all() and risks.notna().all(axis=None)


class TestNobodyIsMeant:
    def test_names_phones_addresses_and_numbers(self, customers):
        assert customers["phone"].str.fullmatch(r"0\d{7}").all() and customers["phone"].is_unique
        assert customers["email"].str.fullmatch(r"p\d{5}@example\.com").all()
        assert customers["name"].str.fullmatch(r"[A-Z][a-z]+ [A-Z][a-z]+ \d{5}").all()
        persons = customers["kind"] == "person"
        assert customers["nric"].notna().equals(persons)
        for number in customers.loc[persons, "nric"]:
            assert re.fullmatch(r"S\d{7}[A-Z]", number)
            total = sum(int(d) * w for d, w in zip(number[1:8], (2, 7, 6, 5, 4, 3, 2), strict=True))
            assert "JZIHGFEDCBA"[total % 11] != number[8]

    def test_no_other_table_holds_a_phone_or_an_address_that_could_be_real(self, drawn):
        for name, table in drawn.tables.items():
            for column in table.select_dtypes("str").columns:
                texts = table[column].dropna().drop_duplicates()
                assert not texts.str.contains(r"(?<!\d)[3689]\d{3} ?\d{4}(?!\d)").any(), (name, column)
                assert not texts[texts.str.contains("@")].str.contains(r"@(?!example\.com$)").any(), (name, column)


class TestWorlds:
    def test_better_service_raises_a_value_element_which_raises_retention_which_raises_value(self, world):
        hidden, past = world
        fast = simulate.history(hidden, 7, World(service="fast"))
        assert np.nanmean(fast.hours) < np.nanmean(past.hours) / 2
        assert (fast.left >= past.left).mean() > 0.99 and fast.left.mean() > past.left.mean() + 2
        assert fast.margin().mean() > past.margin().mean() + 5

    def test_the_chain_is_in_the_tables_too(self, truth):
        value = truth["estimands"]["pilot"]["value"]
        assert value["reduces_anxiety"] > 0.7 and value["active"] > 0.03 and value["margin"] > 3
        assert truth["estimands"]["service"]["value"] > value["margin"]

    def test_a_campaign_that_does_nothing_does_nothing_and_others_do(self, truth):
        told = {c.campaign_id: truth["estimands"][c.campaign_id]["value"]["all arms"] for c in CAMPAIGNS}
        assert told["C4"] == 0 and min(told[c] for c in ("C1", "C2", "C3", "C5")) > 1

    def test_four_campaigns_are_found_and_one_is_not(self, truth):
        drawn = datasets.load("firm/campaign_customers")
        for campaign in CAMPAIGNS:
            those = drawn[drawn["draw"] == campaign.campaign_id]
            sent, left = (those.loc[those["arm"].eq("control") == c, "margin"] for c in (False, True))
            z = (sent.mean() - left.mean()) / np.sqrt(sent.var() / len(sent) + left.var() / len(left))
            assert (abs(z) < 1.96) if campaign.campaign_id == "C4" else (z > 1.96), (campaign.campaign_id, z)

    def test_the_best_offer_differs_by_segment(self, truth):
        offers = pd.DataFrame(truth["estimands"]["C3"]["by_segment"]).idxmax(axis=1).to_dict()
        best = {"families": "gift", "retirees": "delivery", "students": "voucher", "young professionals": "delivery"}
        assert offers == best
        arms = truth["estimands"]["C5"]["value"]
        assert arms["triggered"] > 1.3 * arms["scheduled"] > 0

    @pytest.mark.parametrize(
        "odd", [{"pilot": "all"}, {"campaigns": {"C9": None}}, {"campaigns": {"C1": "gift"}}, {"service": "slow"}]
    )
    def test_worlds_that_do_not_exist_are_refused(self, odd):
        with pytest.raises(Refusal, match="is not a choice"):
            World(**odd)

    def test_members_look_far_better_than_membership_makes_them(self, truth):
        loyalty = truth["estimands"]["loyalty"]
        assert loyalty["naive"] > 3 * loyalty["value"] > 0

    def test_worlds_share_their_past_and_their_luck(self, world):
        hidden, past = world
        campaign = CAMPAIGNS[0]
        nobody = simulate.history(hidden, 7, World(campaigns={"C1": None}))
        assert np.array_equal(nobody.orders[: campaign.week], past.orders[: campaign.week])
        everybody = simulate.history(hidden, 7, World(campaigns={"C1": "message"}))
        span = slice(campaign.week, campaign.week + campaign.weeks)
        eligible = past.arms["C1"] >= 0
        more = everybody.orders[span].sum(axis=0) - nobody.orders[span].sum(axis=0)
        assert more[eligible].sum() > 0 and (more[~eligible] == 0).all()

    def test_a_history_can_be_taken_up_where_it_was_left(self, world):
        hidden, past = world
        anew = simulate.history(hidden, 7, past=past, begin=60, luck=1)
        again = simulate.history(hidden, 7, past=past, begin=60, luck=1)
        assert np.array_equal(anew.orders[:60], past.orders[:60]) and np.array_equal(anew.orders, again.orders)
        assert not np.array_equal(anew.orders[60:], past.orders[60:])
        assert np.array_equal(anew.arms["C1"], past.arms["C1"]) and set(anew.arms) == set(past.arms)
