"""A person's own copy of the course: made, brought up to date, mended; what they changed is never overwritten."""

import contextlib
import difflib
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import crmlearn
from crmlearn import home
from crmlearn.course.handed_out import EMPTY, FORM, RECORD, fingerprint, recorded, write_record
from crmlearn.errors import Refusal, counted

STUDENTS = (("notebooks", "*.ipynb"), ("notebooks", "reports/*.ipynb"), ("exercises", "*.ipynb"), ("datasets", "**/*"))
LECTURERS = (("exercises/solutions", "*.ipynb"), ("exercises/decks", "*.yaml"), ("exercises/checks", "*.py"))


@dataclass(frozen=True)
class Copied:
    """What happened to a copy of the course: the names of files added, renewed, and kept because you changed them."""

    folder: Path
    added: tuple[str, ...] = ()
    renewed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    outdated: bool = False  # the course of the installed crmlearn is another one than the copy's


@dataclass(frozen=True)
class Restored:
    """A page as it was handed out, and where yours is kept (None where yours was the same, byte for byte)."""

    page: Path
    yours: Path | None

    def __repr__(self):
        kept = f"\nYours, as it was saved last, is kept as {self.yours.name}." if self.yours else ""
        return (
            f"{self.page.name} is as it was handed out.{kept}\n"
            "If it is open in JupyterLab: what you have not saved there is not in it. To keep that, choose "
            "File, Save Notebook As first; then File, Reload Notebook from Disk."
        )


def usual_folder():
    """Where the course goes unless told: crmlearn-course in the person's home, or the course that we stand in."""
    inside = []
    with contextlib.suppress(OSError):  # the folder that we stand in may be gone
        here = Path.cwd()
        inside = [place for place in (here, *here.parents) if (place / RECORD).is_file()]
    return inside[0] if inside else Path.home() / "crmlearn-course"


def _place(folder):
    """The folder that a person named, or the usual one."""
    try:
        return (usual_folder() if folder is None else Path(folder).expanduser()).absolute()
    except (RuntimeError, OSError):
        raise Refusal(
            "there is no such folder.", str(folder)[:80], "crmlearn start FOLDER, with its full path"
        ) from None


def copy(folder=None, update=False, lecturer=False):
    """Copy the course into a folder; an existing copy is left alone unless it shall be updated.

    folder : path; without it `usual_folder`
    update : bool; add what is new and renew what was not changed
    lecturer : bool; add solutions, decks and checks
    Returns: Copied
    Errors: Refusal for a folder that holds other things or cannot be written
    """
    folder = _place(folder)
    with _told_if_unwritable(folder):
        record = recorded(folder)
        if record is None:
            record = _refuse_other_things(folder)
        folder.mkdir(parents=True, exist_ok=True)
        return _copied(folder, record, update, lecturer)


def _copied(folder, record, update, lecturer):
    begun = record is not None and record["complete"]
    record = record or dict(EMPTY)
    everyone = lecturer or record["lecturer"]
    wanted = _shelf(STUDENTS + LECTURERS * everyone)
    if begun and not update:
        missing = _shelf(LECTURERS) if lecturer and not record["lecturer"] else {}
        if not missing:
            return Copied(folder, outdated=_outdated(record, wanted))
        wanted = missing
    files, offered = dict(record["files"]), dict(record["offered"])
    state = {"form": FORM, "crmlearn": crmlearn.__version__, "lecturer": everyone, "files": files, "offered": offered}
    write_record(folder, {**state, "complete": False})  # so that a copy that was interrupted is taken up again
    added, renewed, kept = [], [], []
    for name, source in wanted.items():
        target, new = folder / name, fingerprint(source)
        if not target.exists():
            added.append(name)
        elif (mine := fingerprint(target)) == new:
            files[name] = new
            continue
        elif mine == files.get(name):
            renewed.append(name)
        else:
            if files.get(name) != new:
                kept.append(name)
                offered[name] = new
            continue
        _put(source, target)
        files[name] = new
    write_record(folder, {**state, "complete": True})
    return Copied(folder, tuple(added), tuple(renewed), tuple(kept))


