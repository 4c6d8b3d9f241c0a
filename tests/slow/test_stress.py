"""What takes minutes: many customers, many seeds, real processes."""

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from crmlearn import clv, simulate, transactions
from crmlearn.clv.models import BGNBD, GammaGamma

pytestmark = pytest.mark.slow


TRUTH, SPEND = BGNBD(0.3, 2.0, 0.6, 5.0), GammaGamma(6.0, 4.0, 15.0)


def a_million_orders():
    """Orders of 350,000 customers with their time of day, until the end of 2023."""
    return simulate.population(TRUTH, 350_000, seed=1, weeks=52, joining_weeks=4, spend=SPEND).orders


def test_a_million_orders_agree_between_pandas_and_polars():
    log = a_million_orders()
    assert len(log) > 900_000
    ours = transactions.clean(log)
    frame = pl.DataFrame({c: log[c].to_numpy() for c in log.columns})
    other = transactions.clean(frame)
    a = transactions.summarise(ours.tx, as_of="2024-01-01")
    b = transactions.summarise(other.tx, as_of="2024-01-01")
    assert np.allclose(a["T"], b["T"].to_numpy()) and np.allclose(a["t_x"], b["t_x"].to_numpy())
    assert np.allclose(a["mean_spend"].fillna(0), b["mean_spend"].fill_null(0).to_numpy())
    assert ours.tx["amount"].sum() == pytest.approx(log["amount"].sum())
    fit = BGNBD.fit(a)
    assert fit.model == BGNBD.fit(b).model and fit.histories < len(a) / 3


def test_individual_values_add_up_on_a_large_base():
    summary = TRUTH.simulate(np.full(100_000, 52.0), seed=9)
    random = np.random.default_rng(9)
    money = (
        random.gamma(6.0 * np.maximum(summary["x"], 1), 5.0) / np.maximum(summary["x"], 1) * random.gamma(4, 1, 100_000)
    )
    summary["mean_spend"] = money.where(summary["x"] > 0)
    model, spend = BGNBD.fit(summary), GammaGamma.fit(summary)
    terms = {"horizon_months": 24, "discount_per_year": 0.08, "margin": 0.4}
    total = clv.predictive(model, spend, summary, **terms).total
    assert clv.individual(model, spend, summary, **terms).table["value"].sum() == pytest.approx(total, rel=1e-9)


BAD = {
    "empty": b"",
    "no table": b"hello world\nthis is text\n",
    "other columns": b"a,b,c\n1,2,3\n",
    "text in amounts": b"customer_id,date,amount\na,2021-04-01,ten\nb,2021-04-02,5\n",
    "two readings": b"customer_id,date,amount\na,03/04/2021,1\nb,04/05/2021,2\n",
    "infinity": b"customer_id,date,amount\na,2021-04-01,inf\nb,2021-04-02,5\n",
    "one customer": b"customer_id,date,amount\na,2021-04-01,3\na,2021-04-02,5\n",
    "an archive": b"PK\x03\x04 and the rest",
}


def reported(file, out, **settings):
    """Run the command line as a user would; returns the finished process."""
    told = [part for name, value in settings.items() for part in ("-p", f"{name}={value}")]
    command = [
        sys.executable,
        "-m",
        "crmlearn",
        "report",
        "customer_base",
        "--data",
        str(file),
        "--out",
        str(out),
        *told,
    ]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.mark.parametrize("kind", BAD)
def test_bad_files_end_in_a_refusal_and_leave_no_page(kind, tmp_path):
    file = tmp_path / "orders.csv"
    file.write_bytes(BAD[kind])
    done = reported(file, tmp_path / "out")
    assert done.returncode == 2, done.stderr
    assert "Saw:" in done.stderr and "Try:" in done.stderr and "Traceback" not in done.stderr
    assert list((tmp_path / "out").iterdir()) == []


def made(tmp_path, rows, code=0, **settings):
    """The page of a report on these rows, which must end with this exit code."""
    file = tmp_path / "orders.csv"
    file.write_text("customer_id,date,amount\n" + "\n".join(rows), encoding="utf-8")
    done = reported(file, tmp_path / "out", **settings)
    assert done.returncode == code, done.stderr
    page = Path(done.stdout.strip()).read_text(encoding="utf-8")
    return re.sub(r"data:image/png;base64,[\w+/=]+", "", page)  # a picture's letters may spell an id by chance


def test_nobody_came_back_is_reported_as_it_is(tmp_path):
    page = made(tmp_path, [f"c{i},2021-0{1 + i % 9}-11,{10 + i}" for i in range(60)], code=3)
    assert "No forecast is given" in page and "nobody bought again" in page
    assert "None of them bought more than once" in page and "(0 of 60 customers" in page and "c17" not in page


def test_a_hundred_customers_with_one_giant_order(tmp_path):
    rows = [f"c{i % 100},2021-{1 + i % 12:02d}-{1 + i % 28:02d},{1e12 if i == 5 else 10 + i % 50}" for i in range(900)]
    page = made(tmp_path, rows, code=3)
    assert "1,000,000,0" in page and "10,000 times the median" in page


def test_a_small_base_shows_no_small_group_and_no_id(tmp_path):
    rows = [f"ann{i % 12}@shop.sg,2024-{1 + i % 10:02d}-{1 + i % 27:02d},{20 + i % 7}" for i in range(40)]
    page = made(tmp_path, rows, code=3)
    assert "@shop.sg" not in page and "ann3" not in page
    # distinct customers by period, counted by hand: no period of the page may hold fewer than five
    log = pd.DataFrame([row.split(",") for row in rows], columns=["who", "day", "amount"])
    assert log.groupby(log.day.str[:7]).who.nunique().min() < 5
    assert "2024-01</th>" not in page


def test_reports_of_one_day_at_the_same_time_all_appear_whole(tmp_path):
    rows = [f"c{i % 100},2021-{1 + i % 12:02d}-{1 + i % 28:02d},{10 + i % 50}" for i in range(900)]
    file = tmp_path / "orders.csv"
    file.write_text("customer_id,date,amount\n" + "\n".join(rows), encoding="utf-8")
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: reported(file, tmp_path / "out", bootstraps=20), range(3)))
    assert {d.returncode for d in done} <= {0, 3}, done[0].stderr
    folders = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert folders == [f"customer_base-2021-12-28{end}" for end in ("", "-2", "-3")]
    workbooks = [(tmp_path / "out" / name / "exhibits.xlsx").read_bytes() for name in folders]
    assert workbooks[0] == workbooks[1] == workbooks[2]  # one input, one workbook
    for name in folders:
        manifest = json.loads((tmp_path / "out" / name / "manifest.json").read_text(encoding="utf-8"))
        assert len(manifest["files"]) == 3 and manifest["data"]["name"] == "orders.csv"


def test_a_million_rows_are_inspected_and_fed(tmp_path):
    path = tmp_path / "orders.csv"
    log = a_million_orders()
    log.assign(date=log["date"].dt.strftime("%d/%m/%Y")).to_csv(path, index=False)
    found = transactions.inspect(path)
    assert "the day first" in repr(found)
    assert len(found.feed.read(path).tx) == len(log)
