"""Which model speaks for these customers? Fit all, and take the likeliest of those that found a stable answer."""

from dataclasses import dataclass

from crmlearn.clv.models import BGNBD, MBGNBD, NBD, Fit, ParetoNBD, ranking
from crmlearn.errors import Refusal

CANDIDATES = (BGNBD, MBGNBD, ParetoNBD)
_SAYS_LITTLE = 2.0  # a difference of BIC up to which neither model is the better one


@dataclass(frozen=True)
class Choice:
    """What became of every model.

    fits : {model: Fit} of all that were fitted, stable or not; refused : {model: Refusal} of the others
    stable : {model: Fit}, those that may be taken
    name : the model taken; None when none is stable
    doubts : models that describe these customers better, but whose numbers ran to a limit
    """

    fits: dict[str, Fit]
    refused: dict[str, Refusal]
    stable: dict[str, Fit]
    name: str | None
    doubts: list[str]

    @property
    def fit(self):
        """The fit of the model taken; None when none is stable."""
        return self.stable.get(self.name)

    @property
    def ranking(self):
        """All fits, the best by BIC first: models.ranking."""
        return ranking(list(self.fits.values()))


def choose(summary, among=CANDIDATES, beside=(NBD,)):
    """Fit models of orders without a contract, and take the one that makes the past likeliest.

    summary : table with x, t_x, T (transactions.summarise), one row per customer
    among : classes that may be taken, by BIC; beside : classes fitted to compare with, such as NBD, whose customers
        never leave
    Returns: Choice. What has no answer is refused by name, not raised: the next model may have one.

    >>> import pandas as pd
    >>> base = NBD(r=0.4, alpha=12.0).simulate([40.0] * 500, seed=1)
    >>> choice = choose(base, among=(NBD,), beside=())
    >>> choice.name, round(choice.fit.model.r, 2)
    ('NBD', 0.33)
    """
    fits, refused = {}, {}
    for cls in (*beside, *among):
        try:
            fits[cls.__name__] = cls.fit(summary)
        except Refusal as problem:
            refused[cls.__name__] = problem
    mine = {cls.__name__: fits[cls.__name__] for cls in among if cls.__name__ in fits}
    stable = {name: fit for name, fit in mine.items() if fit.converged}
    name = min(stable, key=lambda n: stable[n].bic, default=None)
    doubts = [n for n, fit in fits.items() if not fit.converged and name and fit.bic < fits[name].bic - _SAYS_LITTLE]
    return Choice(fits, refused, stable, name, doubts)
