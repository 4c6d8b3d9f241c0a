"""Charts. Each draws a table that another room computed; titles are given, because a title says the finding."""

from crmlearn.plots.charts import bars, bridge, estimates, heatmap, lines
from crmlearn.plots.controls import play
from crmlearn.plots.drawing import draw
from crmlearn.plots.fairness import break_even_line, group_calibration, group_shares
from crmlearn.plots.forecasts import by_history, frequency, tracking
from crmlearn.plots.glyphs import key_of, keyed
from crmlearn.plots.law import breach_clock, contact_reasons, penalty_caps
from crmlearn.plots.page import PALETTE, axes, short, show
from crmlearn.plots.paradigms import continuum, crossing
from crmlearn.plots.people import lorenz, overlap, profit_bridge, rfm_grid, shares, survival, switching, up_down
from crmlearn.plots.pyramids import associations, clickable_pyramid, pyramid, rivals
from crmlearn.plots.risks import control_returns, exceedance, exposure_calendar, risk_matrix, tornado
from crmlearn.plots.times import activity, c3, cohort_grid, flow, payback, ranking, waits
from crmlearn.plots.values import exchanges, lifts, price_parts, ratio_and_profit
from crmlearn.plots.words import alt_text

__all__ = [
    "PALETTE", "activity", "alt_text", "associations", "axes", "bars", "breach_clock", "break_even_line", "bridge",
    "by_history", "c3", "clickable_pyramid", "cohort_grid", "contact_reasons", "continuum", "control_returns",
    "crossing", "draw", "estimates", "exceedance", "exchanges", "exposure_calendar", "flow", "frequency",
    "group_calibration", "group_shares", "heatmap", "key_of", "keyed", "lifts", "lines", "lorenz", "overlap",
    "payback", "penalty_caps", "play", "price_parts", "profit_bridge", "pyramid", "ranking", "ratio_and_profit",
    "rfm_grid", "risk_matrix", "rivals", "shares", "short", "show", "survival", "switching", "tornado", "tracking",
    "up_down", "waits",
]  # fmt: skip
