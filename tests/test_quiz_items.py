"""Every kind of question: what may be seen, what is right, what is said to a mistake, and what a form refuses."""

import json
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlearn import home, quiz
from crmlearn.errors import Refusal
from crmlearn.quiz.decks import deck
from crmlearn.quiz.items import Cloze, Match, Multi, Numeric, Order, Question
from crmlearn.quiz.items.base import mixed
from crmlearn.quiz.items.writing import alike, normal

KINDS = home.folder("tests") / "decks" / "kinds.yaml"
DECK = deck(KINDS)
ALL = [pytest.param(q, id=f"{d.id}/{q.id}") for d in (DECK, *quiz.decks.decks()) for q in d.questions]
EACH = pytest.mark.parametrize("question", [pytest.param(q, id=q.type) for q in DECK.questions])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 12) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)


def of(name):
    return next(q for q in DECK.questions if q.id == name)


def right(question, seed):
    """The answer of somebody who knows, as a page would send it: found from what the page shows."""
    card = question.card(seed)
    if question.type in ("single", "multi"):
        order = question.order(seed)
        found = [place for place, i in enumerate(order) if question.options[i].right]
        return found if question.type == "multi" else found[0]
    if question.type == "truefalse":
        return 0 if question.right else 1
    if question.type == "numeric":
        return question.key()
    if question.type == "text":
        return question.answer.accept[-1].upper()
    if question.type == "cloze":
        return [f" {gap.accept[-1].title()}. " for gap in question.gaps]
    if question.type == "order":
        order = question.order(seed)
        return [order.index(step) for step in range(len(order))]
    if question.type in ("match", "classify"):
        rows, order = question.rows(), question._row_order(seed)
        return [card["kinds"].index(rows[i][1]) for i in order]
    return True


class TestGrading:
    @pytest.mark.parametrize("question", ALL)
    @pytest.mark.parametrize("seed", [None, "", "7"])
    def test_who_knows_is_right_however_things_are_mixed(self, question, seed):
        question = question.drawn(seed)
        assert question.grade(right(question, seed), seed).verdict == "right"

    @EACH
    @given(answer=ANYTHING)
    def test_whatever_is_sent_is_answered(self, question, answer):
        judged = question.drawn("1").grade(answer, "1")
        assert judged.verdict in ("right", "wrong", "cannot check") and isinstance(judged.feedback, str)
        assert judged.feedback or judged.verdict == "right" or question.type == "flip"

    @EACH
    @given(seed=st.text(max_size=5))
    def test_the_card_holds_no_key(self, question, seed):
        question = question.drawn(seed)
        card = json.dumps(question.card(seed), ensure_ascii=False)
        told = [question.explanation, *question.hints]
        for part in ("options", "steps", "pairs", "things"):
            told += [one.feedback for one in getattr(question, part, [])]
        if question.type in ("text", "cloze"):
            told += [
                f" {word} "
                for w in ([question.answer] if question.type == "text" else question.gaps)
                for word in w.accept
            ]
        if question.type == "numeric":
            told += [question.key(), question.answer.call]
        assert not [text for text in told if text in card]
        assert not {"right", "kind", "accept", "feedback", "answer"} & question.card(seed).keys()

    def test_several_right_ones_have_to_be_chosen_and_no_other(self):
        question: Multi = of("a-multi")
        assert [question.grade(given).verdict for given in ([0, 1], [1, 0], [0], [0, 1, 2], [], [0, 0])] == [
            "right", "right", "wrong", "wrong", "cannot check", "cannot check",
        ]  # fmt: skip
        assert question.grade([0]).feedback == "All that you chose is right, but something is missing."
        assert "Names and ages" in question.grade([0, 1, 2]).feedback
        assert "Names and ages" in question.grade([2]).feedback and "missing" in question.grade([2]).feedback

    @pytest.mark.parametrize(
        ("said", "verdict"),
        [
            ("Cohort CLV", "right"), ("a cohort", "right"), ("COHORT-CLV.", "right"), (" cohort  value ", "right"),
            ("cohrot CLV", "cannot check"), ("historic", "wrong"), ("lifespan", "wrong"), ("", "cannot check"),
            (None, "cannot check"), ("x" * 5000, "wrong"),
        ],
    )  # fmt: skip
    def test_words_count_not_their_dress(self, said, verdict):
        assert of("a-word").grade(said).verdict == verdict

    def test_near_words_have_a_message_of_their_own(self):
        assert of("a-word").grade("Historic CLV").feedback == "Historic CLV looks back on anybody."
        assert of("a-word").grade("cohrot CLV").feedback == "Nearly. Look at the spelling."

    def test_gaps_are_judged_one_by_one(self):
        question: Cloze = of("a-cloze")
        judged = question.grade(["potential", "Cohort"])
        assert judged.marks == (False, True) and judged.feedback == "Gap 1: It begins with P and looks ahead."
        assert question.grade(["predictive", ""]).feedback == "Gap 2: Write an answer first."
        assert question.grade(["predictive"]).verdict == "cannot check"
        assert question.grade(["predictiv", "cohort"]).feedback == "Gap 1: Nearly. Look at the spelling."

    def test_only_one_order_is_right(self):
        question: Order = of("an-order")
        verdicts = [question.grade(list(given)).verdict for given in permutations(range(4))]
        assert verdicts.count("right") == 1 and verdicts[0] == "right"
        assert question.grade([0, 2, 1, 3]).feedback.startswith("The first one is right. Look again at *forecast")
        assert question.grade([0, 1, 2]).verdict == "cannot check"

    @given(st.text(max_size=6))
    def test_steps_are_never_shown_in_their_order(self, seed):
        assert of("an-order").order(seed) != [0, 1, 2, 3]

    def test_a_partner_that_belongs_to_nobody_is_wrong(self):
        question: Match = of("a-match")
        judged = question.grade([0, 1, 3])
        assert judged.verdict == "wrong" and judged.marks == (True, True, False)
        assert judged.feedback == "*individual CLV*: One customer at a time."

    def test_questions_of_a_scenario_carry_their_story(self):
        assert of("gym-next").case.startswith("A gym sells") and "1,000 members" in of("gym-kept").card()["case"]
        assert of("a-flip").case == "" and len(DECK.items) == 11 and len(DECK.questions) == 12


