"""Small tables as HTML, the same everywhere: text to the left, numbers to the right, a caption and header cells."""

from html import escape


def html(head, rows, caption="", right=(), raw=()):
    """An HTML table; its first column is the row's name.

    head : list of str; empty for none
    rows : list of lists of str; None leaves a cell empty
    right : positions of columns of numbers; raw : positions whose cells are HTML already

    >>> html([], [["a", "1 < 2"]])
    "<table><tr><th scope='row' style='text-align:left'>a</th><td style='text-align:left'>1 &lt; 2</td></tr></table>"
    """
    side = {True: "right", False: "left"}
    top = "".join(f"<th scope='col' style='text-align:{side[i in right]}'>{escape(h)}</th>" for i, h in enumerate(head))
    lines = [f"<tr>{top}</tr>"] if head else []
    for row in rows:
        cells = []
        for i, value in enumerate(row):
            text = "" if value is None else str(value) if i in raw else escape(str(value))
            tag, scope = ("td", "") if i else ("th", " scope='row'")
            cells.append(f"<{tag}{scope} style='text-align:{side[i in right]}'>{text}</{tag}>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    title = f"<caption style='text-align:left'>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}{''.join(lines)}</table>"
