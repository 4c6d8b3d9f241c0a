"""Answers stay: on this machine, append-only, whoever writes at the same time."""

import sqlite3
import subprocess
import sys
from collections import namedtuple

import psutil
import pytest

from crmlearn import home, reviews
from crmlearn.errors import Refusal
from crmlearn.reviews import Review


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("CRMLEARN_HOME", str(tmp_path / "own"))
    return tmp_path / "own"


def answer(item="deck/one", verdict="right", **more):
    return Review("item", item, "sha", "ask", verdict, "b", **more)


def test_reading_before_the_first_answer_makes_no_file(own):
    assert reviews.read() == [] and not own.exists()


def test_what_was_written_is_read_in_order_though_a_clock_was_set_back():
    first, second = answer(answered_at_utc="2031-02-01"), answer("deck/two", answered_at_utc="2026-01-01")
    for review in (first, second, first):  # the same one twice counts once
        reviews.add(review)
    assert reviews.read() == [first, second]
    assert reviews.read("deck/t") == [second] and reviews.read("dec_/") == reviews.read("%") == []
    assert reviews.read(kind="exercise") == []


def test_the_file_has_the_columns_that_other_programs_expect(own):
    reviews.add(answer())
    with sqlite3.connect(reviews.path()) as file:
        names = [row[1] for row in file.execute("PRAGMA table_info(reviews)")]
    file.close()
    assert names == ["review_id", "kind", "item_id", "item_sha", "answered_at_utc", "mode", "verdict", "answer",
                     "hints", "seconds", "scheduler_params", "showing"]  # fmt: skip


@pytest.mark.parametrize("statement", ["DELETE FROM reviews", "UPDATE reviews SET verdict = 'right'"])
def test_answers_are_never_changed(statement):
    reviews.add(answer(verdict="wrong"))
    file = sqlite3.connect(reviews.path())
    with pytest.raises(sqlite3.IntegrityError, match="never"):
        file.execute(statement)
    file.close()
    assert reviews.read()[0].verdict == "wrong"


def test_answers_can_be_read_where_nothing_can_be_written(own, tmp_path):
    reviews.add(answer())
    reviews._close_writer()  # as the end of a kernel does; until then the last answers lie in a file beside it
    code = (
        "import os, sys\nos.environ['CRMLEARN_HOME'] = sys.argv[1]\n"
        "from crmlearn import reviews\nprint(len(reviews.read()))"
    )
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "reviews.sqlite3").write_bytes(reviews.path().read_bytes())
    (copy / "reviews.sqlite3").chmod(0o444)
    copy.chmod(0o555)
    done = subprocess.run([sys.executable, "-c", code, str(copy)], capture_output=True, text=True)
    copy.chmod(0o755)
    assert done.stdout.strip() == "1", done.stderr


def test_two_programs_write_at_once_and_nothing_is_lost(own):
    code = (
        "from crmlearn import reviews\n"
        "for i in range(40): reviews.add(reviews.Review('item', f'deck/{i}', 's', 'ask', 'right', ''))"
    )
    both = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [program.wait(60) for program in both] == [0, 0]
    assert len(reviews.read()) == 80


Disk = namedtuple("Disk", "device mountpoint fstype opts")


@pytest.mark.parametrize(
    ("disks", "mode"),
    [
        ([Disk("a", "/", "ext4", "rw")], "WAL"),
        ([Disk("a", "/", "ext4", "rw"), Disk("b", "{}", "nfs4", "rw")], "DELETE"),
        ([Disk("a", "/", "ext4", "rw"), Disk("b", "{}", "cifs", "rw")], "DELETE"),
        ([Disk("a", "/", "ext4", "rw"), Disk("b", "{}", "fuse.sshfs", "rw")], "DELETE"),
        ([Disk("a", "{}", "NTFS", "rw,fixed")], "WAL"),
        ([Disk("a", "{}", "NTFS", "rw,remote")], "DELETE"),
        ([], "DELETE"),  # who knows
    ],
)
def test_the_journal_fits_the_disk(own, monkeypatch, disks, mode):
    own.mkdir()
    here = str(own.resolve())
    disks = [disk._replace(mountpoint=disk.mountpoint.format(here)) for disk in disks]
    monkeypatch.setattr(psutil, "disk_partitions", lambda all: disks)
    assert reviews.journal_mode(own) == mode
    reviews.add(answer())
    file = sqlite3.connect(reviews.path())
    assert file.execute("PRAGMA journal_mode").fetchone()[0].upper() == mode
    file.close()


class TestRefusals:
    def test_a_newer_file_is_left_alone(self):
        reviews.add(answer())
        file = sqlite3.connect(reviews.path())
        file.execute("PRAGMA user_version=3")
        file.close()
        for deed in (lambda: reviews.add(answer()), reviews.read):
            with pytest.raises(Refusal, match="newer crmlearn"):
                deed()

    def test_a_damaged_file_is_left_alone(self, own):
        own.mkdir()
        reviews.path().write_text("no database, but perhaps somebody's " * 100)
        before = reviews.path().read_bytes()
        with pytest.raises(Refusal, match="cannot be remembered"):
            reviews.add(answer())
        assert reviews.path().read_bytes() == before

    def test_a_folder_that_cannot_be_made(self, own):
        own.write_text("a file stands where the folder should be")
        with pytest.raises(Refusal, match="cannot be remembered"):
            reviews.add(answer())

    @pytest.mark.parametrize("change", [{"answer": "\ud800"}, {"hints": 2**70}])
    def test_what_no_file_can_hold(self, change):
        known = {"kind": "item", "item_id": "a/b", "item_sha": "s", "mode": "ask", "verdict": "right", "answer": ""}
        with pytest.raises(Refusal, match="cannot be remembered"):
            reviews.add(Review(**known | change))

    def test_a_file_in_the_place_of_the_folder_is_told_on_reading_too(self, own):
        own.write_text("a file")
        with pytest.raises(Refusal, match="own is a file"):
            reviews.read()

    def test_a_relative_home_would_be_another_one_in_every_folder(self, monkeypatch):
        monkeypatch.setenv("CRMLEARN_HOME", "mine")
        with pytest.raises(Refusal, match="full path"):
            reviews.read()

    def test_an_unknown_kind(self):
        with pytest.raises(Refusal, match="kind='card'"):
            Review("card", "a/b", "s", "ask", "right", "")


def test_home_is_the_systems_own_place_unless_told(monkeypatch):
    monkeypatch.delenv("CRMLEARN_HOME")
    assert home.own().name == "crmlearn" and home.own().is_absolute()
    monkeypatch.setenv("CRMLEARN_HOME", "~/mine")
    assert home.own().name == "mine" and home.own().is_absolute()


def test_a_file_that_was_moved_away_gets_no_more_answers(own):
    reviews.add(answer(review_id="first"))
    own.rename(own.parent / "moved")
    reviews.add(answer(review_id="second"))
    assert [review.review_id for review in reviews.read()] == ["second"]
