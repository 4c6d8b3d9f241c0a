"""Decks and answers travel: from other programs, to Anki, from machine to machine; and a deck says what it may hold."""

import json
import shutil
import sqlite3
import zipfile
from dataclasses import asdict

import pytest
from bs4 import BeautifulSoup
from ruamel.yaml import YAML

from crmlearn import cli, home, quiz, reviews
from crmlearn.errors import Refusal
from crmlearn.quiz import anki, decks, foreign, memory
from crmlearn.quiz.decks import deck
from tests.attacks import ATTACKS

KINDS = home.folder("tests") / "decks" / "kinds.yaml"
# One question of each type, in the shape that jupyterquiz documents.
QUESTIONS = [
    {
        "question": "Which one?",
        "type": "multiple_choice",
        "answers": [
            {"answer": "this", "correct": True, "feedback": "Yes."},
            {"answer": "that", "correct": False, "feedback": "No, this."},
            {"code": "x = 1", "correct": False},
        ],
    },
    {
        "question": "Which ones?",
        "type": "many_choice",
        "answers": [
            {"answer": "a", "correct": True},
            {"answer": "b", "correct": True},
            {"answer": "c", "correct": False},
        ],
    },
    {
        "question": "Pi, to 3 digits?",
        "type": "numeric",
        "precision": 3,
        "answers": [
            {"type": "value", "value": 3.14, "correct": True, "feedback": "Good."},
            {"type": "range", "range": [-100, 0], "correct": False, "feedback": "It is positive."},
            {"type": "default", "feedback": "No."},
        ],
    },
    {
        "question": "Between 1 and 2?",
        "type": "numeric",
        "answers": [{"type": "range", "range": [1, 2], "correct": True}],
    },
    {
        "question": "Who stays?",
        "type": "string",
        "answers": [
            {"answer": "a customer", "correct": True, "match_case": False},
            {"answer": "nobody", "correct": False, "feedback": "Somebody does."},
            {"type": "default", "feedback": "No."},
        ],
    },
]
FORBIDDEN = {
    "script",
    "img",
    "svg",
    "iframe",
    "style",
    "button",
    "form",
    "object",
    "embed",
    "video",
    "audio",
    "base",
    "meta",
    "link",
    "input",
    "body",
    "template",
    "noscript",
    "marquee",
}
CARDS = [
    {"front": "**CLV**?", "back": "customer lifetime value", "name": "terms"},
    {"front": "$x$?", "back": "repeat orders"},
]


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("CRMLEARN_HOME", str(tmp_path / "own"))
    monkeypatch.chdir(tmp_path)


def run(*words):
    return cli.main(list(map(str, words)))


def harmless(html):
    """Nothing in it runs, loads or sends anything; what looks like a tag may stand there as text."""
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        words = {name: str(value).strip().lower() for name, value in tag.attrs.items()}
        link = words.get("href", "")
        if tag.name in FORBIDDEN or "src" in words or any(name[:2] == "on" or name == "xlink:href" for name in words):
            return False
        if link and not link.startswith(("https:", "../notebooks/")):
            return False
    return True


