"""Random numbers by name, so that a new table changes no other and two scenarios share their luck."""

import zlib

import numpy as np

from crmlearn.errors import Refusal


def stream(seed, name):
    """A generator of its own for each name.

    >>> stream(1, "orders").random() == stream(1, "orders").random() != stream(1, "people").random()
    True
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def whole(name, value, least, example):
    """Check a whole number and return it as an int.

    >>> whole("customers", 300, 1, "firm(customers=3000)")
    300
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise Refusal(f"{name} needs a whole number from {least} on.", repr(value)[:60], example)
    return int(value)
