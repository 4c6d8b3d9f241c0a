"""Cohorts: customers who came in the same week, month, quarter or year, followed over time."""

from crmlearn.cohorts.grids import table, tidy
from crmlearn.cohorts.waiting import kaplan_meier, reached, time_to_nth_order

__all__ = ["kaplan_meier", "reached", "table", "tidy", "time_to_nth_order"]
