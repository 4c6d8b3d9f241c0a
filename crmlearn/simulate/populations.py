"""Customers drawn from a model whose parameters are the truth, so that a method can be held against it."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmlearn.errors import Refusal, number
from crmlearn.progress import progress
from crmlearn.simulate.streams import whole

BLOCK = 50_000  # customers drawn together; a block has random numbers of its own, so nothing depends on memory


@dataclass(frozen=True)
class Population:
    """Orders that were drawn, and what is true about each customer, which no order file tells."""

    orders: Any
    truth: Any


def population(model, n, seed, *, weeks=104, joining_weeks=26, start="2023-01-02", spend=None, to=None):
    """Draw customers without a contract from a model, and order values from Gamma-Gamma.

    model : BGNBD, MBGNBD, ParetoNBD or NBD with times in weeks, or its Fit; its parameters are the truth
    n : how many customers
    seed : whole number; the same seed gives the same customers
    weeks : from the start to the end of the records; joining_weeks : first orders are spread evenly over these
    spend : GammaGamma(p, q, gamma); without it every order is worth 1
    to : path of a Parquet file; then the orders go there block by block, whatever their number
    Returns: Population(orders, truth). orders: customer_id (text), date (with time of day), amount (cents exact);
        truth: customer_id, orders_per_week, left (whether by the end), first.
        With ``to``, orders is the path and truth is None.
    Source: each model's paper; for BG/NBD Fader, Hardie & Lee (2005), assumptions (i) to (v)

    >>> from crmlearn.clv.models import BGNBD
    >>> truth = BGNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> drawn = population(truth, 1000, seed=1)
    >>> len(drawn.truth), drawn.orders.customer_id.nunique()
    (1000, 1000)
    """
    model = getattr(model, "model", model)  # a fit carries its model
    if not hasattr(model, "latent"):
        saw, mend = type(model).__name__, "crmlearn.clv.models.BGNBD(r=.243, alpha=4.414, a=.793, b=2.426)"
        raise Refusal("population needs a model of orders.", saw, mend)
    if spend is not None:
        spend = _model(spend, ("p", "q", "gamma"), "GammaGamma(p=6.25, q=3.74, gamma=15.44)")
    n, seed = whole("n", n, 1, "n=1000"), whole("seed", seed, 0, "seed=1")
    number("weeks", weeks, 0, low_open=True)
    number("joining_weeks", joining_weeks, 0, weeks)
    first_day, path = _day(start, weeks), None if to is None else _place(to)
    sizes = [min(BLOCK, n - at) for at in range(0, n, BLOCK)]
    blocks = zip(range(0, n, BLOCK), sizes, np.random.SeedSequence(seed).spawn(len(sizes)), strict=True)
    digits = len(str(n))

    def drawn(at, size, seeds):
        return _block(model, spend, at, size, np.random.default_rng(seeds), weeks, joining_weeks, first_day, digits)

    if path is not None:
        return Population(_written(path, (drawn(*block)[0] for block in progress(list(blocks), "drawing"))), None)
    orders, truth = zip(*(drawn(*block) for block in blocks), strict=True)
    return Population(pd.concat(orders, ignore_index=True), pd.concat(truth, ignore_index=True))


def renewals(model, n, seed, periods=12):
    """Draw contract customers from sBG and count who is left after 0, 1, 2, ... renewals.

    model : SBG(alpha, beta); its parameters are the truth
    Returns: array of periods + 1 counts

    >>> from types import SimpleNamespace
    >>> renewals(SimpleNamespace(alpha=0.668, beta=3.806), 1000, seed=1, periods=3).tolist()[0]
    1000
    """
    model = _model(model, ("alpha", "beta"), "SBG(alpha=.668, beta=3.806)")
    random = np.random.default_rng(seed)
    lifetimes = random.geometric(np.maximum(random.beta(model.alpha, model.beta, n), 1e-300))
    return (lifetimes[None, :] > np.arange(periods + 1)[:, None]).sum(axis=1)


def orders_of(rate, until, most, stay, random):
    """Repeat orders of customers: (whose, when since the first order), sorted by customer and time.

    rate : orders per time unit; until : when each leaves; most : after which repeat order; stay : how long each is
        watched. Arrays of one length; infinite where nothing ends. random : numpy Generator
    """
    stay = np.minimum(stay, until)
    would_come = random.poisson(rate * stay)
    # Orders of a Poisson process are spread evenly, so draw all, sort them, and cut off those after leaving.
    who = np.repeat(np.arange(len(rate)), would_come)
    when = random.uniform(0, 1, len(who)) * stay[who]
    when = when[np.lexsort((when, who))]
    rank = np.arange(len(who)) - np.repeat(np.cumsum(would_come) - would_come, would_come) + 1
    kept = rank <= most[who]
    return who[kept], when[kept]


def _block(model, spend, at, size, random, weeks, joining_weeks, first_day, digits):
    """(orders, truth) of some customers."""
    rates, until, most = model.latent(random, size)
    joined = random.uniform(0, joining_weeks, size) if joining_weeks else np.zeros(size)
    who, when = orders_of(rates, until, most, weeks - joined, random)
    left = (until <= weeks - joined) | (np.bincount(who, minlength=size) >= most)
    everyone = np.arange(size)
    who, when = np.concatenate([everyone, who]), np.concatenate([np.zeros(size), when])
    order = np.lexsort((when, who))
    who, when = who[order], (joined[who] + when)[order]
    amounts = np.ones(len(who))
    if spend is not None:
        scale = random.gamma(spend.q, 1 / spend.gamma, size)
        cents = np.rint(100 * random.gamma(spend.p, 1, len(who)) / scale[who])
        amounts = np.maximum(cents, 1) / 100
    ids = pd.Series(np.arange(at + 1, at + size + 1)).map(f"{{:0{digits}d}}".format).astype("str").to_numpy()
    seconds = np.rint(when * 7 * 86_400).astype("int64").astype("timedelta64[s]")
    dates = (np.datetime64(first_day, "s") + seconds).astype("datetime64[us]")
    orders = pd.DataFrame({"customer_id": ids[who], "date": dates, "amount": amounts})
    first = dates[np.flatnonzero(np.r_[True, who[1:] != who[:-1]])]
    truth = {"customer_id": ids, "orders_per_week": rates, "left": left, "first": first}
    return orders, pd.DataFrame(truth)


def _written(path, blocks):
    """All blocks in one Parquet file that appears whole; memory holds one of them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    draft = path.with_name(f".{path.name}.new")
    writer, done = None, False
    try:
        for orders in blocks:
            table = pa.Table.from_pandas(orders, preserve_index=False)
            writer = writer or pq.ParquetWriter(draft, table.schema, compression="zstd")
            writer.write_table(table.cast(writer.schema))
        done = True
    finally:
        if writer is not None:
            writer.close()
        if not done:
            draft.unlink(missing_ok=True)
    return draft.replace(path)


def _place(to):
    """The file to write, in a folder that is there."""
    path = Path(to)
    if path.is_dir():
        raise Refusal(f"{path.name} is a folder.", "no file", f"to='{path.name}/orders.parquet'")
    if not path.absolute().parent.is_dir():
        raise Refusal("there is no such folder.", path.parent.name, "make it before, or another folder")
    return path


def _day(start, weeks):
    try:
        first = date.fromisoformat(str(start)[:10])
        first + timedelta(weeks=weeks)
    except ValueError:
        raise Refusal(f"start={start!r} is no date.", repr(start)[:60], "start='2023-01-02'") from None
    except OverflowError:
        raise Refusal(
            "the records would end after the year 9999.", f"{start}, {weeks:g} weeks", "fewer weeks"
        ) from None
    return pd.Timestamp(first)


def _model(model, names, example):
    given = getattr(model, "model", model)  # a fit carries its model
    missing = [name for name in names if not hasattr(given, name)]
    if missing:
        raise Refusal(f"the model lacks {', '.join(missing)}.", type(model).__name__, f"crmlearn.clv.models.{example}")
    return given
