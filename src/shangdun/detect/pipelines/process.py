"""Programs that start, and files they write: Sigma's names → OCSF columns.

Source: Sigma taxonomy appendix 2.1, process creation and file events; OCSF 1.8.0 process_activity
and file_activity.
"""

from __future__ import annotations

from types import MappingProxyType

from shangdun.detect.pipelines.pipeline import Pipeline

PIPELINE = Pipeline(
    categories=frozenset({"process_creation"}),
    columns=MappingProxyType(
        {
            "Image": "process.file.path",
            "CommandLine": "process.cmd_line",
            "ProcessId": "process.pid",
            "CurrentDirectory": "process.working_directory",
            "User": "process.user.name",
            "ParentImage": "process.parent_process.file.path",
            "ParentCommandLine": "process.parent_process.cmd_line",
            "ParentProcessId": "process.parent_process.pid",
        }
    ),
)

FILES = Pipeline(
    categories=frozenset({"file_event", "file_change", "file_delete", "file_access"}),
    columns=MappingProxyType(
        {
            "TargetFilename": "file.path",
            "Image": "actor.process.file.path",
            "User": "actor.user.name",
        }
    ),
)
