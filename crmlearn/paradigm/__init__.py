"""Sell a deal, or build a relationship? The same customers and the same offer, seen under two paradigms.

strategies: what a prospect is worth under each, and when a relationship pays · playing: both on one population ·
sharing: market share and customer share · valuing: who is best, by the deal and by the lifetime · placing: where a firm
stands between the two, by its own records. The two are ends of a continuum, not a switch: Grönroos (1994), Management
Decision 32(2), 4-20; Dwyer, Schurr & Oh (1987), Journal of Marketing 51(2), 11-27.
"""

from crmlearn.paradigm.placing import ENDS, continuum
from crmlearn.paradigm.playing import Game, play
from crmlearn.paradigm.sharing import market_share
from crmlearn.paradigm.strategies import Strategy, break_even_repeat, by_repeat, customer_value, sensitivity, value
from crmlearn.paradigm.valuing import both_views, held_by_best

__all__ = [
    "ENDS", "Game", "Strategy", "both_views", "break_even_repeat", "by_repeat", "continuum", "customer_value",
    "held_by_best", "market_share", "play", "sensitivity", "value",
]  # fmt: skip
