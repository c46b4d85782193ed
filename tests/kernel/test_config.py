"""``shangdun.toml`` and the environment: what is right is typed, what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from shangdun.kernel.config import Config, load_config
from shangdun.kernel.errors import ConfigError

TOKEN = "0123456789abcdef0123"


def written(folder: Path, toml: str) -> Path:
    (folder / "shangdun.toml").write_text(toml)
    return folder


def test_a_home_without_a_file_runs_on_defaults(tmp_path: Path) -> None:
    assert load_config(tmp_path, {}) == Config()


def test_the_environment_wins_and_gets_its_type(tmp_path: Path) -> None:
    home = written(tmp_path, "[lake]\nretention_days = 300\n")
    environ = {
        "SHANGDUN_HOME": str(home),
        "SHANGDUN_LAKE__RETENTION_DAYS": "250",
        "SHANGDUN_WEB__HTTPS": "true",
        "SHANGDUN_WEB__HOSTS": '["a.example", "b.example"]',
        "SHANGDUN_SOURCES": '[{"name": "s", "format": "json", "path": "/x"}]',
        "PATH": "/bin",
    }
    config = load_config(home, environ)
    assert config.lake.retention_days == 250
    assert config.web.https is True
    assert config.web.hosts == ["a.example", "b.example"]
    assert config.sources[0].ways == ["path"]


SOURCE = '[[sources]]\nname = "s"\nformat = "json"\n'


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("[lake\n", "shangdun.toml"),
        ("[lake]\nretention_day = 3\n", "retention_day"),
        ("[lake]\nretention_days = 0\n", "retention_days"),
        ("[lake]\ncommit_seconds = 0\n", "commit_seconds"),
        ("[web]\nworkers = 0\n", "workers"),
        ('[web]\nlanguage = "fr"\n', "language"),
        ('[web]\ntime_zone = "Mars/Olympus"\n', "Mars/Olympus"),
        ('[web]\ntime_zone = "../etc"\n', "../etc"),
        (SOURCE, "exactly one"),
        (SOURCE + 'path = "/x"\nlisten = "udp://[::1]:1"\n', "exactly one"),
        (2 * (SOURCE + 'path = "/x"\n'), "twice"),
        (SOURCE + "http = true\n", "token"),
        (SOURCE + 'http = true\ntoken = "short"\n', "token"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, toml: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named) as caught:
        load_config(written(tmp_path, toml), {})
    assert "shangdun.toml" in caught.value.where
    assert caught.value.fix


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("SHANGDUN_WEB__HOSTS", '["unfinished'),
        ("SHANGDUN_WEB__WORKERS", "many"),
        ("SHANGDUN_LAKE__RETENTION_DAYS__X", "1"),
        ("SHANGDUN_NO_SUCH_KEY", "1"),
    ],
)
def test_what_is_wrong_in_the_environment_is_named(
    tmp_path: Path, variable: str, text: str
) -> None:
    home = written(tmp_path, "[lake]\nretention_days = 300\n")
    with pytest.raises(ConfigError) as caught:
        load_config(home, {variable: text})
    assert variable in caught.value.where


def test_a_pushed_source_has_its_token(tmp_path: Path) -> None:
    home = written(tmp_path, SOURCE + f'http = true\ntoken = "{TOKEN}"\n')
    (source,) = load_config(home, {}).sources
    assert (source.ways, source.token) == (["http"], TOKEN)
