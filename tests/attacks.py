"""Texts by which strangers try to run a script in somebody's page: every one calls boom()."""

from itertools import product

_TAGS = [
    "img src=x",
    "svg",
    "body",
    "iframe src=about:blank",
    "details open",
    "video src=x",
    "input autofocus",
    "math",
    "audio src=x",
    "a href=x",
    "p style=animation-name:x",
    "marquee",
]
_EVENTS = ["onerror", "onload", "OnToggle", "onfocus", "onmouseover", "/onpointerenter", "onanimationstart"]
_LINKS = [
    "javascript:boom()",
    "JaVaScRiPt:boom()",
    "java\tscript:boom()",
    "&#106;avascript:boom()",
    "data:text/html,<script>boom()</script>",
    "vbscript:boom()",
    " javascript:boom()",
]
ATTACKS = [
    *(f"<{tag} {event}=boom()>" for tag, event in product(_TAGS, _EVENTS)),
    *(form.format(link) for link in _LINKS for form in ("[x]({})", "<a href='{}'>x</a>", "<{}>", "![x]({})")),
    "<script>boom()</script>",
    "<scr<script>ipt>boom()</script>",
    "</div></form><script>boom()</script>",
    "<style>@import 'x'</style>",
    "<iframe srcdoc='<script>boom()</script>'>",
    "<object data='javascript:boom()'>",
    "<form action='javascript:boom()'><button>x",
    "<math><mi xlink:href='javascript:boom()'>x</mi></math>",
    "$\\href{javascript:boom()}{x}$",
    "$</math><script>boom()</script>$",
    "`<script>boom()</script>`",
    "```\n<script>boom()</script>\n```",
    "'\"><img src=x onerror=boom()>",
    "<!--><script>boom()</script>-->",
    "<noscript><p title='</noscript><img src=x onerror=boom()>'>",
    "<template><script>boom()</script></template>",
    "\u2028<script>boom()</script>",
    "<base href='javascript:'>",
    "<meta http-equiv=refresh content='0;url=javascript:boom()'>",
]