class TestForeign:
    @pytest.fixture
    def file(self, tmp_path):
        def write(content, name="quiz.json"):
            path = tmp_path / name
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
            return path

        return write

    def test_every_type_of_jupyterquiz_comes_in(self, file, capsys):
        assert run("deck", "import", file(QUESTIONS), "--out", "mine.yaml", "--title", "My quiz") == 0
        made = deck("mine.yaml")
        assert [q.type for q in made.questions] == ["single", "multi", "numeric", "numeric", "text"]
        one, several, pi, span, word = made.questions
        assert one.grade(1).feedback == "No, this." and one.options[2].text == "`x = 1`"
        assert several.grade([0, 1]).verdict == "right" and several.grade([0]).verdict == "wrong"
        assert pi.grade("3.142").verdict == "right" and pi.grade("3.15").verdict == "wrong"
        assert pi.grade("-50").feedback == "It is positive."
        assert [span.grade(v).verdict for v in ("1", "1.5", "2", "2.1")] == ["right", "right", "right", "wrong"]
        assert word.grade("Customer").verdict == "right" and word.grade("nobody").feedback == "Somebody does."
        assert "5 questions" in capsys.readouterr().out
        assert run("deck", "import", file(QUESTIONS), "--out", "mine.yaml") == 2  # nothing is overwritten

    def test_cards_come_in(self, file):
        assert run("deck", "import", file({"cards": CARDS}), "--out", "cards.yaml") == 0
        assert [q.back for q in deck("cards.yaml").questions] == ["customer lifetime value", "repeat orders"]

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("{", "is no JSON"), ("[]", "holds no list"), ('"x"', "holds no list"), ("[1]", "holds no list"),
            ("[" * 100_000, "nested too deeply"), ([{"question": "Q", "type": "essay", "answers": [{}]}], "not known"),
            ([QUESTIONS[0] | {"answers": [{"answer": "a"}, {"answer": "b"}]}], "one answer must be correct"),
            ([QUESTIONS[0] | {"answers": "x"}], "no list of answers"), ([{"front": "a"}], "'back' is missing"),
            ([QUESTIONS[2] | {"answers": [{"type": "default"}]}], "one number, or one range"),
            ([QUESTIONS[4] | {"answers": [{"answer": "a"}]}], "no text is correct"),
        ],
    )  # fmt: skip
    def test_what_has_no_counterpart_is_refused_by_number(self, file, content, said, capsys):
        assert run("deck", "import", file(content), "--out", "mine.yaml") == 2
        told = capsys.readouterr().err
        assert said in told and "Try:" in told and not (home.own().parent / "mine.yaml").exists()

    def test_all_that_is_wrong_is_said_at_once(self, file):
        with pytest.raises(Refusal) as caught:
            foreign.convert(file([{"front": "a"}, QUESTIONS[0], {"type": "x"}]), "T", "t")
        assert "question 1" in str(caught.value) and "question 3" in str(caught.value)

    def test_fifty_megabytes_are_not_read(self, file):
        path = file("")
        with path.open("wb") as big:
            big.truncate(50_000_000)
        with pytest.raises(Refusal, match="too large"):
            foreign.convert(path, "T", "t")
        big_deck = path.rename("big.yaml")
        with pytest.raises(Refusal):
            deck(big_deck)

    @pytest.mark.parametrize("attack", ATTACKS)
    def test_no_text_of_a_stranger_runs(self, file, attack):
        evil = json.loads(json.dumps([*QUESTIONS, *CARDS]).replace("No, this.", "FEEDBACK"))
        for one in evil:
            for name in ("question", "front", "back"):
                if name in one:
                    one[name] = attack
            for n, answer in enumerate(one.get("answers", [])):
                answer["feedback"] = attack
                if "answer" in answer:
                    answer["answer"] = f"{attack} {n}"
        path = home.own().parent / "evil.yaml"
        path.write_text(foreign.convert(file(evil), "T", "t"), encoding="utf-8")
        made = deck(path)
        shown = quiz.sheet(path, answers=True)._repr_html_()
        for q in made.questions:
            card = q.card("1")
            shown += card["stem"] + "".join(card.get("options", [])) + "".join(anki.faces(q))
        face = quiz.ask(path, seed=1)
        while face.card["kind"] == "card":
            shown += face._round.show()["html"]
            face._heard(face, {"do": "next"}, [])
        assert harmless(shown)

    @pytest.mark.parametrize("attack", ATTACKS)
    def test_no_text_of_a_deck_runs(self, attack):
        text = KINDS.read_text(encoding="utf-8")
        data = YAML(typ="safe").load(text)
        evil = json.loads(json.dumps(data))

        def poison(part):
            for name, value in part.items() if isinstance(part, dict) else enumerate(part):
                if isinstance(value, dict | list):
                    poison(value)
                elif name in ("stem", "back", "feedback", "explanation", "case", "reread", "if_true", "if_false"):
                    part[name] = f"{value} {attack}"

        poison(evil["items"])
        evil["title"] = attack.replace("\\", "")
        made = decks.Deck.model_validate(evil)
        shown = quiz.sheets.Sheet(made, answers=True)._repr_html_()
        for q in made.questions:
            q = q.drawn(1)
            card = q.card("1")
            shown += card["stem"] + card["case"] + "".join(card.get("options", card.get("steps", card.get("rows", []))))
        assert harmless(shown)


