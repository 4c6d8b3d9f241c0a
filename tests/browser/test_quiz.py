"""The quiz and the verdicts as a reader meets them: by keyboard, in light and dark, and the notebook stays whole."""

import base64
import json
import string
import time
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from ruamel.yaml import YAML

import crmlearn
from crmlearn import reviews
from crmlearn.quiz.asking import Round
from crmlearn.quiz.decks import deck
from crmlearn.quiz.plans import Plan
from tests.attacks import ATTACKS

HERE = Path(crmlearn.__file__).parent / "quiz"
KINDS = Path(__file__).parents[1] / "decks" / "kinds.yaml"
VERDICT = ".jp-OutputArea-output div[style*=border-left]"
SEED = 3
FOCUSABLE = "button, select, input:not([disabled])"

VERDICTS = [
    'from crmlearn import checks\n\ntask = checks.exercise("08", task=1)\ntask',
    "task.check(...)",
    "task.check(73.45)",
    "task.check('many')",
    "task.check(task.task.answer())",
    "task.hint()",
    "task.solution()",
]


@pytest.fixture(scope="module")
def kit_decks(box):
    """Decks of one kind of question each."""
    data, paths = YAML(typ="safe").load(KINDS.read_text(encoding="utf-8")), []
    for item in data["items"]:
        paths.append(box / f"{item['type']}.yaml")
        paths[-1].write_text(json.dumps(data | {"id": f"kit_{item['type']}", "items": [item]}), encoding="utf-8")
    return paths


@pytest.fixture(scope="module")
def kit(box, kit_decks):
    """A notebook with one question of each kind and every kind of verdict."""
    cells = [f"from crmlearn import quiz\n\nquiz.ask({str(path)!r}, seed={SEED})" for path in kit_decks]
    sources = [*cells, *VERDICTS]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, box / "course" / "kit.ipynb")
    return "kit.ipynb"


def cells_of(page):
    """The sources of all cells, as the notebook would be saved now."""
    return page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.cells"
        ".map((cell) => [cell.cell_type, cell.getSource()])"
    )


def scroll_to(page, selector):
    notebook = page.locator(".jp-NotebookPanel:visible .jp-WindowedPanel-outer").first
    notebook.evaluate("e => e.scrollTo(0, 0)")
    for _ in range(120):
        if page.locator(selector).count():
            page.locator(selector).first.scroll_into_view_if_needed()
            return page.locator(selector).first
        notebook.evaluate("e => e.scrollBy(0, 500)")
        page.wait_for_timeout(100)
    raise AssertionError(f"no {selector} on the page")


def fill(quiz, item, right):
    """Answer with keys, as somebody who knows or as somebody who does not."""
    page, kind = quiz.page, item.type
    if kind in ("single", "truefalse", "multi"):
        rights = {"True" if getattr(item, "right", None) else "False"}
        rights = rights if kind == "truefalse" else {o.text for o in item.options if o.right}
        shown = item.choices() if kind == "truefalse" else [item.options[i].text for i in item.order(str(SEED))]
        good = [n for n, text in enumerate(shown) if text in rights]
        chosen = good if right else [next(n for n in range(len(shown)) if n not in good)]
        for box in quiz.locator(".crml-option input:checked").all():
            if kind == "multi":
                box.focus()
                page.keyboard.press("Space")
        for place in chosen:
            quiz.locator(".crml-option input").first.focus()
            page.keyboard.press(str(place + 1))
    elif kind in ("numeric", "text", "cloze"):
        words = [gap.accept[0] for gap in item.gaps] if kind == "cloze" else [item.key().split(" dollars")[0]]
        for field, word in zip(quiz.locator("form input[type=text]").all(), words, strict=True):
            field.focus()
            page.keyboard.press("Control+a")
            page.keyboard.type(word if right else ("1" if kind == "numeric" else "pineapple"))
    elif kind == "order":
        quiz.locator(".crml-steps button[aria-label='Move down']").first.focus()
        page.keyboard.press("Enter")
        for target, step in enumerate(item.steps if right else []):
            for _ in item.steps:
                rows = quiz.locator(".crml-steps li").all_inner_texts()
                at = next(n for n, text in enumerate(rows) if step.text in text)
                if at > target:
                    quiz.locator(".crml-steps li").nth(at).get_by_label("Move up").focus()
                    page.keyboard.press("Enter")
        quiz.get_by_role("button", name="Check").focus()
    else:
        order, kinds = item._row_order(str(SEED)), item.card(str(SEED))["kinds"]
        for field, row in zip(quiz.locator("select").all(), order, strict=True):
            target = kinds.index(item.rows()[row][1])
            field.focus()
            page.keyboard.press("Home")
            for _ in range((target if right else (target + 1) % len(kinds)) + 1):
                page.keyboard.press("ArrowDown")
        quiz.get_by_role("button", name="Check").focus()
    page.keyboard.press("Enter")


