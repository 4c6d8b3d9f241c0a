"""Files that people write by hand (decks, feeds), read and held against their form."""

from crmlearn.forms.checked import Form, Misplaced, load

__all__ = ["Form", "Misplaced", "load"]
