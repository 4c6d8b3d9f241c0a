"""What the report on privacy begins with: a firm's ledgers, read, and what may be told of the people in them."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from crmlearn import datasets, pdpa, privacy
from crmlearn.errors import Refusal
from crmlearn.reports.exhibits import state, warn
from crmlearn.reports.ledgers import read_ledger

_FIRM = {"data": "contacts", "consents": "consents", "checks": "dnc_checks", "orders": "orders",
         "duplicates": "records", "breaches": "breach"}  # fmt: skip
_OPTIONAL = ("consents", "checks", "orders", "duplicates", "requests", "transfers", "breaches")


@dataclass(frozen=True)
class OpenRecords:
    """A firm's records ready for a report.

    records : pdpa.Records; findings : table, small counts of it in words
    gate : privacy.Gate; source : path of the messages; about : one line on the data
    """

    records: Any
    findings: Any
    gate: privacy.Gate
    source: Path
    about: str


def open_records(given):
    """Read the ledgers that a report's parameters speak of, and hold them against the eleven obligations.

    given : the parameters by name: data (messages), consents, checks, orders, duplicates, requests, transfers,
        breaches, as_of, officer, policies, holidays, keep_years, smallest_cell
    Returns: OpenRecords; a serious finding is a warning
    Refuses: what `pdpa.Records` refuses, and ledgers without messages
    """
    own = bool(given["data"])
    if not own and (others := [name for name in _OPTIONAL if given[name]]):
        raise Refusal("these ledgers belong to a file of messages.", f"{others[0]} without data", "--data messages.csv")
    source = Path(given["data"]) if own else datasets.path("firm/contacts")
    tables = {name: read_ledger(given[name], empty=True) for name in _OPTIONAL if given[name]} if own else _firm()
    messages = read_ledger(source) if own else tables.pop("data")
    state(data={"name": source.name, "sha256": datasets.sha256(source), "bytes": source.stat().st_size})
    answers = {name: given[name] or None for name in ("officer", "policies", "keep_years")}
    latest = pdpa.ruling.moments("at", messages["at"]).max().date() if "at" in messages and len(messages) else None
    day = date.fromisoformat(given["as_of"]) if given["as_of"] else latest
    if day is None:
        raise Refusal(
            "no message tells the day of the inspection.", "no rows, or no column 'at'", "-p as_of=2025-12-31"
        )
    holidays = given["holidays"].replace(",", " ").split()
    records = pdpa.Records(day, messages=messages, holidays=holidays, **tables, **answers)
    state(as_of=f"{day:%Y-%m-%d}")
    gate = privacy.Gate(own or datasets.card("firm/contacts").facts["personal"], given["smallest_cell"])
    found = pdpa.findings(records)
    found["finding"] = [_in_words(*row, gate.smallest) for row in found[["finding", "people"]].itertuples(index=False)]
    serious = int((found["severity"] == "serious").sum())
    if serious:
        warn(f"{serious} of the findings {'is' if serious == 1 else 'are'} serious: see the table.")
    line = f"Data: {source.name}." if own else f"Data: {datasets.card('firm/contacts').line}"
    return OpenRecords(records, found, gate, source, line)


def _firm():
    tables = {name: datasets.load(f"firm/{table}") for name, table in _FIRM.items()}
    people = datasets.load("firm/customers").query("kind == 'person'")["customer_id"]
    tables["duplicates"] = tables["duplicates"].rename(columns={"true_customer_id": "customer_id"})
    for name, table in tables.items():
        if "customer_id" in table:  # business customers go: for them other rules hold
            tables[name] = table[table["customer_id"].isin(people)]
    kinds = "full name; e-mail address; payment card or bank account number"
    names = {"people_in_the_file": "people", "only_inside_the_firm": "internal_only",
             "encrypted_before": "protected_before", "made_harmless_after": "remedied"}  # fmt: skip
    tables["breaches"] = tables["breaches"].rename(columns=names).assign(data=kinds)
    return tables


def _in_words(text, people, smallest):
    """Three people are soon recognised, and so are eight messages to three: such a count is not told."""
    if pd.isna(people) or not 0 < people < smallest:
        return text
    return re.sub(r"^[\d,]+ (.*)", lambda hit: f"{hit[1]} (fewer than {smallest} people)", text)
