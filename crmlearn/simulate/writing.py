"""The firm as files: one folder a table, and on each card the lines that follow from the data."""

import hashlib
import json
import re
from pathlib import Path

from crmlearn.errors import Refusal

# A student opens these in any program; the others are Parquet: typed, and a tenth of the size.
AS_TEXT = ("breach", "campaigns", "goals", "market", "messy_orders", "risks", "spending", "staff", "templates")


def write(firm, folder):
    """Write all tables of a firm and its truths, and bring the cards up to date.

    firm : Firm; folder : of the firm's data sets, where each table's card.md lies already
    Returns: bytes written, by table
    """
    folder, sizes = Path(folder), {}
    for name, table in firm.tables.items():
        card = folder / name / "card.md"
        if not card.is_file():
            raise Refusal(
                f"the table '{name}' has no card.", f"no file {name}/card.md", "write one: see CONTRIBUTING.md"
            )
        file = file_of(folder, name)
        if name in AS_TEXT:
            marked = "utf-8-sig" if name == "messy_orders" else "utf-8"
            file.write_bytes(table.to_csv(index=False, lineterminator="\n").encode(marked))
        else:
            table.to_parquet(file, index=False, compression="zstd")
        sizes[name] = file.stat().st_size
        said = card.read_text(encoding="utf-8")
        for key, value in (("rows", len(table)), ("sha256", hashlib.sha256(file.read_bytes()).hexdigest())):
            said = re.sub(rf"^{key}: .*$", f"{key}: {value}", said, count=1, flags=re.MULTILINE)
        card.write_text(said, encoding="utf-8", newline="\n")
    text = json.dumps(firm.truth, indent=1, ensure_ascii=False) + "\n"
    (folder / "truth.json").write_text(text, encoding="utf-8", newline="\n")
    return sizes


def file_of(folder, name):
    """Where a table lies."""
    return Path(folder) / name / f"{name}.{'csv' if name in AS_TEXT else 'parquet'}"
