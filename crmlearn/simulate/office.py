"""What lies in the office: three departments' card files, goals, the market, risks, and one breach."""

import numpy as np
import pandas as pd

from crmlearn.simulate.streams import stream

_RISKS = """
R01|operations|the only boiler of hot water for tastings is old|it fails during the year-end sale|tastings stop for days|0.10|0.25|three repairs in four years|400000|2500000|Nov to Dec|shop manager|yearly service|60000|0.5|0.0|rent a mobile boiler|no hot water for two hours
R02|supply|one maker delivers most woks|it stops delivering|shelves are empty and customers go elsewhere|0.05|0.15|two makers left the trade in ten years|1500000|12000000|any month|buyer|a second maker under contract|300000|0.6|0.3|buy on the spot market|a delivery is ten days late
R03|data|staff reuse passwords|an outsider reads customer records|trust is lost, the regulator may act|0.08|0.30|reports of similar shops|2000000|40000000|any month|data protection officer|second factor at log-in|250000|0.7|0.1|breach plan, notices ready|log-ins from an unknown place
R04|people|the only Tamil speaker retires|leads in Tamil are not called back|sales to these households fall|0.40|0.70|her own plan|200000|900000|2026|head of service|hire and train early|180000|0.8|0.0|interpreter by phone|notice is given
R05|website|traffic doubles in December|the web shop is down on a sale day|orders of the day are lost|0.15|0.35|one such day in three years|800000|5000000|Nov to Dec|head of web|load test and spare servers|220000|0.7|0.4|sell by phone, extend the sale|pages take over four seconds
R06|product|a supplier changes the coating|a pan fails a safety test|recall and refunds|0.01|0.05|two recalls in the trade in ten years|3000000|30000000|any month|buyer|test each batch|400000|0.6|0.2|recall plan|a complaint about the coating
R07|law|old consents are not recorded|messages go to people who said no|penalty and complaints|0.10|0.30|last year's messages|300000|6000000|any month|data protection officer|one consent ledger|120000|0.8|0.0|stop, apologise, mend|a complaint about a message
R08|finance|rent is due for renewal|rent rises by a third|margin of the shop falls|0.30|0.60|offers in the same street|1800000|4500000|Mar 2026|finance|talk early, look for another place|50000|0.3|0.2|move the store room|letter of the landlord
R09|delivery|one courier carries all parcels|its drivers stop work|parcels arrive late|0.05|0.12|one stop in six years|500000|3500000|Lunar New Year|logistics|a second courier|90000|0.1|0.6|collect in the shop|talks fail
R10|staff|key account managers leave|accounts lose their person|business customers leave|0.25|0.50|five leavers in three years|600000|5000000|any month|head of sales|notes at every hand-over|80000|0.1|0.5|the head calls each account|notice is given
R11|reputation|a post about a bad pan spreads|many read it before we answer|fewer new customers|0.10|0.40|four such posts a year|200000|3000000|any month|marketing|watch and answer within two hours|150000|0.2|0.5|a public answer by the owner|a post reaches 20,000
R12|weather|the store room lies low|heavy rain floods it|stock is spoilt|0.03|0.10|one flood in the street in 15 years|700000|6000000|Nov to Jan|logistics|shelves off the floor|40000|0.0|0.7|dry-out firm on call|flood warning
R13|opportunity|a school drops cooking classes|we run them in the shop|new families come|0.20|0.50|two schools asked|-2500000|-300000|2026|marketing|offer a pilot class|100000|0.0|0.0|stop after one term|fewer than eight pupils
R14|payments|cards are taken on one line|the line fails on a Saturday|sales of the day are lost|0.20|0.45|two failures in three years|150000|700000|any month|shop manager|a mobile reader|30000|0.1|0.8|cash and transfer|the first card fails
"""  # noqa: E501
_RISK_COLUMNS = (
    "risk_id", "category", "cause", "event", "consequence", "probability_low", "probability_high", "evidence",
    "impact_low_cents", "impact_high_cents", "when", "owner", "prevention", "prevention_cost_cents", "frequency_cut",
    "severity_cut", "contingency", "trigger",
)  # fmt: skip
EXPOSED, WITH_BANK, STAFF_CLOSED = 612, 37, "2025-09-12"  # a Friday; three calendar days end on a Monday
RECORDS, DOUBLES = 600, 48


def risks():
    """The risk register. Money is a 90 % range of one event, in cents; below zero it is a gain."""
    table = pd.DataFrame([line.split("|") for line in _RISKS.strip().splitlines()], columns=_RISK_COLUMNS)
    for name in ("probability_low", "probability_high", "frequency_cut", "severity_cut"):
        table[name] = table[name].astype(float)
    for name in (c for c in _RISK_COLUMNS if c.endswith("_cents")):
        table[name] = table[name].astype("int64")
    return table.assign(status="open", review_on=[f"2026-{1 + k % 6:02d}-15" for k in range(len(table))])


