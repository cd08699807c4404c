"""Programs that are started for a measurement: how long they take, and how much memory at most.

They find their modules compiled, as they are after an installation, whatever this process is told to do.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache

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
_IMPORTS = """
import SimpleITK, nodeeditor.cli, nodeeditor.run, nodes.formats.dicom, nodes.formats.write
from nodeeditor.library import Library
Library.installed()
"""
_COMPILED = tempfile.TemporaryDirectory(prefix="nodeeditor-compiled-")


@dataclass(frozen=True)
class Ran:
    """Seconds from start to end, and the bytes that were in memory at the worst moment."""

    seconds: float
    peak: int


def ran(*command: str) -> Ran:
    """Run a command to its end; raises RuntimeError with what it said where it fails."""
    launched = subprocess.run(
        [sys.executable, "-S", "-E", "-s", "-c", _LAUNCHER, *command],
        capture_output=True,
        text=True,
        check=True,
        env=_environment(),
    )
    seconds, peak, status = launched.stdout.split()
    if int(status):
        raise RuntimeError(f"{' '.join(command)} ended with {status}: {launched.stderr}")
    return Ran(float(seconds), int(peak))


@cache
def _environment() -> dict[str, str]:
    """Variables for programs that find their modules compiled."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    made = {**kept, "PYTHONPYCACHEPREFIX": _COMPILED.name}
    subprocess.run([sys.executable, "-c", _IMPORTS], check=True, env=made)
    return made


def python(code: str, *arguments: str) -> Ran:
    """Run Python code in an interpreter of its own."""
    return ran(sys.executable, "-c", code, *arguments)


def nodeeditor(*arguments: str) -> Ran:
    """Run the command line."""
    return ran(*NODEEDITOR, *arguments)
