"""The two formulas of the room for plain numbers: one risk, one control, no register."""

from crmlearn.errors import Refusal, number
from crmlearn.risk.severity import Lognormal


def expected_loss(rate, low, high, rate_cut=0.0, severity_cut=0.0):
    """Expected loss of one risk in a year: rate x mean of its 90 % range, after the cuts of its controls.

    rate : events a year (of a chance: the chance); low, high : 90 % range of one loss, currency units, above zero; the
        same number twice is a loss that is known
    rate_cut, severity_cut : shares in [0, 1] by which controls lower how often, and how much
    Returns: float, currency units a year: rate (1 - rate_cut) x exp(mu + sigma^2 / 2) (1 - severity_cut)
    Source: Hubbard & Seiersen (2016) for the range, as in `Lognormal`; ENISA (2012) for the cuts.

    >>> round(expected_loss(0.2, 5_000, 50_000), 1), round(expected_loss(2, 100, 100, rate_cut=0.5), 1)
    (4040.0, 100.0)
    """
    often = number("rate", rate, 0) * (1 - number("rate_cut", rate_cut, 0, 1))
    low = number("low", low, 0, low_open=True)
    return often * Lognormal(low, high).mean * (1 - number("severity_cut", severity_cut, 0, 1))


def rosi_of(before, after, cost):
    """Return on the investment in one control: (before - after - cost) / cost, as a share of its cost.

    before, after : expected loss a year without and with the control, currency units; cost : a year, above zero
    Returns: float; below 0 the control costs more than it saves on average
    Source: ENISA (2012), Introduction to Return on Security Investment.

    >>> rosi_of(10_000, 4_000, 5_000)
    0.2
    """
    cost = number("cost", cost, 0)
    if not cost:
        raise Refusal("a control without a cost has no return on it.", "0", "a cost above 0, or before - after")
    return (number("before", before, 0) - number("after", after, 0) - cost) / cost
