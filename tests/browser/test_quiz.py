"""The quiz and the verdicts as a reader meets them: by keyboard, in light and dark, and the notebook stays whole."""

import base64
import json
import string
import time
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe

import crmlearn
from crmlearn import reviews
from crmlearn.quiz.asking import Round
from crmlearn.quiz.decks import deck

HERE = Path(crmlearn.__file__).parent / "quiz"
VERDICT = ".jp-OutputArea-output div[style*=border-left]"
FOCUSABLE = "button, input:not([disabled])"

DECK = """
form: crmlearn.deck/1
id: kit
title: Three cards
version: 1
licence: CC-BY-4.0
items:
"""
CARDS = {
    "single": """
  - {id: one, type: single, topics: [V1], asks: recall, stem: "Which **one**?", explanation: E, reread: R,
     hints: [H, I], options: [{text: the first, feedback: fa, right: true}, {text: "the power $r^t$", feedback: fb},
     {text: the third, feedback: fc}]}
""",
    "numeric": """
  - {id: two, type: numeric, topics: [V1], asks: compute, stem: "How *many*?", explanation: E, reread: R, hints: [H],
     answer: {call: clv.convert, given: {rate: 0.05, per: month, to: year, kind: churn}, times: 100},
     unit: "%", within: 1}
""",
    "flip": """
  - {id: three, type: flip, topics: [V1], asks: recall, stem: "What is it?", back: "This.", explanation: E, reread: R}
""",
}
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
def kit(box):
    """A notebook with one card of each type and every kind of verdict."""
    cells = []
    for name, card in CARDS.items():
        (box / f"{name}.yaml").write_text(DECK + card, encoding="utf-8")
        cells.append(f"from crmlearn import quiz\n\nquiz.ask({str(box / f'{name}.yaml')!r})")
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
def test_axe_finds_nothing_in_lab(run_all, theme, kit, faults, name):
    theme(name)
    page = run_all(kit)
    assert page.locator("body").get_attribute("data-jp-theme-name") == f"JupyterLab {name}"
    page.keyboard.press("Control+b")
    for selector in (".crml-quiz", VERDICT):
        scroll_to(page, selector)
        assert page.locator(selector).count() >= 3
        assert faults(selector) == []
    assert page.errors == [] and page.outside == []


def test_no_key_typed_into_the_quiz_changes_the_notebook(run_all, kit):
    page = run_all(kit)
    page.keyboard.press("Control+b")
    before = cells_of(page)
    assert len(before) >= 8
    for n in range(3):
        quiz = scroll_to(page, f".crml-quiz >> nth={n}")
        for place in range(quiz.locator(FOCUSABLE).count()):
            for key in string.printable[:95]:
                quiz.evaluate(
                    "(q, [all, i]) => { const f = q.querySelectorAll(all); (f[i] ?? f[0]).focus(); }",
                    [FOCUSABLE, place],
                )
                page.keyboard.press("Space" if key == " " else key)
            for keys in ("Control+Backspace", "Control+Shift+M", "Meta+x", "Control+Enter", "Shift+Enter", "Control+a"):
                quiz.evaluate("(q, all) => q.querySelector(all).focus()", FOCUSABLE)
                page.keyboard.press(keys)
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
        round_ = Round(deck("08"), seed=3)
        page = open_face(round_, delay=1.0)
        next_button = page.get_by_role("button", name="Next", exact=True)
        next_button.evaluate("b => { b.click(); b.click(); b.click(); }")
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
    def test_a_whole_round_by_keyboard_without_a_fault(self, open_face, dark):
        round_ = Round(deck("08"), seed=3)
        page = open_face(round_, dark)
        seen = set()
        for number in range(1, len(round_.items) + 1):
            kind = round_.item.type
            assert f"question {number} of" in page.locator(".crml-head").inner_text()
            check = kind not in seen
            if check:
                assert self.faults(page) == []
            page.locator(".crml-head").focus()
            page.keyboard.press("Tab")
            if kind == "flip":
                page.keyboard.press("Enter")  # turns it over; the back takes the focus
                page.locator(".crml-back:not([hidden])").wait_for()
                page.keyboard.press("Tab")
                page.keyboard.press("Enter")  # I knew it
            elif kind == "single":
                place = next(k for k, i in enumerate(round_._order()) if round_.item.options[i].right)
                page.keyboard.press(str(place + 1))
                page.keyboard.press("Enter")
            else:
                page.keyboard.type(f"{round_.item.answer.number():.0f}")
                page.keyboard.press("Enter")
            page.locator(".crml-right, .crml-shown").wait_for()
            if check:
                assert self.faults(page) == []
                seen.add(kind)
            assert page.evaluate("document.activeElement.textContent") == "Next"
            page.keyboard.press("Enter")
            page.wait_for_function(
                f"!document.querySelector('.crml-head').textContent.includes('question {number} of')"
            )
        assert seen == {"flip", "single", "numeric"} and "19 of 19 right" in page.locator(".crml-quiz").inner_text()
        assert self.faults(page) == [] and page.errors == []

    def test_before_the_answer_nothing_on_the_page_tells_it(self, open_face):
        round_ = Round(deck("08"), seed=3)
        page = open_face(round_)
        item = round_.item
        told = [item.explanation, *item.hints, *(o.feedback for o in getattr(item, "options", []))]
        told += [getattr(item, "back", item.explanation)]
        text = page.content()
        assert not [words for words in told if words in text]

    def test_a_click_twice_sends_one_answer(self, open_face):
        round_ = Round(deck("08"), seed=3)
        round_.place = next(k for k, item in enumerate(round_.items) if item.type == "single")
        before = len(reviews.read())
        page = open_face(round_)
        page.locator("input[type=radio]").first.check()
        page.get_by_role("button", name="Check").dblclick()
        page.locator(".crml-right, .crml-wrong").wait_for()
        assert len(reviews.read()) == before + 1

    def test_a_dead_kernel_is_told(self, open_face):
        page = open_face(Round(deck("08"), seed=3), alive=False)
        page.get_by_role("button", name="Next", exact=True).click()
        page.get_by_text("The kernel does not answer").wait_for(timeout=15_000)
