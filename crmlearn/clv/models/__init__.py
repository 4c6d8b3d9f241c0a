"""Probability models of customers. Each is a frozen value: write published parameters down, or fit your own."""

from crmlearn.clv.models.base import Fit, model_of
from crmlearn.clv.models.bgnbd import BGNBD
from crmlearn.clv.models.gammagamma import GammaGamma
from crmlearn.clv.models.sbg import SBG

__all__ = ["BGNBD", "SBG", "Fit", "GammaGamma", "model_of"]
