"""Other libraries, each in an environment of its own, so that none changes what another one runs on."""

import subprocess
import sys

# lifetimes asks for versions that are long gone, and runs without asking.
PEERS = {
    "lifetimes": [["--no-deps", "lifetimes==0.11.3"], ["autograd", "dill", "numpy", "pandas", "scipy", "pyarrow"]],
    "clvkit": [["clvkit==0.2.1", "pyarrow"]],
    "pymc": [["pymc-marketing==0.19.2", "pyarrow"]],
}


def python_of(name, cache):
    """The Python of a library; None when the library cannot be installed here. crmlearn and bare engines: our own."""
    if name not in PEERS:
        return sys.executable
    home = cache / name
    python, ready = home / "bin" / "python", home / "ready"
    if not ready.exists():
        print(f"installing {name}", flush=True)
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True, capture_output=True)
            for packages in PEERS[name]:
                subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as problem:
            said = getattr(problem, "stderr", None) or str(problem).encode()
            print(f"{name} is not there: {said.decode().strip().splitlines()[-1]}", flush=True)
            return None
        ready.touch()
    return python
