"""Reports: a notebook with parameters becomes a folder with an HTML page, its tables and its records."""

from crmlearn.reports.days import as_of, stale
from crmlearn.reports.exhibits import exhibit, state, warn
from crmlearn.reports.parameters import Parameter, check, check_cell, describe
from crmlearn.reports.publishing import ONLY_DRAWN, publishable
from crmlearn.reports.running import ReportFailed, Run, run
from crmlearn.reports.shelf import names

__all__ = [
    "ONLY_DRAWN",
    "Parameter",
    "ReportFailed",
    "Run",
    "as_of",
    "check",
    "check_cell",
    "describe",
    "exhibit",
    "names",
    "publishable",
    "run",
    "stale",
    "state",
    "warn",
]
