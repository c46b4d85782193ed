"""Calls that give a value power over the program, in the languages of web applications."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TABLE = {
    "run": "system exec shell_exec passthru popen proc_open pcntl_exec execsync spawnsync"
    " execfilesync os.system os.popen os.execl os.execv os.execvp os.execve os.spawnl os.spawnv"
    " os.spawnlp subprocess.popen subprocess.call subprocess.run subprocess.check_output"
    " commands.getoutput pty.spawn kernel.system kernel.exec kernel.spawn io.popen open3.capture2"
    " open3.capture3 open3.popen3 processbuilder xp_cmdshell",
    "evaluate": "eval assert create_function call_user_func call_user_func_array array_map"
    " array_filter usort unserialize function execfile compile instance_eval class_eval"
    " module_eval register_shutdown_function __import__ importlib.import_module pickle.loads"
    " yaml.load settimeout setinterval",
    "show": "phpinfo phpversion php_uname getenv get_current_user posix_getpwuid md5 sha1"
    " base64_decode hex2bin str_rot13 gzinflate strrev var_dump print_r print printf die exit"
    " file_get_contents readfile file_put_contents fopen fwrite fputs highlight_file show_source"
    " scandir glob opendir ini_set set_time_limit sleep usleep time.sleep open response.write"
    " readfilesync readdirsync writefilesync move_uploaded_file error_log",
}
KINDS = {name: kind for kind, names in _TABLE.items() for name in names.split()}
MAX_CALLS = 500
# Read from the parenthesis backwards: blanks or a comment, quotes of ``('system')('id')``, a name.
_NAME_BACKWARDS = re.compile(r"\s{0,8}(?:/\*[^*]{0,40}\*/\s{0,8})?[\"')]{0,2}([\w.]{2,40})")


class Call(NamedTuple):
    """A call of the table's function; ``end`` behind its opening parenthesis."""

    kind: str
    name: str
    start: int
    end: int


def calls(lowered: str) -> Iterator[Call]:
    """The calls of a text in lower case, in the order of their parentheses."""
    place = -1
    for _ in range(MAX_CALLS):
        place = lowered.find("(", place + 1)
        if place < 0:
            return
        before = lowered[max(0, place - 100) : place][::-1]
        found = _NAME_BACKWARDS.match(before)
        if found is None:
            continue
        name = found.group(1)[::-1].lstrip(".")
        kind = KINDS.get(name)
        if kind is None and "." in name:
            name = _member(name)
            kind = KINDS.get(name)
        if kind is not None:
            start = place - found.start(1) - len(name)
            yield Call(kind, name, start, place + 1)


def _member(name: str) -> str:
    """``a.os.system`` is ``os.system``; of a method of anything else only its own name is left."""
    parts = name.split(".")
    two = ".".join(parts[-2:])
    return two if two in KINDS else parts[-1]


GIVEN = re.compile(
    r"\s{0,4}(?:@\s{0,2})?(?:[\"'`]|\\[\"']|\$_?[A-Za-z{]|\d|\(|-\d|[A-Za-z_][\w.]{1,40}\s{0,2}[(\[]"
    r"|\[|<<<|request|params|argv|\))",
    re.IGNORECASE,
)
"""What an argument of such a call starts with; words of a sentence do not."""
SUPERGLOBAL = re.compile(
    r"\$(?:_(?:get|post|request|cookie|server|files|session|env)|globals|http_\w{3,8}_vars)\b"
    r"|\$\{['\"]_(?:get|post|request|cookie)|\brequest\.(?:getparameter|item|form|querystring)\b"
    r"|\brequest\s{0,3}\(\s{0,3}[\"']",
    re.IGNORECASE,
)


class Internal(NamedTuple):
    """A way to the interpreter's own functions."""

    code: str
    fragments: tuple[str, ...]
    """One of them must stand in the text, which is in lower case."""
    structure: re.Pattern[str]


def _internal(code: str, fragments: tuple[str, ...], structure: str) -> Internal:
    return Internal(code, fragments, re.compile(structure))


INTERNALS = (
    _internal(
        "python",
        ("__",),
        r"__subclasses__\s{0,3}\(|__(?:globals|builtins)__\s{0,3}(?:\[|\.|\|)"
        r"|__(?:class|mro|bases?|init)__[.\[\])\d]{1,6}__(?:mro|bases?|subclasses|globals|init)__"
        r"|__import__\s{0,4}\(\s{0,4}\\?['\"]\w",
    ),
    _internal(
        "node",
        ("require", "process", "constructor"),
        r"require\s{0,4}\(\s{0,4}\\?[\"'`](?:node:)?(?:child_process|fs|vm|net|os)\\?[\"'`]"
        r"\s{0,4}\)\s{0,4}\.\s{0,4}\w{2,24}\s{0,4}\("
        r"|process\.(?:mainmodule|binding\s{0,3}\(|kill\s{0,3}\()|global\.process\b"
        r"|constructor\.constructor\s{0,4}\(|\bconstructor\s{0,2}\(\s{0,4}[\"']return\b",
    ),
    _internal(
        "asp",
        ("<%", "getruntime", "processbuilder", "wscript.shell"),
        r"<%[@=]?[^%]{0,80}\b(?:eval|execute(?:global)?)\b[\s(]{1,6}request\b"
        r"|getruntime\(\)\.exec\(|new\s{1,4}processbuilder\(|createobject\(.{0,3}wscript\.shell",
    ),
    _internal(
        "variable",
        ("$_", "'.'", '"."', "' . '"),
        r"\$_(?:get|post|request|cookie)\s{0,3}\[[^\]]{0,40}\]\s{0,3}\("
        r"|\(\s{0,3}[\"'][a-z]{1,12}[\"']\s{0,3}\.\s{0,3}[\"'][a-z_]{1,12}[\"']\s{0,3}\)\s{0,3}\(",
    ),
    _internal(
        "ruby",
        ("#{", "%x"),
        r"#\{\s{0,4}(?:%x|`|system|exec|io\.popen|file\.(?:read|open))|(?<!\w)%x[({\[|]",
    ),
    _internal(
        "statement",
        ("import", "include", "require", "print", "qx"),
        r"\bimport\s{1,4}(?:os|subprocess|socket|pty)\s{0,3};"
        r"|\b(?:include|require)(?:_once)?[\s(]{1,6}[\"'](?:https?:|php:|data:|\.\./|/etc/)"
        r"|\bprint\s{0,4}`[^`]{1,80}`|(?<!\w)qx[/({][a-z/]{2}",
    ),
)
TAG = re.compile(
    r"<\?(?:php\b|=|\s)|<%[@=!]?\s|<script[^>]{1,40}(?:runat|language\s{0,2}=\s{0,2}.?php)",
    re.IGNORECASE,
)
"""Where a file or a template of PHP, ASP or JSP starts to be a program."""
COMPUTED = re.compile(
    r"\s{0,4}(?:[a-z_]\w{1,40}\s{0,3}\(|-?\d{1,24}\s{0,3}[-+*/]\s{0,3}\d|\$_)", re.IGNORECASE
)
"""What is printed to prove that code runs: nobody injects a greeting."""
