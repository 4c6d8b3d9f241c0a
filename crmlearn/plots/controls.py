"""Controls that a reader can play with."""

from html import escape


def play(sentence, **sliders):
    """Sliders with a sentence below them that follows their values; the page must tell its story without them too.

    sentence : function of the controls' values, returning text of one or more lines
    sliders : ipywidgets controls with a value (sliders, check boxes, lists) by the name of the argument
    Returns: a widget
    """
    from ipywidgets import HTML, VBox

    said = HTML()

    def follow(_=None):
        text = sentence(**{name: slider.value for name, slider in sliders.items()})
        said.value = f'<p role="status" aria-live="polite">{escape(text).replace(chr(10), "<br>")}</p>'

    for name, slider in sliders.items():
        slider.description = name.replace("_", " ")
        slider.style.description_width = "initial"  # else longer names are cut
        slider.observe(follow, "value")
    follow()
    return VBox([*sliders.values(), said])