def walk(quiz, items, faults):
    """Answer all questions with keys, first wrong, then right; axe looks at every state. Returns: the kinds seen."""
    page, seen = quiz.page, set()
    for number, item in enumerate(items, 1):
        quiz.get_by_text(f"question {number} of").wait_for(timeout=15_000)
        assert faults() == [], item.type
        if item.type == "flip":
            quiz.locator(".crml-head").focus()
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")  # turns it over; the back takes the focus
            quiz.locator(".crml-back:not([hidden])").wait_for()
            assert faults() == []
            page.keyboard.press("Tab")
            page.keyboard.press("Enter")  # I knew it
        else:
            if item.hints:
                quiz.get_by_role("button", name="Hint").focus()
                page.keyboard.press("Enter")
                quiz.locator(".crml-hint").wait_for()
                assert faults() == [], item.type
            fill(quiz, item, right=False)
            quiz.locator(".crml-wrong").wait_for()
            assert faults() == [], item.type
            assert "Read again" in quiz.locator("[role=status] >> nth=-1").inner_text()
            fill(quiz, item, right=True)
        quiz.locator(".crml-right, .crml-shown").wait_for()
        assert faults() == [], item.type
        seen.add(item.type)
        assert page.evaluate("document.activeElement.textContent") == "Next"
        page.keyboard.press("Enter")
    quiz.get_by_text("right at the first try").wait_for(timeout=15_000)
    assert faults() == []
    return seen


def test_a_question_is_answered_with_keys_alone_and_remembered(run_all):
    before = len(reviews.read("08_clv_types/"))
    page = run_all("notebooks/08_clv_types.ipynb")
    quiz = scroll_to(page, ".crml-quiz")
    for _ in range(19):  # the order is free; walk on to a question with options
        if quiz.locator("input[type=radio]").count():
            break
        quiz.get_by_role("button", name="Skip", exact=True).focus()
        head = quiz.locator(".crml-head").inner_text()
        page.keyboard.press("Enter")
        page.wait_for_function("([q, old]) => q.querySelector('.crml-head').innerText !== old",
                               arg=[quiz.element_handle(), head], timeout=15_000)  # fmt: skip
    quiz.locator(".crml-head").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("h")
    quiz.locator(".crml-hint").wait_for(timeout=15_000)
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    quiz.locator(".crml-right, .crml-wrong").wait_for(timeout=15_000)
    assert quiz.locator("[role=status]").inner_text().strip()
    (review,) = reviews.read("08_clv_types/")[before:]
    assert review.verdict in ("right", "wrong") and review.hints == 1 and review.mode == "ask"
    assert page.errors == [] and page.outside == []


@pytest.mark.parametrize("name", ["Light", "Dark"])
def test_axe_finds_nothing_in_lab_in_any_state(run_all, theme, kit, kit_decks, faults, name):
    theme(name)
    page = run_all(kit)
    assert page.locator("body").get_attribute("data-jp-theme-name") == f"JupyterLab {name}"
    page.keyboard.press("Control+b")
    seen = set()
    for path in kit_decks:
        items = [a.question for a in Round(Plan([deck(path)]), seed=SEED).asked]
        quiz = scroll_to(page, f".jp-Cell:has-text('{path.name}') .crml-quiz")
        quiz.evaluate("(q, name) => { q.closest('.jp-Cell').dataset.kit = name; }", path.stem)
        there = f"[data-kit={path.stem}] .crml-quiz"
        seen |= walk(page.locator(there), items, lambda there=there: faults(there))
    assert len(seen) == 10
    scroll_to(page, VERDICT)
    assert page.locator(VERDICT).count() >= 3 and faults(VERDICT) == []
    assert page.errors == [] and page.outside == []


