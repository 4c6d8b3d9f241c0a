"""BG/NBD: customers buy at their own steady rate, and after any repeat order may leave for good without a word."""

from dataclasses import dataclass

from crmlearn.clv.models.betageometric import BetaGeometricNBD


@dataclass(frozen=True)
class BGNBD(BetaGeometricNBD):
    """Beta-geometric / NBD model of repeat orders without a contract.

    r, alpha : order rates differ between customers as Gamma(r, rate alpha); alpha in time units
    a, b : chances to leave after an order differ as Beta(a, b)
    Leaving follows a repeat order, so whoever never came back is held to be there still: P(alive) = 1.
    Source: Fader, Hardie & Lee (2005), Marketing Science 24(2), 275-284

    >>> published = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> float(published.expected_orders(39, x=2, t_x=30.43, T=38.86).round(3))
    1.226
    >>> float(published.p_alive(2, 30.43, 38.86).round(4)), float(published.p_alive(0, 0, 38.86))
    (0.7266, 1.0)
    >>> round(float(published.expected_orders_new(39)), 4)
    1.1967
    """

    r: float
    alpha: float
    a: float
    b: float
