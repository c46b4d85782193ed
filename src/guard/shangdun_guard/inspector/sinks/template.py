"""Server-side templates (CWE-1336): what an engine would compute, reach, or run.

Shop editors save templates: variables, filters, loops and conditions are honest in every engine. An
attack computes for the sake of computing, leaves the engine's sandbox through the host language's
objects, or calls the system.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from shangdun_guard.inspector.lowered import lowered
from shangdun_guard.inspector.sink import Sign, Sink, Slot

_SHORT = 160
_REGIONS = 48
_NEAR = 600
_BRACKET = re.compile(r"[{}()]")
_INSIDE = 2000


class _Delimiter(NamedTuple):
    open: str
    close: str
    language: str


_DELIMITERS = {
    mark.open: mark
    for mark in (
        _Delimiter("{{", "}}", "any"),
        _Delimiter("{%", "%}", "any"),
        _Delimiter("${", "}", "any"),
        _Delimiter("#{", "}", "any"),
        _Delimiter("*{", "}", "any"),
        _Delimiter("<%", "%>", "host"),
        _Delimiter("[[", "]]", "any"),
        _Delimiter("[%", "%]", "any"),
        _Delimiter("@(", ")", "razor"),
        _Delimiter("@{", "}", "razor"),
        _Delimiter("{$", "}", "smarty"),
        _Delimiter("{=", "}", "smarty"),
        _Delimiter("{!", "!}", "any"),
    )
}
# Each alternative begins with one fixed character: the engine jumps from one to the next.
_OPEN = re.compile(r"\{[{%$=!]|\$\{|#\{|\*\{|<%|\[[\[%]|@[({]")

_PRODUCT = re.compile(
    r"[\s={!(-]{0,8}(?:['\"]?\d{1,12}['\"]?\s{0,4}(?P<sign>[*+%/-]|\*\*)\s{0,4}-?['\"]?\d{1,12}['\"]?"
    r"|['\"]\w{1,12}['\"]\s{0,4}(?P<text>\*)\s{0,4}\d{1,12})[\s)}!]{0,8}"
)
_LITERAL = re.compile(
    r"\s{0,8}(['\"])\w{1,16}\1\s{0,4}[.|]\s{0,4}(?:to_?upper\w{0,5}|to_?lower\w{0,5}|upper|upcase|concat"
    r"|replace|reverse|to_s|length|toString)\s{0,4}\([^()]{0,60}\)\s{0,8}",
    re.IGNORECASE,
)
"""A method of a text that the value itself brings: what it gives back shows the engine."""
_DUNDER = re.compile(
    r"(?:_|\\x5f|\\137|\\u005f){2}\s{0,4}(?:class|mro|base|bases|subclasses|globals|builtins|init"
    r"|import"
    r"|getitem|getattribute|dict|code|self|name|call|reduce|new|module|spec|loader)(?:_|\\x5f"
    r"|\\137){2}",
    re.IGNORECASE,
)
_PYTHON = re.compile(
    r"\b(?:lipsum|cycler|joiner|get_flashed_messages|namespace|url_for|range|dict|self|request"
    r"|config|g"
    r"|session|undefined|\(\)|''|\"\")\s{0,4}(?:\.|\|\s{0,4}attr\s{0,4}\(\s{0,4}"
    r"|\[\s{0,4})['\"]?_(?:_\w|TemplateRef)",
    re.IGNORECASE,
)
_PYTHON_REACH = re.compile(
    r"\|\s{0,4}attr\s{0,4}\(\s{0,4}(?:['\"](?:_|\\|application|popen)|\[|request\.)"
    r"|\brequest\s{0,4}\.\s{0,4}application\s{0,4}\."
    r"|\bconfig\s{0,4}(?:\.\s{0,4}(?:items|iteritems|from_\w{1,20}|root)\s{0,4}\("
    r"|\.\s{0,4}\w{0,20}(?:SECRET|PASSWORD|DATABASE)\w{0,20}|\[\s{0,4}['\"]SECRET)"
    r"|\bsettings\s{0,4}\.\s{0,4}SECRET_KEY|\bself\s{0,4}\.\s{0,4}(?:module|template)\s{0,4}\."
    r"|\bos\s{0,4}\.\s{0,4}(?:popen|system)\s{0,4}\("
    r"|\bsubprocess\s{0,4}\.|\b(?:mro|subclasses|getattr)\s{0,4}\(\s{0,4}\)"
    r"|\.\s{0,4}popen\s{0,4}\(|\bget_template\s{0,4}\(.{0,40}\.render"
    r"|\b(?:gi|cr|ag)_frame\b|\bfunc_globals\b|\bopen\s{0,4}\(\s{0,4}['\"]/"
    r"|\bhandler\s{0,4}\.\s{0,4}(?:settings|application)\b"
    r"|\bcontext\s{0,4}\.\s{0,4}caller_stack|\.class\.(?:base|mro)\b",
)
_PHP = re.compile(
    r"\b_(?:charset|context)\s{0,4}\|"
    r"|\binclude\s{0,4}\(\s{0,4}['\"][^'\"]{0,80}(?:\.php|\.env|\.ini)\b|"
    r"_self\s{0,4}\.\s{0,4}env\b|registerundefinedfiltercallback|getfilter\s{0,4}\("
    r"|\bapp\s{0,4}\.\s{0,4}request\s{0,4}\.\s{0,4}(?:server|query|cookies)\b"
    r"|\b(?:filter|map|sort|reduce|find)\s{0,4}\(.{0,120}?['\"](?:system|exec|passthru|shell_exec"
    r"|popen|ini_set|assert|phpinfo|file_get_contents|call_user_func|proc_open)['\"]"
    r"|['\"](?:system|exec|passthru|shell_exec|popen)['\"]\s{0,4}\|\s{0,4}(?:filter|map|sort"
    r"|reduce)"
    r"|\bdump\s{0,4}\(\s{0,4}(?:app|_context)\b|\binclude\s{0,4}\(\s{0,4}['\"]/etc/"
    r"|\bfile_excerpt\s{0,4}\(|\|\s{0,4}file_excerpt"
    r"|\bsmarty\s{0,4}(?:\.\s{0,4}(?:version|template_object|current_dir|server|env)|->)"
    r"|smarty_internal_write_file|smarty_security"
    r"|\b(?:system|shell_exec|passthru|phpinfo|proc_open|popen|exec|file_get_contents|readfile"
    r"|show_source)\s{0,4}\(|\bself\s{0,4}::\s{0,4}\w{1,40}\s{0,4}\(",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"\b(?:system|exec|spawn|eval|require|Runtime\.getRuntime|shell_exec|passthru|phpinfo"
    r"|CreateObject|WScript\.Shell)\s{0,4}[(\s]\s{0,4}['\"(]?"
    r"|\bFile\s{0,4}\.\s{0,4}(?:open|read)\b|\bDir\s{0,4}\.\s{0,4}(?:entries|glob)\b"
    r"|\bIO\s{0,4}\.\s{0,4}(?:popen|read)|`\s{0,4}[a-z/][\w/ .-]{1,80}[^`]{0,120}`"
    r"|\bKernel\s{0,4}\.|%x[({\[|/]"
    r"|\bOpen3\b|\bProcess\s{0,4}\.\s{0,4}(?:Start|spawn)|\bos\.(?:popen|system)\b"
    r"|\bimport\s{1,4}(?:os|subprocess|sys)\b|\bSystem\.(?:cmd|shell)\b"
    r"|\b(?:self|instance_variable\w{0,10}|ObjectSpace|binding)\s{0,4}\.\s{0,4}(?:class|methods"
    r"|instance_variables|eval)\b|\bENV\b\s{0,4}(?:\.|\[|$)|\bprocess\.(?:mainModule|env|binding)"
)
_JAVASCRIPT = re.compile(
    r"\bconstructor\s{0,4}(?:\.\s{0,4}constructor|\[|\(\s{0,4}['\"`]|`)|['\"]constructor['\"]"
    r"|\bprocess\s{0,4}\.\s{0,4}(?:mainmodule|binding|env\s{0,4}[|}])\b"
    r"|\brequire\s{0,4}\(\s{0,4}['\"](?:child_process|fs|os|vm|net|http|module)['\"]"
    r"|\bchild_process\b|\bglobal\s{0,4}\.\s{0,4}(?:process|root|require)\b"
    r"|\broot\s{0,4}\.\s{0,4}process\b"
    r"|\b__proto__\b|\bgetownpropertydescriptor\b",
    re.IGNORECASE,
)
_JAVA = re.compile(
    r"\bclass\s{0,4}\.\s{0,4}get(?:resource|classloader)|\bnew\s{1,4}File\s{0,4}\(\s{0,4}['\"]"
    r"|['\"]\s{0,4}\.\s{0,4}tourl\s{0,4}\(|\bnew\s{1,4}(?:org\.codehaus\.)?groovy\."
    r"|\bnew\s{1,4}URL\s{0,4}\([^()]{1,200}\)\s{0,4}\.\s{0,4}(?:gettext|text|openstream)"
    r"|['\"]\s{0,4}\.\s{0,4}execute\s{0,4}\(\s{0,4}\)|"
    r"\?\s{0,4}new\s{0,4}\(|\?\s{0,4}api\s{0,4}\.|freemarker\.template|\bT\s{0,4}\(\s{0,4}(?:java"
    r"|javax|org|com|sun)\.|\bgetclass\s{0,4}\(\s{0,4}\)|\bgetruntime\s{0,4}\("
    r"|\.\s{0,4}class\s{0,4}\.\s{0,4}(?:forname|inspect|protectiondomain|getresource|classloader)"
    r"|\bjava\.lang\.|\bnew\s{1,4}java\.|\bfreemarker\.|\bproduct\.getclass"
    r"|\.\s{0,4}getclassloader\b|\bscriptenginemanager\b|\bdata_model\s{0,4}\??\s{0,4}(?:\.|keys"
    r"|\[)|\b(?:variables|request|response)\.getclass\b",
    re.IGNORECASE,
)
_RAZOR = re.compile(
    r"System\s{0,4}\.\s{0,4}(?:Diagnostics|IO|Reflection|Environment)"
    r"|\bProcess\s{0,4}\.\s{0,4}Start\s{0,4}\(|\bFile\s{0,4}\.\s{0,4}Read\w{0,20}\s{0,4}\("
    r"|\bAssembly\s{0,4}\.",
    re.IGNORECASE,
)
_REACHES = {
    "any": (
        (_DUNDER, "template.introspection"),
        (_PYTHON, "template.introspection"),
        (_PYTHON_REACH, "template.reach"),
        (_JAVA, "template.reach"),
        (_JAVASCRIPT, "template.reach"),
        (_PHP, "template.reach"),
    ),
    "host": ((_DUNDER, "template.introspection"), (_HOST, "template.host_call")),
    "razor": ((_RAZOR, "template.host_call"), (_HOST, "template.host_call")),
}
"""Of each kind of delimiter: the first pattern that is found tells the sign."""
_DIRECTIVES = tuple(
    (triggers, re.compile(pattern, re.IGNORECASE))
    for triggers, pattern in (
        (
            ("#set",),
            (
                r"#set\s{0,4}\(\s{0,4}\$\{?\w{1,40}\}?\s{0,4}=\s{0,4}(?:['\"]{2}\s{0,4}\)"
                r"|\d{1,9}\s{0,4}\*\s{0,4}\d{1,9}\s{0,4}\)"
                r"|[^\n]{0,200}(?:\.getclass\b|\.class\.|forname|getruntime))"
            ),
        ),
        (
            ("<#", "[#"),
            (
                r"[<\[]#(?:assign|function|include|import|local|global)\s[^<>\n]{0,200}"
                r"(?:\?new\s{0,4}\(|\?api\b|freemarker\.|\"/|'/|templatemodel|\.class\.|classloader)"
            ),
        ),
        (
            ("{php", "{/php"),
            r"\{/?(?:php|literal\}\{php)[}\s]",
        ),
        (
            ("(", "::", "fetch", "eval"),
            (
                r"\{(?:(?:system|exec|passthru|shell_exec|phpinfo|file_get_contents|readfile)\s{0,4}\("
                r"|(?:fetch|include_php|eval)\s{1,4}\w{1,8}=|(?:if|elseif)\s{1,4}(?:phpinfo|system|exec"
                r"|passthru|shell_exec|readfile|show_source|file_get_contents)\s{0,4}\("
                r"|(?:self|smarty\w{0,40})\s{0,4}::)"
            ),
        ),
        (("[=",), r"\[=[^\n]{0,200}\?new\s{0,4}\("),
        (
            ("@",),
            (
                r"@(?:(?:system|process|file|html\.raw\(system|directory|assembly)\s{0,4}\.\s{0,4}"
                r"[a-z]{3,40}[.(][a-z0-9_.(\"]|(?:php|eval)\s{0,4}\(['\"$\w]"
                r"|\(\s{0,4}\d{1,9}\s{0,4}[*+-]\s{0,4}\d{1,9}\s{0,4}\))"
            ),
        ),
        (("__",), r"__\s{0,4}[$*#]\{"),
        (("::",), r"~\{[^}\n]{0,200}\}\s{0,4}::"),
        (
            ("{{#with", "lookup"),
            (
                r"\{\{#with\s{1,4}[\"'][^}\n]{0,80}\bas\s{1,4}\|"
                r"|\{\{[^}\n]{0,60}\blookup\b[^}\n]{0,40}constructor"
            ),
        ),
        (
            ("{{",),
            (
                r"\{\{\s{0,4}(?:printf\s{1,4}\"%[svd]\"\s{1,4}\"|define\s{1,4}\"T1\"|html\s{1,4}\""
                r"|\.System\s|js\s{1,4}\")"
            ),
        ),
        (
            ("root.process", "global.process"),
            r"(?:^|\n)\s{0,16}[-#=]\{?\s{0,4}[^\n]{0,80}\b(?:global|root)\.process\b",
        ),
        (
            ("{%",),
            (
                r"\{%\s{0,4}(?:(?:import|from)\s{1,4}(?:os|subprocess|sys|commands|pty|socket)\b"
                r"|debug\s{0,4}%\}|(?:include|extends)\s{1,4}['\"]?/etc/)"
            ),
        ),
        (
            (".getclass", ".class"),
            r"\$\w{1,40}\.(?:getclass|class\.(?:inspect|forname)|class\b)[.(]",
        ),
    )
)
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_NOISE, _NOISE_READ, _VARIED = 80, 400, 20
"""Random characters, as sensors of robots send them, hold nearly every mark; code holds few."""
_POLYGLOT = re.compile(
    r"\$\{\{\s{0,4}<%\s{0,4}\[?%|\{\{\s{0,4}[\"'<%]{3}|\$\{\{/#\}\}|<%'\$\{\{/#\{@\}\}%>\{\{"
)
_BARE = re.compile(
    r"(?:\{\{\s{0,4}|\$\{\s{0,4})(?:self|request|config|settings|_context|_self"
    r"|dump\(\))(?:\s{0,4}\|\s{0,4}\w{1,20})?\s{0,4}\}{1,2}"
)
_SOURCES = re.compile(r"body_?html|liquid|template|theme|snippet|layout|partial", re.IGNORECASE)


def may(text: str) -> bool:
    """Whether an engine's delimiter is in ``text``."""
    if "{" in text and (
        "{{" in text
        or "(" in text
        or "${" in text
        or "{%" in text
        or "#{" in text
        or "{$" in text
        or "{php" in text
        or "*{" in text
    ):
        return True
    if "%" in text and ("<%" in text or "[%" in text):
        return True
    if "#" in text and ("#set" in text or "<#" in text or "[#" in text):
        return True
    if "(" not in text:
        return False
    return "@" in text or "[=" in text or "[[" in text or "$" in text or "l.process" in text