class TestAnki:
    def test_taken_in_twice_it_adds_nothing(self, tmp_path, capsys):
        pytest.importorskip("genanki")
        collection = pytest.importorskip("anki.collection", reason="the extra 'interop'")
        assert run("deck", "export", KINDS, "--out", "kinds.apkg") == 0 and "12 cards" in capsys.readouterr().out
        opened = collection.Collection(str(tmp_path / "collection.anki2"))
        try:
            for expected in (12, 0):
                request = collection.ImportAnkiPackageRequest(package_path=str(tmp_path / "kinds.apkg"))
                log = opened.import_anki_package(request).log
                assert len(log.new) == expected and opened.note_count() == 12
            note = opened.get_note(opened.find_notes("refunded")[0])
            assert (
                "60 dollars" in note["Answer"] and "60 dollars" in note["Question"] and "right" not in note["Question"]
            )
        finally:
            opened.close()

    def test_a_changed_question_keeps_its_card(self, tmp_path):
        pytest.importorskip("genanki")
        names = []
        for n, question in enumerate(("What?", "What, then?")):
            item = decks.deck(KINDS).items[0].model_copy(update={"stem": question})
            made = decks.deck(KINDS).model_copy(update={"items": [item]})
            made.__dict__.pop("questions", None)
            anki.write(made, tmp_path / f"{n}.apkg")
            with zipfile.ZipFile(tmp_path / f"{n}.apkg") as package:
                package.extract("collection.anki2", tmp_path / str(n))
            file = sqlite3.connect(tmp_path / str(n) / "collection.anki2")
            names.append(file.execute("SELECT guid FROM notes").fetchall())
            file.close()
        assert names[0] == names[1] and len(names[0]) == 1

    def test_nothing_is_overwritten_and_the_ending_is_anki_s(self, tmp_path):
        (tmp_path / "old.apkg").write_text("mine")
        for name, said in (("old.apkg", "exists already"), ("x.zip", "end in .apkg"), ("no/x.apkg", "does not exist")):
            with pytest.raises(Refusal, match=said):
                anki.write(deck(KINDS), tmp_path / name)
        assert (tmp_path / "old.apkg").read_text() == "mine"


class TestDeckCommand:
    def test_check_names_the_line(self, tmp_path, capsys):
        shutil.copy(KINDS, tmp_path / "good.yaml")
        (tmp_path / "bad.yaml").write_text(KINDS.read_text().replace("type: flip", "type: flap", 1))
        assert run("deck", "check", "good.yaml") == 0 and "12 questions" in capsys.readouterr().out
        assert run("deck", "check", "good.yaml", "bad.yaml", "none.yaml", "x.txt") == 2
        told = capsys.readouterr()
        assert "bad.yaml, line 9" in told.err and "Try: type: flip" in told.err and "good, " in told.out
        assert "x.txt is no deck" in told.err

    def test_the_published_schema_is_that_of_the_form(self, capsys):
        assert run("deck", "schema") == 0
        printed = capsys.readouterr().out
        kept = (quiz.decks.folder() / "deck.schema.json").read_text(encoding="utf-8")
        assert kept == printed and json.loads(kept)["$id"] == "crmlearn.deck/1"


