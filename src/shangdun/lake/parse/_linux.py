"""What the programs of a Linux host say in syslog, as OCSF columns.

Source: the message formats of OpenSSH, sudo, su and useradd (shadow), Linux-PAM, cron and the
kernel's netfilter log, as their sources write them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from shangdun.lake.parse._values import Flat

_AUTHENTICATION, _ACCOUNT, _PROCESS, _NETWORK = 3002, 3001, 1007, 4001
_SUCCESS, _FAILURE = 1, 2
_LONGEST = 8192
"""A longer message is no line of these programs; it is kept, not taken apart."""

# A name is chosen by whoever knocks and may hold " from ": the last one is sshd's own.
_SSH_LOGIN = re.compile(
    r"(?P<result>Accepted|Failed) (?P<method>\S+) for (?P<unknown>invalid user )?(?P<user>.*) "
    r"from (?P<ip>\S+)(?: port (?P<port>\d{1,5}))?(?: .*)?"
)
_SSH_UNKNOWN = re.compile(
    r"(?P<why>Invalid user) (?P<user>.*) from (?P<ip>\S+)(?: port (?P<port>\d{1,5}))?"
)
_SSH_EXCESS = re.compile(
    r"error: (?P<why>maximum authentication attempts exceeded) for (?:invalid user )?(?P<user>.*) "
    r"from (?P<ip>\S+)(?: port (?P<port>\d{1,5}))?(?: .*)?"
)
_PAM_FAILURE = re.compile(
    r"pam_unix\((?P<service>[^:)]+):auth\): authentication failure;(?P<rest>.*)"
)
_PAM_SESSION = re.compile(
    r"pam_unix\((?P<service>[^:)]+):session\): session (?P<act>opened|closed) for user "
    r"(?P<user>[^\s(]+).*"
)
_PAM_VALUE = re.compile(r"(\w+)=(\S*)")
_SUDO = re.compile(
    r" *(?P<actor>\S+) : (?:(?P<why>[^;=]*?) ; )?TTY=(?P<tty>\S+) ; PWD=(?P<cwd>.*?) ; "
    r"USER=(?P<user>\S+)(?: ; GROUP=\S+)?(?: ; ENV=.*?)? ; COMMAND=(?P<command>.*)"
)
_SU = re.compile(r"(?P<failed>FAILED SU )?\(to (?P<user>[^)]+)\) (?P<actor>\S+) on (?P<tty>\S+)")
_NEW_USER = re.compile(r"new user: name=(?P<user>[^,]+), UID=(?P<uid>\d+).*")
_GONE_USER = re.compile(r"delete user '(?P<user>[^']+)'")
_PASSWORD = re.compile(r"(?:pam_unix\(\S+:chauthtok\): )?password changed for (?P<user>\S+)")
_GROUP = re.compile(r"add '(?P<user>[^']+)' to (?:shadow )?group '(?P<group>[^']+)'")
_CRON = re.compile(r"\((?P<actor>[^)]+)\) CMD \((?P<command>.*)\)")
_PACKET = re.compile(r"(?:\[ *[\d.]+\] ?)?(?P<prefix>.*?) ?IN=(?P<rest>\S* .*)")
_PACKET_VALUE = re.compile(r"\b([A-Z]+)=(\S*)")
_REFUSED = re.compile(r"DROP|BLOCK|REJECT|DENY", re.IGNORECASE)
_CISCO = re.compile(r"%([A-Z0-9_]+)-[0-7]-")
_REPEATED = re.compile(r"message repeated \d+ times: \[ (?P<message>.*)\]")


def understand(program: str, message: str) -> Flat:
    """The columns that a program's message fills; class 0 where it is not known."""
    columns: Flat = {"class_uid": 0, "activity_id": 0}
    cisco = _CISCO.match(program)
    if cisco:
        return columns | {"product": "cisco", "service": cisco[1].lower()}
    name = program.rsplit("/", 1)[-1]
    columns |= {"product": "linux", "service": _SERVICES.get(name.lower(), "syslog")}
    again = _REPEATED.fullmatch(message)
    text = again["message"] if again else message
    for read in _READERS.get(name.lower(), ()) if len(text) <= _LONGEST else ():
        found = read(text)
        if found is not None:
            return columns | found
    return columns


def _sshd(message: str) -> Flat | None:
    match = _SSH_LOGIN.fullmatch(message)
    if match:
        columns = _logon(match, failed=match["result"] == "Failed")
        columns["auth_protocol"] = match["method"]
        if match["unknown"]:
            columns["status_detail"] = "Invalid user"
        return columns
    match = _SSH_UNKNOWN.fullmatch(message) or _SSH_EXCESS.fullmatch(message)
    return _logon(match, failed=True) | {"status_detail": match["why"]} if match else None


def _logon(match: re.Match[str], *, failed: bool) -> Flat:
    columns: Flat = {
        "class_uid": _AUTHENTICATION,
        "activity_id": 1,
        "status_id": _FAILURE if failed else _SUCCESS,
        "service.name": "sshd",
        "user.name": match["user"],
        "src_endpoint.ip": match["ip"],
    }
    if match["port"]:
        columns["src_endpoint.port"] = int(match["port"])
    return columns


