"""Run a report: check, execute, write its folder; keep what there is when it fails."""

import difflib
import json
import re
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crmlearn import datasets, errors
from crmlearn.reports import days, fed, folders, masked, records, shelf
from crmlearn.reports import parameters as declared

TOLD = re.compile(r"(.*?)\n  Saw: (.*?)\n  Try: (.*?)(?:\n(?! )|\Z)", re.DOTALL)  # a Refusal's three lines


class ReportFailed(Exception):
    """A report stopped on an error of its own; `kept` is the notebook so far, with the failing cell marked."""

    def __init__(self, name, error, kept):
        self.name, self.error, self.kept = name, error, kept
        super().__init__(name, error, kept)

    def lines(self):
        return [f"The report {self.name} failed.", f"  Saw: {self.error}", f"  Try: open {self.kept}"]

    def __str__(self):
        return "\n".join(self.lines())


@dataclass(frozen=True)
class Run:
    """A run that was published.

    folder, page : Path; where it lies, and its HTML page
    status : "good", or "warnings" if the page carries some; warnings : tuple of sentences
    as_of : day as text, or None where the report tells none; as_of_rule : how it was found, such as "latest-order"
    """

    folder: Path
    page: Path
    status: str
    warnings: tuple
    as_of: str | None
    as_of_rule: str | None


@dataclass
class _Job:
    """What one run knows from its start on."""

    name: str
    values: dict  # what the notebook is told
    files: tuple  # which of them say where a file lies
    settings: dict  # all parameters, as far as they are known before
    rule: str | None
    feed: object
    started: datetime
    clock: float


def run(name, data=None, out="out", overwrite=False, now=None, **parameters):
    """Run a report notebook; its page, notebook, workbook and records appear together in a folder of their own.

    name : str; a report, see `names`
    data : path of a file of orders, or the name of a data set such as "firm/orders"; without it the report takes its
        own data
    out : folder for the runs; made if it is not there
    overwrite : bool; replace out/NAME-AS_OF instead of writing out/NAME-AS_OF-2
    now : datetime; the moment of the run, which "last-sunday" looks back from. Without it, by the clock
    parameters : what the report may be told, see `describe`
    Returns: Run(folder, page, status, warnings, as_of, as_of_rule)
    Refuses: before anything runs, all that is wrong with the parameters, the data, the feed and the folder; then
        whatever the report itself refuses about the data. Any other error raises ReportFailed, and the notebook so far
        is kept in out/NAME-failed, masked.
    """
    notebook, out, started = shelf.path(name), Path(out), now or datetime.now().astimezone()
    if data is not None:
        parameters["data"] = data
    values, problems = declared.converted(name, parameters)
    known = {parameter.name: parameter.default for parameter in declared.describe(name)}
    files = masked.files_of(known)
    for part in files:  # the course's own data go by name
        if values.get(part) in datasets.names() and not Path(values[part]).exists():
            values[part] = str(datasets.path(values[part]))
    problems += [problem for part in files for problem in _file_problems(values.get(part), part)]
    feed, wrong = fed.opened(values) if not problems else (None, [])
    problems += [*wrong, *fed.contradictions(feed, values, known), *_folder_problems(out, notebook)]
    errors.refuse_all(problems)
    settings = known | (fed.said_by(feed, known) if feed else {}) | {k: v for k, v in values.items() if v != ""}
    rule = settings.get("as_of", "") or days.LATEST if "as_of" in known else None
    day = days.as_of(rule, started.date()) if rule else None
    if day:
        values["as_of"] = settings["as_of"] = f"{day:%Y-%m-%d}"
    for part in files:
        if values.get(part):
            values[part] = str(Path(values[part]).resolve())  # the kernel works in another folder
    job = _Job(name, values, files, settings, rule, feed, started, time.monotonic())
    with folders.prepared(out, name) as work:
        return _run(job, notebook, out, work, overwrite)


