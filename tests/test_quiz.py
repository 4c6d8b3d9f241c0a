"""The quiz: decks that cannot be wrong silently, fair judging, an order that helps, and no key before its time."""

import json
import re
from datetime import date

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmlearn import course, home, quiz, reviews
from crmlearn.errors import Refusal
from crmlearn.quiz.asking import Round
from crmlearn.quiz.decks import deck
from crmlearn.quiz.face import Face
from crmlearn.quiz.items import Flip, Numeric, Single
from crmlearn.quiz.keys import compute, functions
from crmlearn.quiz.numbers import readings
from crmlearn.quiz.plans import Plan
from crmlearn.quiz.sheets import Sheet

DECKS = [deck(name) for name in quiz.names()]
D08 = next(d for d in DECKS if d.id == "08_clv_types")
ITEMS = [pytest.param(d, item, id=f"{d.id}/{item.id}") for d in DECKS for item in d.questions]


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("CRMLEARN_HOME", str(tmp_path / "own"))


USUAL = {"margin": 100.0, "kept": 0.8, "discount": 0.1, "churn": 0.05}  # the numbers of Gupta and Lehmann


def of(kind, d=D08):
    return next(item for item in d.questions if isinstance(item, kind))


def number(name):
    """A question for a number, with the usual ones drawn."""
    item = next(i for i in D08.questions if i.id == name)
    return item._with({drawn: USUAL[drawn] for drawn in item.draw})


