"""Bodies that are no text: protobuf, gRPC, MessagePack, packed and encrypted bytes."""

from __future__ import annotations

import base64
import random
import struct
import zlib

from tests.bench.inspect_sets import words
from tests.bench.inspect_sets.browser import token
from tests.bench.inspect_sets.honest_api import head_of
from tests.bench.inspect_sets.sample import request

from shangdun_guard.request import Request


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*out, number))


def packed(rng: random.Random) -> Request:
    """Protobuf and gRPC-web, MessagePack-like, encrypted and gzip bodies."""
    text = words.paragraph(rng).encode()
    proto = (
        b"\x08"
        + varint(rng.randrange(2**40))
        + b"\x12"
        + varint(len(text))
        + text
        + b"\x1a\x10"
        + rng.randbytes(16)
    )
    kind, body = rng.choice(
        (
            ("application/x-protobuf", proto),
            ("application/grpc-web+proto", b"\x00" + struct.pack(">I", len(proto)) + proto),
            (
                "application/grpc-web-text",
                base64.b64encode(b"\x00" + struct.pack(">I", len(proto)) + proto),
            ),
            ("application/octet-stream", rng.randbytes(rng.randrange(20, 4000))),
            (
                "application/x-protobuffer",
                b"\n" + varint(80) + token(rng, 80).encode() + rng.randbytes(400),
            ),
            (
                "application/msgpack",
                b"\x83\xa1a\x01\xa1b\xd9" + bytes([min(len(text), 255)]) + text,
            ),
            ("application/x-gzip", zlib.compress(proto * 4, wbits=31)),
            ("text/plain;charset=UTF-8", rng.randbytes(rng.randrange(50, 900))),
            ("application/ocsp-request", b"0Q0O0M0K0I0\t\x06\x05+\x0e" + rng.randbytes(60)),
        )
    )
    return request(
        "POST",
        rng.choice(
            (
                "/recaptcha/api2/reload?k=6L" + token(rng, 38),
                "/_/x/data/batchexecute",
                "/v1/metrics",
                "/package.Service/Method",
                "/s/player/log",
            )
        ),
        head_of(rng, kind),
        body,
    )


KINDS = {"packed": packed}
