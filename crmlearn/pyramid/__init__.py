"""Which elements of value do we deliver? Thirty elements in four tiers, measured by a survey.

thirty: what the elements are · surveys: a survey, checked · scoring: who gives which element a high score, by brand and
tier · comparing: us against a rival · drivers: what goes together with recommending and staying · lifting: what a point
more brings, where a lot decided who got it.

The elements and their tiers: Almquist, Senior & Bloch (2016), The elements of value, Harvard Business Review,
September. Elements of Value is a trademark of Bain & Company; the one-line definitions here are our own.
"""

from crmlearn.pyramid.comparing import compare
from crmlearn.pyramid.drivers import Drivers, associations
from crmlearn.pyramid.lifting import PerPoint, per_point
from crmlearn.pyramid.scoring import count_high, nps, nps_of, shares, tiers
from crmlearn.pyramid.surveys import Survey, read
from crmlearn.pyramid.thirty import ELEMENTS, TIERS, Element, elements

__all__ = [
    "ELEMENTS", "TIERS", "Drivers", "Element", "PerPoint", "Survey", "associations", "compare", "count_high",
    "elements", "nps", "nps_of", "per_point", "read", "shares", "tiers",
]  # fmt: skip
