"""Calls that give a value power over the program, in the languages of web applications."""

from __future__ import annotations

import re

# What may stand between the parts of a call: comments and blanks, bounded.
_GAP = r"(?:\s|/\*[^*]{0,40}\*/){0,8}"

RUN = (
    r"system|exec|shell_exec|passthru|popen|proc_open|pcntl_exec|execsync|spawnsync|execfilesync"
    r"|os\.(?:system|popen|exec[lv]p?e?|spawn[lv]p?)|subprocess\.(?:popen|call|run|check_output)"
    r"|commands\.getoutput|pty\.spawn|kernel\.(?:system|exec|spawn)|io\.popen|open3\.\w{3,10}"
    r"|getruntime\(\)\.exec|processbuilder|wscript\.shell|xp_cmdshell"
)
EVALUATE = (
    r"eval|assert|create_function|call_user_func(?:_array)?|array_map|array_filter|usort"
    r"|unserialize|function|execfile|compile|instance_eval|class_eval|module_eval|register_shutdown_function"
    r"|__import__|importlib\.import_module|pickle\.loads|yaml\.load|settimeout|setinterval"
)
SHOW = (
    r"phpinfo|phpversion|php_uname|getenv|get_current_user|posix_getpwuid|md5|sha1|base64_decode|hex2bin"
    r"|str_rot13|gzinflate|strrev|var_dump|print_r|printf?|die|exit|file_get_contents|readfile"
    r"|file_put_contents|fopen|fwrite|fputs|highlight_file|show_source|scandir|glob|opendir|ini_set"
    r"|set_time_limit|sleep|usleep|time\.sleep|open|response\.write|readfilesync|readdirsync"
    r"|writefilesync|move_uploaded_file|error_log"
)
CALL = re.compile(
    rf"(?<![\w$])(?:(?P<run>{RUN})|(?P<evaluate>{EVALUATE})|(?P<show>{SHOW}))[\"')]{{0,2}}{_GAP}\(",
    re.IGNORECASE,
)
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
INTERNALS = re.compile(
    r"(?P<python>__subclasses__\s{0,3}\(|__(?:globals|builtins)__\s{0,3}(?:\[|\.|\|)"
    r"|__(?:class|mro|bases?|init)__[.\[\])\d]{1,6}__(?:mro|bases?|subclasses|globals|init)__"
    r"|__import__\s{0,4}\(\s{0,4}\\?['\"]\w)"
    r"|(?P<node>require\s{0,4}\(\s{0,4}\\?[\"'`](?:node:)?(?:child_process|fs|vm|net|os)\\?[\"'`]"
    r"\s{0,4}\)\s{0,4}\.\s{0,4}\w{2,24}\s{0,4}\("
    r"|process\.(?:mainmodule|binding\s{0,3}\(|kill\s{0,3}\()|global\.process\b"
    r"|constructor\.constructor\s{0,4}\(|\bconstructor\s{0,2}\(\s{0,4}[\"']return\b)"
    r"|(?P<asp><%[@=]?[^%]{0,80}\b(?:eval|execute(?:global)?)\b[\s(]{1,6}request\b"
    r"|getruntime\(\)\.exec\(|new\s{1,4}processbuilder\()"
    r"|(?P<variable>\$_(?:get|post|request|cookie)\s{0,3}\[[^\]]{0,40}\]\s{0,3}\("
    r"|\(\s{0,3}[\"'][a-z]{1,12}[\"']\s{0,3}\.\s{0,3}[\"'][a-z_]{1,12}[\"']\s{0,3}\)\s{0,3}\()"
    r"|(?P<ruby>#\{\s{0,4}(?:%x|`|system|exec|io\.popen|file\.(?:read|open))|(?<!\w)%x[({\[|])"
    r"|(?P<statement>\bimport\s{1,4}(?:os|subprocess|socket|pty)\s{0,3};"
    r"|\b(?:include|require)(?:_once)?[\s(]{1,6}[\"'](?:https?:|php:|data:|\.\./|/etc/)"
    r"|\bprint\s{0,4}`[^`]{1,80}`|(?<!\w)qx[/({][a-z/]{2})",
    re.IGNORECASE,
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