class TestDecks:
    @pytest.mark.parametrize("d", DECKS, ids=lambda d: d.id)
    def test_each_idea_of_its_notebook_is_asked_to_recall_and_to_apply(self, d):
        """A member of a list, such as E1.saves_time, is an idea by itself."""
        assert len(d.questions) >= 15
        ideas = [
            i for i in course.syllabus()["ideas"] if d.id in i["notebooks"] and (d.preview or i["status"] == "built")
        ]
        names = [f"{i['id']}.{member}" for i in ideas for member in i.get("members", [])]
        names += [i["id"] for i in ideas if not i.get("members")]
        assert {topic for item in d.questions for topic in item.topics} <= {*names, *(i["id"] for i in ideas), "00"}
        for name in names:
            ways = {item.asks for item in d.questions if name in item.topics}
            assert "recall" in ways and ways & {"scenario", "compute"}, name

    @pytest.mark.parametrize("d", [d for d in DECKS if not d.preview], ids=lambda d: d.id)
    def test_its_stem_is_its_notebooks(self, d):
        assert (home.folder("notebooks") / f"{d.id}.ipynb").exists() and (quiz.decks.folder() / f"{d.id}.yaml").exists()

    @pytest.mark.parametrize("d", [d for d in DECKS if d.preview], ids=lambda d: d.id)
    def test_a_preview_asks_for_no_numbers(self, d):
        assert not [item for item in d.questions if isinstance(item, Numeric)]

    @pytest.mark.parametrize(("d", "item"), [p for p in ITEMS if not p.values[0].preview])
    def test_the_section_to_read_again_exists(self, d, item):
        notebook = nbformat.read(home.folder("notebooks") / f"{d.id}.ipynb", as_version=4)
        text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
        assert item.reread in re.findall(r"^#+ (.+)$", text, re.MULTILINE)

    @pytest.mark.parametrize("d", DECKS, ids=lambda d: d.id)
    def test_its_terms_are_used_where_they_are_taught(self, d):
        assert len(d.glossary) >= 5
        text = quiz.sheet(d.id, answers=True)._repr_html_()
        if not d.preview:
            notebook = nbformat.read(home.folder("notebooks") / f"{d.id}.ipynb", as_version=4)
            text += " ".join(c.source for c in notebook.cells if c.cell_type == "markdown")
        plain = re.sub(r"[*_]|<[^>]+>", "", text).lower()
        topics = {topic.partition(".")[0] for item in d.questions for topic in item.topics}
        for term in d.glossary:
            assert term.term.lower() in plain, term.term
            assert term.topic.partition(".")[0] in topics, term.term

    def test_the_glossary_holds_each_term_once(self):
        terms = [row[0].lower() for row in quiz.glossary().rows]
        assert terms == sorted(set(terms)) and len(terms) >= 75
        assert "08_clv_types.ipynb" in quiz.glossary("lifespan")._repr_html_()

    @pytest.mark.parametrize(("d", "item"), [p for p in ITEMS if isinstance(p.values[1], Numeric)])
    def test_the_key_of_a_number_is_computed(self, d, item):
        assert item.answer.call

    @pytest.mark.parametrize(("d", "item"), [p for p in ITEMS if isinstance(p.values[1], Numeric)])
    def test_every_number_given_to_the_function_stands_in_the_question(self, d, item):
        item = item.drawn("1")
        stem = item.stem.replace(",", "")
        for value in item.answer.given.values():
            for number in value if isinstance(value, list) else [value]:
                if isinstance(number, float):
                    ways = rf"(?<![\d.])({number:.10g}|{number * 100:.10g} %|{number * 7:.10g} days)(?!\d)"
                    assert re.search(ways, stem), (number, stem)

    @pytest.mark.parametrize(("d", "item"), [p for p in ITEMS if isinstance(p.values[1], Single)])
    def test_the_right_option_is_not_told_by_its_length_or_place(self, d, item):
        assert len({o.feedback for o in item.options}) == len(item.options)

    def test_the_right_options_do_not_stand_in_one_place(self):
        for d in DECKS:
            singles = [item for item in d.questions if isinstance(item, Single)]
            places = [next(k for k, i in enumerate(s.order("")) if s.options[i].right) for s in singles]
            assert max(places.count(p) for p in set(places)) <= len(singles) / 2

    def test_published_values_of_the_numeric_keys(self):
        numeric = [item for item in deck("08").questions if isinstance(item, Numeric)]
        keys = {item.id: item.answer.filled(USUAL).number() for item in numeric}
        # Gupta and Lehmann (2003): 100 times .8 / (1.1 - .8); the same plus 100 in advance.
        assert keys["timing-matters"] == pytest.approx(800 / 3) and keys["lifespan-in-advance"] == pytest.approx(
            1100 / 3
        )
        assert keys["churn-per-year"] == pytest.approx(100 * (1 - 0.95**12))
        assert keys["cohort-three-years"] == pytest.approx(100 + 63.1 / 1.1 + 46.8 / 1.21)

    def test_numbers_of_deck_09_by_hand(self):
        drawn = {"days-into-weeks": (4, 10), "nbd-nothing": (0, 40), "nbd-often": (9, 30)}
        drawn = {name: dict(zip(("back", "known"), map(float, pair), strict=True)) for name, pair in drawn.items()}
        numeric = [item for item in deck("09").questions if isinstance(item, Numeric)]
        keys = {item.id: item.answer.filled(drawn.get(item.id, {})).number() for item in numeric}
        expected = {"days-into-weeks": 1.0, "nbd-nothing": 0.5, "nbd-often": 5.0}  # (r + x) / (alpha + T) * t
        expected |= {"alive-once": 100 / (1 + 4 / 2), "alive-often": 100 / (1 + 2**4 / 5)}
        assert keys == pytest.approx(expected)
        told = {s.id: next(o.text for o in s.options if o.right) for s in deck("09").questions if isinstance(s, Single)}
        assert f"{(0.9**2 + 0.5**2) / (0.9 + 0.5):.0%}" == "76%" and told["second-year"] == "about 76 %"
        assert f"{(1 / 0.1 + 1 / 0.5) / 2:g} years" == told["pooled-churn"]
        assert f"bias −{1 - 3 / 4:.0%}".replace("%", " %") + f", mae {5 / 3:.2f}" == told["errors-by-hand"]
        days = (date(2025, 3, 9) - date(2025, 1, 5)).days, (date(2025, 3, 30) - date(2025, 1, 5)).days
        assert told["history-by-hand"] == f"x = 2, t_x = {days[0] / 7:g}, T = {days[1] / 7:g}"


