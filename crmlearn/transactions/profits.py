"""What counts as profit here: decided once, and told in every table that has a column 'profit'."""

from dataclasses import dataclass
from typing import Literal

import narwhals.stable.v2 as nw

from crmlearn.errors import Refusal, columns, number


@dataclass(frozen=True)
class Profit:
    """Where an order's profit comes from: a column, a stated share of its amount, or (nothing known) its amount.

    how : "column", "share" or "revenue"
    column : str; the column of each order's contribution, in currency units
    share : contribution per unit of amount, in (0, 1]

    >>> Profit.of(None, ["customer_id", "date", "amount"]), Profit.of(0.3, ["amount", "margin"]).words
    (Profit(how='revenue', column='', share=1.0), '30 % of revenue')
    """

    how: Literal["column", "share", "revenue"] = "revenue"
    column: str = ""
    share: float = 1.0

    @classmethod
    def of(cls, margin, found):
        """From what the caller says: a share in (0, 1], the name of a column, or None: 'margin' where there is one."""
        if margin is None:
            return cls("column", "margin") if "margin" in found else cls()
        if isinstance(margin, str):
            columns("transactions", [margin], found)
            return cls("column", margin)
        return cls("share", share=number("margin", margin, 0, 1, low_open=True))

    @property
    def words(self):
        """For the column 'profit_is' of a table."""
        if self.how == "share":
            return f"{self.share * 100:.4g} % of revenue"
        return {"column": f"column '{self.column}'", "revenue": "revenue"}[self.how]

    @property
    def noun(self):
        """For titles and axes: revenue is not called profit."""
        return "revenue" if self.how == "revenue" else "profit"

    def expression(self):
        """Each row's profit, of a frame whose amounts are floats."""
        if self.how == "column":
            return nw.col(self.column).cast(nw.Float64).fill_nan(None)
        return nw.col("amount") * self.share

    def refuse_holes(self, missing, rows):
        if missing:
            raise Refusal(
                f"'{self.column}' is missing (or no finite number) in some orders: their profit is not known.",
                f"{missing:,} of {rows:,} rows",
                "fill them, or state a share of revenue: margin=0.30",
            )
