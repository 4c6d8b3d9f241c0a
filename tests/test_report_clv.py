"""The CLV report: chosen by the past, judged by hidden time, and silent where nothing can be said."""

import re

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

from crmlearn import reports
from crmlearn.clv.models import BGNBD, GammaGamma
from crmlearn.errors import Refusal
from crmlearn.simulate import population


def words(run):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", run.page.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Orders of a population whose model is known."""
    folder = tmp_path_factory.mktemp("shop")
    truth, spend = BGNBD(0.6, 6.0, 0.7, 2.5), GammaGamma(6.0, 4.0, 15.0)
    population(truth, 3000, seed=3, weeks=104, joining_weeks=20, spend=spend).orders.to_csv(
        folder / "orders.csv", index=False
    )
    return folder / "orders.csv"


def test_cdnow(tmp_path):
    run = reports.run("clv", None, tmp_path, bootstraps=20)
    text = words(run)
    assert run.status == "good" and run.as_of == "1998-06-30"
    assert "Model: MBG/NBD" in text and "2,357 customers" in text and "The test below had no part in the choice" in text
    book = load_workbook(run.folder / "exhibits.xlsx", read_only=True)
    rows = list(book["Value to come by tenth"].iter_rows(values_only=True))
    assert sum(row[1] for row in rows[1:]) == 2357 and sum(row[5] for row in rows[1:]) == pytest.approx(1)
    models = {row[0]: row for row in book["Models"].iter_rows(values_only=True)}
    assert models["NBD"][1] == 2 and models["Pareto/NBD"][5] == "yes"


def test_a_known_population_is_forecast_near_its_truth_and_customers_stay_unnamed(shop, tmp_path):
    run = reports.run("clv", shop, tmp_path, bootstraps=20, currency="SGD")
    text = words(run)
    assert run.status == "good" and "Model: BG/NBD" in text and "SGD" in text
    off = re.search(r"came: (\d+) % too (?:low|high)", text)
    assert int(off[1]) < 10
    ids = pd.read_csv(shop, dtype=str)["customer_id"].unique()
    assert not any(f" {i} " in text for i in ids[:300])


def test_a_model_may_be_asked_for(shop, tmp_path):
    text = words(reports.run("clv", shop, tmp_path, bootstraps=20, model="ParetoNBD"))
    assert (
        "Model: Pareto/NBD , because it was asked for" in text or "Model: Pareto/NBD, because it was asked for" in text
    )
    with pytest.raises(Refusal, match="model"):
        reports.run("clv", shop, tmp_path, model="NBD")


@pytest.mark.parametrize("case", ["nobody again", "two days", "one spend"])
def test_what_cannot_be_said_is_said_so(tmp_path, case):
    random = np.random.default_rng(1)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 200, 80), "D")
    orders = pd.DataFrame({"customer_id": [f"C{i}" for i in range(80)], "date": days, "amount": 20.0})
    if case == "two days":
        orders = orders.assign(date=pd.Timestamp("2024-01-01")).replace({"C79": "C0"})
    if case == "one spend":
        orders = pd.concat([orders, orders.assign(date=orders["date"] + pd.Timedelta(days=30)).head(40)])
    orders.to_csv(tmp_path / "orders.csv", index=False)
    run = reports.run("clv", tmp_path / "orders.csv", tmp_path / "out", bootstraps=20)
    assert run.status == "warnings" and run.warnings
    text = words(run)
    assert "Limits" in text and "nan" not in text.lower().replace("finance", "")
    if case != "one spend":
        assert "nothing is forecast" in " ".join(run.warnings)