def office(customers, orders, seed):
    """Returns: ({name: table}, planted)"""
    random = stream(seed, "office")
    breach, exposed = _breach(random, customers)
    records, planted = _records(random, customers)
    tables = {"risks": risks(), "breach": breach, "breach_customers": exposed, "records": records}
    market = _market(random, orders)
    own = market[market["brand"] == "Kualiwick Home"].reset_index(drop=True)
    target = (own["sales_cents"] * random.uniform(0.94, 1.10, len(own)) / 500_000).round().astype("int64") * 500_000
    tables["goals"] = pd.DataFrame({"quarter": own["quarter"], "measure": "sales", "target_cents": target})
    return tables | {"market": market}, planted | {"people_in_the_breach": len(exposed)}


def _breach(random, customers):
    persons = customers.loc[customers["kind"] == "person", "customer_id"].to_numpy()
    n = min(EXPOSED, len(persons))
    who = np.sort(random.choice(persons, n, replace=False))
    bank = np.zeros(n, bool)
    bank[random.choice(n, min(WITH_BANK, n), replace=False)] = True
    table = {"customer_id": who, "name": True, "email": True, "phone": random.random(n) < 0.8, "bank_account": bank}
    incident = {
        "incident_id": "B1",
        "what": "a backup of orders and refunds lay open on the web",
        "cause": "a storage setting was missed when the backup moved",
        "began_on": "2025-08-22",
        "noticed_on": "2025-09-01",
        "assessed_on": STAFF_CLOSED,
        "only_inside_the_firm": False,
        "encrypted_before": False,
        "made_harmless_after": False,
        "police_asked_for_silence": False,
        "people_in_the_file": n,
    }
    return pd.DataFrame([incident]), pd.DataFrame(table)


def _records(random, customers):
    """What three departments wrote down about the same customers, each in its own way."""
    some = customers.iloc[np.sort(random.choice(len(customers), min(RECORDS, len(customers)), replace=False))]
    parts = []
    for department, share in (("marketing", 0.8), ("sales", 0.6), ("service", 0.5)):
        part = some[random.random(len(some)) < share][["name", "phone", "email", "customer_id"]].copy()
        part.insert(0, "department", department)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    doubles = table.iloc[np.sort(random.choice(len(table), min(DOUBLES, len(table)), replace=False))]
    table = pd.concat([table, doubles], ignore_index=True)
    at = table["department"].to_numpy()
    phone = table["phone"].to_numpy()
    table["phone"] = np.where(at == "sales", [f"+65 {p[:4]} {p[4:]}" for p in phone], phone)
    table["name"] = np.where(at == "service", table["name"].str.upper(), table["name"])
    table.loc[random.random(len(table)) < 0.12, "email"] = None
    gap = random.random(len(table)) < 0.10
    table.loc[gap & (at != "marketing"), "phone"] = None
    twist = random.random(len(table)) < 0.08  # two letters change places
    table.loc[twist, "name"] = [n[:1] + n[2] + n[1] + n[3:] for n in table.loc[twist, "name"]]
    table = table.iloc[random.permutation(len(table))].reset_index(drop=True)
    table.insert(1, "record_id", [f"K{k + 1:04d}" for k in range(len(table))])
    table["updated_on"] = pd.Timestamp("2023-06-01") + pd.to_timedelta(random.integers(0, 900, len(table)), "D")
    table["updated_on"] = table["updated_on"].astype("datetime64[us]")
    table = table.rename(columns={"customer_id": "true_customer_id"})
    return table, {"people_on_the_cards": int(table["true_customer_id"].nunique()), "cards_kept_twice": len(doubles)}


def _market(random, orders):
    """Sales by quarter of the firm, of two rivals and of all others: an estimate as an institute would sell it."""
    done = orders[orders["status"] == "completed"]
    quarter = done["date"].dt.to_period("Q").astype(str)
    own = done.groupby(quarter)["amount_cents"].sum()
    times = {"Kualiwick Home": 1.0, "Rival A": 1.9, "Rival B": 0.8, "others": 4.6}
    parts = []
    for k, (brand, factor) in enumerate(times.items()):
        noise = 1 if k == 0 else random.normal(1, 0.04, len(own)) * np.linspace(1, (1, 1.15, 0.85, 1)[k], len(own))
        sales = (own.to_numpy() * factor * noise).round().astype("int64")
        parts.append(pd.DataFrame({"quarter": own.index, "brand": brand, "sales_cents": sales}))
    return pd.concat(parts, ignore_index=True)
