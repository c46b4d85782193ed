"""The columns of a plan as a sheet, in Chinese and English."""

from __future__ import annotations

from shangdun.govern.schedule.activity import LinkKind

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("ID", "标识", "uid", "task id"),
    "code": ("No.", "编号", "code", "wbs", "序号", "任务编号", "no", "number"),
    "title": ("Task", "任务名称", "title", "name", "task name", "任务", "名称", "工作内容"),
    "kind": ("Kind", "类型", "type", "任务类型"),
    "days": (
        "Working days", "工期（工作日）", "days", "duration", "工期(工作日)", "工期", "工作日",
        "天数",
    ),
    "not_before": ("Not before", "不早于", "最早开始", "not_before", "start no earlier than"),
    "due": (
        "Due", "要求完成日期", "due date", "deadline", "截止日期", "完成时间", "到期日", "期限",
    ),
    "links": ("Waits for", "前置任务", "predecessors", "after", "前置", "紧前任务"),
    "owner": ("Owner", "责任人", "负责人", "resource", "resource names", "资源名称"),
    "progress": ("Progress %", "完成百分比", "progress", "% complete", "percent complete", "进度"),
    "began_on": ("Began", "实际开始", "actual start", "began_on"),
    "done_on": ("Done", "实际完成", "actual finish", "done_on"),
    "note": ("Note", "备注", "notes", "说明", "描述", "description"),
    "starts_on": ("Start", "计划开始", "starts_on", "开始时间", "开始"),
    "ends_on": ("End", "计划完成", "finish", "ends_on", "结束时间", "结束"),
    "baseline_start": ("Baseline start", "基线开始", "baseline_start"),
    "baseline_end": ("Baseline end", "基线完成", "baseline finish", "baseline_end"),
    "slack": ("Slack", "总时差", "total slack"),
}  # fmt: skip
"""By field: the heading written in English, in Chinese, and others that are understood.

From ``starts_on`` on they are reckoned: written, and not taken in.
"""
RECKONED = frozenset({"starts_on", "ends_on", "baseline_start", "baseline_end", "slack"})
KINDS: dict[str, tuple[str, ...]] = {
    "task": ("task", "任务", "summary", "摘要任务", "阶段"),
    "subtask": ("subtask", "子任务", "activity", "活动", "工作"),
    "milestone": ("milestone", "里程碑"),
}
LINK_WORDS: dict[str, LinkKind] = {kind.value: kind for kind in LinkKind} | {
    "完成-开始": LinkKind.FS,
    "开始-开始": LinkKind.SS,
    "完成-完成": LinkKind.FF,
    "开始-完成": LinkKind.SF,
}
