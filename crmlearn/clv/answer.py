"""What each of the five functions returns: a number that never travels without its assumptions."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from crmlearn import tables

QUESTIONS = {
    "historic": "What have these customers brought us so far?",
    "lifespan": "What would an average customer bring over a life, if margin and retention stayed constant?",
    "cohort": "What does one acquired customer of this group bring, those who left included?",
    "predictive": "What will these customers still bring within the horizon?",
    "individual": "What will this one customer still bring within the horizon?",
}


@dataclass(frozen=True)
class CLV:
    """One answer.

    kind : historic, lifespan, cohort, predictive or individual
    per_customer : currency units
    customers : how many customers it is the mean of; None for a formula
    basis : {assumption: what was assumed}
    table : what the number is made of, one row per customer or period; None for a formula
    interval : (low, high) of per_customer at 95 %, or None
    interval_method : how it was found, or why there is none

    >>> CLV("historic", 12.5, 4, {}).total
    50.0
    """

    kind: str
    per_customer: float
    customers: int | None
    basis: dict[str, str]
    table: Any = field(default=None, repr=False)
    interval: tuple[float, float] | None = None
    interval_method: str = "none asked for"

    @property
    def total(self):
        """Value of all customers together, currency units."""
        return self.per_customer * (self.customers or 1)

    @property
    def question(self):
        return QUESTIONS[self.kind]

    def __float__(self):
        return float(self.per_customer)

    def __repr__(self):
        spread = f", 95 % interval {self.interval[0]:.4g} to {self.interval[1]:.4g}" if self.interval else ""
        digits = 6 if self.kind in ("historic", "lifespan") and not self.interval else 4  # an estimate is no surer
        return f"{self.per_customer:.{digits}g} per customer ({self.kind}{spread})"

    def _repr_html_(self):
        rows = {"per customer": f"{self.per_customer:,.4g}"}
        if self.customers:
            rows["customers"] = f"{self.customers:,}"
        rows["95 % interval"] = (
            f"{self.interval[0]:,.4g} to {self.interval[1]:,.4g} ({self.interval_method})"
            if self.interval
            else self.interval_method
        )
        rows |= self.basis
        return tables.html([], rows.items(), f"{self.kind.capitalize()} CLV: {self.question}")


def side_by_side(answers):
    """Put several answers into one table.

    answers : {label: CLV}
    Returns: pandas table, one row per answer: per_customer, low, high (missing without an interval), and in words
        horizon, customer, counts, acquisition_cost, discount

    >>> table = side_by_side({"so far": CLV("historic", 12.5, 4, {"period": "until 2021-03-31", "counts": "revenue"})})
    >>> table[["per_customer", "horizon", "counts"]]
            per_customer           horizon   counts
    so far          12.5  until 2021-03-31  revenue
    """
    rows = {
        label: {
            "per_customer": a.per_customer,
            "low": a.interval[0] if a.interval else float("nan"),
            "high": a.interval[1] if a.interval else float("nan"),
            "horizon": a.basis.get("horizon") or a.basis.get("period", ""),
            "customer": a.basis.get("customer", ""),
            "counts": a.basis.get("counts", ""),
            "acquisition_cost": a.basis.get("acquisition cost", ""),
            "discount": a.basis.get("discount", ""),
        }
        for label, a in answers.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")
