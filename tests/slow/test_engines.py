"""One program from orders to counts of histories, on engines that run beside Python: the answers are identical."""

import shutil

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest

from crmlearn import datasets
from crmlearn.clv.models import BGNBD
from crmlearn.errors import Refusal
from crmlearn.transactions import Policy, clean, count_histories, join_back, read, summarise

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Dask support is moving:FutureWarning"),  # its new package is not out everywhere
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning"),
]
FILES = 8  # enough for Dask to keep more than one part of what it grouped


@pytest.fixture(scope="module")
def dask():
    distributed = pytest.importorskip("distributed")
    frames = pytest.importorskip("dask.dataframe")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        distributed.Client(cluster),
    ):
        yield lambda folder: frames.read_parquet(folder, aggregate_files=False)


@pytest.fixture(scope="module")
def spark():
    sql = pytest.importorskip("pyspark.sql")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java")
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "4",
        # A zone where some days begin at one o'clock: no day may move.
        "spark.sql.session.timeZone": "America/Sao_Paulo",
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        session = sql.SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        yield lambda folder: session.read.parquet(str(folder))
        session.stop()


@pytest.fixture(scope="module")
def duckdb():
    module = pytest.importorskip("duckdb")
    return lambda folder: module.connect().read_parquet(f"{folder}/*.parquet")


@pytest.fixture(params=["polars", "lazy", "duckdb", "dask", "spark"])
def opened(request):
    """A function that opens a folder of Parquet files as a table of the engine."""
    if request.param == "polars":
        return lambda folder: pl.read_parquet(folder)
    if request.param == "lazy":
        return lambda folder: pl.scan_parquet(folder)
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def cdnow(tmp_path_factory):
    tx = clean(read(datasets.path("cdnow")).tx, Policy(end="1997-09-30")).tx
    return tx, in_files(tx, tmp_path_factory.mktemp("cdnow"))


@pytest.fixture(scope="module")
def orders(tmp_path_factory):
    """50,000 orders by the second over three years; a tenth fall on a day on which their customer orders once more."""
    random = np.random.default_rng(20)
    customer = random.integers(0, 9000, 45_000)
    second = random.integers(0, 3 * 365 * 86_400, 45_000)
    again = random.choice(45_000, 5000, replace=False)
    customer, second = np.r_[customer, customer[again]], np.r_[second, second[again] // 86_400 * 86_400 + 86_399]
    tx = pd.DataFrame({
        "customer_id": pd.Series(np.char.add("c", customer.astype("U5")), dtype="str"),
        "date": np.datetime64("2021-01-01", "us") + second.astype("timedelta64[s]"),
        "amount": random.gamma(2, 20, 50_000).round(2),
    }).sample(frac=1, random_state=20)  # fmt: skip
    return tx, in_files(tx, tmp_path_factory.mktemp("orders"))


def in_files(tx, folder):
    """As a firm keeps it: in several files, each of which numbers its rows from 0."""
    for n in range(FILES):
        tx[n::FILES].reset_index(drop=True).to_parquet(folder / f"{n:02d}.parquet")
    return folder


def in_memory(table, by):
    frame = nw.from_native(table).lazy().collect("polars").sort(*by).to_native()
    return frame.fill_nan(None).to_pandas()


def assert_identical(table, expected, by):
    """To the last bit, but for sums of money, which each engine adds in an order of its own."""
    got, expected = in_memory(table, by), in_memory(expected, by)
    assert list(got.columns) == list(expected.columns)
    for name in got.columns:
        if name == "mean_spend":
            assert np.allclose(got[name], expected[name], rtol=1e-12, atol=0, equal_nan=True)
        else:
            assert got[name].dtype == expected[name].dtype, name
            assert (got[name] == expected[name]).all(), name


def test_cdnow_has_the_same_1016_histories_everywhere(opened, cdnow):
    tx, folder = cdnow
    base = summarise(tx, as_of="1997-09-30")
    theirs = summarise(opened(folder), as_of="1997-09-30")
    counts = count_histories(theirs)
    assert len(counts) == 1016
    assert_identical(counts, count_histories(base), ["x", "t_x", "T"])
    assert BGNBD.fit(theirs).model == BGNBD.fit(base).model


@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_orders_by_the_second_with_ties_on_a_day(opened, orders, unit):
    tx, folder = orders
    base = summarise(tx, as_of="2024-01-07", unit=unit)
    log = opened(folder)
    theirs = summarise(log, as_of="2024-01-07", unit=unit)
    assert type(theirs) is type(log)
    assert_identical(theirs, base, ["customer_id"])
    expected, counts = count_histories(base), count_histories(theirs)
    assert type(counts) is (pl.DataFrame if isinstance(log, (pl.DataFrame, pl.LazyFrame)) else pd.DataFrame)
    assert_identical(counts, expected, ["x", "t_x", "T"])
    # what pandas counted finds its customers on every engine, so the keys are equal to the last bit
    joined = join_back(theirs, expected)
    assert type(joined) is type(log)
    assert_identical(joined, join_back(base, expected), ["customer_id"])


def test_refuses_on_every_engine_what_it_refuses_in_memory(opened, orders, tmp_path):
    tx, folder = orders
    log = opened(folder)
    with pytest.raises(Refusal, match=r"as_of=2023-12-01 precedes [\d,]+ orders") as there:
        summarise(log, as_of="2023-12-01")
    with pytest.raises(Refusal) as here:
        summarise(tx, as_of="2023-12-01")
    assert str(there.value) == str(here.value)
    tx = tx.head(200).copy()
    tx.iloc[:3, 0], tx.iloc[3:5, 0], tx.iloc[7:9, 2] = None, " ", -1.0
    with pytest.raises(Refusal) as here:
        summarise(tx, as_of="2024-01-07")
    with pytest.raises(Refusal) as there:
        summarise(opened(in_files(tx, tmp_path)), as_of="2024-01-07")
    assert str(there.value) == str(here.value) and "5 of 200 rows" in str(here.value)


def test_spark_says_how_to_leave_its_time_zone(spark, orders):
    log = spark(orders[1])
    with pytest.raises(Refusal, match="timestamp_ntz"):
        summarise(log.withColumn("date", log["date"].cast("timestamp")), as_of="2024-01-07")
