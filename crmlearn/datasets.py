"""The course's data by name; each set lies in its folder with a card that says where it comes from."""

import difflib
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from crmlearn import home
from crmlearn.errors import Refusal


@dataclass(frozen=True)
class Card:
    """What the reader of a data set should know: its fields as attributes of `facts`, its text, and one line of it."""

    facts: dict[str, Any]
    text: str
    folder: Path

    @property
    def line(self):
        f = self.facts
        money = "" if f["currency"] == "none" else f", {f['currency']}"
        return f"{f['title']} ({f['rows']:,} rows, {f['period']}{money}). Source: {f['source']}."

    def __repr__(self):
        return self.line

    def _repr_markdown_(self):
        return self.text


def names():
    """Names of all data sets; those of the invented firm begin with "firm/".

    >>> names()[:2], names()[-2:]
    (['cdnow', 'firm/breach'], ['first_orders', 'renewals'])
    """
    root = home.folder("datasets")
    cards = [*root.glob("*/card.md"), *root.glob("*/*/card.md")]
    return sorted(card.parent.relative_to(root).as_posix() for card in cards)


def card(name):
    """The card of one data set.

    >>> card("cdnow").facts["currency"]
    'USD'
    """
    if name not in names():
        near = difflib.get_close_matches(str(name), names(), 1) or names()
        raise Refusal(f"there is no data set {name!r}.", ", ".join(names()), f"datasets.load('{near[0]}')")
    folder = home.folder("datasets") / name
    _, front, text = (folder / "card.md").read_text(encoding="utf-8").split("---\n", 2)
    return Card(YAML(typ="safe").load(front), text.strip(), folder)


def path(name):
    """Where the data of one set lie, for reading them as your own file would be read.

    >>> path("cdnow").name
    'orders.csv'
    """
    about = card(name)
    return about.folder / about.facts["file"]


def load(name):
    """The data set as a pandas table, checked against the fingerprint on its card.

    Money that is stored in whole cents (``amount_cents``) comes in units of the currency (``amount``).

    >>> load("renewals").head(2)
         cohort  year  customers
    0  high_end     0       1000
    1  high_end     1        869
    """
    about = card(name)
    file = about.folder / about.facts["file"]
    if sha256(file) != about.facts["sha256"]:
        raise Refusal(
            f"the data set '{name}' was changed.",
            f"{file.name} does not fit the fingerprint on its card",
            "restore the file, or read yours with transactions.read('your_file.csv')",
        )
    if file.suffix == ".parquet":
        return _in_dollars(pd.read_parquet(file))
    texts = {c: "str" for c, words in about.facts["columns"].items() if words.startswith("text")}
    dates = [c for c, words in about.facts["columns"].items() if "ISO 8601" in words]
    return _in_dollars(pd.read_csv(file, dtype=texts, parse_dates=dates))


def _in_dollars(table):
    cents = [c for c in table.columns if c.endswith("_cents")]
    dollars = table.assign(**{c: table[c] / 100 for c in cents})
    return dollars.rename(columns={c: c.removesuffix("_cents") for c in cents})


def truth(name):
    """What is true about invented records, which no table of theirs tells: parameters, estimands, planted defects.

    >>> sorted(truth("firm"))
    ['customers', 'estimands', 'name', 'parameters', 'planted', 'seed']
    """
    root = home.folder("datasets")
    known = sorted(file.parent.name for file in root.glob("*/truth.json"))
    if name not in known:
        raise Refusal(
            f"nobody knows the truth about {name!r}.", f"known of {', '.join(known)}", "datasets.truth('firm')"
        )
    return json.loads((root / name / "truth.json").read_text(encoding="utf-8"))


def sha256(file):
    """Fingerprint of a file: 64 hexadecimal digits.

    >>> sha256(path("cdnow"))[:8]
    '9d1e3181'
    """
    with Path(file).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
