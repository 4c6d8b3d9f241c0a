"""Questions, asked in the notebook: a deck says what, a round asks, the kernel judges, the machine remembers.

decks: the form of a deck · keys: numbers that crmlearn computes · grading: is it right · schedule: what next ·
asking: one round · sheets: the still page · face: the widget.
"""

from crmlearn.quiz.decks import deck, names
from crmlearn.quiz.face import ask
from crmlearn.quiz.sheets import sheet

__all__ = ["ask", "deck", "names", "sheet"]
