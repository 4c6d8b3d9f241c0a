"""The two files that a student double-clicks, and what would break on the student's system."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import crmlearn

ROOT = Path(__file__).parents[1]
HOUSE = Path(crmlearn.__file__).parent
# Not there on Windows; allowed behind hasattr(module, name).
POSIX_ONLY = {
    "os": {"geteuid", "getuid", "getgid", "fork", "forkpty", "uname", "chown", "killpg", "setsid", "nice", "mkfifo",
           "getpgid", "sysconf", "statvfs", "wait3", "WNOHANG", "getloadavg", "sched_getaffinity", "chroot"},
    "signal": {"SIGKILL", "SIGHUP", "SIGALRM", "SIGUSR1", "alarm", "pause", "sigwait"},
}  # fmt: skip
POSIX_MODULES = {"fcntl", "pwd", "grp", "resource", "termios", "tty", "pty", "syslog", "readline"}


def guarded(tree):
    """Names asked for by hasattr anywhere in the file."""
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "hasattr"]
    return {call.args[1].value for call in calls if isinstance(call.args[1], ast.Constant)}


@pytest.mark.parametrize("path", sorted(HOUSE.rglob("*.py")), ids=lambda p: str(p.relative_to(HOUSE)))
def test_nothing_that_only_posix_has_is_called_unguarded(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    safe = guarded(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert node.attr not in POSIX_ONLY.get(node.value.id, set()) - safe, f"{node.value.id}.{node.attr}"
        if isinstance(node, ast.Import):
            assert not {a.name for a in node.names} & POSIX_MODULES
        if isinstance(node, ast.ImportFrom):
            assert node.module not in POSIX_MODULES
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            assert not re.search(r"%-[dmHIMSjy]", node.value), "strftime's %-d is not known on Windows"
        # Windows takes another encoding where none is named.
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("read_text", "write_text"):
            assert [k for k in node.keywords if k.arg == "encoding"] or len(node.args) > 1, ast.unparse(node)


def test_names_of_tracked_files_are_possible_on_windows():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    names = listed.stdout.splitlines()
    assert not [n for n in names if re.search(r'[<>:"|?*\\]|[. ]$', n) or len(n) > 120]
    assert len({n.lower() for n in names}) == len(names)


class TestForWindows:
    TEXT = (ROOT / "start.cmd").read_bytes()

    def test_lines_end_as_its_reader_needs(self):
        assert self.TEXT.count(b"\n") == self.TEXT.count(b"\r\n") and self.TEXT.isascii()

    def test_every_jump_has_its_label(self):
        text = self.TEXT.decode().lower()
        labels = set(re.findall(r"^:(\w+)", text, re.MULTILINE))
        assert set(re.findall(r"(?:goto|call) :?(\w+)", text)) == labels

    def test_paths_are_quoted_and_the_data_folder_is_the_users(self):
        text = self.TEXT.decode()
        assert "%LOCALAPPDATA%\\crmlearn" in text and text.count("python.org/downloads") == 1
        for line in text.splitlines():
            for name in ("%HERE%", "%CRMLEARN_VENV%"):
                if name in line and not line.startswith(("echo", "rem")):
                    assert re.search(rf'"[^"]*{name}', line) or f"={name}" in line, line


class TestForMacOS:
    @pytest.fixture
    def folder(self, tmp_path):
        here = tmp_path / "my course (1)"
        here.mkdir()
        for name in ("start.command", "CHANGELOG.md", "pyproject.toml"):
            shutil.copy(ROOT / name, here)
        return here

    def start(self, folder, *typed, path):
        env = {"PATH": path, "HOME": str(folder), "XDG_DATA_HOME": str(folder / "data")}
        command = [shutil.which("sh"), str(folder / "start.command"), *typed]
        return subprocess.run(command, env=env, capture_output=True, text=True)

    def tools(self, folder, **more):
        """A PATH with the few tools it needs, and stand-ins for others."""
        bin_ = folder / "bin"
        bin_.mkdir()
        for name in ("dirname", "uname", "cmp", "rm", "cp", "mkdir", "cat", "chmod"):
            (bin_ / name).symlink_to(shutil.which(name))
        for name, text in more.items():
            (bin_ / name).write_text(f"#!{shutil.which('sh')}\n{text}")
            (bin_ / name).chmod(0o755)
        return str(bin_)

    STAND_IN = (
        'echo "[$*]" >> "$HOME/asked"\n'
        'if [ "$2" = venv ]; then mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; chmod +x "$3/bin/python"; fi\n'
    )

    def test_it_may_be_run(self):
        assert (ROOT / "start.command").stat().st_mode & 0o100 or not hasattr(__import__("os"), "geteuid")

    def test_without_python_it_says_where_to_get_it(self, folder):
        done = self.start(folder, path=self.tools(folder))
        assert done.returncode == 2 and "python.org/downloads" in done.stdout and "Saw: no Python" in done.stdout

    def test_an_old_python_is_not_enough(self, folder):
        done = self.start(folder, path=self.tools(folder, python3='[ "$1" = --version ] && echo Python 3.9.1; exit 1'))
        assert done.returncode == 2 and "Saw: Python 3.9.1" in done.stdout

    def test_it_sets_up_once_and_hands_on_what_was_typed(self, folder):
        path = self.tools(folder, python3=self.STAND_IN)
        for _ in range(2):
            assert self.start(folder, "--no-lab", "a folder", path=path).returncode == 0
        asked = (folder / "asked").read_text().splitlines()
        assert [line.split()[1] for line in asked[1:3]] == ["venv", "pip"]
        assert asked[3:] == ["[-m crmlearn start --no-lab a folder]"] * 2

    def test_a_set_up_that_was_interrupted_begins_again(self, folder):
        broken = self.STAND_IN.replace("if [", 'if [ "$2" = pip ]; then exit 1; fi\nif [', 1)
        path = self.tools(folder, python3=broken)
        assert self.start(folder, path=path).returncode == 1
        (folder / "bin/python3").write_text(f"#!{shutil.which('sh')}\n{self.STAND_IN}")
        assert self.start(folder, path=path).returncode == 0

    def test_apart_from_its_folder_it_says_so(self, folder):
        (folder / "pyproject.toml").unlink()
        done = self.start(folder, path=self.tools(folder))
        assert done.returncode == 2 and "unpack the whole folder" in done.stdout
