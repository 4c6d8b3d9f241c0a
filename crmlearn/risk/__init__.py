"""Risk planning: a register to plan with, a matrix to talk with, and money to decide with.

A register holds what a planning note asks for: event, probability, impact, timing, management (prevention, before) and
contingency (response, after), with cause and consequence, evidence, owner, trigger and review. What is not in money
stays in words and is never turned into money. Sources stand at each function.
"""

from crmlearn.risk.annual import Simulated
from crmlearn.risk.byhand import expected_loss, rosi_of
from crmlearn.risk.calibrating import Calibration, calibration
from crmlearn.risk.deciding import BestControls, best_controls, emv, expected, rosi
from crmlearn.risk.exposure import Scenario
from crmlearn.risk.frequency import Chance, Rate
from crmlearn.risk.lecture import LECTURE
from crmlearn.risk.leverage import calendar, tornado
from crmlearn.risk.rating import IMPACT_EDGES, LIKELIHOOD_EDGES, Matrix, Misranked, matrix, misranked
from crmlearn.risk.reading import read
from crmlearn.risk.record import Control, Risk
from crmlearn.risk.register import Register
from crmlearn.risk.severity import Empirical, Lognormal, Pert
from crmlearn.risk.simulating import simulate
from crmlearn.risk.writing import blank

__all__ = [
    "IMPACT_EDGES", "LECTURE", "LIKELIHOOD_EDGES", "BestControls", "Calibration", "Chance", "Control", "Empirical",
    "Lognormal", "Matrix", "Misranked", "Pert", "Rate", "Register", "Risk", "Scenario", "Simulated",
    "best_controls", "blank", "calendar", "calibration", "emv", "expected", "expected_loss", "matrix", "misranked",
    "read", "rosi", "rosi_of", "simulate", "tornado",
]  # fmt: skip