class TestAnswersTravel:
    def answer(self, n, verdict="right"):
        at = f"2026-01-{n:02d}T10:00:00.000+00:00"
        return reviews.Review("item", "kinds/a-flip", "s", "ask", verdict, "", 0, 1.0, None, at, f"r{n}", f"s{n}")

    def test_two_machines_become_one(self, monkeypatch, tmp_path, capsys):
        for n in (1, 3):
            reviews.add(self.answer(n), memory.fold)
        assert run("progress", "--export", "mine.jsonl") == 0 and "2 answers" in capsys.readouterr().out
        assert run("progress", "--export", "mine.jsonl") == 2
        monkeypatch.setenv("CRMLEARN_HOME", str(tmp_path / "other"))
        for n in (2, 3):
            reviews.add(self.answer(n), memory.fold)
        for said in ("1 new answer; 1 answer known", "0 new answers; 2 answers known"):
            assert run("progress", "--import", "mine.jsonl") == 0
            assert said in capsys.readouterr().out
        everything = [self.answer(n) for n in (1, 2, 3)]
        assert sorted(reviews.read(), key=lambda r: r.answered_at_utc) == everything
        assert reviews.standings(memory.fold)["kinds/a-flip"] == memory.fold(None, everything)

    @pytest.mark.parametrize(
        "text",
        ["", "x", "[]", '{"form": "other"}', '{"form": "crmlearn.reviews/1"}\n{"kind": "item"}',
         '{"form": "crmlearn.reviews/1"}\n[1]', "\x00"],
    )  # fmt: skip
    def test_other_files_are_refused(self, tmp_path, text, capsys):
        (tmp_path / "x.jsonl").write_text(text)
        assert run("progress", "--import", "x.jsonl") == 2 and reviews.read() == []
        assert "answer" in capsys.readouterr().err

    @pytest.mark.parametrize("change", [{"hints": "many"}, {"verdict": None}, {"kind": "gossip"}, {"seconds": True}])
    def test_an_answer_of_another_shape_is_named_by_its_line(self, tmp_path, change, capsys):
        lines = [json.dumps({"form": "crmlearn.reviews/1"}), json.dumps(asdict(self.answer(1)) | change)]
        (tmp_path / "x.jsonl").write_text("\n".join(lines))
        assert run("progress", "--import", "x.jsonl") == 2 and "x.jsonl, line 2" in capsys.readouterr().err

    def test_forgetting_is_asked_for_twice(self, capsys, monkeypatch):
        reviews.add(self.answer(1), memory.fold)
        assert run("progress", "--forget") == 2 and len(reviews.read()) == 1
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda _: "no")
        assert run("progress", "--forget") == 130 and len(reviews.read()) == 1
        monkeypatch.setattr("builtins.input", lambda _: "forget")
        assert run("progress", "--forget") == 0 and reviews.read() == []
        assert run("progress", "--forget", "--yes") == 0


class TestProgress:
    def test_before_the_first_answer(self, capsys):
        assert run("progress") == 0
        told = capsys.readouterr().out
        assert "0 questions due today" in told and "quiz.study()" in told

    def test_it_says_what_is_weak_and_where_it_is_taught(self):
        good, bad = (next(q for q in deck("08").questions if q.id == name) for name in ("gift", "lifespan-what"))
        plan = quiz.plans.Plan([deck("08")])
        asked = {a.question.id: a for a in plan.questions(1)[0]}
        plan.remember(asked[good.id], "right", "", 0, 1.0, None)
        plan.remember(asked[bad.id], "shown", "", 0, 1.0, None)
        told = quiz.progress()
        assert told.reread == [f"Five kinds of CLV: {bad.reread}"] and told.learned == 0
        ideas = {title: (strength, n) for title, strength, n, _ in told.ideas if n}
        assert 0 < ideas["Lifespan CLV"][0] < ideas["Historic CLV"][0] < 1 and good.topics[0][0] == "V"
        html = told._repr_html_()
        assert (
            html.count("<meter") == len(ideas) and "aria-label='Lifespan CLV: " in html and "Lifespan CLV" in repr(told)
        )
