"""The course as a stranger gets it: a wheel in an empty environment, away from this checkout."""

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp("wheel")
    build = ["uv", "build", "--wheel", "--quiet", "--out-dir", str(out), str(ROOT)]
    if not shutil.which("uv"):
        build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(out), str(ROOT)]
    subprocess.run(build, check=True, timeout=300)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def run(wheel, tmp_path_factory):
    """Run a program of an environment that holds nothing but the wheel and what it needs, far from the checkout."""
    box = tmp_path_factory.mktemp("stranger")
    pins = ["-c", str(ROOT / "constraints.txt"), str(wheel)]
    if shutil.which("uv"):
        subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, str(box / "venv")], check=True)
        python = box / "venv" / "bin" / "python"
        subprocess.run(["uv", "pip", "install", "--quiet", "--python", str(python), *pins], check=True, timeout=600)
    else:
        subprocess.run([sys.executable, "-m", "venv", str(box / "venv")], check=True)
        python = box / "venv" / "bin" / "python"
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *pins], check=True, timeout=600)
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    env = kept | {"HOME": str(box), "CRMLEARN_HOME": str(box / "own"), "JUPYTER_RUNTIME_DIR": str(box / "run")}

    def started(*command):
        return subprocess.Popen(
            [str(python), *command], cwd=box, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def done(*command):
        process = started(*command)
        out, _ = process.communicate(timeout=300)
        return process.returncode, out

    done.box, done.started = box, started
    return done


def test_the_wheel_carries_the_course_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    inside = {n.removeprefix("crmlearn/_course/") for n in names if n.startswith("crmlearn/_course/")}
    listed = ["git", "ls-files", "notebooks", "exercises", "datasets"]
    tracked = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True)
    if not tracked.returncode:
        assert inside == {n for n in tracked.stdout.splitlines() if not n.startswith("notebooks/pictures")}
    assert {n.rpartition("/")[2] for n in names} >= {"face.js", "face.css", "page.css"}
    assert not [n for n in names if "checkpoint" in n or n.startswith(("tests", "exercises", "notebooks"))]


def test_a_student_starts_reads_and_works(run):
    code, out = run("-m", "crmlearn", "start", "my course", "--no-lab")
    assert code == 0 and f"Your course is in {run.box / 'my course'}" in out
    assert not list((run.box / "my course").rglob("*solutions*"))
    program = (
        "import sys, nbformat\nfrom nbclient import NotebookClient\n"
        "nb = nbformat.read(sys.argv[1], 4)\n"
        "NotebookClient(nb, kernel_name='python3', resources={'metadata': {'path': 'my course/exercises'}}).execute()\n"
        "print([o['data']['text/plain'] for c in nb.cells for o in c.get('outputs', []) if 'data' in o])"
    )
    code, out = run("-c", program, "my course/exercises/08_clv_types.ipynb")
    assert code == 0 and out.count("Not attempted") >= 5 and "Wrong." not in out, out
    code, out = run(
        "-c", "from crmlearn import checks, quiz; print(checks.exercise('08', 1).solution(), quiz.ask('08'))"
    )
    assert code == 0 and "A solution of task 1" in out and "Face" in out, out


def test_a_lecturer_gets_solutions_that_pass(run):
    code, out = run("-m", "crmlearn", "start", "lectures", "--lecturer", "--no-lab")
    assert code == 0, out
    assert (run.box / "lectures/exercises/solutions/08_clv_types.ipynb").exists()
    assert (run.box / "lectures/exercises/decks/08_clv_types.yaml").exists()
    code, out = run("-c", "from crmlearn import quiz; print(quiz.sheet('lectures/exercises/decks/08_clv_types.yaml'))")
    assert code == 0 and "19 questions" in out


def test_an_analyst_runs_the_report(run):
    code, out = run("-m", "crmlearn", "report", "customer_base", "--out", "pages", "-p", "bootstraps=20")
    assert code == 0, out
    assert list((run.box / "pages").rglob("customer_base.html"))


def test_jupyterlab_opens_in_the_copy(run):
    lab = run.started("-m", "crmlearn", "start", "my course", "--no-browser")
    try:
        lines, end = [], time.monotonic() + 90
        while time.monotonic() < end and lab.poll() is None:
            lines.append(lab.stdout.readline())
            found = re.search(
                r"(http://127\.0\.0\.1:\d+)/lab/tree/notebooks/00_start_here\.ipynb\?token=(\w+)", lines[-1]
            )
            if found:
                break
        assert found, "".join(lines)
        for patience in range(50):  # it says its address a moment before it listens
            try:
                with urllib.request.urlopen(f"{found[1]}/api/contents/notebooks?token={found[2]}") as answer:
                    assert answer.status == 200 and b"08_clv_types.ipynb" in answer.read()
                break
            except OSError:
                assert patience < 49
                time.sleep(0.2)
    finally:
        lab.terminate()
        lab.wait(30)
        lab.stdout.close()
    with pytest.raises(OSError):  # nothing was left running
        urllib.request.urlopen(f"{found[1]}/api", timeout=5)
