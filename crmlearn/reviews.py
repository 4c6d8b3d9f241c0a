"""What a person answered, to quiz items and exercises: one line per answer, never changed, on this machine only."""

import contextlib
import os
import re
import sqlite3
import threading
import time
import uuid
from dataclasses import astuple, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path

from crmlearn import home
from crmlearn.errors import Refusal, one_of

FORM = 2  # the shape of the file; a later crmlearn raises it
KINDS = ("item", "exercise")
_TABLE = """
CREATE TABLE reviews (
    review_id TEXT PRIMARY KEY NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('item', 'exercise')),
    item_id TEXT NOT NULL, item_sha TEXT NOT NULL, answered_at_utc TEXT NOT NULL, mode TEXT NOT NULL,
    verdict TEXT NOT NULL, answer TEXT NOT NULL, hints INTEGER NOT NULL, seconds REAL NOT NULL, scheduler_params TEXT
);
CREATE INDEX reviews_of_an_item ON reviews (item_id);
CREATE TRIGGER reviews_stay BEFORE UPDATE ON reviews BEGIN SELECT RAISE(ABORT, 'answers are never changed'); END;
CREATE TRIGGER reviews_last BEFORE DELETE ON reviews BEGIN SELECT RAISE(ABORT, 'answers are never deleted'); END;
"""
# Form 2: which answers belong to one showing of a question, and what follows from the answers, kept at hand.
_SECOND = """
ALTER TABLE reviews ADD COLUMN showing TEXT NOT NULL DEFAULT '';
CREATE TABLE standings (item_id TEXT PRIMARY KEY NOT NULL, standing TEXT NOT NULL, upto INTEGER NOT NULL);
"""
# File systems of a disk in this machine. SQLite's write-ahead log needs one; over a network it can lose answers.
_LOCAL = re.compile(r"ext[234]|xfs|btrfs|zfs|apfs|hfs|ufs|f2fs|bcachefs|ntfs3?|refs|vfat|exfat|overlay|tmpfs", re.I)


def _now():
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(frozen=True)
class Review:
    """One answer.

    kind : "item" of a quiz deck, or "exercise"
    item_id : deck and item, or exercise and task: "08_clv_types/gym"
    item_sha : fingerprint of the question as it was asked
    mode : how it was asked, such as "ask"
    verdict : "right", "wrong", ...
    answer : what was answered, as text
    hints : how many were read before; seconds : from question to answer
    scheduler_params : the settings under which it was scheduled, if it was
    showing : name of the showing it belongs to: a wrong answer and the right one after it are of one showing

    >>> Review("item", "08_clv_types/gym", "3f2a", "ask", "right", "b").hints
    0
    """

    kind: str
    item_id: str
    item_sha: str
    mode: str
    verdict: str
    answer: str
    hints: int = 0
    seconds: float = 0.0
    scheduler_params: str | None = None
    answered_at_utc: str = field(default_factory=_now)
    review_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    showing: str = ""

    def __post_init__(self):
        one_of("kind", self.kind, KINDS)


_COLUMNS = tuple(f.name for f in fields(Review))
_WHEN = 1 + _COLUMNS.index("answered_at_utc")  # in a row that begins with its number


def path():
    """Where the answers lie; the file appears with the first answer."""
    return home.own() / "reviews.sqlite3"


def add(review, fold=None):
    """Write one answer down; the same review twice counts once.

    fold : function (standing or None, [Review, ...]) -> standing, a text: what follows from the answers to this item.
        It is kept beside them, written together with the answer or not at all.
    Returns: the new standing; None without `fold`
    Errors: Refusal where the file cannot be written; the caller goes on without memory.
    """
    with _open(path(), write=True) as file:
        file.execute("BEGIN IMMEDIATE")  # two notebooks may answer at once
        try:
            _insert(file, [review])
            standing = _fold(file, review.item_id, fold) if fold else None
        except BaseException:
            file.rollback()
            raise
        file.commit()
        return standing


