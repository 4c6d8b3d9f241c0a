"""The house: imports run strictly downwards, modules stay small, and opening the front door costs little."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import crmlearn

HOUSE = Path(crmlearn.__file__).parent
# From the ground up; rooms on one floor never import each other.
FLOORS = [
    {"errors"},
    {"home", "progress", "tables", "forms", "texts", "proportions"},
    {"transactions", "datasets", "privacy", "simulate"},
    {"clv", "rfm", "cohorts", "audit", "paradigm", "value", "pyramid", "risk", "pdpa", "ethics"},
    {"plots", "course", "reviews"},
    {"quiz", "checks", "reports"},
    {"cli"},
]
LEVEL = {room: i for i, floor in enumerate(FLOORS) for room in floor}
MODULES = sorted(path for path in HOUSE.rglob("*.py") if "_course" not in path.parts)


def room_of(path):
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imported_rooms(path):
    """Rooms that a module imports anywhere in it, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "crmlearn":
            yield from (alias.name for alias in node.names if alias.name in LEVEL)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("crmlearn."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (a.name.split(".")[1] for a in node.names if a.name.startswith("crmlearn."))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(HOUSE)))
def test_imports_run_downwards(path):
    room = room_of(path)
    if room in ("__init__", "__main__"):
        return
    assert room in LEVEL, f"put the room '{room}' on a floor"
    for other in set(imported_rooms(path)) - {room}:
        assert LEVEL[other] < LEVEL[room], f"{path.name} imports {other}, which is not below {room}"


def test_no_relative_imports_and_no_rooms_for_leftovers():
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.level], path
        assert path.stem not in ("utils", "core", "helpers", "common"), path


def test_no_module_shares_the_name_of_a_public_function():
    for package in (p.parent for p in MODULES if p.name == "__init__.py" and p.parent != HOUSE):
        tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
        own = f"crmlearn.{package.name}"  # a package may take in a module of its own by its name
        taken = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module != own]
        public = {a.asname or a.name for n in taken for a in n.names}
        modules = {p.stem for p in package.glob("*.py")} | {p.name for p in package.iterdir() if p.is_dir()}
        packages = {p.name for p in package.iterdir() if (p / "__init__.py").exists()}
        assert not (public & modules) - packages, package


def test_every_public_function_has_a_docstring_with_an_example_or_a_reason():
    missing = []
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree) or path.name == "__main__.py", path
    for room in [*FLOORS[2] - {"datasets"}, *FLOORS[3]]:
        for name in getattr(crmlearn, room).__all__:
            thing = getattr(getattr(crmlearn, room), name)
            if callable(thing) and not (thing.__doc__ or "").strip():
                missing.append(f"{room}.{name}")
    assert not missing


def test_importing_crmlearn_opens_no_heavy_room():
    heavy = ("pandas", "numpy", "scipy", "matplotlib", "papermill")
    code = f"import sys, crmlearn; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_rooms_are_named():
    with pytest.raises(AttributeError, match="Rooms: audit, checks, clv"):
        crmlearn.kitchen  # noqa: B018