def _balanced(text: str, start: int, mark: _Delimiter) -> int:
    """Where the brace that closes at this level stands within reach; -1 for none."""
    level = 0
    opening = "(" if mark.close == ")" else "{"
    for match in _BRACKET.finditer(text, start, min(start + _NEAR, len(text))):
        if match[0] == opening:
            level += 1
        elif match[0] == mark.close:
            if not level:
                return match.start()
            level -= 1
    return -1


def _regions(text: str) -> list[tuple[int, int, str, str]]:
    """(start, end, language, inside) of each delimited part, each at most ``_INSIDE`` long.

    One that nothing closes counts only in a short text, whose end an injection may be.
    """
    found: list[tuple[int, int, str, str]] = []
    unclosed: set[str] = set()
    position = 0
    for _ in range(_REGIONS):
        match = _OPEN.search(text, position)
        if match is None:
            break
        mark = _DELIMITERS[match[0]]
        start = position = match.end()
        if len(mark.close) == 1:
            end = _balanced(text, start, mark)
        else:
            end = text.find(mark.close, start, start + _INSIDE)
        if mark.open == "[[" and end >= 0 and text.find("\n", start, end) >= 0:
            continue  # lists in lists of many languages
        if end < 0:
            if len(text) > _SHORT or mark.language in {"smarty", "razor"} or mark.open in unclosed:
                continue  # the first that nothing closes holds all further ones
            unclosed.add(mark.open)
            end = len(text)
        stop = min(end + len(mark.close), len(text))
        found.append((match.start(), stop, mark.language, text[start:end]))
    # Of those that end together, the first holds all others and the last is the one written.
    last = {region[1:3]: region for region in found}
    first = {region[1:3]: region for region in reversed(found)}
    return sorted({*last.values(), *first.values()})


