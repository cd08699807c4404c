"""How many processors this process may use."""

from __future__ import annotations

import os

from nodeeditor import NodeError


def processors() -> int:
    """NODEEDITOR_PROCESSORS, where it is set, else the processors at hand; at least one."""
    setting = os.environ.get("NODEEDITOR_PROCESSORS", "")
    if setting:
        if not setting.isdecimal() or not int(setting):
            raise NodeError(f"NODEEDITOR_PROCESSORS is {setting!r}, not a number from 1 up")
        return int(setting)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
