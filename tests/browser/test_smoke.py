"""The course opens and computes in a real browser, asks nothing of the outside, and its slider obeys the keyboard."""

import pytest


def visible_errors(page):
    return page.locator(
        "[data-mime-type='application/vnd.jupyter.stderr'], [data-mime-type='application/vnd.jupyter.error']"
    )


# Page 00 shows one error on purpose: its reader learns to read it.
@pytest.mark.parametrize(
    ("name", "errors"),
    [("notebooks/00_start_here.ipynb", 1), ("notebooks/08_clv_types.ipynb", 0), ("exercises/08_clv_types.ipynb", 0)],
)
def test_page_runs_from_top_to_bottom(run_all, name, errors):
    page = run_all(name)
    page.keyboard.press("Control+b")
    notebook = page.locator(".jp-NotebookPanel:visible .jp-WindowedPanel-outer").first
    pictures = seen = 0
    notebook.evaluate("e => e.scrollTo(0, 0)")
    for _ in range(90):  # only cells near the window are on the page, so look at each screenful
        page.wait_for_timeout(120)
        pictures = max(pictures, page.locator(".jp-OutputArea-output img[alt]").count())
        seen = max(seen, visible_errors(page).count())
        if not notebook.evaluate("e => { const y = e.scrollTop; e.scrollBy(0, 700); return e.scrollTop > y + 2 }"):
            break
    assert seen == errors and (pictures or name.startswith("exercises"))
    assert page.locator(".jp-InputPrompt", has_text="[*]").count() == 0
    assert page.errors == [] and page.outside == []


def test_slider_answers_to_the_arrow_keys(run_all):
    page = run_all("notebooks/08_clv_types.ipynb")
    notebook = page.locator(".jp-NotebookPanel:visible .jp-WindowedPanel-outer").first
    notebook.evaluate("e => e.scrollTo(0, 0)")
    slider = page.locator("[role='slider']").first
    for _ in range(80):
        if slider.count():
            break
        notebook.evaluate("e => e.scrollBy(0, 500)")
        page.wait_for_timeout(120)
    text = page.locator(".jp-OutputArea p[role='status']").first
    before = text.inner_text()
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("([e, old]) => e.innerText !== old", arg=[text.element_handle(), before], timeout=15_000)
    assert "dollars per customer" in text.inner_text() and text.inner_text() != before


def test_the_pyramid_tells_of_each_element_by_keyboard(run_all, faults):
    page = run_all("notebooks/11_value_pyramid.ipynb")
    notebook = page.locator(".jp-NotebookPanel:visible .jp-WindowedPanel-outer").first
    notebook.evaluate("e => e.scrollTo(0, 0)")
    button = page.get_by_role("button", name="Reduces anxiety", exact=True)
    for _ in range(60):
        if button.count():
            break
        notebook.evaluate("e => e.scrollBy(0, 500)")
        page.wait_for_timeout(100)
    button.scroll_into_view_if_needed()
    button.focus()
    page.keyboard.press("Enter")
    told = page.locator("p[role=status]", has_text="I worry less")
    told.wait_for(timeout=15_000)
    assert "32 % score it high" in told.inner_text() and "not high" in told.inner_text()
    page.evaluate("e => e.closest('.jp-OutputArea-output').setAttribute('data-kit', 'pyramid')", told.element_handle())
    assert faults("[data-kit=pyramid]") == [] and page.errors == [] and page.outside == []
