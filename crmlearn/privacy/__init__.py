"""What keeps customers from being recognised: pseudonyms, no small cells, masked logs."""

from crmlearn.privacy.cells import suppress, suppress_grid
from crmlearn.privacy.masking import mask
from crmlearn.privacy.pseudonyms import Pseudonymised, pseudonymise

__all__ = ["Pseudonymised", "mask", "pseudonymise", "suppress", "suppress_grid"]
