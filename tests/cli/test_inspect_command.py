"""``shangdun inspect`` tells one verdict a request, whatever the bytes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shangdun.cli.main import shangdun

HONEST = b"GET /catalogue/red-shoes_12/?page=2 HTTP/1.1\r\nHost: shop.example\r\n\r\n"
ATTACK = b"GET /?next=b%0d%0aSet-Cookie:%20s=1 HTTP/1.1\r\nHost: shop.example\r\n\r\n"
STEERING = b"GET /?a=%1b[31m%0d%0aSet-Cookie:%20s=1 HTTP/1.1\r\nHost: h\r\n\r\n"


def run(*words: str, data: bytes | None = None) -> Result:
    return CliRunner().invoke(shangdun, ["inspect", *words], input=data)


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_verdict_a_line_and_exit_codes(tmp_path: Path) -> None:
    path = tmp_path / "requests.txt"
    path.write_bytes(HONEST + b"\r\n" + ATTACK)
    result = run(str(path))
    assert result.exit_code == 1
    first, second = (line.split("\t") for line in result.stdout.splitlines())
    assert first == [str(path), "clean", "0.000", "-", "", ""]
    assert second[:2] == [f"{path}:5", "attack"]
    assert second[3] == "header"
    assert second[4] == "query next=b\\r\\nSet-Cookie: s=1"
    assert second[5].startswith("A line end in the value")
    path.write_bytes(HONEST)
    assert run(str(path)).exit_code == 0


def test_json_tells_value_decoded_form_layers_and_bytes(tmp_path: Path) -> None:
    path = tmp_path / "requests.txt"
    data = HONEST + b"\n" + ATTACK
    path.write_bytes(data)
    clean, attack = lines(run(str(path), "--json"))
    assert clean == {
        "file": str(path), "request": 1, "line": 1, "verdict": "clean", "score": 0.0,
        "classes": [], "partial": [],
    }  # fmt: skip
    assert (attack["request"], attack["line"], attack["verdict"]) == (2, 5, "attack")
    assert (attack["place"], attack["name"], attack["value"]) == ("query", "next", "query next")
    assert attack["decoded"] == "b\r\nSet-Cookie: s=1"
    assert attack["layers"] == ["url"]
    assert attack["code"] == "header.injected"
    offset, length = attack["offset"], attack["length"]
    assert isinstance(offset, int)
    assert isinstance(length, int)
    assert data[offset : offset + length].decode("latin-1") == attack["raw"]


def test_standard_input_folders_and_patterns(tmp_path: Path) -> None:
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    (inside / "1.txt").write_bytes(ATTACK.replace(b"\r\n", b"\n"))
    (tmp_path / "a" / "2.txt").write_bytes(HONEST)
    assert lines(run("-", "--json", data=ATTACK))[0]["file"] == "<stdin>"
    folder = lines(run(str(tmp_path / "a"), "--json"))
    assert [line["file"] for line in folder] == [
        str(tmp_path / "a" / "2.txt"), str(inside / "1.txt"),
    ]  # fmt: skip
    assert [line["verdict"] for line in lines(run(str(tmp_path / "*" / "*.txt"), "--json"))] == [
        "clean"
    ]
    assert len(lines(run(str(tmp_path / "**" / "*.txt"), "--json"))) == 2


def test_figures_are_the_last_line_of_standard_error(tmp_path: Path) -> None:
    path = tmp_path / "requests.txt"
    path.write_bytes(ATTACK + HONEST)
    (tmp_path / "empty").write_bytes(b"")
    result = run(str(path), str(tmp_path / "empty"), "--stats")
    figures = json.loads(result.stderr.splitlines()[-1])
    assert figures["requests"] == 2
    assert figures["attacks"] == 1
    assert figures["classes"] == {"header": 1}
    assert figures["unreadable"] == 1
    assert figures["requests_per_second"] > 0
    assert figures["peak_rss_bytes"] > 1 << 20
    assert set(figures) == {
        "requests", "attacks", "seconds", "requests_per_second", "classes", "unreadable",
        "peak_rss_bytes",
    }  # fmt: skip


def test_the_threshold_decides(tmp_path: Path) -> None:
    path = tmp_path / "request.txt"
    path.write_bytes(ATTACK)
    assert run(str(path), "--threshold", "1").exit_code == 0
    assert run(str(path), "--threshold", "0.5").exit_code == 1
    assert run(str(path), "--threshold", "7").exit_code == 2


def test_hostile_bytes_do_not_steer_a_terminal(tmp_path: Path) -> None:
    name = os.fsdecode(b"\x1b]0;owned\x07\xff\n.txt")
    path = tmp_path / name
    path.write_bytes(STEERING)
    for words in ((str(path),), (str(path), "--json"), (str(tmp_path),)):
        result = run(*words)
        assert result.exit_code == 1
        assert "\x1b" not in result.output
        assert len(result.stdout.splitlines()) == 1


def test_what_is_missing_is_wrong_usage_and_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert "is no file" in str(run(str(tmp_path / "nothing")).exception)
    assert run().exit_code == 2
    path = tmp_path / "picture"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    result = run(str(path))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.strip().endswith("holds no request")


def test_a_body_beyond_the_limit_is_told(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_bytes(b"POST / HTTP/1.1\r\nHost: h\r\n\r\na=" + b"b" * 200_000)
    (line,) = lines(run(str(path), "--json"))
    assert line["partial"] == ["body beyond 131072 bytes"]
    assert "not looked at: body beyond" in run(str(path)).stdout


@pytest.mark.parametrize("mapped", [0, 1 << 20])
def test_large_files_are_mapped_and_read_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mapped: int
) -> None:
    monkeypatch.setattr("shangdun.cli.commands.inspect.MAPPED", mapped)
    path = tmp_path / "many"
    path.write_bytes((HONEST + b"\r\n" + ATTACK) * 50)
    found = lines(run(str(path), "--json"))
    assert [line["verdict"] for line in found] == ["clean", "attack"] * 50
    assert found[-1]["request"] == 100


def test_a_folder_with_a_link_to_itself_and_a_huge_request(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "z.txt").write_bytes(ATTACK)
    with (tmp_path / "big.txt").open("wb") as file:
        file.write(b"POST / HTTP/1.1\r\nHost: a\r\n\r\n")
        file.truncate(40 << 20)
    result = run(str(tmp_path), "--json")
    assert result.exit_code == 1
    assert "loop: " in result.stderr
    big, attack = lines(result)
    assert big["partial"] == ["body beyond 131072 bytes"]
    assert attack["verdict"] == "attack"
