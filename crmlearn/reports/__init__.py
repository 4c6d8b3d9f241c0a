"""Reports: a notebook with parameters becomes an HTML page that needs nothing from outside."""

from crmlearn.reports.parameters import Parameter, check, check_cell, describe
from crmlearn.reports.running import ReportFailed, run
from crmlearn.reports.shelf import names

__all__ = ["Parameter", "ReportFailed", "check", "check_cell", "describe", "names", "run"]