GOOD = """
form: crmlearn.deck/1
id: mine
title: Mine
version: 1
licence: CC-BY-4.0
items:
  - {id: a, type: flip, topics: [V1], asks: recall, stem: Q, back: A, explanation: E, reread: R}
  - id: b
    type: numeric
    topics: [V3]
    asks: compute
    stem: Q
    answer: {call: clv.convert, given: {rate: 0.05, per: month, to: year, kind: churn}}
    unit: share
    within: 0.01
    explanation: E
    reread: R
"""


class TestForms:
    @pytest.fixture
    def refused(self, tmp_path):
        def tried(*changes):
            text = GOOD
            for old, new in changes:
                assert old in text
                text = text.replace(old, new)
            path = tmp_path / "mine.yaml"
            path.write_text(text, encoding="utf-8")
            with pytest.raises(Refusal) as caught:
                deck(path)
            return str(caught.value)

        return tried

    def test_a_deck_of_ones_own(self, tmp_path):
        path = tmp_path / "mine.yaml"
        path.write_text(GOOD, encoding="utf-8")
        assert repr(deck(path)) == "Mine: 2 questions"

    def test_all_errors_at_once_with_their_lines(self, refused):
        said = refused(("type: flip", "type: flap"), ("    unit: share\n", ""), ("version: 1", "version: one"))
        assert "line 5 (version): 'version' needs a whole number" in said
        assert "line 8 (items 1 a): type 'flap' is not known" in said and "Try: type: flip" in said
        assert "line 9 (items 2 b): 'unit' is missing" in said

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("clv.convert", "clv.convrt", "crmlearn has no function 'clv.convrt'"),
            ("clv.convert", "os.system", "crmlearn has no function 'os.system'"),
            ("rate: 0.05", "rate: 5", "for 5 % write churn=0.05"),
            ("rate: 0.05", "rat: 0.05", "gives no number"),
            ("rate: 0.05", "rate: {a: 1}", "'rate' needs a number"),
            ("id: b", "id: a", "line 9 (items 2 a id): two items have one id"),
            ("id: b", "id: B b", "may have small letters, digits and - only"),
            ("within: 0.01", "within: 0", "'within' needs a number above 0"),
            ("within: 0.01", "within: 0.01\n    mistakes: [{value: 0.46, feedback: F}]", "as good as the answer"),
            ("within: 0.01", "within: 0.01\n    mistakes: [{feedback: F}]", "a mistake needs one number"),
            ("within: 0.01", "within: .inf", "'within' needs a finite number"),
            ("within: 0.01", "within: 0.4", "'within' lets nearly every number count"),
            ("kind: churn}", "kind: churn}, times: 1.0e+300", "a number that nobody can type"),
            ("stem: Q\n", "stem: ' '\n", "'stem' is empty"),
            ("unit: share", r'unit: "$\frac{1}{2}$"', "line 15 (items 2 b unit): the text holds an invisible sign"),
            ("id: mine", "id: My Deck", "may have small letters, digits and _ only"),
            ("topics: [V3]", "topics: V3", "'topics' needs a list"),
            (
                "answer: {call: clv.convert, given: {rate: 0.05, per: month, to: year, kind: churn}}",
                "answer: 367",
                "'answer' needs keys and values",
            ),
            ("crmlearn.deck/1", "crmlearn.deck/9", "'form' needs 'crmlearn.deck/1'"),
        ],
    )
    def test_what_an_author_can_get_wrong(self, refused, old, new, said):
        assert said in refused((old, new))

    @pytest.mark.parametrize(("right", "said"), [("", "one option must be right"), (", right: true", "2 are")])
    def test_one_option_is_right(self, refused, right, said):
        options = f"options: [{{text: x, feedback: f{right}}}, {{text: y, feedback: g{right}}}]"
        assert said in refused(("type: flip", "type: single"), ("back: A", options))

    def test_no_such_deck(self):
        with pytest.raises(Refusal, match="15_board_report has no deck yet"):
            deck("15")
        with pytest.raises(Refusal, match="no page '99'"):
            quiz.ask("99")

    @pytest.mark.parametrize("odd", [0, 1.5, 2.0, True, "3", [1]])
    def test_odd_arguments(self, odd):
        with pytest.raises(Refusal, match="questions needs a whole number from 1"):
            quiz.ask("08", questions=odd)
        if odd != 0:
            with pytest.raises(Refusal, match="seed needs a whole number"):
                quiz.ask("08", seed=odd)

    def test_only_functions_that_compute_may_be_called(self):
        assert {"clv.lifespan", "clv.models.NBD.p_alive"} <= functions().keys()
        assert not {"clv.models", "clv.models.NBD", "clv.models.NBD.fit"} & functions().keys()
        assert not [n for n in functions() if "." not in n]
        with pytest.raises(Refusal, match="no finite number"):
            compute("clv.lifespan", {"margin": 1e308, "retention_per_period": 0.99, "discount_per_period": 0.0})


