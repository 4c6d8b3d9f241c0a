"""crmlearn: customer relationship management that you can run.

Rooms open when they are first used, so ``import crmlearn`` costs almost nothing:

>>> import crmlearn
>>> crmlearn.clv.lifespan(margin=100, retention_per_period=0.8, discount_per_period=0.1)
366.667 per customer (lifespan)
"""

from importlib import import_module

__version__ = "0.1.0"
__all__ = [
    "audit", "checks", "clv", "cohorts", "course", "datasets", "errors", "ethics", "paradigm", "pdpa", "plots",
    "privacy", "pyramid", "quiz", "reports", "reviews", "rfm", "risk", "simulate", "transactions", "value",
]  # fmt: skip


def __getattr__(name):
    if name in __all__:
        return import_module(f"crmlearn.{name}")
    raise AttributeError(f"module 'crmlearn' has no attribute '{name}'. Rooms: {', '.join(__all__)}")


def __dir__():
    return sorted([*globals(), *__all__])
