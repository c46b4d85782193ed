"""The columns of a plan as a sheet, in Chinese and English."""

from __future__ import annotations

from shangdun.govern.schedule.activity import LinkKind

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("ID", "标识", "uid", "task id"),
    "code": ("No.", "编号", "code", "wbs", "序号", "任务编号", "no", "number", "项次", "编码",
             "wbs编码", "wbs代码", "大纲数字"),
    "title": ("Task", "任务名称", "title", "name", "task name", "任务", "名称", "工作内容",
              "工作任务", "工作事项", "工作项", "任务内容", "任务事项", "主要工作", "主要工作内容",
              "事项", "具体工作", "具体任务", "subject", "activity"),
    "kind": ("Kind", "类型", "type", "任务类型"),
    "days": (
        "Working days", "工期（工作日）", "days", "duration", "工期(工作日)", "工期", "工作日",
        "天数", "持续时间", "duration days",
    ),
    "not_before": ("Not before", "不早于", "最早开始", "not_before", "start no earlier than"),
    "due": (
        "Due", "要求完成日期", "due date", "deadline", "截止日期", "完成时间", "到期日", "期限",
        "要求完成时间", "完成期限", "截止时间", "完成时限", "时限", "deadline date",
    ),
    "links": ("Waits for", "前置任务", "predecessors", "after", "前置", "紧前任务", "依赖",
              "前序任务", "depends on"),
    "owner": ("Owner", "责任人", "负责人", "resource", "resource names", "资源名称", "执行人",
              "牵头人", "责任人员", "第一责任人", "经办人", "assignee", "assigned to"),
    "progress": ("Progress %", "完成百分比", "progress", "% complete", "percent complete", "进度",
                 "完成率", "完成进度", "进度百分比", "% 完成"),
    "state": ("State", "状态", "status", "完成状态", "任务状态", "完成情况", "进展状态"),
    "began_on": ("Began", "实际开始", "actual start", "began_on", "实际开始时间", "实际开始日期"),
    "done_on": ("Done", "实际完成", "actual finish", "done_on", "实际完成时间", "实际完成日期",
                "实际结束时间"),
    "note": ("Note", "备注", "notes", "说明", "描述", "description", "任务描述", "工作要求"),
    "starts_on": ("Start", "计划开始", "starts_on", "开始时间", "开始", "开始日期", "计划开始时间",
                  "计划开始日期", "start date", "启动时间", "起始时间", "起始日期"),
    "ends_on": ("End", "计划完成", "finish", "ends_on", "结束时间", "结束", "结束日期",
                "计划完成时间", "计划完成日期", "计划结束时间", "计划结束日期", "finish date",
                "end date", "终止时间"),
    "baseline_start": ("Baseline start", "基线开始", "baseline_start"),
    "baseline_end": ("Baseline end", "基线完成", "baseline finish", "baseline_end"),
    "slack": ("Slack", "总时差", "total slack"),
}  # fmt: skip
"""By field: the heading written in English, in Chinese, and others that are understood.

From ``starts_on`` on they are reckoned: written, and not taken in where the sheet says what they
are reckoned of. A sheet of people, that knows a beginning and an end only, means these.
"""
READ_ONLY = frozenset({"state"})
"""Read of people's sheets, never written: ours say it by days."""
STATES = {100: ("已完成", "完成", "已办结", "已关闭", "completed", "complete", "done", "finished",
                "closed")}  # fmt: skip
"""What is finished without a day on which it was."""
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
