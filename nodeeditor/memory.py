"""How much memory there is, and how much of it remembered pages may take."""

from __future__ import annotations

import os

from nodeeditor.errors import NetworkError


def cache_limit() -> int:
    """Bytes for remembered pages: NODEEDITOR_CACHE in MiB, else a quarter of the memory that is free now."""
    setting = os.environ.get("NODEEDITOR_CACHE", "")
    if setting:
        if not setting.isdecimal():
            raise NetworkError(f"NODEEDITOR_CACHE is {setting!r}, not a number of MiB")
        return int(setting) * 2**20
    return free_memory() // 4


def free_memory() -> int:
    """Bytes of memory that are free for new work, as the system tells; 4 GiB where it does not."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:  # noqa: PTH123  (a kernel table, no file)
            for line in lines:
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, ValueError, OSError):
        return 4 * 2**30