class TestGrading:
    @pytest.mark.parametrize(("d", "item"), [p for p in ITEMS if isinstance(p.values[1], Numeric | Single)])
    def test_its_mistakes_are_told_apart(self, d, item):
        if isinstance(item, Numeric):
            for drawn in [item.drawn(seed) for seed in range(8 if item.draw else 1)]:
                for mistake in drawn.mistakes:
                    judged = drawn.grade(f"{mistake.number():.4f}")
                    assert (judged.verdict, judged.feedback) == ("wrong", mistake.feedback)
        else:
            for position, option in enumerate(item.options):
                judged = item.grade(position)
                assert (judged.verdict == "right") == option.right and judged.feedback == option.feedback

    @pytest.mark.parametrize(
        "text",
        ["366.67", "366,67", "367", "$366.67", "366.67 dollars", "US$ 367", " 366.667 ", "3.6667e2", "+367",
         "367 dollar", "~367", "= 367", "SGD 367", "３６７", "367\u200b"],
    )  # fmt: skip
    def test_one_number_in_many_ways(self, text):
        assert number("lifespan-in-advance").grade(text).verdict == "right"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "about 367",
            "1.2.3",
            "367 cats",
            "--5",
            "1e999999",
            None,
            "3" * 500,
            "inf",
            "3'6'7",
            "36 7",
            "367%",
            "367 €",
        ],
    )
    def test_what_is_no_number_is_not_judged(self, text):
        assert number("lifespan-in-advance").grade(text).verdict == "cannot check"

    def test_a_share_where_percent_is_wanted_is_said_not_marked(self):
        item = number("churn-per-year")
        assert {item.grade(text).verdict for text in ("46 %", "46", "46 percent", "46％")} == {"right"}
        assert "in %" in item.grade("46 dollars").feedback and item.grade("0.6").verdict == "cannot check"
        assert item.grade("4.6").feedback == "That is too small."
        assert "percent" in item.grade("0.46").feedback and item.grade("0.46").verdict == "cannot check"

    @pytest.mark.parametrize(
        ("text", "said"), [("2,000", "That is not it."), ("2000", "too large"), ("12", "too small")]
    )
    def test_the_side_is_told_only_where_it_is_sure(self, text, said):
        assert said in number("lifespan-in-advance").grade(text).feedback

    @pytest.mark.parametrize("odd", [None, True, "1", 1.0, -1, 9, [], {}])
    def test_odd_choices_are_not_judged(self, odd):
        assert of(Single).grade(odd).verdict == "cannot check"
        if not isinstance(odd, bool):
            assert of(Flip).grade(odd).verdict == "cannot check"

    @given(st.floats(-1e6, 1e6).map(lambda v: round(v, 2)))
    def test_every_way_of_writing_contains_the_number(self, value):
        for text in (f"{value}", f"{value:,.2f}", f"{value:.2f}".replace(".", ",")):
            assert any(abs(v - value) < 1e-9 * max(1, abs(value)) for v in readings(text))

    @given(st.text(max_size=30))
    def test_any_text_is_answered(self, text):
        assert number("lifespan-in-advance").grade(text).verdict in ("right", "wrong", "cannot check")


