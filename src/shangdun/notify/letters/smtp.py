"""Handing letters to a mail server (RFC 5321), several over one connection.

Every letter goes step by step, so that it is known how far it came: until the final dot is sent the
server cannot have it; after the dot and before the answer it may.
"""

from __future__ import annotations

import base64
import re
import smtplib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime

from shangdun.kernel.clock import Clock
from shangdun.kernel.errors import ConfigError
from shangdun.notify.letters.delivery import Fate, Outcome, Parcel, code_of, receipt_of
from shangdun.notify.letters.places import place_of

TIMEOUT = 30.0
_ADDR_SPEC = re.compile(r"[!#-'*+\-./0-9=?A-Z^_`a-z{|}~]{1,64}@[A-Za-z0-9.\-\[\]:]{1,190}")

_LINK = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]{1,200}(?:/[A-Za-z0-9_\-./]{0,400})?")


@dataclass(frozen=True)
class Server:
    """A mail server and who writes."""

    host: str
    port: int
    security: str
    """``tls``, ``starttls`` or ``none``."""
    sender: str
    sender_name: str = ""
    reply_to: str = ""
    user: str = ""
    password: str = ""
    allowed: Sequence[str] = ()


class _Settled:
    """Connects to the address that was checked, while TLS verifies the name that was given."""

    place: tuple[str, int]

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del host, port
        return socket.create_connection(self.place, timeout)


class _Plain(_Settled, smtplib.SMTP):
    pass


class SmtpCarrier:
    """One connection. Raises ``ConfigError`` when it cannot be opened."""

    idempotent = False

    def __init__(self, server: Server, clock: Clock, timeout: float = TIMEOUT) -> None:
        self._server = server
        self._clock = clock
        self._domain = server.sender.rpartition("@")[2] or "localhost"
        self._heads: dict[tuple[str, str], bytes] = {}
        self._smtp = _opened(server, timeout)

    def carry(self, parcel: Parcel) -> Outcome:
        try:
            message = self._message(parcel)
        except (ValueError, LookupError, MessageError):
            return Outcome(Fate.BOUNCED, "553 5.1.3")  # no address that a header could hold
        try:
            outcome = self._envelope(parcel)
            if outcome is not None:
                return outcome
        except (smtplib.SMTPException, OSError):
            return Outcome(Fate.LATER, broken=True)  # the server has no text of it yet
        return self._text(message)

    def close(self) -> None:
        try:
            self._smtp.quit()
        except (smtplib.SMTPException, OSError):
            self._smtp.close()

    def _envelope(self, parcel: Parcel) -> Outcome | None:
        """MAIL, RCPT, DATA up to the server's go-ahead; None: the text may follow."""
        options = []
        if self._smtp.has_extn("dsn"):
            options = ["RET=HDRS", f"ENVID={parcel.key}"]
        reply, said = self._smtp.mail(self._server.sender, options)
        if reply != 250:
            return self._refused(reply, said, ours=True)
        wanted = ["NOTIFY=FAILURE,DELAY"] if options else []
        reply, said = self._smtp.rcpt(parcel.address, wanted)
        if reply not in {250, 251}:
            return self._refused(reply, said)
        self._smtp.putcmd("data")
        reply, said = self._smtp.getreply()
        if reply != 354:
            return self._refused(reply, said, ours=reply in {421, 451, 452})
        return None

    def _text(self, message: bytes) -> Outcome:
        try:
            self._smtp.send(message)
            reply, said = self._smtp.getreply()
        except (smtplib.SMTPException, OSError):
            return Outcome(Fate.UNCERTAIN, broken=True)
        if reply == 250:
            return Outcome(Fate.SENT, code_of(reply, said), receipt_of(said))
        if reply == -1 or not 400 <= reply < 600:
            return Outcome(Fate.UNCERTAIN, broken=True)
        return self._refused(reply, said, reset=False)

    def _refused(
        self, reply: int, said: bytes, *, ours: bool = False, reset: bool = True
    ) -> Outcome:
        broken = reply in {-1, 421}
        if reset and not broken:
            self._smtp.rset()
        permanent = 500 <= reply < 600 and not ours
        return Outcome(
            Fate.BOUNCED if permanent else Fate.LATER,
            code_of(reply, said),
            broken=broken,
            blocked=ours,
        )

    def _message(self, parcel: Parcel) -> bytes:
        """The letter on the wire, dots doubled, its end included."""
        body = base64.encodebytes(parcel.text.body.replace("\n", "\r\n").encode())
        head = (
            f"To: {_addr_spec(parcel.address)}\r\n"
            f"Date: {format_datetime(self._clock.now())}\r\n"
            f"Message-ID: <{parcel.key}@{self._domain}>\r\n"
            f"{_unsubscribing(parcel.unsubscribe)}"
        )
        rest = self._same(parcel.text.subject, parcel.language)
        whole = head.encode("ascii") + rest + b"\r\n" + body.replace(b"\n", b"\r\n")
        return whole.replace(b"\r\n.", b"\r\n..") + b".\r\n"

    def _same(self, subject: str, language: str) -> bytes:
        """The headers that letters with one subject share; folding them costs a millisecond."""
        key = (subject, language)
        if key not in self._heads:
            message = EmailMessage(policy=WIRE)
            server = self._server
            message["From"] = Address(server.sender_name, addr_spec=server.sender)
            if server.reply_to:
                message["Reply-To"] = Address(addr_spec=server.reply_to)
            message["Subject"] = subject
            message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
            message["MIME-Version"] = "1.0"
            message["Content-Type"] = 'text/plain; charset="utf-8"'
            message["Content-Transfer-Encoding"] = "base64"
            message["Content-Language"] = {"zh": "zh-Hans"}.get(language, language)
            if len(self._heads) > 500:  # every subject has a name in it
                self._heads.clear()
            self._heads[key] = message.as_bytes().rstrip(b"\r\n") + b"\r\n"
        return self._heads[key]


