"""``shangdun playbook``: list, show, check, export, import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from shangdun.actions.playbooks.bring import builtin_waits, do_bring_playbooks
from shangdun.actions.playbooks.save import do_save_playbook
from shangdun.cli.output import json_option, plain, print_json, print_table
from shangdun.cli.records.acting import acting, as_option
from shangdun.kernel.clock import SystemClock
from shangdun.kernel.errors import ParseError
from shangdun.records.actor import JOBS
from shangdun.records.models import Playbook, PlaybookOrigin
from shangdun.records.playbooks import content, get_playbook_version, library, visible_playbooks
from shangdun.respond import playbook as cacao
from shangdun.respond.playbook.outline import Line, outline
from shangdun.respond.playbook.reading import LONGEST_DOCUMENT
from shangdun.respond.playbook.yaml_form import Reading, read_any, to_yaml

FORMS = ("json", "yml")


@click.group()
def group() -> None:
    """Playbooks."""


def _there() -> None:
    """The product's own are brought by whoever asks first."""
    if builtin_waits():
        do_bring_playbooks(JOBS)


@group.command("list")
@as_option
@json_option
def list_playbooks(username: str, *, as_json: bool) -> None:
    """Every playbook, for which incidents it is, and whether it is in use."""
    _there()
    rows = visible_playbooks(acting(username)).order_by("title_en")
    if as_json:
        for row in rows:
            print_json(_record(row))
        return
    columns = ("id", "title", "for", "steps", "version", "in use", "errors", "origin")
    print_table(columns, (_cells(row) for row in rows))


@group.command()
@click.argument("uid")
@click.option("--version", type=int, help="An earlier version.")
@click.option("--language", type=click.Choice(("zh", "en")), default="en", show_default=True)
@as_option
def show(uid: str, version: int | None, language: str, username: str) -> None:
    """The course of a playbook as it is read, with groups and minutes."""
    _there()
    row = get_playbook_version(acting(username), uid, version)
    playbook = content(row)
    click.echo(f"{plain(playbook.name.said(language))} (version {row.number})")
    for line in _read(outline(playbook), language, 0):
        click.echo(line)


@group.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def check(file: Path, *, as_json: bool) -> None:
    """Say what is wrong with a CACAO document or compact YAML; exit 1 for errors."""
    reading = _reading(file)
    playbook = reading.playbook
    records = (
        [_line(file, one.line, "error", one.message, one.fix) for one in reading.problems]
        if playbook is None
        else _problems(file, playbook, reading.lines)
    )
    for record in records:
        if as_json:
            print_json(record)
        else:
            words = f"{record['level']}: {record['message']} ({record['fix']})"
            click.echo(plain(f"{record['file']}:{record['line']}: {words}"))
    if any(record["level"] == "error" for record in records):
        raise SystemExit(1)
    if not as_json and playbook is not None:
        click.echo(plain(f"{file}: {playbook.name.en or playbook.name.zh}: sound"))


@group.command()
@click.argument("uid")
@click.option("--format", "form", type=click.Choice(FORMS), default="json", show_default=True)
@click.option("--version", type=int, help="An earlier version.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path))
@as_option
def export(uid: str, form: str, version: int | None, output: Path | None, username: str) -> None:
    """Write a playbook out: CACAO JSON, or the compact form."""
    _there()
    playbook = content(get_playbook_version(acting(username), uid, version))
    text = to_yaml(playbook) if form == "yml" else cacao.dump(playbook) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", required=True, help="Why.")
@click.option("--replace", is_flag=True, help="Also where a playbook of this identifier is here.")
@as_option
@json_option
def bring_in(file: Path, reason: str, username: str, *, replace: bool, as_json: bool) -> None:
    """Keep a CACAO document or compact YAML; it is in use once somebody takes it into use."""
    reading = _reading(file)
    if reading.playbook is None:
        first = reading.problems[0]
        raise ParseError(
            first.message, code="playbook.yaml", where=f"{file}:{first.line}", fix=first.fix
        )
    row = do_save_playbook(
        acting(username),
        playbook=reading.playbook,
        reason=reason,
        version=None if replace else 0,
        origin=PlaybookOrigin.IMPORTED,
    )
    if as_json:
        print_json(_record(row))
    else:
        click.echo(plain(f"{row.uid} version {row.version}: {row.title_en}"))


def _reading(file: Path) -> Reading:
    with file.open("rb") as opened:
        data = opened.read(LONGEST_DOCUMENT + 1)
    return read_any(data.decode("utf-8-sig", "replace"), SystemClock().now())


def _problems(
    file: Path, playbook: cacao.Playbook, lines: Mapping[str, int]
) -> list[dict[str, Any]]:
    found = []
    for one in cacao.validate(playbook, {**library(), playbook.id: playbook}):
        step = playbook.steps.get(one.step)
        about = f"{step.key}: {one.message}" if step else one.message
        found.append(_line(file, lines.get(one.step, 1), one.level.value, about, one.fix))
    return found


def _line(file: Path, line: int, level: str, message: str, fix: str) -> dict[str, Any]:
    return {"file": str(file), "line": line, "level": level, "message": message, "fix": fix}


def _record(row: Playbook) -> dict[str, Any]:
    return {
        "id": row.uid,
        "title": row.title_en,
        "title_zh": row.title_zh,
        "types": row.types,
        "steps": row.steps,
        "version": row.version,
        "enabled": row.enabled,
        "errors": row.problems,
        "origin": row.origin,
        "sha256": row.sha256,
    }


def _cells(row: Playbook) -> tuple[object, ...]:
    used = "yes" if row.enabled else "no"
    types = ", ".join(row.types)
    return row.uid, row.title_en, types, row.steps, row.version, used, row.problems, row.origin


def _read(lines: tuple[Line, ...], language: str, depth: int) -> Iterator[str]:
    for line in lines:
        step = line.step
        who = f" [{step.group.value}]" if step.group else f" ({step.kind.value})"
        minutes = f" {step.minutes} min" if step.minutes else ""
        acts = f" <{step.automatic.value}>" if step.automatic else ""
        name = step.name.said(language) or step.key
        yield plain(f"{'  ' * depth}- {'^ ' if line.again else ''}{name}{who}{acts}{minutes}")
        for branch in line.branches:
            yield plain(f"{'  ' * (depth + 1)}{branch.why}:")
            yield from _read(branch.lines, language, depth + 2)
