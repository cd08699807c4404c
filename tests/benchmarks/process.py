"""Programs that are started for a measurement: how long they take, and how much memory at most."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

NODEEDITOR = (sys.executable, "-c", "import sys; from nodeeditor.cli import main; sys.exit(main())")
"""What the installed command does."""
_LAUNCHER = """
import os, sys, time
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
started = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, usage = os.wait4(child, 0)
print(time.perf_counter() - started, usage.ru_maxrss * 1024, os.waitstatus_to_exitcode(status))
"""
# A process inherits the peak of the one that starts it: a small one lies between.


@dataclass(frozen=True)
class Ran:
    """Seconds from start to end, and the bytes that were in memory at the worst moment."""

    seconds: float
    peak: int


def ran(*command: str) -> Ran:
    """Run a command to its end; raises RuntimeError with what it said where it fails."""
    launched = subprocess.run(
        [sys.executable, "-S", "-E", "-s", "-c", _LAUNCHER, *command], capture_output=True, text=True, check=True
    )
    seconds, peak, status = launched.stdout.split()
    if int(status):
        raise RuntimeError(f"{' '.join(command)} ended with {status}: {launched.stderr}")
    return Ran(float(seconds), int(peak))


def python(code: str, *arguments: str) -> Ran:
    """Run Python code in an interpreter of its own."""
    return ran(sys.executable, "-c", code, *arguments)


def nodeeditor(*arguments: str) -> Ran:
    """Run the command line."""
    return ran(*NODEEDITOR, *arguments)
