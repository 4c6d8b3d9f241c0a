"""How long an answer takes: judged, scheduled and on the disk, next to a bare insert; and ten thousand cards for Anki.

python -m tests.bench.quiz      prints a table, asserts nothing
"""

import os
import sqlite3
import statistics
import tempfile
import time
import uuid
from pathlib import Path

ANSWERS, CARDS = 2_000, 10_000


def bare(folder):
    """One row at a time, each on the disk before the next: the least that a durable answer can cost."""
    file = sqlite3.connect(folder / "bare.sqlite3")
    file.execute("PRAGMA journal_mode=WAL")
    file.execute("PRAGMA synchronous=FULL")
    file.execute("CREATE TABLE answers (id TEXT PRIMARY KEY, item TEXT, verdict TEXT, at TEXT)")
    file.commit()

    def insert():
        file.execute("INSERT INTO answers VALUES (?, ?, ?, ?)", (str(uuid.uuid4()), "deck/q", "right", "2026-01-01"))
        file.commit()

    return lambda n: insert


def ours(deck):
    from crmlearn.quiz.asking import Round
    from crmlearn.quiz.plans import Plan

    round_ = Round(Plan([deck]), seed=1)

    def answer(n):
        round_.place = (n + 20) % len(round_.asked)
        round_._begin()
        return lambda: round_.answer(0)

    return answer


def deck_of(cards):
    from crmlearn.quiz.decks import Deck

    options = [{"text": "this one", "feedback": "Yes.", "right": True}, {"text": "that one", "feedback": "No."}]
    item = {"type": "single", "topics": ["V1"], "asks": "recall", "options": options, "explanation": "E", "reread": "R"}
    items = [item | {"id": f"q{n}", "stem": f"Question {n}?"} for n in range(cards)]
    told = {"form": "crmlearn.deck/1", "id": "large", "title": "Large", "version": 1, "licence": "none"}
    return Deck.model_validate(told | {"items": items})


def timed(act, times):
    found = []
    for n in range(times):
        deed = act(n)
        start = time.perf_counter()
        deed()
        found.append((time.perf_counter() - start) * 1e3)
    return found


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CRMLEARN_HOME"] = str(Path(folder) / "own")
        deck = deck_of(CARDS)
        start = time.perf_counter()
        ours(deck)
        print(f"a round of {CARDS:,} questions begins after {time.perf_counter() - start:.2f} s (wanted: at most 1)\n")
        acts = {"bare insert": bare(Path(folder)), "answer, schedule and commit": ours(deck)}
        for act in acts.values():
            timed(lambda n, act=act: act(-20 + n), 20)
        found = {name: [] for name in acts}
        for block in range(10):  # in turns, so that what else the disk does hits both
            for name, act in acts.items():
                found[name] += timed(lambda n, act=act, block=block: act(block * 1000 + n), ANSWERS // 10)
        print("| | median ms | p99 ms |\n|---|---:|---:|")
        for name, times in found.items():
            print(f"| {name} | {statistics.median(times):.2f} | {statistics.quantiles(times, n=100)[98]:.2f} |")
        ratio = [statistics.quantiles(times, n=100)[98] for times in found.values()]
        print(f"\np99: {ratio[1] / ratio[0]:.2f} times the bare insert (wanted: at most 3)")
        from crmlearn.quiz import anki

        start = time.perf_counter()
        anki.write(deck, Path(folder) / "large.apkg")
        print(f"{CARDS:,} cards for Anki: {time.perf_counter() - start:.2f} s (wanted: at most 2)")


if __name__ == "__main__":
    main()
