"""What the clock does about tasks and runs: reminders, escalations, delays and time-outs."""

from __future__ import annotations

from shangdun.kernel.clock import Clock


def remind_tasks(clock: Clock) -> None:
    """Tell of tasks whose timer ended."""
    from shangdun.actions.tasks.clock import do_remind_tasks, to_remind  # noqa: PLC0415  needs records.boot.start
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above

    if to_remind(clock.now()):
        do_remind_tasks(JOBS, clock=clock)


def pass_time(clock: Clock) -> None:
    """Let courses go on whose moment has come."""
    from shangdun.actions.tasks.clock import do_pass_time  # noqa: PLC0415  needs records.boot.start
    from shangdun.records.actor import JOBS  # noqa: PLC0415  as above
    from shangdun.records.tasks import due_runs  # noqa: PLC0415  as above

    if due_runs(clock.now()).exists():
        do_pass_time(JOBS, clock=clock)
