"""The files that nobody asks a shop for: systems' accounts, servers' settings, keys, logs."""

from __future__ import annotations

import re

# Matched at the end of a climb or at the start of an absolute path; names of fixed text only.
_FILES = (
    r"(?:"
    r"etc[/\\]+(?:passwd|shadow|group|hosts|hostname|issue|motd|fstab|crontab|profile|environment"
    r"|sudoers|services|resolv\.conf|os-release|mysql|my\.cnf|apache2?|httpd|nginx|ssh|php|init\.d"
    r"|cron\.\w|security|master\.passwd|redhat-release|debian_version|network|ssl|kubernetes)"
    r"|proc[/\\]+(?:self|version|cpuinfo|mounts|net|sched_debug|cmdline|\d{1,7})"
    r"|var[/\\]+(?:log|mail|spool|run[/\\]secrets|lib[/\\]mysql)\b"
    r"|(?:windows|winnt)[/\\]+(?:win\.ini|system\.ini|system32|repair|panther|php\.ini"
    r"|system|debug|iis|\w{1,12}\.(?:log|ini))"
    r"|(?:boot|win|system|desktop)\.ini|autoexec\.bat|sysprep\.inf|unattend\.xml"
    r"|web-inf[/\\]+\w|meta-inf[/\\]+\w|web\.config|global\.asax?"
    r"|\.ht(?:access|passwd)|\.env(?:\.\w{1,12})?$|\.git[/\\]+\w|\.svn[/\\]+\w"
    r"|\.ssh[/\\]|id_(?:rsa|dsa|ecdsa|ed25519)|authorized_keys|\.aws[/\\]|\.docker[/\\]|\.kube[/\\]"
    r"|\.(?:bash|mysql|psql|zsh)_history|\.bashrc|\.pgpass|\.netrc|\.npmrc"
    r"|wp-config\.php|configuration\.php|localsettings\.php|config\.inc(?:\.php)?|settings\.inc\.php"
    r"|database\.(?:yml|php)|application\.(?:yml|properties)|appsettings(?:\.\w{1,16})?\.json"
    r"|(?:php|my)\.(?:ini|cnf)|httpd\.conf|nginx\.conf|tomcat-users\.xml|server\.xml|web\.xml"
    r"|(?:access|error)[_.]?log|inetpub[/\\]|master\.key|secrets\.(?:yml|json)"
    r")"
)
_FIRST = re.compile(_FILES, re.IGNORECASE)
_BEHIND = re.compile(rf"[/\\:]{_FILES}", re.IGNORECASE)
ABSOLUTE = re.compile(
    r"(?:file:/{0,3}(?:localhost)?|[\"'])?(?:"
    r"(?P<system>/+(?:etc|proc|root|var/(?:log|mail|spool|run)|boot|windows|winnt|inetpub"
    r"|web-inf|meta-inf)(?:/|$)"
    r"|[a-z]:[/\\]{0,2}(?:windows|winnt|inetpub|boot\.ini|xampp|wamp|autoexec)[/\\.]?)"
    r"|(?P<program>/+(?:usr/(?:local/)?s?bin)/)"
    r"|(?P<shared>/+(?:usr/(?:local/)?(?:etc|lib|share)|var/(?:www|lib)|home/\w|opt/\w)(?:/|$)))",
    re.IGNORECASE,
)
ASSET = re.compile(
    r"\.(?:png|jpe?g|gif|webp|avif|svg|ico|css|s[ac]ss|less|m?js|jsx|tsx?|vue|map|woff2?|ttf|otf|eot"
    r"|html?|md|rst|mp[34]|webm|pdf|c|h|cc|cpp|hpp|go|rs|py|rb|java|kt|swift|wasm|json)$",
    re.IGNORECASE,
)
CODE = re.compile(
    r"\.(?:php\d?|phtml|jsp|jspx|aspx?|asax?|cgi|pl|inc|conf|cfg|ini|ya?ml|properties|env|bak|old|log"
    r"|sql|sqlite3?|db|key|pem|xml|htpasswd|htaccess|sh|bat|dll|exe|txt)$",
    re.IGNORECASE,
)
FILE_NAMES = re.compile(
    r"(?:^|[_\-.\[])(?:file|filename|filepath|page|pg|include|inc|path|template|tpl|view|doc|document"
    r"|folder|dir|root|style|layout|lang|language|locale|module|conf|config|load|read|download|img"
    r"|image|theme|skin|log|report|content|attachment|name|resource|show|data|cat|action|board|date"
    r"|detail|prefix|mod|test)\d?\]?$",
    re.IGNORECASE,
)
INCLUDE_NAMES = re.compile(
    r"(?:^|[_\-.\[])(?:file|filename|filepath|include|inc|template|tpl|layout|theme|lang|language|module"
    r"|conf|config|skin|style|dir|root|folder)\d?\]?$",
    re.IGNORECASE,
)
"""Parameters whose value becomes a local file: an address of another host is none."""


def find_secret(text: str) -> re.Match[str] | None:
    """The first file of these in the text: at its start or behind a separator, which is matched."""
    return _FIRST.match(text) or _BEHIND.search(text)
