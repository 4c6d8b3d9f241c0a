"""A model or a fit in a file, so that a forecast can be repeated without fitting anew."""

import json
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np

from crmlearn.clv.models.bgbb import BGBB
from crmlearn.clv.models.bgnbd import BGNBD
from crmlearn.clv.models.fits import Fit
from crmlearn.clv.models.gammagamma import GammaGamma
from crmlearn.clv.models.mbgnbd import MBGNBD
from crmlearn.clv.models.nbd import NBD
from crmlearn.clv.models.paretonbd import ParetoNBD
from crmlearn.clv.models.sbg import SBG
from crmlearn.errors import Refusal, one_of

FORMAT = "crmlearn.model/1"
_CLASSES = {cls.__name__: cls for cls in (BGBB, BGNBD, GammaGamma, MBGNBD, NBD, ParetoNBD, SBG)}


def save(fit_or_model, path, overwrite=False):
    """Write a model, or a fit with all that it knows, as JSON.

    path : of the file; one that exists is refused unless overwrite=True
    Returns: Path

    >>> import tempfile
    >>> file = save(NBD(0.385, 12.072), Path(tempfile.mkdtemp()) / "nbd.json")
    >>> load(file)
    NBD(r=0.385, alpha=12.072)
    """
    path, fit = Path(path), fit_or_model if isinstance(fit_or_model, Fit) else None
    model = fit.model if fit else fit_or_model
    if type(model).__name__ not in _CLASSES:
        raise Refusal(
            "only a model or its Fit can be saved.", type(model).__name__, "models.save(BGNBD.fit(base), path)"
        )
    if not path.parent.is_dir():
        raise Refusal("there is no such folder.", str(path.parent), "make it first, or another path")
    if path.exists() and not overwrite:
        raise Refusal("this file exists already.", path.name, "another name, or overwrite=True")
    kept = {"format": FORMAT, "model": type(model).__name__, "parameters": asdict(model)}
    if fit:
        told = {f.name: getattr(fit, f.name) for f in fields(fit) if f.name not in ("model", "covariance")}
        kept["fit"] = told | {"covariance": None if fit.covariance is None else np.asarray(fit.covariance).tolist()}
    path.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return path


def load(path):
    """Read what `save` wrote: a model or a Fit, equal to the last digit.

    Errors: Refusal for a file that is something else
    """
    path = Path(path)
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["format"] != FORMAT:
            raise ValueError(kept["format"])
        cls = _CLASSES[one_of("model", kept["model"], tuple(_CLASSES))]
        model = cls(**kept["parameters"])
        if "fit" not in kept:
            return model
        covariance = kept["fit"].pop("covariance")
        return Fit(model, **kept["fit"], covariance=None if covariance is None else np.array(covariance, float))
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise Refusal(
            f"this file holds no model of crmlearn ({FORMAT}).",
            f"{path.name}: {type(problem).__name__}",
            "models.save(fit, 'model.json') makes one",
        ) from None
