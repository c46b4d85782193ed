"""Addresses of the services people use most, made of what their pages show.

DingTalk, WeCom and Feishu give out the whole address of a robot; a mail server is known by host,
port and account. Anything else is written as Apprise writes it.
"""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

from shangdun.kernel.errors import UsageError

SECURITIES = ("starttls", "ssl", "none")


def email_address(
    *,
    host: str,
    port: int,
    security: str,
    sender: str,
    user: str = "",
    password: str = "",
    to: str = "",
) -> str:
    """A mail server; ``to`` separated by commas, empty for a channel to each person."""
    if not host or "/" in host or not sender or security not in SECURITIES:
        raise _wrong("an e-mail channel needs host and sender", "smtp.example.com, soc@example.com")
    account = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
    scheme = "mailto" if security == "none" else "mailtos"
    mode = "insecure" if security == "none" else security
    address = f"{scheme}://{account}{host}:{port}?mode={mode}&from={quote(sender, safe='')}"
    receivers = ",".join(quote(one.strip(), safe="") for one in to.split(",") if one.strip())
    return f"{address}&to={receivers}" if receivers else address


def dingtalk_address(webhook: str, secret: str = "") -> str:
    """A DingTalk robot: its webhook, or the access token alone; ``secret`` where it signs."""
    token = _of_query(webhook, "access_token") or _bare(webhook)
    return f"dingtalk://{secret.strip()}@{token}" if secret.strip() else f"dingtalk://{token}"


def wecom_address(webhook: str) -> str:
    """A WeCom group robot: its webhook, or the key alone."""
    return f"wecombot://{_of_query(webhook, 'key') or _bare(webhook)}"


def feishu_address(webhook: str) -> str:
    """A Feishu robot of open.feishu.cn, or one of Lark: its webhook, or the token alone."""
    parts = urlsplit(webhook.strip())
    token = parts.path.rstrip("/").rpartition("/")[2] if parts.scheme else _bare(webhook)
    lark = bool(parts.hostname and parts.hostname.endswith("larksuite.com"))
    return f"{'lark' if lark else 'feishu'}://{_bare(token)}"


def webhook_address(url: str) -> str:
    """A place that takes JSON (``title``, ``message``, ``type``) by POST over http or https."""
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _wrong("a webhook is an http or https address", "https://example.com/hook")
    rest = url.strip().partition("://")[2]
    return f"{'jsons' if parts.scheme == 'https' else 'json'}://{rest}"


def _of_query(url: str, name: str) -> str:
    values = parse_qs(urlsplit(url.strip()).query).get(name, [""])
    return _bare(values[0]) if values[0] else ""


def _bare(token: str) -> str:
    token = token.strip()
    if not token or not all(mark.isalnum() or mark in "-_" for mark in token):
        raise _wrong("this is no robot's address", "copy the whole webhook from the robot's page")
    return token


def _wrong(what: str, fix: str) -> UsageError:
    return UsageError(what, code="channel.address", fix=fix)
