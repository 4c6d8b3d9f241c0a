"""A run's folder: prepared out of sight, there at once as a whole, and never a half of it."""

import errno
import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from crmlearn.errors import Refusal

TAKEN = (errno.EEXIST, errno.ENOTEMPTY)
MARK = "status.json"  # a folder without it is no run, and not ours to replace


@contextmanager
def prepared(out, name):
    """A hidden folder beside the later one, so on the same disk; what is left of it at the end is removed."""
    work = Path(out) / f".{name}-{uuid4().hex[:12]}"
    work.mkdir()  # with the rights that any new folder has: others may read the pages
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def appear(work, out, name, overwrite=False):
    """Give a prepared folder its final name, by one rename.

    work : the prepared folder; out : the folder for it; name : its name, or the next free of NAME-2, NAME-3, ...
    overwrite : bool; replace an earlier run of that name. It is back if that fails
    Returns: Path of the folder
    """
    _to_disk(work)
    if overwrite and (out / name / MARK).is_file():
        return _replaced(work, out / name)
    for number in range(1, 10_000):
        target = out / (name if number == 1 else f"{name}-{number}")
        if target.exists():
            continue
        try:
            return work.rename(target)
        except OSError as error:
            if error.errno not in TAKEN and not target.exists():  # else another run was quicker
                raise
    raise Refusal(f"The folder {out} is full.", f"{name} to {name}-9999", "--out another")


def _replaced(work, target):
    for _ in range(100):
        old = target.with_name(f".{target.name}-{uuid4().hex[:12]}-old")
        moved = False
        try:
            with suppress(FileNotFoundError):  # another run has just taken it away
                target.rename(old)
                moved = True
            made = work.rename(target)
        except BaseException as error:  # also Ctrl-C
            taken = isinstance(error, OSError) and error.errno in TAKEN
            if moved and not taken:
                old.rename(target)
            elif moved:
                shutil.rmtree(old, ignore_errors=True)
            if taken:  # another run was quicker: its folder is the one to replace
                continue
            if not isinstance(error, OSError):
                raise
            saw = error.strerror or "no reason given"
            raise Refusal(f"The folder {target} cannot be replaced.", saw, "close what is open in it") from None
        shutil.rmtree(old, ignore_errors=True)
        return made
    raise Refusal(f"The folder {target} cannot be replaced.", "many runs at once", "run it again")


def _to_disk(folder):
    """Have the files on the disk before their folder gets its name, or a power cut could leave empty ones."""
    for path in folder.iterdir():
        with suppress(OSError), path.open("r+b") as file:
            os.fsync(file.fileno())
