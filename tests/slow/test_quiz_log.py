"""Answers survive: a thousand sudden deaths, two kernels at once, ten thousand cards."""

import json
import os
import random
import signal
import sqlite3
import sys
import time
from multiprocessing import get_context

import pytest

from crmlearn import reviews
from crmlearn.quiz import memory

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")]
KILLS = 1_000


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("CRMLEARN_HOME", str(tmp_path / "own"))


def answer(n, item, verdict="right"):
    at = f"2026-01-01T{n // 3600 % 24:02d}:{n // 60 % 60:02d}:{n % 60:02d}.000+00:00"
    return reviews.Review(
        "item", item, "sha", "ask", verdict, "", 0, 1.0, memory.settings(), at, f"{item}-{n}", f"s{n}"
    )


def writing(first, told):
    """Answer and tell, until somebody ends it."""
    n = first
    while True:
        review = answer(n, f"deck/{n % 7}", "wrong" if n % 3 else "right")
        reviews.add(review, memory.fold)
        os.write(told, f"{review.review_id}\n".encode())
        n += 1


def integrity():
    file = sqlite3.connect(reviews.path())
    said = file.execute("PRAGMA integrity_check").fetchone()[0]
    file.close()
    return said


def kept():
    """The standings as they lie in the file, and as the log says they are."""
    file = sqlite3.connect(reviews.path())
    found = dict(file.execute("SELECT item_id, standing FROM standings").fetchall())
    file.close()
    log = reviews.read()
    return found, {item: memory.fold(None, [r for r in log if r.item_id == item]) for item in {r.item_id for r in log}}


def test_a_thousand_sudden_deaths_lose_no_answer_that_was_acknowledged():
    memory.fold(None, [answer(0, "deck/warm")])  # what is loaded once is not loaded a thousand times
    reviews.add(answer(0, "deck/0"), memory.fold)
    chance, acknowledged, first = random.Random(1), {"deck/0-0"}, 1
    for _ in range(KILLS):
        read, told = os.pipe()
        child = os.fork()
        if not child:
            os.close(read)
            try:
                writing(first, told)
            finally:
                os._exit(1)
        os.close(told)
        time.sleep(chance.uniform(0.001, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(read) as pipe:
            lines = pipe.read().split("\n")[:-1]
        acknowledged |= set(lines)
        first += len(lines) + 1  # the last one may have been written and not told
    there = {review.review_id for review in reviews.read()}
    assert len(acknowledged) > KILLS and acknowledged <= there and integrity() == "ok"
    in_file, from_log = kept()
    assert in_file == from_log


def many(which, count):
    for n in range(count):
        reviews.add(answer(2 * n + which, "deck/shared"), memory.fold)


def test_two_kernels_at_once_lose_nothing():
    both = [get_context("spawn").Process(target=many, args=(which, 150)) for which in (0, 1)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0] and len(reviews.read()) == 300
    in_file, _ = kept()
    in_order = sorted(reviews.read(), key=lambda review: review.answered_at_utc)
    assert in_file == {"deck/shared": memory.fold(None, in_order)} and integrity() == "ok"


def test_ten_thousand_cards_rebuilt_are_the_cards_kept_bit_for_bit():
    found = [answer(n, f"deck/{n % 2_000}", "wrong" if n % 5 == 0 else "right") for n in range(10_000)]
    reviews.add_all(found, memory.fold)
    in_file, from_log = kept()
    assert len(in_file) == 2_000 and in_file == from_log
    assert all(json.loads(text)["shown"] == 5 for text in in_file.values())