def add_all(found, fold):
    """Write many answers down, such as those of another machine; those known already count once.

    Returns: how many were new
    """
    with _open(path(), write=True) as file:
        file.execute("BEGIN IMMEDIATE")
        before = file.total_changes
        _insert(file, found)
        new = file.total_changes - before
        for item_id in {review.item_id for review in found if review.kind == "item"}:
            _fold(file, item_id, fold)
        file.commit()
        return new


def _insert(file, found):
    places = ", ".join("?" * len(_COLUMNS))
    into = f"INSERT OR IGNORE INTO reviews ({', '.join(_COLUMNS)}) VALUES ({places})"
    file.executemany(into, map(astuple, found))


def _fold(file, item_id, fold):
    """The standing of one item, brought up to its last answer."""
    known = file.execute("SELECT standing, upto FROM standings WHERE item_id = ?", (item_id,)).fetchone()
    standing, upto = known or (None, 0)
    answers = f"SELECT rowid, {', '.join(_COLUMNS)} FROM reviews WHERE item_id = ? AND rowid > ?"
    rows = file.execute(f"{answers} ORDER BY answered_at_utc, rowid", (item_id, upto)).fetchall()
    if rows:
        # An answer of another machine may be older than what is folded in already.
        last = "SELECT max(answered_at_utc) FROM reviews WHERE item_id = ? AND rowid <= ?"
        if standing is not None and rows[0][_WHEN] < file.execute(last, (item_id, upto)).fetchone()[0]:
            standing = None
            rows = file.execute(f"{answers} ORDER BY answered_at_utc, rowid", (item_id, 0)).fetchall()
        standing = fold(standing, [Review(*row[1:]) for row in rows])
        put = "INSERT INTO standings VALUES (?, ?, ?) ON CONFLICT (item_id) DO UPDATE SET standing = ?, upto = ?"
        newest = max(row[0] for row in rows)
        file.execute(put, (item_id, standing, newest, standing, newest))
    return standing


def standings(fold, prefix=""):
    """{item_id: standing} of all quiz items that were answered; what is not kept up to date is folded anew."""
    with _open(path(), write=False) as file:
        if file is None:
            return {}
        old = _form(file) < FORM
        kept = "SELECT item_id, standing, upto FROM standings WHERE substr(item_id, 1, ?) = ?"
        rows = [] if old else file.execute(kept, (len(prefix), prefix)).fetchall()
        newest = "SELECT item_id, max(rowid) FROM reviews WHERE kind = 'item' AND substr(item_id, 1, ?) = ? GROUP BY 1"
        newest = dict(file.execute(newest, (len(prefix), prefix)).fetchall())
    found = {item_id: standing for item_id, standing, upto in rows if upto == newest[item_id]}
    for item_id in newest.keys() - found.keys():
        answers = [review for review in read(item_id, "item") if review.item_id == item_id]
        found[item_id] = fold(None, sorted(answers, key=lambda review: review.answered_at_utc))
    return found


def forget():
    """Delete every answer of this person, and all that was made of them. Returns: how many answers there were."""
    known = len(read())
    _close_writer()
    for name in (path().name, f"{path().name}-wal", f"{path().name}-shm", f"{path().name}-journal"):
        with contextlib.suppress(FileNotFoundError):
            (path().parent / name).unlink()
    return known


def read(prefix="", kind=None):
    """All answers whose item_id starts with the prefix, in the order in which they were given.

    Returns: list of Review; empty before the first answer
    Errors: Refusal where the file cannot be read; the caller goes on without memory
    """
    with _open(path(), write=False) as file:
        if file is None:
            return []
        columns = (
            ", ".join(_COLUMNS) if _form(file) > 1 else ", ".join(_COLUMNS[:-1])
        )  # of a file that nobody may write to
        rows = file.execute(  # by row, not by time: a clock may have been set back
            f"SELECT {columns} FROM reviews WHERE substr(item_id, 1, ?) = ? AND (? IS NULL OR kind = ?) ORDER BY rowid",
            (len(prefix), prefix, kind, kind),
        ).fetchall()
    return [Review(*row) for row in rows]


