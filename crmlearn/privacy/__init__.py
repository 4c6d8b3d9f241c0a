"""What keeps customers from being recognised: one gate for every page, pseudonyms, no small cells, masked logs."""

from crmlearn.privacy.cells import suppress, suppress_grid
from crmlearn.privacy.gating import Gate
from crmlearn.privacy.grouping import Anonymity, k_anonymity
from crmlearn.privacy.hiding import hide_cells
from crmlearn.privacy.masking import mask
from crmlearn.privacy.noise import noisy_count
from crmlearn.privacy.pseudonyms import Pseudonymised, pseudonymise

__all__ = [
    "Anonymity", "Gate", "Pseudonymised", "hide_cells", "k_anonymity", "mask", "noisy_count", "pseudonymise",
    "suppress", "suppress_grid",
]  # fmt: skip
