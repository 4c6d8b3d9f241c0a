"""``crmlearn start``: a copy of the course of one's own, open in JupyterLab."""

import os
import signal
import subprocess
import sys

from crmlearn.cli.telling import GOOD
from crmlearn.errors import counted

FIRST_PAGE = "notebooks/00_start_here.ipynb"


def add_to(commands):
    parser = commands.add_parser("start", help="copy the course into your folder and open it", allow_abbrev=False)
    parser.add_argument("folder", nargs="?", metavar="DIR", help="your folder (default: crmlearn-course in your home)")
    parser.add_argument("--update", action="store_true", help="add what is new; what you changed is never overwritten")
    parser.add_argument("--lecturer", action="store_true", help="add solutions, quiz decks and checks")
    parser.add_argument("--no-lab", action="store_true", help="only copy, do not open JupyterLab")
    parser.add_argument("--no-browser", action="store_true", help="start JupyterLab without opening a browser")
    parser.set_defaults(run=_run)


def _run(options):
    from crmlearn.course import copies

    usual = copies.usual_folder().absolute()
    done = copies.copy(options.folder, options.update, options.lecturer)
    elsewhere = "" if done.folder == usual else f' "{done.folder}"'
    print(f"Your course is in {done.folder}")
    for names, what in ((done.added, "new"), (done.renewed, "renewed")):
        if names:
            print(f"  {counted(len(names), 'file')} {what}")
    for name in done.kept:
        new = f"crmlearn reset {_short(name)}{elsewhere and ' --dir'}{elsewhere}"
        print(f"  {name} was changed by you and stays; the new one: {new}")
    if done.outdated:
        print(f"  This crmlearn brings other pages than your copy has: crmlearn start{elsewhere} --update")
    if options.no_lab:
        return GOOD
    print("Opening JupyterLab. To stop it, press Ctrl-C here; to come back tomorrow, the same command.", flush=True)
    return _open_lab(done.folder, options.no_browser)


def _short(name):
    return name.removesuffix(".ipynb").removeprefix("notebooks/")


def _open_lab(folder, no_browser):
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{FIRST_PAGE}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    if no_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # a container; JupyterLab refuses root unless told
        command.append("--allow-root")
    lab = subprocess.Popen(command)
    before = signal.signal(signal.SIGTERM, lambda *_: lab.terminate())  # or it would go on without us
    try:
        while True:
            try:
                return lab.wait()
            except KeyboardInterrupt:  # JupyterLab hears it too, and asks for itself
                continue
    finally:
        signal.signal(signal.SIGTERM, before)