def test_no_key_typed_into_the_quiz_changes_the_notebook(run_all, kit):
    page = run_all(kit)
    page.keyboard.press("Control+b")
    before = cells_of(page)
    assert len(before) >= 8
    done = set()
    for n in range(page.locator(".crml-quiz").count()):
        quiz = scroll_to(page, f".crml-quiz >> nth={n}")
        kinds = quiz.evaluate(
            "(q, all) => [...q.querySelectorAll(all)].map((e) => `${e.tagName} ${e.type} ${e.textContent}`)", FOCUSABLE
        )
        for place, kind in enumerate(kinds):
            if kind in done:
                continue
            done.add(kind)
            for key in string.printable[:95]:
                quiz.evaluate(
                    "(q, [all, i]) => { const f = q.querySelectorAll(all); (f[i] ?? f[0]).focus(); }",
                    [FOCUSABLE, place],
                )
                page.keyboard.press("Space" if key == " " else key)
            for keys in ("Control+Backspace", "Control+Shift+M", "Meta+x", "Control+Enter", "Shift+Enter", "Control+a"):
                quiz.evaluate("(q, all) => q.querySelector(all).focus()", FOCUSABLE)
                page.keyboard.press(keys)
    assert len(done) >= 10
    page.wait_for_timeout(500)
    assert cells_of(page) == before and page.errors == []