class TestRound:
    def begin(self, kind, **more):
        round_ = Round(Plan([deck("08")]), seed=1, **more)
        round_.place = next(k for k, asked in enumerate(round_.asked) if isinstance(asked.question, kind))
        return round_

    def choose(self, round_, right):
        item = round_.item
        return next(k for k, i in enumerate(item.order("1")) if item.options[i].right == right)

    def test_a_wrong_answer_a_hint_and_a_right_one_are_remembered(self):
        ticks = iter([0.0, *(5.0 * k for k in range(1, 20))])
        round_ = self.begin(Single, clock=lambda: next(ticks))
        said = round_.answer(self.choose(round_, right=False))
        assert said["verdict"] == "wrong" and not said["open"]
        assert "Hint 1 of" in round_.hint()["html"]
        said = round_.answer(self.choose(round_, right=True))
        assert said["verdict"] == "right" and said["open"] and "Read again" in said["html"]
        assert round_.answer(0)["verdict"] == "cannot check"  # closed
        first, second = reviews.read()
        assert (first.verdict, first.hints, second.verdict, second.hints) == ("wrong", 0, "right", 1)
        assert first.item_id == f"08_clv_types/{round_.item.id}" and first.item_sha == round_.item.sha()
        assert first.seconds == second.seconds == 5.0 and first.mode == "ask" and first.kind == "item"

    def test_tomorrow_the_wrong_one_comes_first(self):
        round_ = self.begin(Single)
        missed = round_.item.id
        round_.answer(self.choose(round_, right=False))
        assert Round(Plan([deck("08")]), seed=9).item.id == missed
        assert round_.again()["place"] == 1 and round_.item.id == missed

    def test_a_flip_card_is_turned_then_judged_by_its_reader(self):
        round_ = self.begin(Flip)
        assert round_.item.back[:9].strip("*") not in round_.card()["stem"]
        assert round_.turn()["kind"] == "back"
        assert "Noted" in round_.answer(False)["html"]
        assert reviews.read()[0].verdict == "wrong"

    def test_showing_the_answer_counts_once_as_not_known(self):
        round_ = self.begin(Numeric)
        assert "The answer" in round_.show()["html"] and round_.show()["open"]
        assert [r.verdict for r in reviews.read()] == ["shown"]

    def test_what_cannot_be_checked_is_not_remembered(self):
        round_ = self.begin(Numeric)
        round_.answer("abc")
        assert reviews.read() == []

    def test_the_end_says_what_to_read_again(self):
        round_ = Round(Plan([deck("08")], limit=1), seed=1)
        round_.show()
        end = round_.next()
        assert end["kind"] == "end" and "0 of 1 right" in end["html"] and "Worth reading again" in end["html"]
        for deed in (round_.hint, round_.turn, round_.show, round_.next, lambda: round_.answer(0)):
            deed()  # nothing breaks after the end

    def test_two_clicks_on_next_are_one_step(self):
        round_ = Round(Plan([deck("08")]), seed=1)
        assert round_.next(place=1)["place"] == 2 and round_.next(place=1)["place"] == 2

    @pytest.mark.parametrize("home", ["mine", "~nosuchuser/x", "/proc/nothing/x", "/" + "x" * 300, "loop", "own"])
    def test_without_memory_the_round_goes_on_and_says_so(self, tmp_path, monkeypatch, home):
        (tmp_path / "own").write_text("in the way")
        (tmp_path / "loop").symlink_to(tmp_path / "loop")
        home = str(tmp_path / home) if home in ("loop", "own") else home
        monkeypatch.setenv("CRMLEARN_HOME", home)
        assert quiz.ask("08").card["kind"] == "card"
        round_ = self.begin(Single)
        said = round_.answer(self.choose(round_, right=True))
        assert said["verdict"] == "right" and "not stored" in said["warning"]


