"""Pseudonyms in place of customer ids: keyed and stable, or numbers that hold for one file."""

import base64
import hashlib
import hmac
import os
from pathlib import Path
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw

from crmlearn import errors

KEY, KEY_FILE = "CRMLEARN_PSEUDONYM_KEY", "CRMLEARN_PSEUDONYM_KEY_FILE"
MAKE_A_KEY = 'python -c "import secrets; print(secrets.token_hex(32))"'
LENGTH = 10  # characters of base32: 50 bits, so a million customers collide once in two thousand tries


class Pseudonymised(NamedTuple):
    """A table without its ids, and one sentence for the reader that says how."""

    table: Any
    method: str


def pseudonymise(table, column="customer_id", key=None):
    """Replace the ids in one column by pseudonyms.

    table : table (pandas, Polars), one row per anything
    column : str; the column of ids. 1, 1.0 and "1" are the same customer; a missing id stays missing
    key : bytes or text of at least 16 bytes; else CRMLEARN_PSEUDONYM_KEY, else the file that
        CRMLEARN_PSEUDONYM_KEY_FILE names. Keep it away from the data: whoever has both has the names
    Returns: Pseudonymised(table, method) - the same kind of table, and the sentence that a report prints
    With a key: C-7F3KQ2MDX4, the same for the same id in every table and every week (HMAC-SHA-256).
    Without: C-0001, C-0002, ... in a mixed order; another file numbers its customers anew.
    Either way the data remain personal data for whoever can link them back.
    Refuses: a key that is too short, a key file that cannot be read, a table without the column.
    Source: FIPS 198-1 (HMAC); PDPC, Guide to Basic Anonymisation (2022), on pseudonymisation.

    >>> import pandas as pd
    >>> tx = pd.DataFrame({"customer_id": ["ann@a.sg", "bob@b.sg", "ann@a.sg"], "amount": [5, 7, 9]})
    >>> pseudonymise(tx, key="sixteen bytes or more").table
        customer_id  amount
    0  C-MH3KNKB2KY       5
    1  C-P77VZDR7UG       7
    2  C-MH3KNKB2KY       9
    """
    key = _key(key)
    frame = _frame(table)
    errors.columns("pseudonyms", [column], frame.columns)
    ids = frame[column].fill_nan(None) if frame[column].dtype.is_float() else frame[column]
    distinct = ids.drop_nulls().unique(maintain_order=True).to_list()
    texts = [as_text(value) for value in distinct]
    names, method = _numbered(texts) if key is None else _keyed(texts, key)
    pseudonyms = [names[text] for text in texts]
    # `default` only reaches the missing ids: every other value is in the list.
    new = ids.replace_strict(distinct, pseudonyms, default=None, return_dtype=nw.String)
    return Pseudonymised(frame.with_columns(new.alias(column)).to_native(), method)


def has_key():
    """Whether a key is set, so that pseudonyms stay the same from run to run."""
    return KEY in os.environ or KEY_FILE in os.environ


def _frame(table):
    try:
        return nw.from_native(table, eager_only=True)
    except TypeError:
        raise errors.Refusal(
            "pseudonymise needs a table in memory.", type(table).__name__, "a pandas or Polars DataFrame (.collect())"
        ) from None


def as_text(value):
    """1, 1.0 and "1" are one customer: a column with a gap in it turns whole numbers into floats."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _key(key):
    """The key as bytes, or None. An empty key is a mistake (a secret that was not filled in), not a wish for none."""
    source = "key"
    if key is None and KEY in os.environ:
        source, key = KEY, os.environ[KEY]
    elif key is None and KEY_FILE in os.environ:
        source = KEY_FILE
        try:
            key = Path(os.environ[KEY_FILE]).read_bytes().strip()
        except OSError as error:
            raise errors.Refusal(
                f"The file that {KEY_FILE} names cannot be read.", error.strerror, f"{MAKE_A_KEY} > that file"
            ) from None
    if key is None:
        return None
    key = key.encode() if isinstance(key, str) else key
    if not isinstance(key, bytes):
        raise errors.Refusal("A key is text or bytes.", type(key).__name__, MAKE_A_KEY)
    if len(key) < 16:
        raise errors.Refusal(f"{source} is too short to keep a secret.", f"{len(key)} bytes", MAKE_A_KEY)
    return key


def _numbered(texts):
    # Mixed, because ids are often numbered by first appearance themselves, and C-1516 would then be customer 1516.
    distinct = sorted(dict.fromkeys(texts), key=lambda text: hashlib.sha256(text.encode()).digest())
    width = max(4, len(str(len(distinct))))
    return {text: f"C-{number:0{width}d}" for number, text in enumerate(distinct, 1)}, (
        "Customers are numbered in a mixed order, for this file only; whoever has the file can link them back. "
        f"For pseudonyms that stay the same from week to week, set {KEY} to a secret key."
    )


def _keyed(texts, key):
    codes = {t: base64.b32encode(hmac.digest(key, t.encode(), hashlib.sha256)).decode() for t in texts}
    length = LENGTH
    while len({code[:length] for code in codes.values()}) < len(codes):
        length += 2  # two ids began alike: all grow, so that each still begins as it did last week
    longer = f", {length} characters long because two customers share the first {LENGTH}" if length > LENGTH else ""
    return {text: f"C-{code[:length]}" for text, code in codes.items()}, (
        f"Customers carry pseudonyms made with a secret key (HMAC-SHA-256{longer}), the same from week to week; "
        "whoever holds the key can still link them, so they remain personal data."
    )