def restore(page, folder=None, now=None):
    """Put one page back as it was handed out; yours is kept next to it under a name with the date.

    page : "08", "08_clv_types", "exercises/08", ...; a bare number means the chapter
    folder : of the copy; without it `usual_folder`
    Returns: Restored(page, yours)
    """
    folder = _place(folder)
    with _told_if_unwritable(folder):
        record = recorded(folder)
        if record is None:
            raise Refusal("there is no copy of the course here.", str(folder), "crmlearn start")
        name, source = _found(page, _shelf(STUDENTS + LECTURERS * record["lecturer"]))
        target, mine = folder / name, None
        draft = _draft(source, target)  # before yours is moved, since the disk may be full
        if target.exists() and target.read_bytes() != source.read_bytes():
            stamp = f"{now or datetime.now():%Y-%m-%d-%H%M%S}"
            names = (
                f"{target.stem}-mine-{stamp}{more}{target.suffix}" for more in ("", *map("-{}".format, range(2, 99)))
            )
            mine = next(path for path in map(target.with_name, names) if not path.exists())
            target.replace(mine)
        draft.replace(target)
        write_record(folder, {**record, "files": {**record["files"], name: fingerprint(source)}})
    return Restored(target, mine)


def _shelf(parts):
    """{name in the copy: where it lies in this installation}"""
    found = {}
    for part, pattern in parts:
        root = home.folder(part)
        files = (path for path in root.glob(pattern) if path.is_file() and ".ipynb_checkpoints" not in path.parts)
        found |= {f"{part}/{path.relative_to(root).as_posix()}": path for path in files}
    return dict(sorted(found.items()))


def _outdated(record, wanted):
    """Whether an update would bring anything that was neither handed out nor offered yet."""
    return any(
        fingerprint(path) not in (record["files"].get(n), record["offered"].get(n)) for n, path in wanted.items()
    )


def _found(page, shelf):
    text = str(page).replace("\\", "/").strip("/")
    if text in shelf:
        return text, shelf[text]
    text = text.removesuffix(".ipynb")
    part, _, name = text.rpartition("/")
    name = name.zfill(2) if name.isdigit() else name
    pages = {file: path for file, path in shelf.items() if file.endswith(".ipynb")}
    hits = [
        f for f in pages if name and name in _names(f) and f"/{f.rpartition('/')[0]}".endswith(f"/{part}" * bool(part))
    ]
    if hits:
        best = min(hits, key=lambda file: not file.startswith("notebooks/"))
        return best, pages[best]
    short = [file.removesuffix(".ipynb") for file in pages]
    near = difflib.get_close_matches(text, [*short, *(s.rpartition("/")[2] for s in short)], 1)
    saw = f"pages are {', '.join(short)}"
    raise Refusal(f"the course has no page {text[:80]!r}.", saw, f"crmlearn reset {near[0] if near else '08'}")


def _names(file):
    """What a page is called: "08_clv_types", "08"."""
    stem = Path(file).stem
    return stem, stem.split("_")[0]


def _put(source, target):
    """Copy one file so that it appears whole."""
    _draft(source, target).replace(target)


def _draft(source, target):
    """A whole copy under another name next to the target."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.new")
    try:
        shutil.copyfile(source, draft)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _refuse_other_things(folder):
    """A folder without a record must be new, empty, or a copy of the course that lost its record."""
    if folder.is_dir():
        there = list(folder.iterdir())
        if (folder / "notebooks" / "00_start_here.ipynb").exists():
            return dict(EMPTY)  # every file in it then counts as the person's own
        if there:
            better = folder / "crmlearn-course"
            saw = f"{counted(len(there), 'thing')} that {'is' if len(there) == 1 else 'are'} not the course"
            raise Refusal(f"the folder {folder} is not empty.", saw, f'crmlearn start "{better}"')
    elif folder.exists():
        raise Refusal(f"{folder} is a file.", "no folder", f'crmlearn start "{folder}-course"')
    return None


@contextlib.contextmanager
def _told_if_unwritable(folder):
    try:
        yield
    except OSError as error:
        place = error.filename or folder
        with contextlib.suppress(ValueError):
            place = Path(place).relative_to(folder)
        saw = f"{error.strerror or type(error).__name__}: {place}"
        try_ = "make room or rename what is in the way, or crmlearn start FOLDER, with another folder"
        raise Refusal(f"the course cannot be written to {folder}.", saw, try_) from None
