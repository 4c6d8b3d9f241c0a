"""Run a report: check, execute, write the page; keep what there is when it fails."""

import difflib
import re
import sys
import tempfile
from pathlib import Path

from crmlearn import errors
from crmlearn.privacy import mask
from crmlearn.reports import parameters as declared
from crmlearn.reports import shelf
from crmlearn.transactions.sources import open_table

COLOUR = re.compile(r"\x1b\[[\d;]*[A-Za-z]")
TOLD = re.compile(r"(.*?)\n  Saw: (.*?)\n  Try: (.*?)(?:\n(?! )|\Z)", re.DOTALL)  # a Refusal's three lines
# Columns that name people; their values are masked in what is kept of a failed run.
PEOPLE = re.compile(r"cust|client|member|account|user|buyer|person|name|mail|phone|mobile|nric|address|^id$", re.I)


class ReportFailed(Exception):
    """A report stopped on an error of its own; `kept` is the notebook so far, with the failing cell marked."""

    def __init__(self, name, error, kept):
        self.name, self.error, self.kept = name, error, kept
        super().__init__(name, error, kept)

    def lines(self):
        return [f"The report {self.name} failed.", f"  Saw: {self.error}", f"  Try: open {self.kept}"]

    def __str__(self):
        return "\n".join(self.lines())


def run(name, data=None, out="out", overwrite=False, **parameters):
    """Run a report notebook and write it as one HTML page.

    name : str; a report, see `names`
    data : path of a file of orders; without it the report takes its own data
    out : folder for the page; made if it is not there
    overwrite : bool; replace out/NAME.html instead of writing out/NAME-2.html
    parameters : what the report may be told, see `describe`
    Returns: Path of the page; the executed notebook lies beside it
    Refuses: before anything runs, all that is wrong with the parameters, the data file and the folder; then whatever
        the report itself refuses about the data. Any other error raises ReportFailed, and the notebook so far is kept
        as out/NAME-failed.ipynb, masked.
    """
    notebook, out = shelf.path(name), Path(out)
    if data is not None:
        parameters["data"] = data
    values, problems = declared.converted(name, parameters)
    errors.refuse_all([*problems, *_file_problems(values.get("data")), *_folder_problems(out, notebook)])
    if values.get("data"):
        values["data"] = str(Path(values["data"]).resolve())  # the kernel works in another folder
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=out) as work:
        return _run(name, notebook, values, out, Path(work), overwrite)


def _run(name, notebook, values, out, work, overwrite):
    import nbformat  # here, since together with papermill it takes two seconds to import
    import papermill
    from traitlets.config import Config

    from crmlearn.reports import page

    draft = work / "draft.ipynb"
    try:
        papermill.execute_notebook(
            _literal(notebook),
            _literal(draft.resolve()),
            parameters=values,
            kernel_name="python3",
            progress_bar=sys.stderr is not None and sys.stderr.isatty(),
            log_output=False,
            cwd=notebook.parent,
            config=Config({"KernelManager": {"transport_encryption": "auto"}}),  # orders travel to the kernel and back
        )
    except Exception as error:
        if getattr(error, "ename", "") in ("Refusal", "Refusals"):
            errors.refuse_all(_refusals(error.evalue))
        _keep(name, error, draft, values, out)
    done = nbformat.read(draft, as_version=4)
    _rewrite(done, lambda text: _without_folders(text, values))
    nbformat.write(done, draft)
    (work / "page.html").write_text(page.page(done, name), encoding="utf-8")
    target = out / (name if overwrite else _free(out, name, ".html", ".ipynb"))
    # Only whole files get their final names.
    draft.replace(target.with_name(f"{target.name}.ipynb"))
    return (work / "page.html").replace(target.with_name(f"{target.name}.html"))