def journal_mode(folder):
    """How SQLite shall keep its journal there: "WAL" on a disk of this machine, "DELETE" everywhere else."""
    import psutil

    folder = Path(os.path.realpath(folder))
    best = None
    for disk in psutil.disk_partitions(all=True):
        mounted = Path(disk.mountpoint)
        if folder.is_relative_to(mounted) and (best is None or len(mounted.parts) >= len(Path(best.mountpoint).parts)):
            best = disk
    remote = best is None or not _LOCAL.fullmatch(best.fstype) or "remote" in best.opts.split(",")
    return "DELETE" if remote else "WAL"


@contextlib.contextmanager
def _open(file, write):
    """A connection; None where there is nothing to read yet."""
    connection, good = None, False
    try:
        if write:
            connection = _writer(file)
        elif file.exists():
            connection = _to_read(file)
        elif file.parent.exists() and not file.parent.is_dir():
            raise NotADirectoryError(f"{file.parent.name} is a file")
        yield connection
        good = True
    except (sqlite3.Error, OSError, OverflowError, UnicodeError) as error:
        raise Refusal(
            "your answers cannot be remembered.",
            f"{type(error).__name__} on {file.name}: {error}",
            "mend or move that file; its folder is crmlearn.home.own(), and CRMLEARN_HOME names another",
        ) from None
    finally:
        if connection is not None and not write:
            connection.close()
        elif not good:
            _close_writer()


_kept = threading.local()  # the connection that wrote last; closing it after each answer would triple what one costs


def _writer(file):
    """A connection to write with: the one that wrote last, if it is the same file and this process opened it."""
    key = file, os.getpid(), _which(file)
    if getattr(_kept, "key", None) != key:
        _close_writer()
        file.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(file, timeout=5)
        _kept.connection = connection
        _kept.key = file, os.getpid(), None
        _prepare(connection, file)
        _kept.key = file, os.getpid(), _which(file)
    else:
        _refuse_newer(_form(_kept.connection))
    return _kept.connection


def _which(file):
    """Which file stands there under this name; somebody may have moved or deleted the one that was there."""
    try:
        found = file.stat()
        return found.st_dev, found.st_ino
    except OSError:
        return None


def _close_writer():
    connection, key = _kept.__dict__.pop("connection", None), _kept.__dict__.pop("key", None)
    if connection is not None and key[1] == os.getpid():  # what another process opened is not ours to close
        connection.close()


def _to_read(file):
    """Reading must not need a folder that can be written to, as SQLite's write-ahead log does."""
    for how in ("mode=rw", "mode=ro", "immutable=1"):
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True, timeout=5)
        try:
            form = _form(connection)
            if form:
                _refuse_newer(form)
                connection.execute("SELECT 1 FROM reviews LIMIT 1")
                return connection
        except sqlite3.OperationalError:
            if how == "immutable=1":
                raise
        connection.close()
    return None


def _form(connection):
    return connection.execute("PRAGMA user_version").fetchone()[0]


def _prepare(connection, file):
    form = _form(connection)
    if form == FORM:
        return
    _refuse_newer(form)
    if not form:
        _set_journal(connection, journal_mode(file.parent))
    connection.execute("BEGIN IMMEDIATE")  # two notebooks may answer their first question at once
    form = _form(connection)
    for text in (_TABLE, _SECOND)[form:]:
        for statement in re.split(r";\n", text.strip()):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version={FORM}")
    connection.commit()


def _refuse_newer(form):
    if form > FORM:
        raise Refusal(
            "your answers were written by a newer crmlearn.",
            f"form {form}, this version knows {FORM}",
            "pip install --upgrade crmlearn",
        )


def _set_journal(connection, mode):
    """Choose the journal; it stays with the file. SQLite does not wait its turn for this one, so we do."""
    for patience in range(100):
        try:
            connection.execute(f"PRAGMA journal_mode={mode}")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or patience == 99:
                raise
            time.sleep(0.05)
