"""Market share, and what it is made of: how many buy, how much of their need is bought here, how much they need."""

import narwhals.stable.v2 as nw
import numpy as np

from crmlearn.errors import Refusal, columns
from crmlearn.transactions.books import balanced
from crmlearn.transactions.sources import table_of


def market_share(spending):
    """Each brand's market share, taken apart into three factors.

    spending : table, one row per customer and brand: customer_id, brand, amount (>= 0, currency units); whoever
        spends above 0 on any brand is a buyer of the category
    Returns: one row per brand, sorted: brand, buyers; penetration (share of the category's buyers who buy the brand);
        share_of_requirements (share of what these buyers spend on the category that goes to the brand: the customer
        share, or share of wallet, of its buyers taken together); heavy_usage (what they spend on the category, each,
        against all buyers); market_share, their product
    Errors: Refusal for negative amounts or none at all; Unbalanced if the product were not the brand's share of money
    Source: Farris, Bendle, Pfeifer & Reibstein, Marketing Metrics, chapter 2

    >>> import pandas as pd
    >>> rows = [("a", "X", 30), ("a", "Y", 30), ("b", "Y", 60), ("c", "Y", 30)]
    >>> shares = market_share(pd.DataFrame(rows, columns=["customer_id", "brand", "amount"]))
    >>> shares[["brand", "penetration", "share_of_requirements", "heavy_usage", "market_share"]].round(3)
      brand  penetration  share_of_requirements  heavy_usage  market_share
    0     X        0.333                    0.5          1.2           0.2
    1     Y        1.000                    0.8          1.0           0.8
    """
    frame = table_of(spending, "market_share")
    columns("spending", ["customer_id", "brand", "amount"], frame.columns)
    amount = frame["amount"].to_numpy().astype(float)
    if not np.isfinite(amount).all() or (amount < 0).any():
        wrong = int((~np.isfinite(amount) | (amount < 0)).sum())
        raise Refusal("spending must be 0 or more.", f"{wrong:,} rows below 0 or missing", "drop or mend these rows")
    if not amount.sum() > 0:
        raise Refusal("nobody spent anything.", f"{len(amount):,} rows", "amounts above 0")
    who, brands = (np.unique(frame[c].to_numpy().astype(str), return_inverse=True) for c in ("customer_id", "brand"))
    names, brand = brands
    each = np.bincount(who[1] * len(names) + brand, amount, len(who[0]) * len(names)).reshape(-1, len(names))
    category = each.sum(axis=1)
    buyers, buys = int((category > 0).sum()), each > 0
    theirs = category @ buys
    count = buys.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):  # a brand that nobody buys has no requirements to share
        needs = np.where(count > 0, each.sum(axis=0) / theirs, 0.0)
        heavy = np.where(count > 0, (theirs / count) / (category.sum() / buyers), 0.0)
    share = count / buyers * needs * heavy
    balanced(share, each.sum(axis=0) / category.sum(), "penetration x share of requirements x heavy usage")
    for one, other, name in zip(share, each.sum(axis=0) / category.sum(), names, strict=True):
        balanced(one, other, f"the factors of {name} = its share of the money")
    table = {"brand": names.tolist(), "buyers": count, "penetration": count / buyers, "share_of_requirements": needs}
    table |= {"heavy_usage": heavy, "market_share": share}
    return nw.from_dict(table, backend=frame.implementation).to_native()
