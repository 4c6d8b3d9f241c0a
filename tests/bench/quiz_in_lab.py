"""From a key to the feedback, in a real JupyterLab: our quiz next to a widget that only echoes, on the same page.

python -m pytest tests/bench/quiz_in_lab.py -s      prints medians and 95th percentiles, asserts nothing
"""

import statistics

import nbformat
import pytest

from tests.browser.conftest import *  # noqa: F403

TRIALS = 60
ECHO = '''
import anywidget

class Echo(anywidget.AnyWidget):
    _esm = """
    export default { render({ model, el }) {
      const b = document.createElement("button"); b.className = "echo"; b.textContent = "echo"; el.append(b);
      const said = document.createElement("p"); el.append(said);
      b.onclick = () => { b.dataset.at = performance.now(); model.send({ do: "echo" }); };
      model.on("msg:custom", () => { b.dataset.took = performance.now() - Number(b.dataset.at); });
    } };"""

    def __init__(self):
        super().__init__()
        self.on_msg(lambda _, message, __: self.send(message))

Echo()
'''


@pytest.fixture
def kit(box):
    sources = [ECHO, 'from crmlearn import quiz\n\nquiz.ask("08_clv_types", seed=5)']
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(s) for s in sources])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, box / "course" / "latency.ipynb")
    return "latency.ipynb"


def test_latency(run_all, kit):
    page = run_all(kit)
    page.locator(".crml-quiz").wait_for()
    took = {"echo": [], "quiz": []}
    for _ in range(TRIALS):
        page.evaluate("() => { const b = document.querySelector('.echo'); delete b.dataset.took; b.click(); }")
        page.wait_for_function("document.querySelector('.echo').dataset.took")
        took["echo"].append(page.evaluate("Number(document.querySelector('.echo').dataset.took)"))
        took["quiz"].append(
            page.evaluate(
                """() => new Promise((done) => {
                  const quiz = document.querySelector('.crml-quiz');
                  const radio = quiz.querySelector('.crml-option input:not(:checked)');
                  radio.checked = true;
                  const start = performance.now();
                  new MutationObserver((_, me) => { me.disconnect(); done(performance.now() - start); })
                    .observe(quiz.querySelector('.crml-said'), { childList: true });
                  quiz.querySelector('form').requestSubmit();
                })"""
            )
        )
        page.get_by_role("button", name="Take back my answer").click()
        page.wait_for_function("!document.querySelector('.crml-said').textContent")  # the card anew
    print()
    tops = {}
    for name, times in took.items():
        tops[name] = statistics.quantiles(times, n=20)[18]
        print(f"{name}: median {statistics.median(times):.0f} ms, p95 {tops[name]:.0f} ms")
    print(f"p95: {tops['quiz'] / tops['echo']:.2f} times the echo (wanted: at most 1.3)")