def _pam(message: str) -> Flat | None:
    failure = _PAM_FAILURE.fullmatch(message)
    if failure:
        values = dict(_PAM_VALUE.findall(failure["rest"]))
        columns: Flat = {
            "class_uid": _AUTHENTICATION,
            "activity_id": 1,
            "status_id": _FAILURE,
            "service.name": failure["service"],
            "status_detail": "authentication failure",
        }
        for key, column in (
            ("user", "user.name"),
            ("rhost", "src_endpoint.ip"),
            ("ruser", "actor.user.name"),
        ):
            if values.get(key):
                columns[column] = values[key]
        return columns
    session = _PAM_SESSION.fullmatch(message)
    if session is None:
        return None
    # the logon itself was reported by the program; a session that opens is not a second one
    closed = session["act"] == "closed"
    return {
        "class_uid": _AUTHENTICATION if closed else 0,
        "activity_id": 2 if closed else 0,
        "service.name": session["service"],
        "user.name": session["user"],
    }


def _sudo(message: str) -> Flat | None:
    match = _SUDO.fullmatch(message)
    if match is None:
        return None
    columns: Flat = {
        "actor.user.name": match["actor"],
        "user.name": match["actor"],
        "process.user.name": match["user"],
        "process.working_directory": match["cwd"],
        "process.cmd_line": match["command"],
    }
    if match["why"]:
        refused = {"class_uid": _AUTHENTICATION, "activity_id": 1, "status_id": _FAILURE}
        return columns | refused | {"service.name": "sudo", "status_detail": match["why"]}
    return columns | {"class_uid": _PROCESS, "activity_id": 1, "status_id": _SUCCESS}


def _su(message: str) -> Flat | None:
    match = _SU.fullmatch(message)
    return match and {
        "class_uid": _AUTHENTICATION,
        "activity_id": 1,
        "status_id": _FAILURE if match["failed"] else _SUCCESS,
        "service.name": "su",
        "user.name": match["user"],
        "actor.user.name": match["actor"],
    }


def _accounts(message: str) -> Flat | None:
    for pattern, activity in ((_NEW_USER, 1), (_PASSWORD, 3), (_GONE_USER, 6), (_GROUP, 99)):
        match = pattern.fullmatch(message)
        if match:
            columns: Flat = {"class_uid": _ACCOUNT, "activity_id": activity, "status_id": _SUCCESS}
            names = {"user": "user.name", "uid": "user.uid", "group": "group.name"}
            found = match.groupdict()
            return columns | {names[key]: value for key, value in found.items() if value}
    return None


def _cron(message: str) -> Flat | None:
    match = _CRON.fullmatch(message)
    return match and {
        "class_uid": _PROCESS,
        "activity_id": 1,
        "actor.user.name": match["actor"],
        "process.cmd_line": match["command"],
    }


def _packet(message: str) -> Flat | None:
    match = _PACKET.fullmatch(message)
    values = dict(_PACKET_VALUE.findall(match["rest"])) if match else {}
    if match is None or "SRC" not in values:
        return None
    refused = _REFUSED.search(match["prefix"]) is not None
    columns: Flat = {
        "class_uid": _NETWORK,
        "activity_id": 5 if refused else 6,
        "action_id": 2 if refused else 3,
        "firewall_rule.name": match["prefix"].strip(" :[]"),
        "src_endpoint.ip": values["SRC"],
        "dst_endpoint.ip": values.get("DST", ""),
        "connection_info.protocol_name": values.get("PROTO", "").lower(),
        "connection_info.direction": "outbound" if match["rest"].startswith(" ") else "inbound",
    }
    for key, column in (("SPT", "src_endpoint.port"), ("DPT", "dst_endpoint.port")):
        if values.get(key, "").isdecimal():
            columns[column] = int(values[key][:5])
    return columns


_Reader = Callable[[str], Flat | None]
_READERS: dict[str, tuple[_Reader, ...]] = {
    "sshd": (_sshd, _pam),
    "sshd-session": (_sshd, _pam),
    "sudo": (_sudo, _pam),
    "su": (_su, _pam),
    "login": (_pam,),
    "useradd": (_accounts,),
    "userdel": (_accounts,),
    "usermod": (_accounts,),
    "groupadd": (_accounts,),
    "passwd": (_accounts, _pam),
    "chpasswd": (_accounts, _pam),
    "cron": (_cron, _pam),
    "crond": (_cron, _pam),
    "kernel": (_packet,),
}
_SERVICES = {
    "sshd": "sshd",
    "sshd-session": "sshd",
    "sudo": "sudo",
    "cron": "cron",
    "crond": "cron",
    "clamd": "clamav",
    "vsftpd": "vsftpd",
    "guacd": "guacamole",
    **dict.fromkeys(("su", "login", "useradd", "userdel", "usermod", "passwd", "chpasswd"), "auth"),
}
"""Sigma's ``service`` under product linux, by program; others write to ``syslog``."""
