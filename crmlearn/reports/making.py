"""What made the page: every parameter with its value, the data by its checksum, the version."""

from pathlib import Path

import pandas as pd

import crmlearn
from crmlearn import datasets
from crmlearn.reports.exhibits import exhibit
from crmlearn.reports.parameters import describe


def settings(name, given, source, **known):
    """Show the settings of a report.

    name : the report; given : its parameters by name, such as globals() of the notebook; source : path of the data
    known : what the report knows better than its parameters, such as where a margin comes from
    """
    told = {p.name: given[p.name] for p in describe(name)}
    told |= {part: Path(told[part]).name for part in ("feed",) if part in told}
    told |= {"data": source.name, "sha256 of the data": datasets.sha256(source), "crmlearn": crmlearn.__version__}
    told |= known
    told = {name: _text(value) for name, value in told.items()}
    exhibit("Settings", pd.Series(told, name="value").to_frame())


def _text(value):
    """A setting as a page writes it; large numbers in groups of three, since eight digits look like a phone."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{value:,.12g}"
    return str(value) or "(empty)"
