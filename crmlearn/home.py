"""Where things lie: the course's folders (in a checkout or in a wheel) and what a person's own work leaves behind."""

import os
from pathlib import Path

from crmlearn.errors import Refusal


def folder(name):
    """The path of one of the course's folders (notebooks, datasets, exercises/solutions, ...).

    >>> folder("datasets").name
    'datasets'
    """
    package = Path(__file__).resolve().parent
    # The card of a data set marks a checkout: any folder may be called datasets.
    for parent in (package.parent, package / "_course"):
        if (parent / name).is_dir() and (parent / "datasets" / "cdnow").is_dir():
            return parent / name
    raise Refusal(
        f"the course's folder '{name}' is missing.", "neither a checkout nor a full install", "install crmlearn again"
    )


def own():
    """The folder for a person's own state, such as answers to quizzes; it need not exist yet.

    ``CRMLEARN_HOME`` names another one, by its full path.
    """
    said = os.environ.get("CRMLEARN_HOME")
    if not said:
        from platformdirs import user_data_path

        return user_data_path("crmlearn", appauthor=False)
    try:
        folder = Path(said).expanduser()
    except RuntimeError:  # ~nobody
        folder = Path(said)
    if not folder.is_absolute():
        raise Refusal("CRMLEARN_HOME needs the full path of a folder.", said, f"CRMLEARN_HOME={Path.home() / said}")
    return folder
