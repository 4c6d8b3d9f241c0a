"""From a solution notebook to the notebook that a student opens, by nbgrader's own marks."""

import copy

from crmlearn import home
from crmlearn.errors import Refusal

STUB, TEXT_STUB = "# YOUR CODE HERE", "YOUR ANSWER HERE"
_SOLUTION = ("BEGIN SOLUTION", "END SOLUTION")
_HIDDEN = ("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")


def blank(notebook):
    """The student's notebook of a solution notebook.

    Code between ### BEGIN SOLUTION and ### END SOLUTION becomes "# YOUR CODE HERE", hidden tests go, written answers
    become "YOUR ANSWER HERE", cells tagged "solution" go, and so do all outputs.

    notebook : dict or NotebookNode of nbformat 4; it is not changed
    Returns: the same kind; blank(blank(x)) is blank(x)
    Errors: Refusal for a mark without its partner, or a mark in a cell that nbgrader would not treat
    """
    made = copy.deepcopy(notebook)
    made["cells"] = [cell for cell in made["cells"] if "solution" not in cell["metadata"].get("tags", [])]
    places = {cell["id"]: n for n, cell in enumerate(notebook["cells"], 1)}
    for cell in made["cells"]:
        _clear(cell, places[cell["id"]])
    return made


def inside(source):
    """The code between the marks of a solution.

    >>> inside("x = ...\\n### BEGIN SOLUTION\\nx = 1\\n### END SOLUTION")
    'x = 1'
    """
    kept, within = [], False
    for line in source.split("\n"):
        if _SOLUTION[0] in line or _SOLUTION[1] in line:
            within = _SOLUTION[0] in line
        elif within:
            kept.append(line)
    return "\n".join(kept)


def write_all():
    """Write exercises/NN.ipynb for every exercises/solutions/NN.ipynb; they still have to be run.

    Returns: list of paths written
    """
    import nbformat

    written = []
    for source in sorted(home.folder("exercises/solutions").glob("*.ipynb")):
        target = source.parents[1] / source.name
        nbformat.write(blank(nbformat.read(source, as_version=4)), target)
        written.append(target)
    return written


def _clear(cell, place):
    marks = cell["metadata"].get("nbgrader", {})
    source = "".join(cell["source"])
    had = source
    if cell["cell_type"] == "markdown" and marks.get("solution"):
        source = TEXT_STUB
    source = _without(source, *_SOLUTION, STUB, place, marks.get("solution"), "solution")
    source = _without(source, *_HIDDEN, None, place, marks.get("grade"), "grade")
    if cell["cell_type"] == "code":
        if marks.get("solution") and STUB not in source:
            raise _refusal(place, 1, "a solution cell without marks would give the answer away", f"### {_SOLUTION[0]}")
        cell["outputs"], cell["execution_count"] = [], None
    if cell["cell_type"] == "markdown":
        source = source.replace("](../../", "](../")  # the student's page lies one folder higher
    if source != had:
        cell["source"] = source


def _without(source, begin, end, stub, place, allowed, word):
    """The source with each region replaced by the stub, or without it when the stub is None."""
    kept, opened = [], 0
    for n, line in enumerate(source.split("\n"), 1):
        if begin in line or end in line:
            if not allowed:
                wrong = f"'{line.strip()}' in a cell that is no {word} cell"
                raise _refusal(place, n, wrong, f"nbgrader metadata {word}: true")
            if (begin in line) == bool(opened):
                missing = end if opened else begin
                raise _refusal(place, n, f"'{line.strip()}' without '### {missing}' before it", f"### {missing}")
            if begin in line and stub is not None:
                kept.append(line[: len(line) - len(line.lstrip())] + stub)
            opened = n if begin in line else 0
        elif not opened:
            kept.append(line)
    if opened:
        raise _refusal(place, opened, f"'### {begin}' is never closed", f"### {end}")
    return "\n".join(kept)


def _refusal(place, line, wrong, try_):
    return Refusal(f"{wrong}.", f"cell {place}, line {line}", try_)
