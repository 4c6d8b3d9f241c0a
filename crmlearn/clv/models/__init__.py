"""Probability models of customers. Each is a frozen value: write published parameters down, or fit your own."""

from crmlearn.clv.models.bgbb import BGBB
from crmlearn.clv.models.bgnbd import BGNBD
from crmlearn.clv.models.fits import Fit, likelihood_ratio, model_of, ranking
from crmlearn.clv.models.gammagamma import GammaGamma
from crmlearn.clv.models.keeping import load, save
from crmlearn.clv.models.mbgnbd import MBGNBD
from crmlearn.clv.models.nbd import NBD
from crmlearn.clv.models.paretonbd import ParetoNBD
from crmlearn.clv.models.sbg import SBG

# What readers call them.
SPOKEN = {"BGBB": "BG/BB", "BGNBD": "BG/NBD", "MBGNBD": "MBG/NBD", "NBD": "NBD", "ParetoNBD": "Pareto/NBD"}

__all__ = [
    "BGBB", "BGNBD", "MBGNBD", "NBD", "SBG", "SPOKEN", "Fit", "GammaGamma", "ParetoNBD",
    "likelihood_ratio", "load", "model_of", "ranking", "save",
]  # fmt: skip
