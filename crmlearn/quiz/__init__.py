"""Questions, asked in the notebook: a deck says what, a round asks, the kernel judges, the machine remembers.

items: the kinds of questions · decks: the form of a deck · keys: numbers that crmlearn computes · memory: when again ·
schedule: in which order · plans: what is asked today · asking: one round · sheets: the still page · face: the widget ·
standing: where somebody stands · terms: its words · foreign, anki: decks of other programs.
"""

from crmlearn.quiz.decks import deck, names
from crmlearn.quiz.face import ask, cram, practice, study
from crmlearn.quiz.sheets import sheet
from crmlearn.quiz.standing import progress
from crmlearn.quiz.terms import glossary

__all__ = ["ask", "cram", "deck", "glossary", "names", "practice", "progress", "sheet", "study"]