def _run(job, notebook, out, work, overwrite):
    import nbformat  # here, since together with papermill it takes two seconds to import
    import papermill
    from traitlets.config import Config

    from crmlearn.reports import exhibits, page, workbook

    draft = work / f"{job.name}.ipynb"
    try:
        papermill.execute_notebook(
            _literal(notebook),
            _literal(draft.resolve()),
            parameters=job.values,
            kernel_name="python3",
            progress_bar=sys.stderr is not None and sys.stderr.isatty(),
            log_output=False,
            cwd=notebook.parent,
            config=Config({"KernelManager": {"transport_encryption": "auto"}}),  # orders travel to the kernel and back
            shutdown_kernel="immediate",  # ipykernel 7.4, asked to leave, may print a traceback of its sockets
        )
    except Exception as error:
        if getattr(error, "ename", "") in ("Refusal", "Refusals"):
            errors.refuse_all(_refusals(error.evalue))
        _keep(job, error, draft, out, work)
    done = nbformat.read(draft, as_version=4)
    masked.rewrite(done, lambda text: masked.without_folders(text, job.values, job.files))
    nbformat.write(done, draft)
    html, told = page.page(done, job.name), exhibits.told(done)
    (work / f"{job.name}.html").write_text(html, encoding="utf-8", newline="\n")
    as_of = told.facts.get("as_of", job.values.get("as_of")) if job.rule else None
    about = {"report": shelf.title(job.name), "as of": as_of or "", "data": (_data(job, told) or {}).get("name", "")}
    warned = {f"warning {n}": text for n, text in enumerate(told.warnings, 1)}
    workbook.write(work / "exhibits.xlsx", [json.loads(text) for text in told.exhibits], about | warned)
    word = "warnings" if told.warnings else "good"
    _record(job, work, word, as_of, told, f"{job.name}.html")
    folder = folders.appear(work, out, f"{job.name}-{as_of}" if as_of else job.name, overwrite)
    return Run(folder, folder / f"{job.name}.html", word, tuple(told.warnings), as_of, job.rule)


def _record(job, work, word, as_of, told, page=None, error=None, change=str):
    """Write manifest.json and status.json."""
    settings = job.settings | ({"as_of": as_of} if as_of else {})
    settings |= {name: Path(job.values[name]).name for name in job.files if job.values.get(name)}
    settings = {name: change(value) if isinstance(value, str) else value for name, value in settings.items()}
    feed = job.feed and {"name": job.feed.name, "sha256": job.feed.sha256}
    finished = datetime.now().astimezone()
    records.manifest(work, job.name, settings, as_of, job.rule, _data(job, told), feed, job.started, finished)
    seconds = time.monotonic() - job.clock
    records.status(work, word, as_of, told.warnings, page, job.started, seconds, error)


def _data(job, told):
    """Name and fingerprint of the file that was read; of a report's own data, as far as the report tells them."""
    return records.fingerprint(job.values["data"]) if job.values.get("data") else told.facts.get("data")


def _keep(job, error, draft, out, work):
    """Publish the notebook so far without anything that names a person, and raise."""
    import nbformat

    from crmlearn.reports import exhibits

    change = masked.mask_for(job.values, job.files, job.feed)
    said = f"{error.ename}: {error.evalue}" if hasattr(error, "ename") else f"{type(error).__name__}: {error}"
    failed = nbformat.read(draft, as_version=4) if draft.exists() else nbformat.v4.new_notebook()
    if not hasattr(error, "ename"):  # papermill marks the failing cell, but not the one in which a kernel died
        # It calls that cell completed, and whether the cell has a number depends on how quickly the kernel died.
        begun = [at for at, c in enumerate(failed.cells) if c.cell_type == "code" and _status(c) == "completed"]
        failed.cells.insert(
            begun[-1] if begun else 0, nbformat.v4.new_markdown_cell(f"**The run stopped here.** {change(said)}")
        )
    masked.rewrite(failed, change)
    nbformat.write(failed, draft)
    told, line = exhibits.told(failed), change(said).splitlines()[0]
    _record(job, work, "failed", told.facts.get("as_of"), told, error=line, change=change)
    kept = folders.appear(work, out, f"{job.name}-failed") / draft.name
    raise ReportFailed(job.name, line, kept) from None


def _status(cell):
    return cell.metadata.get("papermill", {}).get("status")


def _file_problems(file, part):
    if not file:
        return []
    path = Path(file)
    try:
        with path.open("rb") as file:
            return [] if file.read(1) else [errors.Refusal(f"{path.name} is empty.", "0 bytes", "export it again")]
    except OSError as error:
        near = difflib.get_close_matches(path.name, [p.name for p in path.parent.glob("*")], 1)
        wrong = f"The {part} file {path.name} cannot be read."
        return [errors.Refusal(wrong, error.strerror, f"--{part} {path.with_name(near[0]) if near else 'FILE'}")]


def _folder_problems(out, notebook):
    if out.resolve() == notebook.parent.resolve():
        return [errors.Refusal("The reports' own folder takes no pages.", str(out), "--out out")]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return [errors.Refusal(f"The folder {out} cannot be made.", error.strerror, "--out out")]
    return []


def _refusals(text):
    return [errors.Refusal(*parts) for parts in TOLD.findall(text)] or [errors.Refusal(text, "see above", "mend it")]


def _literal(path):
    return str(path).replace("{", "{{").replace("}", "}}")  # papermill fills braces in paths
