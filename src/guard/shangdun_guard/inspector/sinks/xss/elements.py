"""What a tag makes a browser run, load or send: scripts, handlers, addresses, styles, frames."""

from __future__ import annotations

import base64
import binascii
import html
import re
from urllib.parse import unquote

from shangdun_guard.inspector.sink import Sign
from shangdun_guard.inspector.sinks.xss import javascript, tokens
from shangdun_guard.inspector.sinks.xss.tokens import Attribute, Tag

_TERSE = 160
"""Characters: the scripts of injections are short, those of pages are not."""
_DEPTH = 2
"""Documents inside attributes (srcdoc, data:) are read this deep."""

_SCHEME_NOISE = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u200b-\u200f\u2028\u2029\ufeff]+")
_SCRIPT_SCHEME = re.compile(
    r"(?:view-source:|feed:|about:|jar:)?(javascript|vbscript|livescript|mocha):", re.IGNORECASE
)
_DATA_DOCUMENT = re.compile(
    r"data:(?:text/(?:html|xml|xsl|javascript|x-scriptlet)|image/svg\+xml|application/(?:xhtml\+xml"
    r"|xml|javascript|x-javascript))[^,]{0,80},",
    re.IGNORECASE,
)
_PASSIVE = frozenset(
    {"alt", "title", "placeholder", "label", "class", "id", "name", "aria-label", "summary"}
)
_JS_TYPE = re.compile(
    r"(?:(?:text|application)/(?:x-)?(?:java|ecma|j|live|vb)script[\d.]{0,4}|module)\b|$",
    re.IGNORECASE,
)
_EXTERNAL = re.compile(
    r"[\x00-\x20]*(?:[a-z][a-z0-9+.-]{1,15}:)?[\\/]{2,}|[\x00-\x20]*https?:", re.IGNORECASE
)
_HOST = re.compile(r"[\x00-\x20]*(?:[a-z]{2,10}:)?[\\/]{0,4}([^\\/?#:\"'\s]{1,253})", re.IGNORECASE)
_EMBEDS = re.compile(
    r"(?:^|\.)(?:youtube(?:-nocookie)?\.com|youtu\.be|vimeo\.com|bilibili\.com|youku\.com|qq\.com"
    r"|google\.(?:com|cn|de)"
    r"|iqiyi\.com|dailymotion\.com|ixigua\.com|163\.com|amap\.com|baidu\.com|openstreetmap\.org"
    r"|facebook\.com"
    r"|instagram\.com|twitter\.com|spotify\.com|soundcloud\.com|tiktok\.com|douyin\.com"
    r"|issuu\.com|calendly\.com"
    r"|codepen\.io|jsfiddle\.net|matterport\.com|wistia\.(?:com|net)|typeform\.com|pinterest\.com"
    r"|twitch\.tv"
    r"|googletagmanager\.com|google-analytics\.com|recaptcha\.net|paypal\.com|stripe\.com"
    r"|klarna\.com)$",
    re.IGNORECASE,
)
_FONTS = re.compile(
    r"(?:^|\.)(?:googleapis\.com|gstatic\.com|cdn\.jsdelivr\.net|cdnjs\.cloudflare\.com"
    r"|typekit\.net"
    r"|fontawesome\.com|bootstrapcdn\.com|bootcdn\.net|bootcss\.com|loli\.net|unpkg\.com"
    r"|shopify\.com"
    r"|fonts\.net|staticfile\.(?:org|net))$",
    re.IGNORECASE,
)
_VENDORS = re.compile(
    r"(?:^|\.)(?:googletagmanager\.com|google-analytics\.com|googlesyndication\.com|gstatic\.com"
    r"|facebook\.net"
    r"|hm\.baidu\.com|cnzz\.com|umeng\.com|clarity\.ms|hotjar\.com|stripe\.com|paypal\.com"
    r"|recaptcha\.net"
    r"|platform\.twitter\.com|instagram\.com|tiktok\.com|hs-scripts\.com|bing\.com|newrelic\.com"
    r"|shopify\.com)$",
    re.IGNORECASE,
)
_OBSOLETE = frozenset({"layer", "ilayer", "xml", "applet", "frame", "portal", "fencedframe"})
_SHOWN = frozenset({"width", "height", "allowfullscreen", "class", "style", "allow"})
_OBJECTS = frozenset({"object", "embed"})
_SELF_TRIGGERED = re.compile(
    r"on(?:error|load\w{0,10}|focus(?:in)?|begin|end|repeat|start|finish|bounce|toggle"
    r"|beforetoggle|canplay\w{0,7}"
    r"|animation\w{3,9}|transition\w{3,9}|webkit\w{3,24}|pageshow|readystatechange|propertychange"
    r"|hashchange"
    r"|message|popstate|resize|scroll\w{0,14}|timeupdate|play\w{0,3}|progress|durationchange"
    r"|cuechange"
    r"|unhandledrejection|contentvisibility\w{0,20}|loadeddata|securitypolicyviolation"
    r"|afterscriptexecute"
    r"|beforescriptexecute)$"
)
_REFRESH = re.compile(r"^[^;]{0,40};\s{0,8}(?:url\s{0,8}=)?\s{0,8}['\"]?", re.IGNORECASE)
_PLAIN = ("https://", "http://", "/", "#", "mailto:", "tel:")
_HANDLER = re.compile(r"on[a-z]{3,32}$")
_ASKED = re.compile(r"on(?:click|submit|change)$")
_SENTENCE = re.compile(
    r"^[^'\"]{0,40}\b(?:confirm|alert)\s{0,4}\(\s{0,4}['\"`][^'\"`()<>]{0,200}"
    r"(?:[^\W\d_]{2,} [^\W\d_]{2,}|[\u3400-\u9fff]{2}|\{\{)[^'\"`<>;]{0,300}['\"`]\s{0,4}\)"
)
"""A question or a notice in words: what buttons of shops ask before they delete something."""
_DIRECTIVE = re.compile(r"(?:data-)?(?:ng-|x-|v-|@|:|\*ng|hx-on|\(|ev:|up-on)")
_CSS_NOISE = re.compile(r"/\*[^*]*(?:\*(?!/)[^*]*)*\*/|[\x00\\]")
_CSS_ESCAPE = re.compile(r"\\0{0,4}([2-7][0-9a-f])[ \t]?", re.IGNORECASE)
_CSS = re.compile(
    r"(?P<run>expression\s{0,8}\((?P<inside>[^\r\n]{0,400})"
    r"|url\(\s{0,8}['\"]?\s{0,8}(?:javascript|vbscript|mocha|livescript"
    r"|data:text/html)\s{0,8}[:;,]|-o-link\s{0,8}:\s{0,8}['\"]?\s{0,8}javascript:"
    r"|@import\s{0,8}(?:url\()?\s{0,8}['\"]?\s{0,8}(?:javascript|data):)"
    r"|(?P<bind>-moz-binding\s{0,8}:\s{0,8}(?:url|['\"])|behaviou?r\s{0,8}:\s{0,8}url\s{0,8}\()"
    r"|(?P<load>@import\s{0,8}(?:url\()?\s{0,8}['\"]?\s{0,8}(?:https?:)?//)",
    re.IGNORECASE,
)
_NUMBER_HOST = re.compile(
    r"(?:https?:)?//(?:0x[0-9a-f]+[./:]?|0\d+[./:]?|\d{8,10}(?=[/:]|$))", re.IGNORECASE
)
_LEGACY_ENTITY = re.compile(r"\s{0,8}&\{")


