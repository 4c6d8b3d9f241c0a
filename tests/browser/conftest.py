"""A real JupyterLab on this machine, driven in headless Chromium."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium():
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        # On the project's own machine a missing tool is a failure, not a pass.
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium: apt-get install chromium, or set CHROMIUM")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def box(tmp_path_factory):
    """Where the JupyterLab of the tests lives: a copy of the course, settings of its own."""
    box = tmp_path_factory.mktemp("lab")
    for part in ("notebooks", "exercises"):
        shutil.copytree(ROOT / part, box / "course" / part)
    return box


@pytest.fixture(scope="session")
def lab(box):
    """Base address and token of a JupyterLab that serves the copy."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    token = secrets.token_hex(8)
    folder = box / "settings" / "@jupyterlab" / "apputils-extension"
    folder.mkdir(parents=True)
    (folder / "notification.jupyterlab-settings").write_text(json.dumps({"fetchNews": "false"}))
    places = {"JUPYTER_CONFIG_DIR": "config", "JUPYTER_RUNTIME_DIR": "run", "JUPYTERLAB_SETTINGS_DIR": "settings",
              "JUPYTERLAB_WORKSPACES_DIR": "workspaces"}  # fmt: skip
    env = dict(os.environ, **{name: str(box / place) for name, place in places.items()})
    log = (box / "lab.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
         "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={box / 'course'}",
         "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
         "--LabApp.expose_app_in_browser=True"],
        stdout=log, stderr=subprocess.STDOUT, env=env,
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{base}/api/status?token={token}", timeout=2).close()
            break
        except OSError:
            assert server.poll() is None, (box / "lab.log").read_text()
            time.sleep(0.1)
    yield base, token
    server.terminate()
    server.wait(20)
    log.close()


@pytest.fixture
def page(chromium):
    """A page that may talk to this machine only; `page.outside` and `page.errors` collect what went wrong."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.outside, page.errors = [], []
    local = ("file:", "data:", "blob:", "http://127.0.0.1", "ws://127.0.0.1")

    def decide(route):
        if route.request.url.startswith(local):
            route.continue_()
        else:
            page.outside.append(route.request.url)
            route.abort()

    page.route("**/*", decide)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    page.close()


@pytest.fixture
def theme(box):
    """Choose JupyterLab's theme for the pages that are opened after it."""
    settings = box / "settings" / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"

    def choose(name):
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text(json.dumps({"theme": f"JupyterLab {name}"}), encoding="utf-8")

    yield choose
    settings.unlink(missing_ok=True)


@pytest.fixture
def faults(page):
    """What axe finds wrong in a part of the page: [(rule, where), ...]"""
    from axe_playwright_python.sync_playwright import Axe

    def find(selector):
        found = Axe().run(page, context={"include": [[selector]]}).response["violations"]
        return [(rule["id"], node["html"][:120]) for rule in found for node in rule["nodes"]]

    return find


@pytest.fixture
def run_all(page, lab):
    """Open a page of the course, run all of its cells, and return the page."""

    def run(name):
        base, token = lab
        page.goto(f"{base}/lab/tree/{name}?token={token}&reset", wait_until="load")
        page.locator(".jp-NotebookPanel:visible .jp-Notebook").first.wait_for(timeout=120_000)
        idle = page.locator("#jp-main-statusbar").get_by_text("| Idle").first
        idle.wait_for(timeout=120_000)  # a Run All sent before the kernel is idle is dropped without a word
        page.get_by_role("menuitem", name="Run", exact=True).first.click()
        page.locator("[data-command='runmenu:run-all']").first.click()
        quiet = 0  # between two cells the kernel looks idle for a moment
        for _ in range(360):
            page.wait_for_timeout(500)
            running = page.locator(".jp-InputPrompt", has_text="[*]").count()
            quiet = quiet + 1 if idle.is_visible() and not running else 0
            if quiet == 4:
                return page
        raise AssertionError(f"{name} still runs after three minutes")

    return run
