"""Deserialisation: does the value hold an object whose reading runs code? CWE-502.

Formats are recognised by their own structure, over bytes read as latin-1. A serialised value alone
is no attack: view states, sessions and signed cookies hold them. Objects, calls and the classes
that are known to lead further make one.
"""

from __future__ import annotations

import re

from shangdun_guard.inspector import prose
from shangdun_guard.inspector.sink import Sign, Sink, Slot
from shangdun_guard.inspector.sinks.deserialisation import gadgets
from shangdun_guard.inspector.sinks.deserialisation.pickle import DANGEROUS, module_called

MAX_OBJECTS = 64

_JAVA = re.compile(r"\xac\xed\x00\x05[\x70-\x7e]")
_JAVA_TEXT = re.compile(
    r"(?<![A-Za-z0-9+/])rO0AB[XQ-Zc-f][A-Za-z0-9+/_=-]{3}|(?<!\w)aced00057[0-9a-e]"
)
_PHP = re.compile(
    r"(?<![\w\"])([OC]):\+?(\d{1,4}):\\?\"([A-Za-z_\\\x7f-\xff][\w\\\x7f-\xff]{0,200})\\?\":\+?\d{1,5}:\{"
)
_PHP_ARRAY = re.compile(r"a:\d{1,5}:\{[isbdaON]:")
_BINARY = re.compile(
    r"\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01\x00\x00\x00|(?<![A-Za-z0-9+/])AAEAAAD/////AQ"
)
_RUBY = re.compile(r"\x04\x08(?:[ocCeuUI@]|[\[{][\x00-\x7f]?[:\"oIi\[{])")
_RUBY_OBJECT = re.compile(r"[oceuU][:;].([A-Z][A-Za-z]{1,40}(?:::[A-Z]\w{1,40}){0,6})")
_YAML = re.compile(
    r"!!?<?(?:tag:yaml\.org,2002:)?(?:python/(?:object|name|module|tuple|apply)[/:\w.]{0,60}"
    r"|(?:ruby/(?:object|hash|struct|exception|class|module|regexp|range)(?::[\w:]{1,80})?)"
    r"|(?:javax?|com\.sun|org\.(?:apache|springframework|hibernate)|sun)\.[\w.$]{3,120})"
)
_YAML_CALL = re.compile(
    r"python/object/(?:apply|new)|python/(?:name|module)|ruby/object:(?:Gem|ERB|Net|Action)"
)
_NODE = re.compile(
    r"_\$\$ND_FUNC\$\$_\s{0,4}(?:function|\(|\\?[\"'])|[\"']__js_function[\"']\s{0,3}:"
)
_XML = re.compile(
    r"<java\b[^>]{0,120}\bXMLDecoder|<(?:sorted-set|tree-map|linked-hash-set|map|set)>[^<]{0,20}"
    r"<(?:dynamic-proxy|entry>\s{0,8}<(?:jdk\.nashorn|groovy|javax|com\.sun))"
    r"|<java\.util\.PriorityQueue\b|<dynamic-proxy>|<(?:object|void)\s{1,4}class\s{0,2}=\s{0,2}.java\.(?:lang|beans|io)\."
)
_TYPE_NAME = re.compile(r"[\w.`+\[\], $/-]{4,300}$")
_TYPED = re.compile(
    r"[\"'](?:\$type|@type|@class|__type|className|javaClass)[\"']\s{0,4}:\s{0,4}[\"']([^\"']{3,300})"
)
_ODD = re.compile(r"[\n\x80{!<\"\x00\x04\xac$]")
_MARKS = (
    "rO0AB", "aced0005", "AAEAAAD", "\xac\xed", "\x00\x01", "\x04\x08", ":{", "!!", "!ruby", "!<",
    "ND_FUNC", "__js_f", "<java", "-proxy", "java.", "System.", "com.", "org.", 'type"', "@class",
)  # fmt: skip
_VIEW_STATES = ("viewstate", "eventvalidation", "previouspage")