def _unsubscribing(link: str) -> str:
    """The headers by which a mail program shows its own button (RFC 2369; one click: RFC 8058)."""
    if not link:
        return ""
    if not _LINK.fullmatch(link):
        raise ValueError("no link")
    one_click = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    return f"List-Unsubscribe: <{link}>\r\n{one_click if link.startswith('https:') else ''}"


def _addr_spec(address: str) -> str:
    """The address if a header and an envelope can hold it as it is; else ``ValueError``."""
    if not _ADDR_SPEC.fullmatch(address) or len(address) > 254:
        raise ValueError("no address")
    return address


def _opened(server: Server, timeout: float) -> smtplib.SMTP:
    place = place_of(server.host, server.port, server.allowed)
    smtp = _Plain(timeout=timeout)
    smtp.place = place
    smtp._host = server.host  # type: ignore[attr-defined]  # noqa: SLF001 - what STARTTLS verifies
    try:
        if server.security == "tls":
            secure = ssl.create_default_context().wrap_socket(
                socket.create_connection(place, timeout), server_hostname=server.host
            )
            smtp.sock = secure
            reply, said = smtp.getreply()
            _expect(reply, said, 220)
        else:
            reply, said = smtp.connect(server.host, server.port)
            _expect(reply, said, 220)
        smtp.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if server.user:
            smtp.login(server.user, server.password)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        smtp.close()
        raise ConfigError(
            "the mail server does not let us in",
            code="letters.login"
            if isinstance(error, smtplib.SMTPAuthenticationError)
            else "letters.server",
            where=f"{server.host}:{server.port}",
            fix="check address, encryption, user and password",
        ) from error
    return smtp


def _expect(reply: int, said: bytes, wanted: int) -> None:
    if reply != wanted:
        raise smtplib.SMTPConnectError(reply, said)
