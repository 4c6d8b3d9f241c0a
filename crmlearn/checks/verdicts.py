"""What a check says: one of four words and a message, as a value, as text and as a panel that everyone can read."""

from dataclasses import dataclass
from html import escape

from crmlearn import texts

NOT_ATTEMPTED, WRONG, RIGHT, CANNOT_CHECK = "not attempted", "wrong", "right", "cannot check"
# Okabe and Ito's colours, which colour-blind readers tell apart; each stands out (3:1) from white and from black.
_EDGE = {NOT_ATTEMPTED: "#767676", WRONG: "#d55e00", RIGHT: "#009e73", CANNOT_CHECK: "#0072b2"}
_PLAIN = "#767676"


@dataclass(frozen=True, repr=False)
class Verdict:
    """The answer of a check; true only when the student is right.

    state : "not attempted", "wrong", "right" or "cannot check"
    understood : what the student gave, as plain text; may be empty
    advice : what to think about or to do next, in Markdown
    note : a small line at the end; may be empty

    >>> Verdict("wrong", "You gave 7.00.", "Is that per customer?")
    Wrong. You gave 7.00. Is that per customer?
    """

    state: str
    understood: str = ""
    advice: str = ""
    note: str = ""

    def __bool__(self):
        return self.state == RIGHT

    @property
    def message(self):
        """Everything that is said besides the state."""
        return " ".join(part for part in (self.understood, self.advice, self.note) if part)

    def __repr__(self):
        return f"{self.state.capitalize()}. {self.message}".strip()

    def _repr_html_(self):
        parts = [f"<strong>{self.state.capitalize()}.</strong>", escape(self.understood), texts.html(self.advice)]
        small = f'<div style="font-size:90%">{escape(self.note)}</div>' if self.note else ""
        return panel(" ".join(part for part in parts if part) + small, _EDGE[self.state])


def panel(body, edge=_PLAIN, role="status"):
    """A box that takes the page's own colours; screen readers announce it when its role is "status".

    body : HTML; edge : colour of the line at its left
    """
    style = f"border-left:6px solid {edge};padding:0.3em 0.8em;margin:0.3em 0;"
    style += "color:var(--jp-content-font-color1,inherit)"
    return f'<div role="{role}" style="{style}">{body}</div>'
