"""What simulated years tell: expected loss, value at risk, the mean beyond it, and the loss-exceedance curve."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmlearn import tables
from crmlearn.errors import Refusal, number


@dataclass(frozen=True, eq=False)
class Simulated:
    """Many possible years of one register.

    losses, gains : arrays, one number for each year; currency units. Gains (opportunities) are kept apart
    per_risk : table: id, kind, events_per_year, loss_per_event, expected (simulated), analytic (by formula)
    analytic, analytic_gains : mean, sd and chance_of_none of a year by formula, scenarios included
    left_out : table of the risks that are not in money: id, event, why
    """

    losses: Any
    gains: Any
    per_risk: Any
    analytic: dict
    analytic_gains: dict
    left_out: Any

    @property
    def years(self):
        return len(self.losses)

    @property
    def expected(self):
        """Mean loss of a year."""
        return float(self.losses.mean())

    @property
    def sd(self):
        return float(self.losses.std())

    @property
    def chance_of_none(self):
        """Share of years without any loss."""
        return float((self.losses == 0).mean())

    @property
    def net(self):
        """Losses less gains of each year."""
        return self.losses - self.gains

    def var(self, q=0.95):
        """Value at risk: the smallest loss that a share q of the years does not exceed."""
        return value_at_risk(self.losses, q)

    def tvar(self, q=0.95):
        """Tail value at risk: the mean of the worst 1 - q of the years; never below the value at risk.

        Where many years share one loss (often 0), only as many of them count as the worst 1 - q has room for, which
        keeps the measure coherent. Source: Acerbi & Tasche (2002), Journal of Banking & Finance 26(7), 1487-1503.
        """
        if number("q", q, 0, 1) == 1:
            raise Refusal("no years are worse than all of them.", "q=1", "q=0.95, or losses.max() for the worst year")
        at = self.var(q)
        beyond = self.losses[self.losses > at]
        return float((beyond.sum() + at * ((1 - q) * self.years - len(beyond))) / ((1 - q) * self.years))

    def exceedance(self, losses=None):
        """The loss-exceedance curve: how likely a year costs more than this.

        losses : amounts to ask about; None takes 101 even steps up to what one year in 200 exceeds
        Returns: table: loss (currency units), chance (that a year's loss is above it)
        """
        if losses is None:
            losses = np.linspace(0, self.var(0.995) or float(self.losses.max()) or 1.0, 101)
        at = np.array([number("losses", x, 0) for x in np.atleast_1d(losses).tolist()])
        above = self.years - np.searchsorted(np.sort(self.losses), at, side="right")
        return pd.DataFrame({"loss": at, "chance": above / self.years})

    def summary(self, q=(0.95, 0.99)):
        """Table of the main numbers: measure, simulated, error (one standard error), analytic (by formula).

        The error of a value at risk is that of the quantile by its order statistics (a 68 % band, halved).
        """
        n, rows = self.years, []
        spread = self.losses - self.expected
        of_sd = np.sqrt(max((spread**4).mean() - self.sd**4, 0) / n) / (2 * self.sd) if self.sd else 0.0
        none = self.chance_of_none
        rows.append(("expected loss", self.expected, self.sd / np.sqrt(n), self.analytic["mean"]))
        rows.append(("standard deviation", self.sd, of_sd, self.analytic["sd"]))
        rows.append(("chance of no loss", none, np.sqrt(none * (1 - none) / n), self.analytic["chance_of_none"]))
        for level in np.atleast_1d(q):
            rows.append((f"VaR {level:.4g}", self.var(level), self._error(level), np.nan))
            beyond = np.maximum(self.losses - self.var(level), 0)
            rows.append((f"TVaR {level:.4g}", self.tvar(level), beyond.std() / ((1 - level) * np.sqrt(n)), np.nan))
        return pd.DataFrame(rows, columns=["measure", "simulated", "error", "analytic"])

    def _error(self, q):
        step = np.sqrt(q * (1 - q) / self.years)
        return (self.var(min(q + step, 1)) - self.var(max(q - step, 0))) / 2

    def _repr_html_(self):
        rows = [
            [m, _short(s), _short(e, 2), "" if np.isnan(a) else _short(a)] for m, s, e, a in self.summary().to_numpy()
        ]
        head = ["measure", "simulated", "standard error", "by formula"]
        return tables.html(head, rows, f"{self.years:,} years", right=(1, 2, 3))

    def __repr__(self):
        return (
            f"{self.years:,} years: expected loss {_short(self.expected)}, VaR 0.95 {_short(self.var())}, "
            f"TVaR 0.95 {_short(self.tvar())}"
        )


def value_at_risk(losses, q):
    """The q-quantile of losses, as one of them.

    >>> import numpy as np
    >>> float(value_at_risk(np.arange(1, 101), 0.95))
    95.0
    """
    return float(np.quantile(losses, number("q", q, 0, 1), method="inverted_cdf"))


def _short(value, digits=4):
    """A number without more digits than it is sure of, and without exponents."""
    return f"{float(f'{value:.{digits}g}'):,.12g}"
