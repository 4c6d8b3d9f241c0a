"""Run notebooks from top to bottom and store what they show, without anything that differs by machine or time.

python tests/store_outputs.py [NOTEBOOK ...]; without names, all of them.
"""

import os
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

ROOT = Path(__file__).parents[1] / "notebooks"
LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def store(path):
    notebook = nbformat.read(path, as_version=4)
    quiet = Config({"KernelManager": {"transport_encryption": "auto"}})
    client = NotebookClient(
        notebook, timeout=600, record_timing=False, resources={"metadata": {"path": str(path.parent)}}, config=quiet
    )
    client.execute()
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        if "text/html" in output.get("data", {}):
            # Without its kernel a widget shows an error; its still page shows the same words.
            output.data.pop("application/vnd.jupyter.widget-view+json", None)
    notebook.metadata = {"kernelspec": KERNEL, "language_info": LANGUAGE}
    nbformat.write(notebook, path)


if __name__ == "__main__":
    os.environ["CRMLEARN_HOME"] = tempfile.mkdtemp()  # nobody's answers are read or written
    for name in sys.argv[1:] or [
        path for part in ("", "reports/", "summaries/") for path in sorted(ROOT.glob(f"{part}*.ipynb"))
    ]:
        print(name)
        store(Path(name).resolve())
