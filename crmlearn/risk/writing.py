"""An empty register to fill in, with every column explained."""

import csv
from pathlib import Path

from crmlearn.errors import Refusal
from crmlearn.risk.headings import COLUMNS

_YAML_EXAMPLE = """\
# A register of risks. One entry for each risk; leave out what you do not know yet.
risks:
  - id: R01
    event:            # what may happen, as one thing that can be seen to have happened
    cause:            # because of this
    consequence:      # and leads to this
    probability:      # 0.2, or [0.1, 0.25], or a word such as low; rate: 2 for what comes more than once a year
    evidence:         # experience, research, planning
    impact:           # [400, 2500] is a 90 % range; [1000, 3000, 10000] least, most likely, most; or words
    timing:           # any month, Nov to Jan, Q4, 2026-03-15
    management:       # prevention, before
    controls:         # - {name: yearly service, cost: 600, rate_cut: 0.5, severity_cut: 0}
    contingency:      # response, after; with numbers: {plan: rent a boiler, cap: 5000, cut: 0.2}
    trigger:          # the sign that begins it
    owner:
    status: open
    review_on:        # 2026-01-15
"""


def blank(path, overwrite=False):
    """Write an empty register that `risk.read` will take once it is filled in.

    path : path that ends in .xlsx (with a sheet that explains each column), .csv or .yaml
    overwrite : whether an existing file may go
    Returns: Path of the file
    Errors: Refusal for another ending, or a file that exists

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     blank(Path(folder) / "register.csv").read_text(encoding="utf-8-sig").split(",")[:4]
    ['id', 'category', 'cause', 'event']
    """
    path = Path(path).expanduser()
    writers = {".csv": _csv, ".xlsx": _excel, ".yaml": _yaml, ".yml": _yaml}
    if path.suffix.lower() not in writers:
        raise Refusal("a register is a .xlsx, .csv or .yaml file.", path.name[:80], "risk.blank('register.xlsx')")
    if not path.parent.is_dir():
        raise Refusal("there is no such folder.", str(path.parent)[:80], "make the folder first")
    if path.exists() and not overwrite:
        raise Refusal(f"{path.name} is there already.", "a file that would be lost", "another name, or overwrite=True")
    writers[path.suffix.lower()](path)
    return path


def _csv(path):
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # Excel knows UTF-8 by its mark only
        csv.writer(file).writerow(COLUMNS)


def _yaml(path):
    path.write_text(_YAML_EXAMPLE, encoding="utf-8")


def _excel(path):
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet, help_ = book.add_worksheet("risks"), book.add_worksheet("how to fill in")
        for i, (name, what) in enumerate(COLUMNS.items()):
            sheet.write(0, i, name, bold)
            sheet.write_comment(0, i, what)
            sheet.set_column(i, i, max(12, len(name) + 2))
            help_.write_row(i + 1, 0, [name, what], wrapped)
        help_.write_row(0, 0, ["column", "what belongs there (* a field of every planning note)"], bold)
        help_.set_column(0, 0, 24)
        help_.set_column(1, 1, 90)
        sheet.freeze_panes(1, 0)
