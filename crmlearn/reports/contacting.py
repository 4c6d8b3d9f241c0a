"""The one way from a segment in a report to a list of people: a restricted file of those who may be reached."""

import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from crmlearn import datasets, pdpa, privacy, rfm, transactions
from crmlearn.errors import Refusal, columns, one_of
from crmlearn.pdpa.ruling import SINGAPORE
from crmlearn.privacy.pseudonyms import as_text
from crmlearn.reports.records import fingerprint
from crmlearn.transactions.sources import kind_of, open_table

REACHED_BY = {"sms": "phone", "phone": "phone", "fax": "fax", "email": "email", "post": "address", "app": None}
ONLY_ME, ONLY_ME_INSIDE = 0o600, 0o700


@dataclass(frozen=True)
class Contacts:
    """A list that was written.

    path : the CSV, which only its owner may read; record : the JSON beside it, in which nobody is named
    made : pdpa.ContactList
    """

    path: Path
    record: Path
    made: pdpa.ContactList


def contacts(channel, purpose, at, data=None, feed=None, consents=None, checks=None, people=None, segment=None,
             only=None, related=False, out="restricted"):  # fmt: skip
    """Write the list of those whom a message may go to, and count the others by reason.

    channel, purpose : as in pdpa.may_contact; at : day of sending, or "today"
    data, feed : file of orders and how to read it; without them the course's invented firm
    consents, checks : files: customer_id, at, channel, event (purpose, route), and
        customer_id, register, checked_on, listed
    people : file of customer_id and the column by which the channel reaches them: phone, email, fax or address
    segment : name of an RFM segment, as `rfm.segments` names them
    only : file whose first column holds customer ids, or pseudonyms of a report on the same file with the same key
    related : whether you can show an ongoing relationship and related goods, and offer a way to opt out
    out : folder; files are never replaced
    Returns: Contacts
    Refuses: what cannot be read, ids and pseudonyms that are nobody's, and files that are there already
    """
    one_of("channel", channel, tuple(REACHED_BY))
    day = datetime.now(SINGAPORE).date() if at == "today" else pdpa.ruling.in_singapore("at", at)
    tables = _own(data, feed, consents, checks, people) if data else _firm(feed, consents, checks, people)
    who = _chosen(tables["orders"], segment, only)
    column = REACHED_BY[channel]
    if column and tables["people"] is not None:
        columns("people", ["customer_id", column], tables["people"].columns)
        known = _as_ids(tables["people"])[["customer_id", column]].drop_duplicates("customer_id")
        who = who.merge(known, on="customer_id", how="left")
    book = pdpa.Ledger.of(_as_ids(tables["consents"]))
    asked = None if tables["checks"] is None else pdpa.Checks.of(_as_ids(tables["checks"]))
    made = pdpa.contact_list(who, book, channel, purpose, day, asked, related)
    said = {"segment": segment, "only": bool(only), "related": related}
    files = {"data": data, "feed": feed, "consents": consents, "checks": checks, "people": people}
    said |= {name: fingerprint(file) for name, file in files.items() if file}
    return Contacts(*_write(made, said, Path(out)), made)


def _firm(feed, *files):
    if feed or any(files):
        raise Refusal("these files belong to a file of orders.", "no --data", "--data orders.csv")
    names = {"orders": "orders", "consents": "consents", "checks": "dnc_checks", "people": "customers"}
    return {name: datasets.load(f"firm/{table}") for name, table in names.items()}


def _own(data, feed, consents, checks, people):
    if not feed:
        wrong = "a list needs a confirmed feed: a guessed column of customers would reach the wrong people."
        raise Refusal(wrong, "no --feed", f"crmlearn inspect {Path(data).name} --save shop.yaml, then --feed shop.yaml")
    if not consents:
        raise Refusal("nobody's consent can be looked up.", "no --consents", "--consents consents.csv")
    read = transactions.Feed.load(feed)
    orders = transactions.clean(read.read(data).tx, read.policy()).tx
    rest = {"consents": consents, "checks": checks, "people": people}
    return {"orders": orders} | {name: _table(file) if file else None for name, file in rest.items()}


def _table(file):
    frame, _, _ = open_table(file)
    return frame.to_pandas()


def _first_column(file):
    """What stands under the first name of a file; a list of ids may have one column only."""
    if kind_of(file) == "parquet":
        return _table(file).iloc[:, 0].dropna().map(as_text).tolist()
    lines = Path(file).read_text(encoding="utf-8-sig").splitlines()[1:]
    firsts = (re.split(r"[,;\t|]", line)[0].strip().strip('"') for line in lines)
    return [text for text in firsts if text]


def _as_ids(table):
    columns("people", ["customer_id"], table.columns)
    return table.assign(customer_id=table["customer_id"].map(as_text))


def _chosen(orders, segment, only):
    """One row per customer who was asked for."""
    orders = _as_ids(orders.dropna(subset=["customer_id"]))
    who = pd.DataFrame({"customer_id": sorted(orders["customer_id"].unique())})
    if segment:
        one_of("segment", segment, tuple(rfm.COMMON))
        bought = orders[orders["amount"] >= 0]
        found = rfm.segments(rfm.score(bought, as_of=bought["date"].max()))
        who = who[who["customer_id"].isin(found.loc[found["segment"] == segment, "customer_id"])]
    if only:
        wanted = pd.Series(_first_column(only), dtype=object)
        names = dict(zip(privacy.pseudonymise(orders[["customer_id"]]).table["customer_id"], orders["customer_id"],
                         strict=True))  # fmt: skip
        ids = wanted.map(lambda text: names.get(text, text))
        strange = ~ids.isin(orders["customer_id"])
        if strange.any():
            wrong = f"{int(strange.sum())} of {len(ids)} in {Path(only).name} are nobody in these orders."
            raise Refusal(wrong, "ids, or pseudonyms of another file or key", "the list of a report on the same file")
        who = who[who["customer_id"].isin(ids)]
    return who.reset_index(drop=True)


def _write(made, said, out):
    name = f"contacts-{made.channel}-{made.purpose}-{made.at}"
    paths = out / f"{name}.csv", out / f"{name}.json"
    for path in paths:
        if path.exists():
            raise Refusal("this list is there already.", str(path), "--out another folder, or remove the old list")
    out.mkdir(mode=ONLY_ME_INSIDE, parents=True, exist_ok=True)
    record = {
        "channel": made.channel, "purpose": made.purpose, "at": str(made.at), "allowed": len(made.allowed),
        "left_out": dict(made.excluded.itertuples(index=False, name=None)), "law": made.law_checked_on, **said,
    }  # fmt: skip
    texts = made.allowed.to_csv(index=False), json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    for path, text in zip(paths, texts, strict=True):
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_ME), "w", encoding="utf-8") as file:
            file.write(text)
    return paths
