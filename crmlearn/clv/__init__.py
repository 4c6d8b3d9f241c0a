"""Customer lifetime value: five questions, five functions with the same manners, and the models behind them."""

from crmlearn.clv import models
from crmlearn.clv.answer import CLV, side_by_side
from crmlearn.clv.choosing import Choice, choose
from crmlearn.clv.comparing import Comparison, compare
from crmlearn.clv.discount import convert
from crmlearn.clv.kinds import cohort, historic, individual, lifespan, predictive
from crmlearn.clv.ranked import tenths
from crmlearn.clv.resampling import Draws, bootstrap

__all__ = [
    "CLV", "Choice", "Comparison", "Draws", "bootstrap", "choose", "cohort", "compare", "convert",
    "historic", "individual", "lifespan", "models", "predictive", "side_by_side", "tenths",
]  # fmt: skip
