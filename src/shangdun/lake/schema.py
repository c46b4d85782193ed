"""The lake's columns: OCSF 1.8.0 attributes flattened with dots, our extension, bookkeeping.

One wide, typed table holds every event; a column that a class does not use is null and costs
next to nothing on disk. The page docs/schema.md is written from this module (`schema_page`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

import polars as pl
import pyarrow as pa

AUTHENTICATION, ACCOUNT_CHANGE, PROCESS, FINDING = 3002, 3001, 1007, 2004
NETWORK, HTTP, DNS, API = 4001, 4002, 4003, 6003
ORDER, PAYMENT, COUPON, REFUND, PROFILE, EXPORT, VERIFICATION, CHALLENGE, CONTENT = (
    92006000 + n for n in range(1, 10)
)

_ECOMMERCE = (
    *(ORDER, PAYMENT, COUPON, REFUND, PROFILE, EXPORT),
    *(VERIFICATION, CHALLENGE, CONTENT),
)
_SHOP = (AUTHENTICATION, ACCOUNT_CHANGE, *_ECOMMERCE)
_WIRE = (NETWORK, HTTP, DNS, FINDING)
_SYSTEM = (PROCESS, AUTHENTICATION, ACCOUNT_CHANGE)


class Kind(Enum):
    """A column's type: its name in the page, in Polars and in Arrow."""

    STRING = ("string", pl.String(), pa.string())
    JSON = ("string (JSON)", pl.String(), pa.string())
    INTEGER = ("32-bit integer", pl.Int32(), pa.int32())
    LONG = ("64-bit integer", pl.Int64(), pa.int64())
    MILLIS = ("milliseconds since 1970 UTC, 64-bit", pl.Int64(), pa.int64())
    UINT = ("unsigned 32-bit integer", pl.UInt32(), pa.uint32())
    ULONG = ("unsigned 64-bit integer", pl.UInt64(), pa.uint64())
    FLOAT = ("64-bit float", pl.Float64(), pa.float64())
    BOOLEAN = ("boolean", pl.Boolean(), pa.bool_())
    DATE = ("date, UTC", pl.Date(), pa.date32())

    @property
    def title(self) -> str:
        """The type as people read it."""
        return str(self.value[0])

    @property
    def polars(self) -> pl.DataType:
        """The column's type in a Polars frame."""
        dtype: pl.DataType = self.value[1]
        return dtype

    @property
    def arrow(self) -> pa.DataType:
        """The column's type at rest."""
        return self.value[2]


class Origin(Enum):
    """Who defines a column."""

    LAKE = "bookkeeping"
    OCSF = "OCSF 1.8.0"
    OURS = "our addition"


@dataclass(frozen=True, slots=True)
class Field:
    """A column: name, type, the classes that fill it (none: all of them), what it holds."""

    name: str
    kind: Kind
    classes: tuple[int, ...]
    description: str
    origin: Origin = Origin.OCSF


def _group(
    classes: tuple[int, ...], origin: Origin, *rows: tuple[str, Kind, str]
) -> tuple[Field, ...]:
    return tuple(Field(name, kind, classes, text, origin) for name, kind, text in rows)


S, J, I, L, M, F, B = (  # noqa: E741  the table below is read by column, short names keep it one
    Kind.STRING,
    Kind.JSON,
    Kind.INTEGER,
    Kind.LONG,
    Kind.MILLIS,
    Kind.FLOAT,
    Kind.BOOLEAN,
)

