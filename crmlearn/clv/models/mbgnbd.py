"""MBG/NBD: as BG/NBD, but a customer may leave after the first order, too."""

from dataclasses import dataclass

from crmlearn.clv.models.betageometric import BetaGeometricNBD


@dataclass(frozen=True)
class MBGNBD(BetaGeometricNBD):
    """Modified beta-geometric / NBD model of repeat orders without a contract.

    r, alpha : order rates differ between customers as Gamma(r, rate alpha); alpha in time units
    a, b : chances to leave after an order, the first one included, differ as Beta(a, b)
    Source: Batislam, Denizel & Filiztekin (2007), International Journal of Research in Marketing 24(3), 201-209;
        Wagner & Hoppe (2008), Marketing Science 27(3), 540-553

    >>> fitted = MBGNBD(r=0.52484, alpha=6.1831, a=0.89136, b=1.6140)
    >>> float(fitted.p_alive(0, 0, 38.86).round(3))
    0.39
    """

    r: float
    alpha: float
    a: float
    b: float

    _FIRST = 1
