"""The lecture's example: one risk of a planning note, with what the note left open said in plain words.

A common note asks under probability "How certain are you?"; better: a chance, and the evidence for it in a field of
its own. It asks under impact "What might it cost?" and answers with consequences; better: the consequence in words, and
money only where there is some. It has no cause, owner, trigger or residual, looks at losses only, and says SET without
saying what that is: the student evaluation of teaching. Its date, 13 December 2019, has passed; December comes back.
"""

from crmlearn.risk.record import Risk
from crmlearn.risk.register import Register

LECTURE = Register((
    Risk(
        id="L01",
        category="teaching",
        cause="students with questions wait long for clear answers",
        event="the student evaluation of teaching (SET) in December turns out poor",
        consequence="the course is seen as weak",
        probability_in_words="low",
        evidence="experience, research, planning",
        impact_in_words="student performance in assessment; performance review and promotion application",
        timing="December",
        management="interaction with students; rapid and clear responses to enquiries",
        contingency="supporting materials with lecture capture and guided reading",
        trigger="the results of December are below those of the year before",
        owner="lecturer",
    ),
))  # fmt: skip
