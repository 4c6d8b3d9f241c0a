"""The one way from a segment in a report to a list of people: a restricted file of those who may be reached."""

import json
import os
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pandas as pd

from crmlearn import pdpa, privacy, rfm
from crmlearn.errors import Refusal, columns, counted, one_of
from crmlearn.pdpa.ruling import SINGAPORE, day
from crmlearn.privacy.pseudonyms import has_key
from crmlearn.reports.ledgers import NUMBERED, as_ids, first_column, of_ones_own, of_the_firm
from crmlearn.reports.records import fingerprint

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
    data, feed : file of orders and how to read it; without them the course's invented firm, of which only persons
    consents, checks : files: customer_id, at, channel, event (purpose, route), and
        customer_id, register, checked_on, listed
    people : file of customer_id and the column by which the channel reaches them: phone, email, fax or address; who is
        not reached by it is counted as such
    segment : name of an RFM segment, as `rfm.segments` names them
    only : file whose first column holds customer ids, or pseudonyms of a report on the same file with the same key
    related : whether you can show an ongoing relationship and related goods, and offer a way to opt out
    out : folder; files are never replaced
    Returns: Contacts
    Refuses: what cannot be read; ids and pseudonyms that are nobody's, and ids that are nearly somebody's; a day after
        which somebody on the list took a consent back; files that are there already
    """
    one_of("channel", channel, tuple(REACHED_BY))
    on = datetime.now(SINGAPORE).date() if at == "today" else pdpa.ruling.in_singapore("at", at)
    tables = of_ones_own(data, feed, consents, checks, people, purpose) if data else of_the_firm(
        feed, consents, checks, people
    )  # fmt: skip
    who = _chosen(tables["orders"], segment, only)
    book = pdpa.Ledger.of(tables["consents"])
    asked = None if tables["checks"] is None else pdpa.Checks.of(tables["checks"])
    made = pdpa.contact_list(who, book, channel, purpose, on, asked, related)
    _refuse_what_is_known_later(made, book)
    if REACHED_BY[channel] and tables["people"] is not None:
        made = _reached(made, tables["people"], REACHED_BY[channel])
    said = {"segment": segment, "only": bool(only), "related": related}
    files = {"data": data, "feed": feed, "consents": consents, "checks": checks, "people": people}
    said |= {name: fingerprint(file) for name, file in files.items() if file}
    return Contacts(*_write(made, said, Path(out)), made)


def _chosen(orders, segment, only):
    """One row per customer who was asked for."""
    orders = as_ids("orders", orders.dropna(subset=["customer_id"]))
    who = pd.DataFrame({"customer_id": sorted(orders["customer_id"].unique())})
    if segment:
        one_of("segment", segment, tuple(rfm.COMMON))
        bought = orders[orders["amount"] >= 0]
        found = rfm.segments(rfm.score(bought, as_of=bought["date"].max()))
        who = who[who["customer_id"].isin(found.loc[found["segment"] == segment, "customer_id"])]
    if only:
        who = who[who["customer_id"].isin(_wanted(only, orders))]
    return who.reset_index(drop=True)


def _wanted(only, orders):
    """The ids behind a file of ids or pseudonyms."""
    known = set(orders["customer_id"])
    made = privacy.pseudonymise(orders[["customer_id"]]).table["customer_id"]
    names = dict(zip(made, orders["customer_id"], strict=True)) if has_key() else {}
    wanted = pd.Series(first_column(only, known), dtype=object)
    if not has_key() and any(NUMBERED.fullmatch(text) and text not in known for text in wanted):
        wrong = "pseudonyms of a run without a key hold for that run only; they may mean others now."
        raise Refusal(
            wrong, f"such as C-0001 in {Path(only).name}", f"set {privacy.pseudonyms.KEY}, and run the report"
        )
    ids = wanted.map(lambda text: names.get(text, text))
    strange = ~ids.isin(known)
    if strange.any():
        wrong = f"{int(strange.sum())} of {len(ids)} in {Path(only).name} are nobody in these orders."
        raise Refusal(wrong, "ids, or pseudonyms of another file or key", "the list of a report on the same file")
    return ids


def _refuse_what_is_known_later(made, book):
    later = [
        who
        for who in made.allowed["customer_id"]
        if (last := book.standing(who, made.channel, made.purpose)) and last.event == "withdrawn"
    ]
    if later:
        wrong = f"{counted(len(later), 'person')} on this list took the consent back after {day(made.at)}."
        raise Refusal(
            wrong.replace("persons", "people"), f"--at {made.at}", "--at today: a message is sent now or later"
        )


def _reached(made, people, column):
    """The list with the column by which the channel reaches each person, without those who cannot be reached."""
    columns("people", ["customer_id", column], people.columns)
    told = people[["customer_id", column]].dropna()
    told = told[told[column].astype(str).str.strip() != ""].drop_duplicates("customer_id")
    found = made.allowed.merge(told, on="customer_id", how="left")
    missing = found[column].isna()
    excluded = made.excluded
    if missing.any():
        more = pd.DataFrame({"ground": [f"no {column} known"], "people": [int(missing.sum())]})
        excluded = pd.concat([excluded, more], ignore_index=True)
    order = ["customer_id", column, "ground", "valid_until"]
    return replace(made, allowed=found.loc[~missing, order].reset_index(drop=True), excluded=excluded)


def _write(made, said, out):
    name = f"contacts-{made.channel}-{made.purpose}-{made.at}"
    paths = out / f"{name}.csv", out / f"{name}.json"
    for path in paths:
        if path.exists():
            raise Refusal("this list is there already.", str(path), "--out another folder, or remove the old list")
    record = {
        "channel": made.channel, "purpose": made.purpose, "at": str(made.at), "allowed": len(made.allowed),
        "left_out": dict(made.excluded.itertuples(index=False, name=None)), "law": made.law_checked_on, **said,
    }  # fmt: skip
    texts = made.allowed.to_csv(index=False), json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    try:
        out.mkdir(mode=ONLY_ME_INSIDE, parents=True, exist_ok=True)
        for path, text in zip(paths, texts, strict=True):
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_ME), "w", encoding="utf-8") as file:
                file.write(text)
    except OSError as error:
        raise Refusal(f"the folder {out} cannot be written.", error.strerror or "no reason", "--out DIR") from None
    return paths
