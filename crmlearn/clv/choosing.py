"""Which model speaks for these customers? Fit all, and take the likeliest of those that found a stable answer."""

from dataclasses import dataclass

from crmlearn.clv.models import BGNBD, MBGNBD, NBD, Fit, ParetoNBD, model_of, ranking
from crmlearn.errors import Refusal

CANDIDATES = (BGNBD, MBGNBD, ParetoNBD)
_SAYS_LITTLE = 2.0  # a difference of BIC up to which neither model is the better one


@dataclass(frozen=True)
class Choice:
    """What became of every model.

    fits : {model: Fit} of all that could be fitted; refused : {model: Refusal}, why the others could not, or found no
        stable answer
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


def choose(summary, models=(NBD, *CANDIDATES), among=CANDIDATES):
    """Fit models of orders without a contract, and take the one that makes the past likeliest.

    summary : table with x, t_x, T (transactions.summarise), one row per customer
    models : classes to fit; among : those of them that may be taken, by BIC. Customers of NBD never leave, so it is a
        yardstick unless you say otherwise.
    Returns: Choice. What has no answer is refused by name, not raised: the next model may have one.

    >>> base = NBD(r=0.4, alpha=12.0).simulate([40.0] * 500, seed=1)
    >>> choice = choose(base, models=[NBD], among=[NBD])
    >>> choice.name, round(choice.fit.model.r, 2)
    ('NBD', 0.33)
    """
    fits, refused = {}, {}
    for cls in models:
        try:
            fits[cls.__name__] = cls.fit(summary)
            model_of(fits[cls.__name__])
        except Refusal as problem:
            refused[cls.__name__] = problem
    names = [cls.__name__ for cls in among]
    stable = {name: fit for name, fit in fits.items() if name in names and fit.converged}
    name = min(stable, key=lambda n: stable[n].bic, default=None)
    doubts = [n for n, fit in fits.items() if not fit.converged and name and fit.bic < fits[name].bic - _SAYS_LITTLE]
    return Choice(fits, refused, stable, name, doubts)
