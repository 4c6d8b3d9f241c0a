"""Each summary prints on one sheet, and nothing on it is hard to read or to reach."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from crmlearn import reports


@pytest.mark.parametrize("stem", reports.summaries())
def test_it_prints_on_one_sheet_without_a_fault(chromium, tmp_path, stem):
    made = reports.summary(stem, tmp_path)
    for scheme in ("light", "dark"):
        page = chromium.new_page(color_scheme=scheme)
        page.goto(made.as_uri())
        assert [rule["id"] for rule in Axe().run(page).response["violations"]] == []
        page.close()
    page = chromium.new_page()
    page.goto(made.as_uri())
    sheets = re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True))
    page.set_viewport_size({"width": 390, "height": 844})
    assert len(sheets) == 1 and page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
