"""A firm's ledgers as files: orders, consents, checks, people, with ids that mean the same in all of them."""

import re
from pathlib import Path

import pandas as pd

from crmlearn import datasets, transactions
from crmlearn.errors import Refusal, columns
from crmlearn.privacy.pseudonyms import as_text
from crmlearn.transactions.sources import kind_of, open_table

NUMBERED = re.compile(r"C-\d{4,}")  # a pseudonym of a run without a key


def read_ledger(file, empty=False):
    """A file as a pandas table of texts; empty : whether a file with names and no rows is one."""
    try:
        return open_table(file)[0].to_pandas()
    except Refusal:
        lines = Path(file).read_text(encoding="utf-8-sig", errors="replace").strip().splitlines() if empty else []
        if len(lines) != 1:
            raise
        return pd.DataFrame(columns=[name.strip().strip('"') for name in re.split(r"[,;\t|]", lines[0])], dtype=object)


def of_the_firm(feed, *files):
    """The tables of the course's invented firm; of persons only, since firms have other rules."""
    if feed or any(files):
        raise Refusal("these files belong to a file of orders.", "no --data", "--data orders.csv")
    names = {"orders": "orders", "consents": "consents", "checks": "dnc_checks", "people": "customers"}
    tables = {name: datasets.load(f"firm/{table}") for name, table in names.items()}
    persons = tables["people"].loc[tables["people"]["kind"] == "person", "customer_id"]
    return tables | {"orders": tables["orders"][tables["orders"]["customer_id"].isin(persons)]}


def of_ones_own(data, feed, consents, checks, people, purpose):
    """The tables of one's own files; what belongs to one person carries one id in all of them."""
    if not feed:
        wrong = "a list needs a confirmed feed: a guessed column of customers would reach the wrong people."
        raise Refusal(wrong, "no --feed", f"crmlearn inspect {Path(data).name} --save shop.yaml, then --feed shop.yaml")
    if not consents and purpose != "service":
        raise Refusal("nobody's consent can be looked up.", "no --consents", "--consents consents.csv")
    read = transactions.Feed.load(feed)
    orders = transactions.clean(read.read(data).tx, read.policy()).tx
    none = pd.DataFrame(columns=["customer_id", "at", "channel", "event"], dtype=object)
    tables = {"consents": read_ledger(consents, empty=True) if consents else none}
    tables |= {name: read_ledger(file) if file else None for name, file in (("checks", checks), ("people", people))}
    known = set(as_ids("orders", orders)["customer_id"])
    for name, table in tables.items():
        if table is not None:
            tables[name] = as_ids(name, table)
            _refuse_look_alikes(name, tables[name]["customer_id"], known)
    return {"orders": orders, **tables}


def as_ids(name, table):
    """The table with its ids as texts without blanks at their ends."""
    columns(name, ["customer_id"], table.columns)
    return table.assign(
        customer_id=[as_text(v).strip() if v == v and v is not None else v for v in table["customer_id"]]
    )


def first_column(file, known):
    """What stands in the first column of a file. Its first line is a name, unless it is somebody's id or pseudonym."""
    if kind_of(file) == "parquet":
        return [as_text(v) for v in read_ledger(file).iloc[:, 0].dropna()]
    try:
        text = Path(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(f"{Path(file).name} is no UTF-8 text.", "other signs", "save it as CSV UTF-8") from None
    firsts = [re.split(r"[,;\t|]", line)[0].strip().strip('"') for line in text.splitlines()]
    named = firsts and firsts[0] not in known and not re.fullmatch(r"C-[A-Z0-9]{4,}", firsts[0])
    return [text for text in firsts[1 if named else 0 :] if text]


def _refuse_look_alikes(name, ids, known):
    """00123, 123 and 123.0 are not one person until somebody says so: a withdrawal could miss its owner."""
    plain = {_plain(text): text for text in known}
    odd = {text for text in ids.dropna().unique() if text not in known and _plain(text) in plain}
    if odd:
        seen = min(odd)
        wrong = f"{len(odd)} ids in the {name} are written otherwise than in the orders."
        raise Refusal(wrong, f"{'.' * 3}{seen[-3:]!r} against {'.' * 3}{plain[_plain(seen)][-3:]!r}",
                      "write them alike, with all their zeros, in each file")  # fmt: skip


def _plain(text):
    return text.strip().casefold().removesuffix(".0").lstrip("0")
