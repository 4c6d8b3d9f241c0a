"""Which exhibits of the audit a page may show: none that tells of a few persons, in a row, in a sum or in a rest."""

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd

from crmlearn.privacy import Gate

# Columns that count customers, and which of them are parts of others, so that their rest counts customers too.
COUNTS = (
    "customers", "active", "new", "returning", "observed", "repeated", "both", "with_first", "with_second", "gaps",
    "customers_with_refund", "watched", "customers_first", "customers_second",
)  # fmt: skip
RESTS = (("observed", "repeated"), ("customers", "repeated"), ("customers", "active"), ("with_first", "both"),
         ("with_second", "both"), ("customers", "customers_with_refund"), ("customers", "observed"),
         ("base", "with_first"), ("base", "with_second"))  # fmt: skip
RUNNING = ("acquired_so_far", "watched")  # counts that only grow, or only fall: each step of them counts customers
CURVES = ("spread", "lorenz", "concentration")  # each point of them is near one customer
ONLY_DRAWN = ("lorenz",)  # two neighbouring points in numbers would tell the profit of those between them
MASKED = "labels that look like phone numbers or addresses are masked, and then nobody could tell them apart"
ENOUGH = 20  # times k customers, before a curve tells of nobody


def publishable(made, k, customers):
    """The exhibits that may be shown, and the others with the reason.

    made : audit.Exhibits; its books were held before anything is left out here
    k : the smallest number of customers that anything may tell of; 1 shows all
    customers : how many there are in the audited period
    Returns: (list of (title, table, exhibit), list of (name, reason)); tables are pandas. Those in ONLY_DRAWN are for
        the chart alone

    >>> import pandas as pd
    >>> from crmlearn.audit import Exhibit, Exhibits
    >>> table = pd.DataFrame({"kind": ["profit", "none", "loss"], "customers": [40, 30, 2], "profit": [9.0, 0.0, -7.0]})
    >>> made = Exhibits([Exhibit("unprofitable", 1, "2 customers made a loss", table, "shares")], [], "revenue")
    >>> publishable(made, 5, 72)
    ([], [('unprofitable', 'it would tell of fewer than 5 customers')])
    """
    why = f"it would tell of fewer than {k} customers"
    plain = {e.name: nw.from_native(e.table, eager_only=True).to_pandas() for e in made.shown}
    gated = {name: Gate(k=k).table(table) for name, table in plain.items()}
    masked = {name for name, table in gated.items() if not _labels(table).equals(_labels(plain[name]))}
    tables = {name: _merged(name, table, k) for name, table in gated.items()}
    coarse = {name for name, table in tables.items() if name in COARSER and tells_of_few(table, k)}
    tables |= {name: COARSER[name](tables[name]) for name in coarse}
    few = {name for name, table in tables.items() if tells_of_few(table, k)}
    if k > 1 and (customers < ENOUGH * k or few & {"equal_profit", "unprofitable"}):
        few |= {name for name in tables if name in CURVES}  # a curve would give the few away
    shown, left_out = [], []
    for exhibit in made.shown:
        if exhibit.name in few:
            left_out.append((exhibit.name, why))
        elif (
            exhibit.name in masked
            and _labels(gated[exhibit.name]).duplicated().sum() > _labels(plain[exhibit.name]).duplicated().sum()
        ):
            left_out.append((exhibit.name, MASKED))
        else:
            exhibit = exhibit.of(tables[exhibit.name]) if exhibit.name in coarse | masked else exhibit
            shown.append((exhibit.title, tables[exhibit.name], exhibit))
    return shown, left_out


def tells_of_few(table, k):
    """Whether a count of customers, or the rest of one, lies between 1 and k - 1."""
    found = [table[c].to_numpy(float) for c in COUNTS if c in table]
    found += [(table[whole] - table[part]).to_numpy(float) for whole, part in RESTS if {whole, part} <= set(table)]
    found += [np.diff(table[c].to_numpy(float), prepend=0.0) for c in RUNNING if c in table]
    if "penetration" in table:  # the customers who did not buy it
        found.append(np.round(table["customers"] / table["penetration"]) - table["customers"])
    if {"measure", "customers"} <= set(table):  # those of whom the measure is not known
        found.append(table["customers"].max() - table["customers"].to_numpy(float))
    if {"cumulative_profit_per_customer", "period"} <= set(table):  # the customers of one cohort so far
        found.append(np.diff(table["customers"].to_numpy(float), prepend=0.0))
    if {"unit", "value"} <= set(table):
        found.append(table.loc[table["unit"] == "customers", "value"].to_numpy(float))
        found.append(_returning(table))
    if {"step", "before", "after"} <= set(table):
        found.append(table.loc[table["step"] == "customers", ["before", "after"]].to_numpy(float).ravel())
    return any(((np.abs(values) > 0) & (np.abs(values) < k)).any() for values in found)


def _returning(table):
    """Of those observed, who did not come again: a rest in the rows of the dashboard."""
    value = dict(zip(table.iloc[:, 0], table["value"], strict=True))
    seen = [v for name, v in value.items() if str(name).startswith("customers observed for")]
    return np.array([v - value["of these came again"] for v in seen], float)


def _labels(table):
    return table.select_dtypes(exclude="number")


def _merged(name, table, k):
    """The table without extremes of single customers, and small steps of a bridge joined to their neighbours."""
    if name == "spread":
        return table.drop(columns=["lowest", "highest"])
    if name == "up_down" and k > 1:  # a sum of gains may be one customer's
        return table.drop(columns=["change_up", "change_down"], errors="ignore")
    if name == "concentration":
        best = table["measure"].str.extract(r"best (\d+)%")[0].astype(float).fillna(100) / 100
        n = table.loc[table["measure"] == "customers", "value"].iloc[0]
        return table[(best * n >= k) & ~((table["measure"] == "gini") & (table["value"] > 1))]
    if name == "bridge":
        for small, into in (("kept same", "kept up"), ("back", "new")):
            row, target = table["step"] == small, table["step"] == into
            if row.any() and target.any() and 0 < table.loc[row, "customers"].iloc[0] < k:
                for column in ("change", "customers"):
                    table.loc[target, column] += table.loc[row, column].iloc[0]
                table.loc[target, "step"] = f"{into} or {small.split()[-1]}"
                table = table[~row]
    return table


def _fifths(table):
    """Switches between tenths as switches between fifths."""

    def fifth(name):
        return str((int(name) + 1) // 2) if name.isdigit() else name

    joined = _added_up(table, {"from": fifth, "to": fifth})
    return joined.assign(share_of_from=joined["customers"] / joined.groupby("from")["customers"].transform("sum"))


def _higher_or_not(table):
    """Orders worth the same are rare, so they stand with those worth less."""
    return _added_up(table, {"value_per_order": lambda name: name if name == "higher" else "same or lower"})


def _added_up(table, rename):
    """Rows with new labels, added up; first come, first placed."""
    table = table.assign(**{column: table[column].map(new) for column, new in rename.items()})
    labels = [c for c in table if not pd.api.types.is_numeric_dtype(table[c])]
    return table.groupby(labels, sort=False, as_index=False).sum()[list(table)]


COARSER = {"switching": _fifths, "up_down": _higher_or_not}  # what else would tell of few