def may(text: str) -> bool:
    """Whether the mark of any format is there."""
    if _ODD.search(text) is None:
        if "." in text and ("System." in text or "com." in text or "org." in text):
            return True
        return "java" in text or "rO0AB" in text or "AAEAAAD" in text or "aced0005" in text
    return "\n" in text or "\x80" in text or any(map(text.__contains__, _MARKS))


def judge(text: str, slot: Slot) -> list[Sign]:
    """Signs of objects, of calls, and of classes known to lead further."""
    signs = [*_java(text, slot), *_php(text), *_python(text), *_net(text, slot), *_ruby(text)]
    signs += _markup(text) + _typed(text, slot)
    if (
        signs and text.isprintable() is False and prose.lines(text) > 5 and prose.words(text) >= 5
    ) or (signs and prose.words(text) >= 5):
        signs.append(Sign("deserialisation.prose", 0, len(text)))
    return signs


def _sign(code: str, match: re.Match[str]) -> Sign:
    return Sign(f"deserialisation.{code}", match.start(), match.end())


def _java(text: str, slot: Slot) -> list[Sign]:
    if "\xac\xed" not in text and "rO0AB" not in text and "aced0005" not in text:
        return []  # far cheaper than the scans below
    stream = _JAVA.search(text) or _JAVA_TEXT.search(text)
    if stream is None:
        return []
    state = slot.name.lower().endswith("viewstate")
    signs = [_sign("java_state" if state else "java", stream)]
    gadget = gadgets.JAVA.search(text)
    return [*signs, _sign("java_gadget", gadget)] if gadget else signs


def _php(text: str) -> list[Sign]:
    if ":{" not in text:
        return []
    for count, match in enumerate(_PHP.finditer(text)):
        if count >= MAX_OBJECTS:
            break
        name = match.group(3).replace("\\\\", "\\")
        if abs(int(match.group(2)) - len(name)) > 1:
            continue  # a length that is wrong is no object to PHP
        signs = [_sign("php_plain" if name == "stdClass" else "php", match)]
        gadget = gadgets.PHP.match(name)
        if gadget:
            signs.append(_sign("php_gadget", match))
        return signs
    array = _PHP_ARRAY.match(text)
    return [_sign("php_array", array)] if array else []


def _python(text: str) -> list[Sign]:
    if "\x80" not in text and "\n" not in text:
        return []
    called = module_called(text)
    if called is None:
        return []
    module, start, end = called
    code = "python_dangerous" if DANGEROUS.match(module) else "python"
    if code == "python" and text[start] != "\x80":
        return []  # lines of letters happen to read as protocol 0
    return [Sign(f"deserialisation.{code}", start, end)]


def _net(text: str, slot: Slot) -> list[Sign]:
    if "\x00\x01\x00" not in text and "AAEAAAD" not in text:
        return []
    stream = _BINARY.search(text)
    if stream is None:
        return []
    state = any(name in slot.name.lower() for name in _VIEW_STATES) or text[:2] == "\xff\x01"
    signs = [_sign("net_state" if state else "net", stream)]
    gadget = gadgets.NET.search(text)
    return [*signs, _sign("net_gadget", gadget)] if gadget else signs


def _ruby(text: str) -> list[Sign]:
    stream = _RUBY.match(text)
    if stream is None:
        return []
    signs = [_sign("ruby", stream)]
    for count, match in enumerate(_RUBY_OBJECT.finditer(text)):
        if count >= MAX_OBJECTS:
            break
        if gadgets.RUBY.match(match.group(1)):
            return [*signs, _sign("ruby_gadget", match)]
    return signs