class TestFace:
    def key_words(self, item):
        """Texts that would give the answer away."""
        yield from (o.feedback for o in getattr(item, "options", []))
        yield from [item.explanation, *item.hints, *(m.feedback for m in getattr(item, "mistakes", []))]
        yield from [item.back] if isinstance(item, Flip) else []
        yield from [f"{item.answer.number():.2f}"[:-1], item.answer.call] if isinstance(item, Numeric) else []

    def test_no_key_in_the_state_or_in_the_stored_bundle(self):
        face = quiz.ask("08", seed=1)
        bundle = face._repr_mimebundle_()
        bundle = bundle[0] if isinstance(bundle, tuple) else bundle
        states = []
        while face.card["kind"] == "card":
            states.append(
                json.dumps({k: v for k, v in face.get_state().items() if k not in ("_esm", "_css")}, default=str)
            )
            face._heard(face, {"do": "next"}, [])
        seen = "".join(states) + bundle["text/html"] + bundle["text/plain"]
        assert len(states) == 19 and "right" not in {key for state in states for key in json.loads(state)["card"]}
        drawn = [asked.question for asked in face._round.asked] + [item.drawn("") for item in deck("08").questions]
        for item in drawn:
            for words in self.key_words(item):
                assert words not in seen and json.dumps(words)[1:-1] not in seen, words

    def test_the_bundle_is_readable_without_a_kernel(self):
        bundle = quiz.ask("08", seed=1)._repr_mimebundle_()
        bundle = bundle[0] if isinstance(bundle, tuple) else bundle
        assert "application/vnd.jupyter.widget-view+json" in bundle
        assert bundle["text/html"].count("<li style") == 19 and "<script" not in bundle["text/html"]
        assert bundle["text/plain"] == quiz.ask("08", seed=2)._repr_mimebundle_()[0]["text/plain"]

    @pytest.mark.parametrize(
        "message", [None, "x", 7, {}, {"do": "burn"}, {"do": "answer"}, {"do": ["next"]}, {"do": None}]
    )
    def test_whatever_a_page_sends_the_kernel_goes_on(self, message):
        face = quiz.ask("08", seed=1)
        face._heard(face, message, [])
        assert face.card["place"] == 1

    def test_a_page_that_was_loaded_again_is_told_what_was_said(self, monkeypatch):
        face, sent = quiz.ask("08", seed=1), []
        monkeypatch.setattr(Face, "send", lambda self, message, buffers=None: sent.append(message))
        face._heard(face, {"do": "look"}, [])
        assert sent == []
        face._heard(face, {"do": "show"}, [])
        face._heard(face, {"do": "look"}, [])
        assert len(sent) == 2 and sent[0] == sent[1] and sent[1]["open"]

    def test_a_card_that_is_shown_again_is_sent_again(self):
        face, seen = quiz.ask("08", seed=1), []
        face.observe(lambda change: seen.append(change["new"]), "card")
        for message in ({"do": "undo"}, {"do": "back", "place": 1}, {"do": "next", "place": 7}, {"do": "undo"}):
            face._heard(face, message, [])
        assert len(seen) == 4 and len({card["stem"] for card in seen}) == 1

    def test_what_goes_wrong_is_said_and_logged(self, monkeypatch, caplog):
        face, sent = quiz.ask("08", seed=1), []
        monkeypatch.setattr(Face, "send", lambda self, message, buffers=None: sent.append(message))
        monkeypatch.setattr(Round, "hint", lambda self: 1 / 0)
        face._round = Round(Plan([deck("08")]))
        face._heard(face, {"do": "hint"}, [])
        assert "Something went wrong" in sent[0]["html"] and "ZeroDivisionError" in caplog.text


class TestSheet:
    def test_answers_stand_on_it_only_when_asked_for(self):
        assert "Answer:" not in repr(Sheet(deck("08"))) and "<details>" not in Sheet(deck("08"))._repr_html_()
        told = quiz.sheet("08", answers=True)
        assert told._repr_html_().count("<details>") == 19 and f"Answer: {of(Numeric).drawn('').key()}" in repr(told)

    def test_a_pinned_option_keeps_its_place(self):
        item = of(Single)
        options = [o.model_copy(update={"pin": i == 3}) for i, o in enumerate(item.options)]
        pinned = item.model_copy(update={"options": options})
        assert all(pinned.order(str(seed))[3] == 3 for seed in range(20))
        assert len({tuple(pinned.order(str(seed))) for seed in range(20)}) > 1