def _code(language: str, inside: str, *, short: bool) -> str:
    """The sign that the inside of one region is; "" for a variable, a filter, a loop."""
    product = _PRODUCT.fullmatch(inside)
    if product:
        sign = product["sign"] or product["text"]
        if sign in {"*", "**"}:
            return "template.arithmetic" if short else "template.sum"
        return "template.sum"
    if len(inside) > _NOISE and len(_PUNCTUATION.intersection(inside[:_NOISE_READ])) >= _VARIED:
        return ""
    if short and _LITERAL.fullmatch(inside):
        return "template.literal"
    for pattern, code in _REACHES.get(language, _REACHES["any"]):
        if pattern.search(inside):
            return code
    return ""


def _directive(text: str) -> Sign | None:
    folded = lowered(text)
    for triggers, pattern in _DIRECTIVES:
        if any(trigger in folded for trigger in triggers):
            match = pattern.search(text)
            if match is not None:
                return Sign("template.directive", match.start(), match.end())
    return None


def judge(text: str, _slot: Slot) -> list[Sign]:
    """Signs that a template engine would run what ``text`` brings.

    Sources: PortSwigger, Server-Side Template Injection (Kettle 2015); the engines' own manuals.
    """
    short = len(text) <= _SHORT and text.count("\n") < 3
    signs: dict[str, Sign] = {}
    regions = _regions(text)
    for start, end, language, inside in regions:
        code = _code(language, inside, short=short)
        if code:
            signs.setdefault(code, Sign(code, start, end))
    directive = _directive(text)
    if directive is not None:
        signs[directive.code] = directive
    if short:
        match = _POLYGLOT.search(text)
        if match is not None:
            signs["template.probe"] = Sign("template.probe", match.start(), match.end())
        match = _BARE.fullmatch(text.strip())
        if match is not None:
            signs["template.context"] = Sign("template.context", 0, len(text))
    if signs and len(text) > 1000 and text.count("\n") > 8:
        signs["template.document"] = Sign("template.document", 0, len(text))
    return list(signs.values())


SINK = Sink(
    name="template",
    weights={
        "template.arithmetic": 7.0,
        "template.sum": 3.0,
        "template.literal": 4.8,
        "template.introspection": 8.0,
        "template.reach": 6.5,
        "template.host_call": 6.0,
        "template.directive": 6.5,
        "template.probe": 6.5,
        "template.context": 4.6,
        "template.document": -3.0,
    },
    sentences={
        "template.arithmetic": "A template expression that only multiplies: a probe.",
        "template.sum": "A template expression that only computes with numbers.",
        "template.literal": "A template expression that only turns a text of its own: a probe.",
        "template.introspection": "A template expression that climbs through the host language's"
        " own objects.",
        "template.reach": "A template expression that reaches settings, classes or the system.",
        "template.host_call": "Template code that calls the system, reads files or evaluates.",
        "template.directive": "A template directive that creates objects or calls the system.",
        "template.probe": "Delimiters of many template engines at once: a probe.",
        "template.context": "A template expression that prints the engine's whole context.",
        "template.document": "The expression is part of a long text or source file.",
    },
    may=may,
    judge=judge,
)