def normal_address(value: str) -> str:
    """An address as a browser compares its scheme: outer and inner control characters gone."""
    head = _SCHEME_NOISE.sub("", value[:120]).lstrip("`'\"")
    return head + value[120:]


def script_address(value: str) -> javascript.Reading | None:
    """What a ``javascript:`` address would do; None when the value is another address."""
    address = normal_address(value)
    match = _SCRIPT_SCHEME.match(address)
    if match is None:
        return None
    raw = value[value.find(":") + 1 :]
    script = unquote(raw) if "%" in raw else raw
    if javascript.benign(script):
        return javascript.NOTHING
    if match[1].lower() != "javascript" and script.strip():
        return javascript.Reading(2, 0, len(script), 0, commented=False)
    reading = javascript.read(script)
    if reading.grade < 2 and reading.commented and "\n" in script:
        reading = javascript.read(script.partition("\n")[2])
    return reading


def _data_text(value: str) -> str:
    """The document inside a ``data:`` address, "" when it is none that runs."""
    address = normal_address(value)
    match = _DATA_DOCUMENT.match(address)
    if match is None:
        return ""
    text = address[match.end() :]
    if ";base64" in match[0].lower():
        try:
            padded = text[:8192].strip()
            return base64.b64decode(padded + "=" * (-len(padded) % 4)).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return "?"
    return unquote(text) or "?"


