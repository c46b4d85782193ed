"""The commands that injected lines run, each with what its arguments must look like."""

from __future__ import annotations

import re

from shangdun_guard.inspector.sinks.shell import arguments
from shangdun_guard.inspector.sinks.shell.arguments import NONE, PROBABLE, SURE, Check
from shangdun_guard.inspector.sinks.shell.words import Command

_NAMES: dict[Check, str] = {
    arguments.alone: "whoami uname ifconfig ipconfig netstat systeminfo tasklist hostname printenv"
    " lsb_release lscpu lsof arp dmesg getent pwd hostnamectl phpinfo lsblk iptables nproc",
    arguments.word_alone: "id ls dir env set ps df ver exit true false uptime export vol",
    arguments.reads: "cat tac nl head tail more less type strings od xxd hexdump base64 sort rev"
    " cut grep egrep fgrep awk gawk sed find wc uniq file stat readlink locate zcat vi vim nano ed",
    arguments.connects: "ping ping6 nslookup dig host curl wget nc ncat netcat nc.traditional"
    " telnet ftp tftp ssh scp fetch lynx links socat nmap traceroute tracert rsync certutil"
    " bitsadmin smbclient finger whois nbtstat pathping aria2c",
    arguments.waits: "sleep usleep timeout",
    arguments.interprets: "sh bash dash zsh ksh csh tcsh ash busybox cmd cmd.exe powershell"
    " powershell.exe pwsh python python2 python3 perl php ruby node lua mshta rundll32 regsvr32"
    " wscript cscript iex invoke-expression invoke-webrequest iwr",
    arguments.writes: "rm mv cp chmod chown touch mkdir rmdir ln dd tar unzip zip gzip kill"
    " killall pkill tee crontab useradd adduser usermod passwd mkfifo mknod mount umount shutdown"
    " reboot service systemctl copy del erase attrib cacls icacls rd move ren start schtasks"
    " sc ssh-keygen",
    arguments.prints: "echo printf expr",
    arguments.builds: "npm pip pip3 git make docker apt apt-get yum brew go cargo mvn gradle npx"
    " yarn composer gem java javac gcc kubectl",
    arguments.windows_net: "net net1 reg wmic",
}
CHECKS: dict[str, Check] = {
    name: check for check, names in _NAMES.items() for name in names.split()
}
WRAPPERS = frozenset(
    [
        "sudo",
        "nohup",
        "exec",
        "time",
        "command",
        "env",
        "busybox",
        "xargs",
        "eval",
        "then",
        "do",
        "else",
        "builtin",
        "nice",
        "setsid",
    ]
)

INTERPRETERS = frozenset(_NAMES[arguments.interprets].split())
IDLE = frozenset({"exit", "true", "false"})
"""Scripts are full of them; only where their output is wanted do they mean something."""

_HOMES = re.compile(
    r"(?:/?(?:usr/)?(?:local/)?s?bin/|\./|[a-z]:(?:\\[\w.-]+){0,6}\\)", re.IGNORECASE
)
_GLOB = re.compile(r"[?*\[]")
_FOLDERS = ("/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/local/bin")


def known(word: str) -> bool:
    """Whether an undisguised word names a command of the table, a wrapper or a socket of Bash."""
    name = word.rpartition("/")[2].lower()
    plain = name.removesuffix(".exe")
    return plain in CHECKS or name in CHECKS or name in WRAPPERS or word.startswith("/dev/")


def could_run(name: str) -> bool:
    """Whether ``strength`` could find a command by this name, whatever its arguments."""
    if name.startswith("/dev/") or _GLOB.search(name):
        return True
    home = _HOMES.match(name)
    plain = (name[home.end() :] if home else name).lower()
    return plain in CHECKS or plain in WRAPPERS or plain.removesuffix(".exe") in CHECKS


def _fits(pattern: str, name: str) -> bool:
    """Shell wildcards, in time of their lengths' product (both are short)."""
    reached = {0}
    for char in pattern:
        if char == "*":
            reached = set(range(min(reached), len(name) + 1)) if reached else reached
        else:
            reached = {at + 1 for at in reached if at < len(name) and char in {"?", name[at]}}
        if not reached:
            return False
    return len(name) in reached


def _from_wildcards(word: str) -> str | None:
    """``/???/c?t`` is ``cat``: the first known command whose full path fits."""
    if len(word) > 40 or word[0] != "/" or word.count("*") > 6:
        return None
    plain = re.sub(r"\[([^\]\s]{1,12})\]", "?", word)
    if not any(char.isalpha() for char in plain) and plain.count("?") < 4:
        return None
    folder, _, last = plain.rpartition("/")
    if not last or not any(_fits(folder, home) for home in _FOLDERS):
        return None
    return next((name for name in CHECKS if _fits(last, name)), None)


def strength(command: Command) -> tuple[int, str, bool]:
    """How sure it is that this runs, the command's plain name, and whether it was disguised."""
    name, disguised = command.name, bool(command.tricks)
    if _GLOB.search(name) and (meant := _from_wildcards(name)):
        return SURE, meant, True
    if name.startswith(("/dev/tcp/", "/dev/udp/")):
        return SURE, name, disguised
    home = _HOMES.match(name)
    plain = (name[home.end() :] if home else name).lower()
    if plain in WRAPPERS and command.args:
        inner = command._replace(name=command.args[0], args=command.args[1:])
        if inner.name.startswith("-") and inner.args:
            inner = inner._replace(name=inner.args[0], args=inner.args[1:])
        if inner.name not in WRAPPERS and (known := strength(inner))[0]:
            return known
    check = CHECKS.get(plain) or CHECKS.get(plain[:-4] if plain.endswith(".exe") else "")
    if check is None:
        return NONE, plain, False
    found = check(command.args)
    if home and home.group() != "./" and arguments.written(command.args) < 2:
        found = SURE
    if disguised and (found or home or not command.args):
        found = SURE if found >= PROBABLE or command.tricks != {"quotes"} else PROBABLE
    return found, plain, disguised