class TestBarePage:
    PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Quiz</title>
    <meta name="color-scheme" content="light dark"><style>%s</style></head>
    <body><main><h1>Quiz</h1><div id="here"></div></main><script type="module">
    import face from "data:text/javascript;base64,%s";
    const heard = {};
    const model = {
      card: %s, get: (name) => model[name], on: (name, act) => { (heard[name] ??= []).push(act); }, off() {},
      async send(message) {
        const reply = JSON.parse(await window.kernel(JSON.stringify(message)));
        if (reply === null) return;
        if (["card", "end"].includes(reply.kind)) { model.card = reply; heard["change:card"].forEach((act) => act()); }
        else heard["msg:custom"].forEach((act) => act(reply));
      } };
    face.render({ model, el: document.getElementById("here") });
    </script></body></html>"""

    def test_a_slow_kernel_counts_once_and_skips_nothing(self, open_face):
        round_ = Round(Plan([deck("08")]), seed=SEED)
        page = open_face(round_, delay=1.0)
        skip = page.get_by_role("button", name="Skip", exact=True)
        skip.evaluate("b => { b.click(); b.click(); b.click(); }")
        page.get_by_text("question 2 of").wait_for(timeout=15_000)
        page.wait_for_timeout(1500)
        assert round_.place == 1

    @pytest.fixture
    def open_face(self, chromium):
        pages = []

        def opened(round_, dark=False, alive=True, delay=0.0):
            page = chromium.new_page(color_scheme="dark" if dark else "light")
            page.errors = []
            page.on("pageerror", lambda error: page.errors.append(str(error)))

            def kernel(text):
                message = json.loads(text)
                if not alive or message["do"] == "look":
                    return "null"
                time.sleep(delay)
                deed = getattr(round_, message.pop("do"))
                return json.dumps(deed(*message.values()))

            page.expose_function("kernel", kernel)
            script = base64.b64encode((HERE / "face.js").read_bytes()).decode()
            style = (HERE / "face.css").read_text(encoding="utf-8")
            page.set_content(self.PAGE % (style, script, json.dumps(round_.card())))
            page.locator(".crml-quiz form").wait_for()
            pages.append(page)
            return page

        yield opened
        for page in pages:
            page.close()

    def faults(self, page):
        return [rule["id"] for rule in Axe().run(page).response["violations"]]

    @pytest.mark.parametrize("dark", [False, True])
    def test_every_kind_by_keyboard_in_every_state_without_a_fault(self, open_face, dark):
        round_ = Round(Plan([deck(KINDS)]), seed=SEED)
        page = open_face(round_, dark)
        seen = walk(page.locator(".crml-quiz"), [a.question for a in round_.asked], lambda: self.faults(page))
        assert len(seen) == 10 and "1 of 12 right" in page.locator(".crml-quiz").inner_text()
        assert page.errors == []

    def test_back_undo_and_too_easy(self, open_face):
        round_ = Round(Plan([deck(KINDS)]), seed=SEED)
        while round_.item.type != "truefalse":
            round_.next()
        page, before = open_face(round_), len(reviews.read())
        place = round_.place
        fill(page.locator(".crml-quiz"), round_.item, right=True)
        page.get_by_role("button", name="Too easy").click()
        page.get_by_text("much later").wait_for()
        page.get_by_role("button", name="Next").click()
        page.get_by_text(f"question {place + 2} of").wait_for()
        page.get_by_role("button", name="Back").click()
        page.get_by_text(f"question {place + 1} of").wait_for()
        page.get_by_role("button", name="Take back my answer").click()
        page.get_by_role("button", name="Check").wait_for()
        assert [r.verdict for r in reviews.read()][before:] == ["right", "easy", "undone"]
        assert page.errors == []

    def test_targets_are_large_enough(self, open_face):
        round_ = Round(Plan([deck(KINDS)]), seed=SEED)
        page = open_face(round_)
        for _ in round_.asked[1:]:
            boxes = page.locator("button, select, .crml-option, input[type=text]").all()
            assert all(min(box.bounding_box()["width"], box.bounding_box()["height"]) >= 24 for box in boxes)
            head = page.locator(".crml-head").inner_text()
            page.get_by_role("button", name="Skip", exact=True).click()
            page.wait_for_function("t => document.querySelector('.crml-head').innerText !== t", arg=head)

    def test_no_text_of_a_stranger_runs(self, open_face, tmp_path):
        """Every attack in the stem, an option, the feedback and the explanation of a question, shown and answered."""
        items = []
        for n, attack in enumerate(ATTACKS):
            words = attack.replace("\t", " ").replace("\u2028", " ")
            options = [{"text": f"{words} {k}", "feedback": words, "right": k == 0} for k in range(2)]
            item = {
                "id": f"q{n}",
                "type": "single",
                "topics": ["V1"],
                "asks": "recall",
                "stem": words,
                "options": options,
            }
            items.append(item | {"hints": [words], "explanation": words, "reread": words})
        told = {
            "form": "crmlearn.deck/1",
            "id": "evil",
            "title": "Evil",
            "version": 1,
            "licence": "none",
            "items": items,
        }
        (tmp_path / "evil.yaml").write_text(json.dumps(told), encoding="utf-8")
        round_ = Round(Plan([deck(tmp_path / "evil.yaml")]), seed=SEED)
        page = open_face(round_)
        page.evaluate("window.hits = 0; window.boom = () => { window.hits += 1; }; 0")  # a function would be called
        for n in range(len(ATTACKS)):
            page.get_by_text(f"question {n + 1} of").wait_for()
            page.get_by_role("button", name="Hint").click()
            page.locator(".crml-hint").wait_for()
            page.get_by_role("button", name="Show the answer").click()
            page.locator(".crml-shown").wait_for()
            assert page.evaluate("window.hits") == 0, round_.item.stem
            page.get_by_role("button", name="Next").click()
        assert len(ATTACKS) >= 100 and page.evaluate("window.hits") == 0 and page.errors == []

    def test_before_the_answer_nothing_on_the_page_tells_it(self, open_face):
        round_ = Round(Plan([deck("08")]), seed=SEED)
        page = open_face(round_)
        item = round_.item
        told = [item.explanation, *item.hints, *(o.feedback for o in getattr(item, "options", []))]
        told += [getattr(item, "back", item.explanation)]
        text = page.content()
        assert not [words for words in told if words in text]

    def test_a_click_twice_sends_one_answer(self, open_face):
        round_ = Round(Plan([deck("08")]), seed=SEED)
        round_.place = next(k for k, item in enumerate(a.question for a in round_.asked) if item.type == "single")
        before = len(reviews.read())
        page = open_face(round_)
        page.locator("input[type=radio]").first.check()
        page.get_by_role("button", name="Check").dblclick()
        page.locator(".crml-right, .crml-wrong").wait_for()
        assert len(reviews.read()) == before + 1

    def test_a_dead_kernel_is_told(self, open_face):
        page = open_face(Round(Plan([deck("08")]), seed=SEED), alive=False)
        page.get_by_role("button", name="Skip", exact=True).click()
        page.get_by_text("The kernel does not answer").wait_for(timeout=15_000)
