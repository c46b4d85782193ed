"""The section ``[edge]`` of ``shangdun.toml``: what stands in front of the shop."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Annotated, Literal

import msgspec

from shangdun.kernel.config import Config
from shangdun.kernel.errors import ConfigError

Rate = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]

_HOST = re.compile(r"(?=.{1,253}\Z)(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
_UPSTREAM = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?|unix:/[\w./-]+")
_BIND = re.compile(r"(?:(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9A-Fa-f:]+\]):)?\d{1,5}")
_FILE = re.compile(r"/[\w./@+=,-]+")
_ROUTE = re.compile(r"[\w./*@%+~-]+")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")


class RouteClass(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Routes that are asked alike: how often one address may ask, and what its editor may send."""

    name: str
    routes: list[str]
    """Beginnings of paths, ``*`` for anything: ``/login``, ``*/pay/notify``."""
    per_minute: Rate
    """Requests of one address in a minute."""
    burst: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 10
    """Requests above that rate that are still served at once."""
    rich_text: bool = False
    """What is posted here holds HTML, as in a product editor: markup alone is no attack."""
    signed: bool = False
    """Callers are machines whose messages carry a signature, as a payment provider's: bodies are
    not judged, and no challenge is put to them."""
    most_body: str = ""
    """Largest body, as nginx writes it (``20m``); empty: that of the whole shop."""


def _classes() -> list[RouteClass]:
    return [
        RouteClass(name="login", per_minute=20, burst=10, routes=[
            "*/login", "*/register", "*/password*", "*/sign-in*", "*/signin*"]),
        RouteClass(name="coupon", per_minute=20, burst=5, routes=[
            "*/coupon*", "*/voucher*", "*/gift-card*", "*/giftcard*"]),
        RouteClass(name="payment_callback", per_minute=6000, burst=500, signed=True, routes=[
            "*/pay/notify*", "*/payment/callback*", "*/payment/notify*", "*/webhook/*"]),
        RouteClass(name="editor", per_minute=240, burst=60, rich_text=True, most_body="20m",
            routes=["/admin/*", "/dashboard/*", "/wp-admin/*"]),
        RouteClass(name="static", per_minute=12000, burst=1000, routes=[
            "/static/*", "/media/*", "/assets/*", "/favicon.ico"]),
    ]  # fmt: skip


class EdgeConfig(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One shop behind one nginx."""

    hosts: list[str] = msgspec.field(default_factory=list)
    """Names the shop answers to; a request for another is turned away."""
    upstream: list[str] = msgspec.field(default_factory=lambda: ["127.0.0.1:8000"])
    """The shop's own servers: ``HOST:PORT`` or ``unix:/path``."""
    listen: str = "443"
    """Port, or ``ADDRESS:PORT``, of HTTPS; of plain HTTP when ``tls`` is ``off``."""
    redirect_from: str = "80"
    """Where plain HTTP is answered with the way to HTTPS; empty: nowhere."""
    tls: Literal["modern", "intermediate", "off"] = "intermediate"
    """Mozilla's recommendations; ``modern`` is TLS 1.3 alone. ``off`` where TLS ends before us."""
    certificate: str = "/etc/ssl/shop/fullchain.pem"
    certificate_key: str = "/etc/ssl/shop/privkey.pem"
    hsts_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 365
    trusted_proxies: list[str] = msgspec.field(default_factory=list)
    """Networks of the CDN or load balancer before us, whose ``X-Forwarded-For`` is believed."""
    per_minute: Rate = 600
    """Requests of one address on all routes without a class."""
    burst: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 200
    connections: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 60
    """Open at one time from one address; nginx can count no further."""
    most_body: str = "10m"
    classes: list[RouteClass] = msgspec.field(default_factory=_classes)
    inspect: Literal["off", "observe", "block"] = "observe"
    """ModSecurity with the Core Rule Set: begin with ``observe``, see what it would turn away."""
    paranoia: Annotated[int, msgspec.Meta(ge=1, le=4)] = 1
    anomaly_threshold: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 5
    """Score from which a request is turned away; 5 is one critical rule."""
    decisions: bool = True
    """Enforce ShangDun's decisions here, through the files its nginx enforcer writes."""
    decisions_folder: str = "/var/lib/shangdun/nginx"
    log_folder: str = "/var/log/nginx"


def edge_config(config: Config) -> EdgeConfig:
    """The section, checked to the last value: each is written into nginx's own language.

    Raises ``ConfigError`` naming the key.
    """
    try:
        found = msgspec.convert(config.edge, EdgeConfig, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(
            str(error), where="[edge]", fix="see docs/edge.md for every key"
        ) from error
    for key, values, pattern, example in _shapes(found):
        for value in values:
            if not pattern.fullmatch(value):
                raise ConfigError(
                    f"{value!r} cannot stand here", where=f"edge.{key}", fix=f"write {example}"
                )
    _check_networks(found.trusted_proxies)
    names = [one.name for one in found.classes]
    if len(set(names)) < len(names):
        raise ConfigError("two classes have one name", where="edge.classes", fix="rename one")
    return found


def _shapes(edge: EdgeConfig) -> list[tuple[str, list[str], re.Pattern[str], str]]:
    size = re.compile(r"\d{1,6}[kKmMgG]?")
    bodies = [edge.most_body, *(one.most_body for one in edge.classes if one.most_body)]
    folders = [edge.decisions_folder, edge.log_folder]
    return [
        ("hosts", edge.hosts, _HOST, "a name like shop.example.com"),
        ("upstream", edge.upstream, _UPSTREAM, "HOST:PORT or unix:/path"),
        ("listen", [edge.listen], _BIND, "a port, or ADDRESS:PORT"),
        ("redirect_from", [edge.redirect_from] if edge.redirect_from else [], _BIND, "a port"),
        ("certificate", [edge.certificate, edge.certificate_key], _FILE, "an absolute path"),
        ("decisions_folder and log_folder", folders, _FILE, "an absolute path"),
        ("most_body", bodies, size, "a size like 10m"),
        ("classes.name", [one.name for one in edge.classes], _NAME, "a name like login"),
        (
            "classes.routes",
            [route for one in edge.classes for route in one.routes],
            _ROUTE,
            "the beginning of a path, with * for anything",
        ),
    ]


def _check_networks(networks: list[str]) -> None:
    for text in networks:
        try:
            network = ip_network(text)
        except ValueError as error:
            raise ConfigError(
                str(error), where="edge.trusted_proxies", fix="write it as 198.51.100.0/24"
            ) from error
        if network.prefixlen == 0:
            raise ConfigError(
                "believes everybody, so anybody may choose his address",
                where="edge.trusted_proxies",
                fix="name the networks of your CDN or load balancer alone",
            )
