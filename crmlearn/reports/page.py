"""An executed notebook as one page that needs nothing from outside."""

import html
import re
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from nbconvert import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from crmlearn import texts

SHOWN = ("text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/latex", "text/plain")
WIDGET = "application/vnd.jupyter.widget-view+json"
ADDRESSES = ("src", "srcset", "href", "xlink:href", "action", "formaction", "poster", "data", "background", "cite")
LOADERS = ("script", "link", "meta", "base", "iframe", "object", "embed", "noscript")
_LONG = 5  # parts, from which on a page begins with its contents
NUMBER = re.compile(r"[-−+±~<>]?\s*[$€£]?\s*\d[\d,.\u202f\u00a0 ]*\s*%?|NaN|nan|None|[-–—]|")
# The browser itself is told to fetch nothing.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the report</a>
<main id="content" tabindex="-1">
{body}
</main>
</body>
</html>
"""


def page(notebook, name, sheet=False):
    """One HTML page: no code, no scripts, no outside address; formulas as MathML, tables that scroll by keyboard.

    notebook : an executed notebook (nbformat node); it is not changed
    name : str; the title if the notebook has no heading
    sheet : whether it shall print on one sheet of paper
    Returns: str
    """
    exporter = HTMLExporter(
        template_name="basic", exclude_input=True, exclude_input_prompt=True, exclude_output_prompt=True
    )
    exporter.register_filter("markdown2html", _markdown)
    body, _ = exporter.from_notebook_node(_visible(notebook))
    soup = BeautifulSoup(body, "html.parser")
    _cut_off(soup)
    for number, table in enumerate(soup.find_all("table"), 1):
        _readable(soup, table, number)
    if not sheet:
        _contents(soup)
    _together(soup)
    title = soup.h1.get_text(" ", strip=True) if soup.h1 else name
    styles = ("page.css", "sheet.css") if sheet else ("page.css",)
    style = "".join(Path(__file__).with_name(part).read_text(encoding="utf-8") for part in styles)
    return PAGE.format(policy=POLICY, title=html.escape(title), style=style, body=soup)


class _Formulas(IPythonRenderer):
    """Formulas as MathML, which browsers draw themselves."""

    def inline_math(self, body):
        return texts.mathml(body, "inline")

    def block_math(self, body):
        return texts.mathml(body, "block")

    def latex_environment(self, name, body):
        return texts.mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")


def _markdown(source):
    return MarkdownWithMath(renderer=_Formulas(escape=False, exclude_anchor_links=True)).render(source)


def _visible(notebook):
    """A copy with only the outputs that a page can show; a live control goes unless it has a still twin."""
    copy = nbformat.from_dict(notebook)
    copy.metadata.pop("widgets", None)
    for cell in copy.cells:
        kept = []
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                continue  # warnings speak to whoever runs the report; the notebook beside the page keeps them
            if "data" in output:
                live = WIDGET in output.data
                output.data = {kind: output.data[kind] for kind in SHOWN if kind in output.data}
                if output.data in ({}, {"text/plain": ""}) or (live and "text/html" not in output.data):
                    continue
            kept.append(output)
        if cell.cell_type == "code":
            cell.outputs = kept
    copy.cells = [cell for cell in copy.cells if cell.cell_type == "markdown" or cell.get("outputs")]
    return copy


def _cut_off(soup):
    """Remove whatever would load, run or lead outside; the text of a link stays, with its address in words."""
    for tag in soup.find_all([*LOADERS, "style"]):
        if tag.name != "style" or tag.has_attr("scoped") or re.search(r"url\(|@import", tag.get_text()):
            tag.decompose()
    for tag in soup.find_all(True):
        if tag.name == "a" and re.match(r"https?://", tag.get("href", "")):
            address = tag["href"].split("://")[1]
            if address.rstrip("/") not in tag.get_text():
                tag.append(f" ({address})")
        for key, value in list(tag.attrs.items()):
            outside = key in ADDRESSES and not str(value).strip().startswith(("#", "data:image/"))
            if outside or key.startswith(("on", "xmlns")) or (key == "style" and "url(" in str(value)):
                del tag[key]
        if tag.name == "a" and not tag.attrs:
            tag.unwrap()
        elif tag.name == "img" and "src" not in tag.attrs:
            tag.replace_with(tag.get("alt", ""))


def _contents(soup):
    """A list of links to the parts of a long page, behind the first of them, which says it in short."""
    parts = soup.find_all(["h2", "h3"])
    chapters = [h for h in parts if h.name == "h2"]
    if len(chapters) < _LONG:
        return
    for number, heading in enumerate(parts, 1):
        heading["id"] = heading.get("id") or f"part-{number}"
    nav = soup.new_tag("nav", attrs={"class": "contents", "aria-label": "Contents"})
    nav.append(soup.new_tag("ul"))
    for heading in parts[parts.index(chapters[1]) :]:
        item = soup.new_tag("li")
        link = soup.new_tag("a", attrs={"href": f"#{heading['id']}"})
        link.string = heading.get_text(" ", strip=True)
        item.append(link)
        if heading.name == "h2":
            nav.ul.append(item)
            chapter = item
            continue
        if chapter.ul is None:
            chapter.append(soup.new_tag("ul"))
        chapter.ul.append(item)
    chapters[1].insert_before(nav)


def _together(soup):
    """A number and its per cent sign never part at the end of a line."""
    for text in soup.find_all(string=re.compile(r"\d ?%")):
        if not text.find_parent(["code", "pre", "math"]):
            text.replace_with(re.sub(r"(?<=\d) ?%", "\N{NO-BREAK SPACE}%", text))


def _readable(soup, table, number):
    """Numbers to the right, headers told apart from cells, and a frame that scrolls by keyboard when it is wide."""
    del table["border"]
    rows = [row.find_all(["th", "td"]) for row in table.find_all("tr")]
    body = [cells for cells in rows if cells and cells[-1].name == "td"]
    for cells in rows:
        for place, cell in enumerate(cells):
            column = [row[place].get_text(strip=True) for row in body if len(row) > place]
            if any(column) and all(NUMBER.fullmatch(text) for text in column):
                cell["class"] = [*cell.get("class", []), "number"]
            if cell.name == "th" and not cell.get_text(strip=True):
                cell.name = "td"
            elif cell.name == "th":
                cell["scope"] = "row" if cells in body else "col"
    label = table.caption.get_text(" ", strip=True) if table.caption else f"Table {number}"
    table.wrap(soup.new_tag("div", attrs={"class": "scroll", "tabindex": "0", "role": "region", "aria-label": label}))