def _keep(name, error, draft, values, out):
    """Write the notebook so far without anything that names a person, and raise."""
    import nbformat

    masked = _mask_for(values)
    said = f"{error.ename}: {error.evalue}" if hasattr(error, "ename") else f"{type(error).__name__}: {error}"
    failed = nbformat.read(draft, as_version=4) if draft.exists() else nbformat.v4.new_notebook()
    if not hasattr(error, "ename"):  # papermill marks the failing cell, but not the one in which a kernel died
        # It calls that cell completed, and whether the cell has a number depends on how quickly the kernel died.
        begun = [at for at, c in enumerate(failed.cells) if c.cell_type == "code" and _status(c) == "completed"]
        failed.cells.insert(
            begun[-1] if begun else 0, nbformat.v4.new_markdown_cell(f"**The run stopped here.** {masked(said)}")
        )
    _rewrite(failed, masked)
    kept = out / f"{_free(out, f'{name}-failed', '.ipynb')}.ipynb"
    nbformat.write(failed, kept)
    raise ReportFailed(name, masked(said).splitlines()[0], kept) from None


def _status(cell):
    return cell.metadata.get("papermill", {}).get("status")


def _mask_for(values):
    """How to mask what this run said. What cannot be masked for certain goes altogether."""
    ids = frozenset()
    if values.get("data"):
        try:
            frame, _, _ = open_table(values["data"])
        except Exception:
            return lambda text: "[removed: the data file could not be read, so nothing could be masked]"
        people = [c for c in frame.columns if PEOPLE.search(c) or c in values.values()] or frame.columns
        ids = frozenset(str(v) for c in people for v in frame[c].drop_nulls().unique().to_list())
    return lambda text: mask(COLOUR.sub("", _without_folders(text, values)), ids)


def _without_folders(text, values):
    """A page says which file it read, not where on whose machine the file lay."""
    path = values.get("data")
    if path:
        for form in (path, path.encode("unicode_escape").decode()):  # papermill writes the second
            text = text.replace(form, Path(path).name)
    return text


def _rewrite(notebook, change):
    """Change every text that running the notebook brought in; pictures stay."""
    told = notebook.metadata.get("papermill", {})
    told.pop("input_path", None)
    told.pop("output_path", None)
    told["parameters"] = _changed(told.get("parameters", {}), change)
    if "widgets" in notebook.metadata:
        notebook.metadata["widgets"] = _changed(notebook.metadata["widgets"], change)
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = change(cell.source)
        for output in cell.get("outputs", []):
            for part in {"text", "data", "evalue", "traceback"} & set(output):
                output[part] = _changed(output[part], change)


def _changed(value, change):
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_changed(item, change) for item in value]
    if isinstance(value, dict):
        return {key: item if key.startswith("image/") else _changed(item, change) for key, item in value.items()}
    return value


def _file_problems(data):
    if not data:
        return []
    path = Path(data)
    try:
        with path.open("rb") as file:
            return [] if file.read(1) else [errors.Refusal(f"{path.name} is empty.", "0 bytes", "export it again")]
    except OSError as error:
        near = difflib.get_close_matches(path.name, [p.name for p in path.parent.glob("*")], 1)
        wrong = f"The data file {path.name} cannot be read."
        return [errors.Refusal(wrong, error.strerror, f"--data {path.with_name(near[0]) if near else 'FILE'}")]


def _folder_problems(out, notebook):
    if out.resolve() == notebook.parent.resolve():
        return [errors.Refusal("The reports' own folder takes no pages.", str(out), "--out out")]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return [errors.Refusal(f"The folder {out} cannot be made.", error.strerror, "--out out")]
    return []


def _free(out, name, *endings):
    """The name, or the next of NAME-2, NAME-3, ... that nobody has taken."""
    names = [name, *(f"{name}-{number}" for number in range(2, 10_000))]
    return next(free for free in names if not any((out / f"{free}{ending}").exists() for ending in endings))


def _refusals(text):
    return [errors.Refusal(*parts) for parts in TOLD.findall(text)] or [errors.Refusal(text, "see above", "mend it")]


def _literal(path):
    return str(path).replace("{", "{{").replace("}", "}}")  # papermill fills braces in paths
