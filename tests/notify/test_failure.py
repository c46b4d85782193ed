"""Why a message did not arrive, from what services and networks really say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun.notify.failure import Answer, Cause, Failure, explain, read_failure, refusal


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        ("[Errno 111] Connection refused", Cause.REFUSED),
        ("[Errno -2] Name or service not known", Cause.NAME),
        ("[Errno -3] Temporary failure in name resolution", Cause.NAME),
        ("HTTPSConnectionPool: Read timed out. (read timeout=4.0)", Cause.TIMEOUT),
        ("timed out", Cause.TIMEOUT),
        ("certificate verify failed: self-signed certificate", Cause.TLS),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1000)", Cause.TLS),
        ("(535, b'5.7.8 Error: authentication failed')", Cause.CREDENTIALS),
        ("(550, b'5.1.1 User unknown')", Cause.RECIPIENT),
        ("169.254.169.254 is a link-local or metadata address", Cause.FORBIDDEN),
        ("Connection unexpectedly closed connection", Cause.REFUSED),
        ("", Cause.OTHER),
    ],
)
def test_from_the_log(log, cause):
    assert explain(log, []).cause is cause


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (401, Cause.CREDENTIALS), (403, Cause.CREDENTIALS), (404, Cause.NOT_FOUND),
        (429, Cause.BUSY), (500, Cause.SERVER), (503, Cause.SERVER), (400, Cause.REJECTED),
    ],
)  # fmt: skip
def test_from_the_answer(status, cause):
    failure = explain("whatever", [Answer(200), Answer(status, "<h1>why</h1>")])
    assert failure.cause is cause
    assert failure.detail == f"HTTP {status} why"


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ('{"errcode":0,"errmsg":"ok"}', None),
        ('{"errcode":310000,"errmsg":"keywords not in content"}', "310000 keywords not in content"),
        ('{"errcode":93000,"errmsg":"invalid webhook url"}', "93000 invalid webhook url"),
        ('{"code":19021,"msg":"sign match fail"}', "19021 sign match fail"),
        ('{"StatusCode":0,"StatusMessage":"success","code":0,"msg":"success"}', None),
        ("not json", None),
        ("[1]", None),
        ("", None),
    ],
)
def test_a_refusal_inside_a_good_answer(body, refused):
    found = refusal([Answer(200, body)])
    assert (found.detail if found else None) == refused


@given(st.sampled_from(Cause), st.text(max_size=200))
def test_what_is_stored_is_read_again(cause, detail):
    assert read_failure(Failure(cause, detail).stored) == Failure(cause, detail)
