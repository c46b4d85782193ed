"""What is looked at first to save time must never say no where the full judgement would say yes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangdun_guard.inspector.config import Limits
from shangdun_guard.inspector.decode.forms import forms_below, natural
from shangdun_guard.inspector.sink import Slot
from shangdun_guard.inspector.sinks.path.targets import find_secret
from shangdun_guard.inspector.sinks.shell.commands import CHECKS, WRAPPERS, could_run, strength
from shangdun_guard.inspector.sinks.shell.words import read_command
from shangdun_guard.inspector.sinks.sql.tokens import leaving
from shangdun_guard.inspector.sinks.xss import SINK as XSS

NAMES = st.sampled_from(sorted(CHECKS)) | st.text("/bin.\\c:?*[]texs=a", max_size=12)


@pytest.mark.parametrize("name", sorted({*CHECKS, *WRAPPERS}))
def test_every_known_command_could_run(name):
    assert could_run(name)
    assert could_run(f"/usr/bin/{name}")


@given(NAMES)
def test_what_could_not_run_has_no_strength(name):
    command = read_command(f"{name} -a /etc/passwd", 0, {}, lambda _: True)
    if command is not None and not could_run(command.name):
        assert strength(command)[0] == 0


@given(st.text("'\"a", max_size=30), st.sampled_from("'\""))
def test_a_string_is_left_at_the_first_odd_run_of_quotes(text, quote):
    runs = (run for run in re.finditer(f"{quote}+", text) if len(run[0]) % 2)
    assert leaving(text, quote) == next((run.end() for run in runs), -1)


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("%20+ADw-script+AD4-", "<script>"),
        ("%2BADw-script+AD4-", "<script>"),
        ("JyBvciAxPTEgLS0gPj4+IHg/%0APj4+", "' or 1=1"),
    ],
)
def test_a_plus_sign_is_no_blank_to_the_encodings_that_use_it(raw, plain):
    forms = forms_below(natural(raw, "query"), raw, Limits())
    assert any(plain in form.text for form in forms)


def test_a_handler_behind_many_equals_signs_is_found():
    text = 'x" ' + "a=1 " * 100 + 'autofocus="" onfocus="alert(document.cookie)'
    assert "xss.attribute_breakout" in {sign.code for sign in XSS.judge(text, Slot("query", "q"))}


@pytest.mark.parametrize("text", ["etc/passwd", "/etc/passwd", "x:/y\\.ssh/id_rsa", "a /.env"])
def test_a_secret_is_found_at_the_start_and_behind_separators(text):
    assert find_secret(text)


def test_a_secret_in_the_middle_of_a_word_is_none():
    assert find_secret("fetc/passwd") is None
