"""Progress of work that takes over two seconds: seen while it runs, never stored in a notebook."""

import os
import sys


def progress(items, text):
    """Pass items through, with a bar where somebody watches: a live JupyterLab session or a terminal.

    JupyterLab's server names its session in the environment; papermill and tests do not, so their notebooks stay clean.

    >>> list(progress([1, 2], "counting"))
    [1, 2]
    """
    if "JPY_SESSION_NAME" in os.environ and "ipykernel" in sys.modules:
        from tqdm.notebook import tqdm

        return tqdm(items, desc=text, leave=False)
    if sys.stderr is not None and sys.stderr.isatty():
        from tqdm import tqdm

        return tqdm(items, desc=text, leave=False)
    return items
