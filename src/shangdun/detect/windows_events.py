"""Windows event channels and numbers → Sigma services and categories.

Source: Sigma 2.1 taxonomy appendix and log source guides; Sysmon 15 event list.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SERVICES: Mapping[str, str] = MappingProxyType(
    {
        "application": "application",
        "security": "security",
        "system": "system",
        "microsoft-windows-sysmon/operational": "sysmon",
        "microsoft-windows-powershell/operational": "powershell",
        "powershellcore/operational": "powershell",
        "windows powershell": "powershell-classic",
        "microsoft-windows-windows defender/operational": "windefend",
        "microsoft-windows-taskscheduler/operational": "taskscheduler",
        "microsoft-windows-wmi-activity/operational": "wmi",
        "microsoft-windows-bits-client/operational": "bits-client",
        "microsoft-windows-codeintegrity/operational": "codeintegrity-operational",
        "microsoft-windows-ntlm/operational": "ntlm",
        "microsoft-windows-dns-client/operational": "dns-client",
        "dns server": "dns-server",
        "microsoft-windows-applocker/msi and script": "applocker",
        "microsoft-windows-applocker/exe and dll": "applocker",
        "microsoft-windows-windows firewall with advanced security/firewall": "firewall-as",
        "microsoft-windows-appxdeploymentserver/operational": "appxdeployment-server",
        "microsoft-windows-terminalservices-localsessionmanager/operational": (
            "terminalservices-localsessionmanager"
        ),
        "microsoft-windows-smbclient/security": "smbclient-security",
        "microsoft-windows-ldap-client/debug": "ldap",
        "msexchange management": "msexchange-management",
        "openssh/operational": "openssh",
        "microsoft-windows-applocker/packaged app-deployment": "applocker",
        "microsoft-windows-applocker/packaged app-execution": "applocker",
        "microsoft-iis-configuration/operational": "iis-configuration",
        "microsoft-windows-security-mitigations/kernel mode": "security-mitigations",
        "microsoft-windows-security-mitigations/user mode": "security-mitigations",
        "microsoft-windows-smbclient/connectivity": "smbclient-connectivity",
        "microsoft-windows-smbserver/connectivity": "smbserver-connectivity",
        "microsoft-windows-dns-server/analytical": "dns-server-analytic",
        "microsoft-windows-printservice/admin": "printservice-admin",
        "microsoft-windows-printservice/operational": "printservice-operational",
        "microsoft-windows-appxpackaging/operational": "appxpackaging-om",
        "microsoft-windows-appmodel-runtime/admin": "appmodel-runtime",
        "microsoft-windows-shell-core/operational": "shell-core",
        "microsoft-windows-driverframeworks-usermode/operational": "driver-framework",
        "microsoft-windows-diagnosis-scripted/operational": "diagnosis-scripted",
        "microsoft-windows-certificateservicesclient-lifecycle-system/operational": (
            "certificateservicesclient-lifecycle-system"
        ),
        "microsoft-windows-lsa/operational": "lsa-server",
        "microsoft-windows-capi2/operational": "capi2",
        "microsoft-servicebus-client/admin": "microsoft-servicebus-client",
        "microsoft-servicebus-client/operational": "microsoft-servicebus-client",
    }
)
"""Channel in lower case → service."""

_SYSMON = {
    "1": "process_creation",
    "2": "file_change",
    "3": "network_connection",
    "4": "sysmon_status",
    "6": "driver_load",
    "7": "image_load",
    "8": "create_remote_thread",
    "9": "raw_access_thread",
    "10": "process_access",
    "11": "file_event",
    "12": "registry_event",
    "13": "registry_set",
    "14": "registry_rename",
    "15": "create_stream_hash",
    "16": "sysmon_status",
    "17": "pipe_created",
    "18": "pipe_created",
    "19": "wmi_event",
    "20": "wmi_event",
    "21": "wmi_event",
    "22": "dns_query",
    "23": "file_delete",
    "25": "process_tampering",
    "26": "file_delete",
    "27": "file_block_executable",
    "28": "file_block_shredding",
    "29": "file_executable_detected",
    "255": "sysmon_error",
}

CATEGORIES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        **{("sysmon", number): category for number, category in _SYSMON.items()},
        ("security", "4688"): "process_creation",
        ("powershell", "4103"): "ps_module",
        ("powershell", "4104"): "ps_script",
        ("powershell-classic", "400"): "ps_classic_start",
        ("powershell-classic", "600"): "ps_classic_provider_start",
        ("powershell-classic", "800"): "ps_module",
    }
)
"""Service and event number → category."""

FAMILIES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "registry_event": frozenset(
            {"registry_add", "registry_delete", "registry_set", "registry_rename"}
        ),
        "file_delete": frozenset({"file_delete_detected"}),
    }
)
"""A category that stands for several: an event or a rule of one fits the other's members."""

SERVICES_OF: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        category: frozenset(service for (service, _), one in CATEGORIES.items() if one == category)
        for category in CATEGORIES.values()
    }
)
"""Category → the services that write such events."""