def style_sign(css: str, start: int, end: int) -> Sign | None:
    """The sign that a style sheet or attribute is: scripts in CSS, or a foreign sheet."""
    folded = _CSS_ESCAPE.sub(lambda m: chr(int(m[1], 16)), css)
    folded = _CSS_NOISE.sub("", folded)
    match = _CSS.search(folded)
    if match is None:
        return None
    if match["load"]:
        if not _foreign(folded[match.end() - 2 : match.end() + 253], _FONTS):
            return None
        return Sign("xss.style_import", start, end)
    if match["inside"] is not None and javascript.read(match["inside"]).grade < 2:
        return Sign("xss.style_call", start, end)
    return Sign("xss.style", start, end)


def _foreign(value: str, known: re.Pattern[str]) -> bool:
    if not _EXTERNAL.match(value):
        return False
    host = _HOST.match(value)
    return host is None or known.search(host[1]) is None


class Judge:
    """Collects the signs of one text; nested documents report the place of their attribute."""

    def __init__(self, depth: int = _DEPTH) -> None:
        self.depth = depth
        self.signs: dict[str, Sign] = {}

    def add(self, code: str, start: int, end: int) -> None:
        if code not in self.signs:
            self.signs[code] = Sign(code, start, max(end, start))

    def tag(self, tag: Tag) -> None:
        """Add the signs of one start tag."""
        if tag.name == "script" or tag.name.endswith(":script"):
            self.script(tag)
        elif tag.name == "style" and tag.body:
            self.style(tag)
        elif tag.name == "meta":
            self.meta(tag)
        for attribute in tag.attributes:
            if attribute.value is not None:
                self.attribute(tag, attribute, attribute.value)
        if tag.attributes:
            self.loads(tag)

    def script(self, tag: Tag) -> None:
        kind = tag.get("type") or tag.get("language")
        if kind and not _JS_TYPE.match(kind.strip()):
            return
        source = tag.get("src") or tag.get("href") or tag.get("xlink:href")
        if source:
            code = "xss.script_source" if _foreign(source, _VENDORS) else "xss.script_own"
            if normal_address(source).lower().startswith("data:"):
                code = "xss.script_source"
            self.add(code, tag.start, tag.end)
        body = tag.body
        if not source and len(body) <= 2 and not kind:
            self.add("xss.script_open", tag.start, tag.end)
        if not body.strip():
            return
        if "&#" in body or "&l" in body:
            body = html.unescape(body)
        reading = javascript.read(body)
        start = tag.body_start + min(reading.start, len(tag.body))
        end = tag.body_start + min(reading.end, len(tag.body))
        if reading.grade == 2:
            self.add("xss.script_hostile", start, end)
        elif reading.grade:
            terse = len(body) <= _TERSE and body.count("\n") < 2
            self.add("xss.script" if terse else "xss.script_long", start, end)

    def style(self, tag: Tag) -> None:
        sign = style_sign(tag.body, tag.start, tag.body_start + len(tag.body))
        if sign:
            self.add(*sign)
        if "script" in tag.get("type").lower() and javascript.read(tag.body).grade:
            self.add("xss.script_hostile", tag.start, tag.body_start + len(tag.body))

    def meta(self, tag: Tag) -> None:
        kind, content = tag.get("http-equiv").lower(), tag.get("content")
        if kind == "refresh" and ";" in content:
            address = _REFRESH.sub("", content, count=1)
            if script_address(address) is not None or _data_text(address):
                self.add("xss.address", tag.start, tag.end)
            elif _foreign(address.strip(" '\""), _EMBEDS):
                self.add("xss.meta", tag.start, tag.end)
        elif kind in {"set-cookie", "link"} and content:
            self.add("xss.meta", tag.start, tag.end)

    def attribute(self, tag: Tag, attribute: Attribute, value: str) -> None:
        name, start, end = attribute.name, attribute.start, attribute.end
        if _HANDLER.match(name):
            self.handler(name, value, start, end)
            return
        if name == "style":
            sign = style_sign(value, start, end)
            if sign:
                self.add(*sign)
        elif name not in _PASSIVE:
            self.address(tag, value, start, end)
            if name == "href" and _NUMBER_HOST.match(value):
                self.add("xss.obscure_host", start, end)
        if name == "srcdoc" or ("<" in value and self.depth):
            self.nested(value, start, end)
        if _LEGACY_ENTITY.match(value) and javascript.read(value).grade:
            self.add("xss.address", start, end)
        if _DIRECTIVE.match(name) and "(" in value:
            bare = value.replace("'", " ").replace('"', " ")
            if javascript.read(value).grade == 2 or javascript.read(bare).grade == 2:
                self.add("xss.client_template", start, end)

    def handler(self, name: str, value: str, start: int, end: int) -> None:
        if javascript.benign(value):
            return
        called = script_address(value)
        reading = javascript.read(value) if called is None or not called.grade else called
        if reading.grade == 2 and not (_ASKED.match(name) and _SENTENCE.search(value)):
            self.add("xss.handler_hostile", start, end)
        elif reading.grade:
            self.add("xss.handler", start, end)
            if _SELF_TRIGGERED.match(name):
                self.add("xss.self_triggered", start, end)

    def address(self, tag: Tag, value: str, start: int, end: int) -> None:
        listed = tag.name in {"animate", "set"}
        if ":" not in value or (not listed and value.startswith(_PLAIN)):
            return
        for part in value.split(";", 3)[:3] if listed else (value,):
            reading = script_address(part)
            if reading is not None and reading.grade:
                self.add("xss.address" if reading.grade == 2 else "xss.address_call", start, end)
                return
            if tag.name != "img":
                self.data(part, start, end)

    def data(self, value: str, start: int, end: int) -> None:
        """Add the signs of a ``data:`` address with a document that runs."""
        inner = _data_text(value)
        if inner and self.depth:
            self.add("xss.data_document", start, end)
            self.nested(inner, start, end)

    def nested(self, text: str, start: int, end: int) -> None:
        if not self.depth:
            return
        inner = Judge(self.depth - 1)
        for tag in tokens.tokenise(text, 256):
            if not tag.closing:
                inner.tag(tag)
        for code in inner.signs:
            self.add(code, start, end)

    def loads(self, tag: Tag) -> None:
        name = tag.name
        source = tag.get("src") or tag.get("data") or tag.get("href")
        if name == "base" and _foreign(source, _EMBEDS):
            self.add("xss.base", tag.start, tag.end)
        elif tag.get("dataformatas"):
            self.add("xss.object", tag.start, tag.end)
        elif name == "link":
            relation = tag.get("rel").lower()
            loaded = "stylesheet" in relation or "import" in relation
            if loaded and _foreign(source, _FONTS):
                self.add("xss.stylesheet", tag.start, tag.end)
        elif name in _OBJECTS or name in _OBSOLETE:
            if _foreign(source, _EMBEDS) or source.lower().endswith((".swf", ".svg")):
                self.add("xss.object", tag.start, tag.end)
        elif name == "iframe" and _foreign(source, _EMBEDS):
            sized = any(a.name in _SHOWN and a.value not in {"0", "1"} for a in tag.attributes)
            self.add("xss.frame_shown" if sized else "xss.frame", tag.start, tag.end)
        else:
            self.sends(tag)

    def sends(self, tag: Tag) -> None:
        if tag.name in {"form", "button", "input"}:
            if _foreign(tag.get("formaction"), _EMBEDS):
                self.add("xss.form_action", tag.start, tag.end)
            elif _foreign(tag.get("action"), _EMBEDS):
                self.add("xss.form", tag.start, tag.end)
