"""Where the course's folders lie: beside the package in a checkout, inside it when installed from a wheel."""

from pathlib import Path

from crmlearn.errors import Refusal


def folder(name):
    """The path of one of the course's folders (notebooks, datasets, ...).

    >>> folder("datasets").name
    'datasets'
    """
    package = Path(__file__).resolve().parent
    for parent in (package.parent, package / "_course"):
        # The card of a data set marks a checkout: any folder may be called datasets.
        if (parent / name).is_dir() and (parent / "datasets" / "cdnow").is_dir():
            return parent / name
    raise Refusal(
        f"the course's folder '{name}' is missing.", "neither a checkout nor a full install", "install crmlearn again"
    )