FIELDS: tuple[Field, ...] = (
    *_group(
        (),
        Origin.LAKE,
        ("day", Kind.DATE, "Partition: the day of `time`"),
        ("source", S, "Name of the source in shangdun.toml"),
        ("source_file", S, "Identity of the file; with `source` and offset the event's identity"),
        ("source_line", Kind.UINT, "Line number in the file, from 1"),
        ("source_offset", Kind.ULONG, "Byte at which the line starts in the file"),
        ("format", S, "Format the line was read as"),
        ("layout", S, "How the line was laid out, where a format has several: common"),
    ),
    *_group(
        (),
        Origin.OCSF,
        ("time", M, "When it happened"),
        ("timezone_offset", I, "Minutes east of UTC that the time was written in"),
        ("metadata.logged_time", M, "When it was taken in"),
        ("metadata.original_time", S, "The time as written, kept where it cannot be true"),
        ("metadata.product.name", S, "The product that reported it"),
        ("metadata.log_name", S, "The log or channel it was written to"),
        ("metadata.correlation_uid", S, "What ties events of one request or flow together"),
        ("class_uid", I, "Class of the event"),
        ("activity_id", I, "What was done, counted by class"),
        ("severity_id", I, "0 unknown, 1 informational … 5 critical, 6 fatal"),
        ("status_id", I, "0 unknown, 1 success, 2 failure, 99 other"),
        ("status_detail", S, "Why it failed, in the reporter's words"),
        ("action_id", I, "1 allowed, 2 denied, 3 observed, 4 modified"),
        ("message", S, "The event in words"),
        ("unmapped", J, "Everything that has no column here"),
        ("raw_data", S, "The line as it came, where the columns cannot give it back"),
    ),
    *_group(
        (),
        Origin.OCSF,
        ("src_endpoint.ip", S, "Address the event came from"),
        ("src_endpoint.port", I, "Port it came from"),
        ("src_endpoint.hostname", S, "Host it came from"),
        ("src_endpoint.mac", S, "Hardware address it came from"),
        ("src_endpoint.location.country", S, "ISO 3166-1 alpha-2 country it came from"),
        ("dst_endpoint.ip", S, "Address it went to"),
        ("dst_endpoint.port", I, "Port it went to"),
        ("dst_endpoint.hostname", S, "Host it went to"),
        ("device.hostname", S, "Host that reported it"),
        ("device.ip", S, "Address of the host that reported it"),
        ("device.uid", S, "The shopper's device, or the reporting host's identifier"),
        ("session.uid", S, "Session it belongs to"),
    ),
    *_group(
        (),
        Origin.OCSF,
        ("user.name", S, "Account concerned"),
        ("user.uid", S, "Identifier of the account concerned"),
        ("user.type", S, "customer, staff, admin, system"),
        ("user.email_addr", S, "E-mail address of the account concerned"),
        ("user.domain", S, "Domain of the account concerned"),
        ("actor.user.name", S, "Account that acted"),
        ("actor.user.uid", S, "Identifier of the account that acted"),
        ("actor.process.name", S, "Program that acted"),
        ("actor.process.pid", L, "Process number of the program that acted"),
        ("actor.process.cmd_line", S, "Command line of the program that acted"),
        ("actor.process.file.path", S, "Path of the program that acted"),
    ),
    *_group(
        (AUTHENTICATION,),
        Origin.OCSF,
        ("auth_protocol", S, "How the account proved itself: password, publickey …"),
        ("logon_type", S, "interactive, network, service …"),
        ("is_mfa", B, "Whether a second factor was used"),
        ("service.name", S, "Service the account logged on to"),
    ),
    *_group(
        (ACCOUNT_CHANGE,),
        Origin.OCSF,
        ("group.name", S, "Group an account was put into or taken out of"),
    ),
    *_group(
        _SYSTEM,
        Origin.OCSF,
        ("process.name", S, "Program started or concerned"),
        ("process.pid", L, "Its process number"),
        ("process.cmd_line", S, "Its command line"),
        ("process.file.path", S, "Its path"),
        ("process.working_directory", S, "Folder it ran in"),
        ("process.parent_process.name", S, "Program that started it"),
        ("process.parent_process.pid", L, "Process number of what started it"),
        ("process.parent_process.cmd_line", S, "Command line of what started it"),
        ("process.user.name", S, "Account it ran as"),
    ),
    *_group(
        (HTTP, *_SHOP),
        Origin.OCSF,
        ("http_request.http_method", S, "Method; null where the request line was broken"),
        ("http_request.url.url_string", S, "Target as in the request line"),
        ("http_request.url.path", S, "Target up to the first `?`"),
        ("http_request.url.query_string", S, "Target after the first `?`"),
        ("http_request.url.hostname", S, "Virtual host or Host header"),
        ("http_request.url.scheme", S, "http or https"),
        ("http_request.url.port", I, "Port of the server"),
        ("http_request.version", S, "Protocol as in the request line, `HTTP/1.1`"),
        ("http_request.referrer", S, "Referer header"),
        ("http_request.user_agent", S, "User-Agent header"),
        ("http_request.x_forwarded_for", S, "X-Forwarded-For header"),
        ("http_request.uid", S, "Identifier of the request"),
        ("http_request.length", L, "Bytes of the request's body"),
        ("http_response.code", I, "Status"),
        ("http_response.length", L, "Bytes of the response's body"),
        ("http_response.content_type", S, "Content-Type of the response"),
        ("http_response.latency", F, "Milliseconds until the response was sent"),
    ),
    *_group(
        (HTTP,),
        Origin.OURS,
        ("http_request.headers", J, "Headers of the request: a list of [name, value]"),
        ("http_request.cookies", S, "Cookie header"),
        ("http_request.content_type", S, "Content-Type of the request"),
        ("http_request.body", S, "Body of the request; bytes that are not UTF-8 as `\\xNN`"),
        ("http_response.headers", J, "Headers of the response: a list of [name, value]"),
        ("http_response.body", S, "Body of the response"),
    ),
    *_group(
        (HTTP, FINDING, NETWORK),
        Origin.OCSF,
        ("firewall_rule.uid", S, "First rule of the firewall that matched"),
        ("firewall_rule.name", S, "Its name or the chain it stands in"),
        ("firewall_rule.desc", S, "Its message"),
        ("firewall_rule.match_details", J, "All rules that matched, as reported"),
    ),
    *_group(
        (FINDING,),
        Origin.OCSF,
        ("finding_info.title", S, "What was found"),
        ("finding_info.uid", S, "Identifier of the finding"),
        ("finding_info.analytic.uid", S, "Rule that found it"),
        ("finding_info.analytic.category", S, "Category of the rule"),
    ),
    *_group(
        _WIRE,
        Origin.OCSF,
        ("connection_info.protocol_name", S, "tcp, udp, icmp …"),
        ("connection_info.direction", S, "inbound, outbound"),
        ("connection_info.uid", S, "Identifier of the connection or flow"),
        ("app_name", S, "Application protocol seen"),
        ("traffic.bytes_in", L, "Bytes towards the client"),
        ("traffic.bytes_out", L, "Bytes towards the server"),
        ("traffic.packets_in", L, "Packets towards the client"),
        ("traffic.packets_out", L, "Packets towards the server"),
        ("query.hostname", S, "Name asked of DNS"),
        ("query.type", S, "Record type asked of DNS"),
        ("rcode", S, "DNS response code"),
        ("answers", J, "DNS answers as reported"),
        ("tls.sni", S, "Server name in the TLS handshake"),
        ("tls.version", S, "TLS version"),
        ("tls.ja3_hash.value", S, "JA3 fingerprint of the client"),
        ("tls.certificate.subject", S, "Subject of the server's certificate"),
        ("tls.certificate.issuer", S, "Issuer of the server's certificate"),
    ),
    *_group(
        (API,),
        Origin.OCSF,
        ("api.operation", S, "Operation called"),
        ("api.service.name", S, "Service called"),
        ("api.response.code", I, "Result of the call"),
        ("resources", J, "What the call was about"),
    ),
    *_group(
        (ORDER, PAYMENT, REFUND),
        Origin.OURS,
        ("order.uid", S, "Order number"),
        ("order.total", F, "Amount the order was placed for"),
        ("order.quoted_total", F, "Amount the shop had quoted before"),
        ("order.currency", S, "ISO 4217 currency of the order"),
        ("order.item_count", L, "Pieces in the order"),
        ("order.address_fingerprint", S, "Keyed hash of the delivery address"),
        ("cart.uid", S, "Cart the order came from"),
        ("product.uid", S, "Product concerned"),
        ("product.quantity", L, "Pieces of it"),
        ("product.unit_price", F, "Price paid a piece"),
        ("product.list_price", F, "Price in the catalogue"),
    ),
    *_group(
        (PAYMENT, ORDER),
        Origin.OURS,
        ("payment.amount", F, "Amount of the payment"),
        ("payment.currency", S, "ISO 4217 currency of the payment"),
        ("payment.method", S, "card, alipay, wechat …"),
        ("payment.decline_reason", S, "incorrect_cvc, expired_card, insufficient_funds …"),
        ("card.fingerprint", S, "Keyed hash of the card number, never the number"),
    ),
    *_group(
        (COUPON, ORDER),
        Origin.OURS,
        ("coupon.code", S, "Code tried or redeemed"),
        ("coupon.discount", F, "Amount taken off"),
    ),
    *_group((REFUND,), Origin.OURS, ("refund.amount", F, "Amount refunded")),
    *_group(
        (EXPORT,),
        Origin.OURS,
        ("export.record_count", L, "Records exported"),
        ("export.data_kind", S, "customers, orders …"),
    ),
    *_group(
        (VERIFICATION,),
        Origin.OURS,
        ("verification.channel", S, "sms, voice, email …"),
        ("verification.cost", F, "What sending the code cost the shop"),
        ("verification.target_fingerprint", S, "Keyed hash of the number or address it went to"),
    ),
    *_group(
        (CHALLENGE,),
        Origin.OURS,
        ("challenge.kind", S, "slider, picture, text …"),
        ("challenge.duration", F, "Milliseconds from shown to answered"),
    ),
    *_group(
        (CONTENT,),
        Origin.OURS,
        ("content.kind", S, "review, comment, question, message …"),
        ("content.text", S, "What was written, or its beginning"),
        ("content.link_count", L, "Links in it"),
    ),
    *_group(
        (PROFILE,), Origin.OURS, ("profile.field", S, "What was changed: address, phone, e-mail")
    ),
)

FIELD_BY_NAME: Mapping[str, Field] = MappingProxyType({field.name: field for field in FIELDS})
"""Every column by its name."""

POLARS_SCHEMA: Mapping[str, pl.DataType] = MappingProxyType(
    {field.name: field.kind.polars for field in FIELDS}
)
"""The lake's columns in order, for Polars."""

ARROW_SCHEMA = pa.schema([pa.field(field.name, field.kind.arrow) for field in FIELDS])
"""The lake's columns in order, for Arrow and Delta."""
