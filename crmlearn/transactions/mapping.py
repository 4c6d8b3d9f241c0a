"""Which column of a stranger's file is which: guessed by name, never silently, never between two candidates."""

import difflib
import re

from crmlearn.errors import Refusal, refuse_all

MONEY = ("amount", "margin", "tax", "shipping", "discount")
FLAGS = ("is_test", "is_staff")
NEEDED = ("customer_id", "date", "amount")

# What shops call their columns, in small letters with single underscores. 'price' alone is not here: it may be the
# price of one unit, and guessing would be wrong by the quantity.
_KNOWN_AS = {
    "customer_id": "customer customerid cust_id customer_no customer_number client_id client user_id userid member_id "
    "account_id customer_email email",
    "date": "order_date orderdate invoicedate invoice_date transaction_date purchase_date created_at ordered_at "
    "timestamp datetime date_time day",
    "amount": "total order_total total_price total_amount order_amount order_value revenue sales net_sales grand_total "
    "spend value",
    "order_id": "order orderid order_number order_no invoice invoiceno invoice_no invoice_id transaction_id receipt_no",
    "margin": "contribution contribution_margin gross_profit profit",
    "tax": "taxes gst vat tax_amount",
    "shipping": "shipping_amount shipping_cost delivery_fee postage",
    "discount": "discounts discount_amount",
    "quantity": "qty units",
    "unit_price": "unitprice price_each item_price price",
    "currency": "currency_code",
    "status": "order_status financial_status",
    "is_test": "test test_order",
    "is_staff": "staff staff_order employee_order",
    "channel": "sales_channel source",
    "category": "product_category",
    "product": "sku item product_id stockcode description",
}
CANONICAL = tuple(_KNOWN_AS)
_IN_CENTS = "_cents"  # what a column of whole cents ends in


def _plain(name):
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(name))
    return re.sub(r"[^a-z0-9]+", "_", snake.lower()).strip("_")


def in_cents(column):
    """Whether a column's name says that its money stands in whole cents.

    >>> in_cents("amount_cents"), in_cents("Total Cents"), in_cents("percents")
    (True, True, False)
    """
    return _plain(column).endswith(_IN_CENTS)


def match(found, columns=None, guess=True, needed=NEEDED, who=("transactions", "read")):
    """Return {canonical: (column of the file, how it was found)} for a list of column names.

    Without `guess`, only the columns that were said: no other is looked for. `needed` must be among them;
    `who` needs them, and what is called, stand in the refusal.
    """
    given = _given(found, columns)
    mapping = {name: (column, "as you said") for name, column in given.items()}
    free = [c for c in found if c not in given.values()]
    problems = []
    for name, others in _KNOWN_AS.items() if guess else ():
        if name in mapping:
            continue
        words = {c: _plain(c).removesuffix(_IN_CENTS) if name in (*MONEY, "unit_price") else _plain(c) for c in free}
        exact = [c for c in free if _plain(c) == name]
        known = (name, *others.split())
        guessed = [c for c in free if words[c] in known or words[c].replace("_", "") in known]
        candidates = exact or guessed
        if len(candidates) == 1:
            mapping[name] = (candidates[0], "same name" if exact else "guessed by name")
        elif candidates and (exact or name in needed or name == "order_id"):
            saw = ", ".join(map(str, candidates))
            mend = f"read(..., columns={{'{name}': {candidates[0]!r}}})"
            problems.append(Refusal(f"more than one column could be '{name}'.", saw, mend))
    if "amount" not in mapping and {"quantity", "unit_price"} <= mapping.keys():
        how = f"{mapping['quantity'][0]} times {mapping['unit_price'][0]}"
        mapping["amount"] = (None, how)
    refuse_all(problems)
    _refuse_missing(found, mapping, needed, who)
    return mapping


def _given(found, columns):
    """What the caller said, checked."""
    try:
        given = dict(columns or {})
    except (TypeError, ValueError):
        raise Refusal(
            "columns needs pairs of names.", repr(columns)[:80], "columns={'amount': 'Total'} (ours first, then yours)"
        ) from None
    problems = []
    for name, column in given.items():
        if name not in CANONICAL:
            near = difflib.get_close_matches(str(name), CANONICAL, 1) or ["amount"]
            mend = f"columns={{'{near[0]}': ...}}"
            if column in CANONICAL and name in found:
                mend = f"columns={{{column!r}: {name!r}}} (ours first, then the file's)"
            problems.append(Refusal(f"crmlearn knows no column {name!r}.", ", ".join(CANONICAL), mend))
        elif column not in found:
            texts = list(map(str, found))
            near = difflib.get_close_matches(str(column), texts, 1) or texts
            saw, mend = ", ".join(texts), f"columns={{'{name}': '{near[0]}'}}"
            problems.append(Refusal(f"the file has no column {column!r}.", saw, mend))
        elif list(given.values()).count(column) > 1 and column not in list(given.values())[: list(given).index(name)]:
            both = ", ".join(n for n, c in given.items() if c == column)
            problems.append(Refusal(f"the column {column!r} cannot be two things.", both, "name it once"))
    refuse_all(problems)
    return given


def _refuse_missing(found, mapping, needed, who):
    missing = [name for name in needed if name not in mapping]
    if missing:
        free = [c for c in found if c not in {column for column, _ in mapping.values()}]
        likely = {
            "amount": r"price|amount|total|pay|value",
            "date": r"date|time|day|when",
            "customer_id": r"cust|id\b|_id",
            "order_id": r"order|invoice|receipt|id\b",
        }
        guess = {m: next((c for c in free if re.search(likely[m], str(c).lower())), "COLUMN") for m in missing}
        if mapping.get("unit_price") and "amount" in missing:
            guess["amount"] = mapping["unit_price"][0]
        raise Refusal(
            f"{who[0]} need {', '.join(map(repr, missing))}.",
            f"columns {', '.join(map(str, found))}",
            f"{who[1]}(..., columns={guess})",
        )
