"""Reports: a notebook with parameters becomes a folder with an HTML page, its tables and its records."""

from crmlearn.reports.audited import asks, show_exhibit
from crmlearn.reports.contacting import Contacts, contacts
from crmlearn.reports.days import as_of, stale
from crmlearn.reports.exhibits import exhibit, state, warn
from crmlearn.reports.making import settings
from crmlearn.reports.one_page import summaries, summary
from crmlearn.reports.opening import open_orders, show_reading, show_settings
from crmlearn.reports.parameters import Parameter, check, check_cell, describe
from crmlearn.reports.publishing import publishable
from crmlearn.reports.recorded import open_records
from crmlearn.reports.registered import open_register
from crmlearn.reports.running import ReportFailed, Run, run
from crmlearn.reports.shelf import names

__all__ = [
    "Contacts",
    "Parameter",
    "ReportFailed",
    "Run",
    "as_of",
    "asks",
    "check",
    "check_cell",
    "contacts",
    "describe",
    "exhibit",
    "names",
    "open_orders",
    "open_records",
    "open_register",
    "publishable",
    "run",
    "settings",
    "show_exhibit",
    "show_reading",
    "show_settings",
    "stale",
    "state",
    "summaries",
    "summary",
    "warn",
]
