"""Three lists of packages and one of commands must agree, and nothing private may be in them."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NAMED = {"jupyterlab", "pandas", "seaborn", "ipywidgets", "nbval", "papermill"}


def name_of(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower().replace("_", "-")


RUN = {name_of(r) for r in PROJECT["project"]["dependencies"]}
DEV = {name_of(r) for r in PROJECT["project"]["optional-dependencies"]["dev"]}
PINNED = {
    name_of(line): line.split("==")[1].strip()
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
}


def test_environment_yml_names_what_pyproject_names():
    conda = YAML(typ="safe").load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    names = {name_of(d) for d in conda if isinstance(d, str)}
    assert names == NAMED | {"python", "pip"}
    assert NAMED <= RUN | DEV
    assert next(d for d in conda if isinstance(d, dict))["pip"] == ["-c constraints.txt", "-e .[dev]"]


def test_every_dependency_is_pinned_and_the_pin_is_allowed():
    from packaging.requirements import Requirement

    groups = [PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"].values()]
    for requirement in (Requirement(r) for group in groups for r in group):
        pinned = PINNED[name_of(requirement.name)]
        assert requirement.specifier.contains(pinned), f"{requirement} against {pinned}"


def test_every_dependency_says_why():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for name in RUN | DEV - {"pytest", "pre-commit", "ruff"}:
        line = next(row for row in text.splitlines() if re.match(rf'\s*"{name}[>=\["]', row, re.IGNORECASE))
        assert "#" in line, name


def test_what_the_package_imports_is_declared():
    import ast
    import sys

    imported_as = {
        "ruamel.yaml": "ruamel",
        "ipython": "IPython",
        "beautifulsoup4": "bs4",
        "markdown-it-py": "markdown_it",
    }
    imported_as["mdit-py-plugins"] = "mdit_py_plugins"
    declared = {imported_as.get(n, n) for n in RUN}
    extra = {"genanki"}  # of an extra: imported where it is used, and refused with the extra's name where it is missing
    assert extra == {name_of(r) for r in PROJECT["project"]["optional-dependencies"]["anki"]}
    for path in (ROOT / "crmlearn").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            late = set() if node in tree.body else extra
            for top in {n.split(".")[0] for n in names}:
                assert top in declared | late | {"crmlearn"} | sys.stdlib_module_names, f"{path.name} imports {top}"


def test_both_licences_are_there():
    assert "MIT License" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    text = (ROOT / "LICENSE-CONTENT").read_text(encoding="utf-8")
    assert text.startswith("Attribution 4.0 International") and len(text) > 18_000


def test_tracked_files_name_no_address_of_a_registry_and_no_absolute_path():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    private = re.compile(r"(?<![\w.])/(?:home|root|Users|work|tmp/[a-z])[\w/]*/\w|https?://[^\s\"')]*\.(?:whl|deb)\b")
    for name in listed.stdout.split():
        path = ROOT / name
        if path.suffix in {".py", ".ipynb", ".md", ".toml", ".yml", ".txt", ".cfg", ".sh", ".css"} and path.exists():
            found = private.search(path.read_text(encoding="utf-8"))
            assert not found or path == Path(__file__), f"{name}: {found[0] if found else ''}"


def test_readme_and_makefile_offer_the_same_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", readme)) | {"lab", "test"} <= targets
    assert "make lab" in readme and "make test" in readme


def test_the_readmes_six_lines_run():
    import doctest

    result = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert result.attempted >= 6 and result.failed == 0


def test_the_readmes_links_and_pictures_exist_and_pictures_are_described():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("https://") or (ROOT / target).exists(), target
    assert len([alt for alt in re.findall(r"!\[([^\]]*)\]", text) if len(alt.split()) > 8]) == 3


def test_the_readmes_table_agrees_with_the_syllabus():
    from crmlearn import course

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for page in course.syllabus()["notebooks"]:
        assert (f"notebooks/{page['stem']}.ipynb" in text) == (page["status"] == "built"), page["stem"]
        assert page["stem"][:2] in text