def _markup(text: str) -> list[Sign]:
    signs = []
    yaml = _YAML.search(text) if "!" in text else None
    if yaml is not None:
        call = _YAML_CALL.search(yaml.group()) or gadgets.JAVA.search(yaml.group())
        signs.append(_sign("yaml_call" if call else "yaml", yaml))
    node = _NODE.search(text) if "_" in text else None
    if node is not None:
        signs.append(_sign("node", node))
    xml = _XML.search(text) if "<" in text else None
    if xml is not None:
        signs.append(_sign("xml", xml))
    return signs


def _typed(text: str, slot: Slot) -> list[Sign]:
    """Types chosen by the sender, as Json.NET, fastjson and Jackson read them."""
    name = slot.name.rpartition(".")[2]
    given = name in {"$type", "@type", "@class", "__type", "javaClass"}
    if not given and "type" not in text and "lass" not in text:
        return []
    typed = _TYPE_NAME.match(text) if given else _TYPED.search(text)
    if typed is None:
        return []
    written = typed.group(typed.lastindex or 0)
    if gadgets.NET.search(written) or gadgets.JAVA.search(written):
        return [_sign("type_gadget", typed)]
    system = written.startswith(("System.", "java.", "javax.", "com.sun."))
    return [_sign("type_system" if system else "type", typed)]


SINK = Sink(
    name="deserialisation",
    weights={
        "deserialisation.java": 5.5,
        "deserialisation.java_state": 2.5,
        "deserialisation.java_gadget": 4.0,
        "deserialisation.php": 5.5,
        "deserialisation.php_plain": 3.2,
        "deserialisation.php_gadget": 3.0,
        "deserialisation.php_array": 0.8,
        "deserialisation.python": 4.5,
        "deserialisation.python_dangerous": 8.0,
        "deserialisation.net": 5.5,
        "deserialisation.net_state": 2.0,
        "deserialisation.net_gadget": 5.0,
        "deserialisation.ruby": 1.5,
        "deserialisation.ruby_gadget": 5.0,
        "deserialisation.yaml": 3.5,
        "deserialisation.yaml_call": 7.0,
        "deserialisation.node": 8.0,
        "deserialisation.xml": 6.0,
        "deserialisation.type": 0.7,
        "deserialisation.type_system": 2.0,
        "deserialisation.type_gadget": 7.0,
        "deserialisation.prose": -5.0,
    },
    sentences={
        "deserialisation.java": "A serialised Java object starts here.",
        "deserialisation.java_state": "A page state of Java Server Faces comes unencrypted.",
        "deserialisation.java_gadget": "The object names a class known to run code.",
        "deserialisation.php": "A serialised PHP object chooses the class that is made.",
        "deserialisation.php_plain": "A serialised PHP object of no class of its own.",
        "deserialisation.php_gadget": "The object's class is known to lead to code or files.",
        "deserialisation.php_array": "A serialised PHP array.",
        "deserialisation.python": "A Python pickle calls a function of a module it names.",
        "deserialisation.python_dangerous": "A Python pickle calls into the system.",
        "deserialisation.net": "A .NET BinaryFormatter stream starts here.",
        "deserialisation.net_state": "A page state of ASP.NET holds a BinaryFormatter stream.",
        "deserialisation.net_gadget": "The stream names a .NET type known to run code.",
        "deserialisation.ruby": "Ruby's Marshal format starts here.",
        "deserialisation.ruby_gadget": "The stream names a Ruby class known to run code.",
        "deserialisation.yaml": "A YAML tag chooses the class that is made.",
        "deserialisation.yaml_call": "A YAML tag calls a function or makes a dangerous class.",
        "deserialisation.node": "A function is hidden in JSON for node-serialize to run.",
        "deserialisation.xml": "XML describes Java objects that call methods.",
        "deserialisation.type": "The sender names the type that JSON is read into.",
        "deserialisation.type_system": "The sender names a type of the platform itself.",
        "deserialisation.type_gadget": "The sender names a type known to run code.",
        "deserialisation.prose": "Sentences stand around it.",
    },
    may=may,
    judge=judge,
)