class TestDrawnNumbers:
    @given(st.integers())
    def test_the_key_is_the_formula_for_the_numbers_in_the_stem(self, seed):
        question: Numeric = of("a-number")
        drawn = question.drawn(seed)
        margin, kept = (drawn.answer.given[name] for name in ("margin", "retention_per_period"))
        assert f"earns {margin:g} dollars" in drawn.stem and f"and {kept * 100:g} % renew" in drawn.stem
        assert drawn.answer.number() == pytest.approx(margin * 1.1 / (1.1 - kept))  # paid at the start
        assert drawn.sha() == question.sha() and drawn.id == question.id
        assert "{" not in drawn.stem + drawn.mistakes[0].feedback and r"\frac{1+d}{1+d-r}" in drawn.hints[0]

    def test_numbers_change_from_round_to_round(self):
        assert len({of("a-number").drawn(seed).stem for seed in range(50)}) > 10
        assert of("a-number").drawn(5) == of("a-number").drawn(5)


class TestWords:
    @given(st.text(max_size=30))
    def test_normal_words_stay_normal(self, text):
        assert normal(normal(text)) == normal(text) or normal(text).split()[0] in ("a", "an", "the")

    def test_numbers_and_short_words_are_not_guessed(self):
        assert alike("retension", "retention") and not alike("rfn", "rfm") and not alike("30 days ago", "31 days ago")


class TestMixing:
    @given(st.lists(st.text(max_size=4), max_size=9, unique=True), st.text(max_size=4))
    def test_every_place_once(self, texts, seed):
        assert sorted(mixed(seed, "q", texts)) == list(range(len(texts)))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("right: true, feedback: \"This is $x$.\"", "feedback: x", None),
        ("- {accept: [cohort]}", "- {accept: []}", "'accept' is empty"),
        ("___, **L**ifespan", "nothing, **L**ifespan", "every gap needs its words"),
        ("words: [potential]", "words: [Predictive]", "a near word counts as the answer"),
        ("{text: fit on the rest,", "{text: hide the last months,", "two steps say the same"),
        ("kind: looks ahead", "kind: looks around", "not among 'into'"),
        ("extra: [Who is our best customer?]", "extra: [What have they brought?]", "stands there already"),
        ("margin: =margin,", "margin: =gain,", "this number is not drawn"),
        ("{kept:%} renew", "80 % renew", "does not say what was drawn"),
        ("kept: [0.6, 0.7, 0.75, 0.8]", "kept: [0.6, 1.2]", "retention"),
        ("discount_per_period: 0.0}", "discount_per_period: 0.1}", "a mistake is as good as the answer"),
        ("first: 60, last: 200", "first: 60, last: 50", "'last' must lie above"),
        ("id: gym-kept", "id: a-flip", "two items have one id"),
        ("right: false\n    if_true: Adding", "if_true: Adding", "'right' is missing"),
    ],
)  # fmt: skip
def test_what_an_author_can_get_wrong(tmp_path, old, new, said):
    text = KINDS.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    if said is None:
        assert deck(path)
        return
    with pytest.raises(Refusal) as caught:
        deck(path)
    assert said in str(caught.value) and "mine.yaml, line" in str(caught.value) and "Try:" in str(caught.value)


def test_every_kind_says_what_to_do_on_paper():
    assert all(isinstance(q, Question) and (q.room() or q.choices()) for q in DECK.questions)
    page = quiz.sheet(KINDS, answers=True)._repr_html_()
    assert page.count("<details>") == 12 and "{" not in page and "A gym sells" in page
