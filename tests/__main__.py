"""Sets up a virtual environment and runs every check: ``python3 -m tests [pytest arguments]``.

Nothing but Python with pip and venv is needed; the first run takes a few minutes. With arguments only pytest is run,
with these arguments.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / f".venv-{sys.version_info.major}.{sys.version_info.minor}"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")


def main(arguments: list[str]) -> int:
    """Run the checks one after the other; the first failure is the exit status."""
    python = set_up()
    if arguments:
        return run(python, "-m", "pytest", *arguments)
    checks = (
        (python, "-m", "ruff", "check", "."),
        (python, "-m", "ruff", "format", "--check", "."),
        (python, "-m", "mypy"),
        (BIN / "lint-imports", "--no-cache"),
        (python, "-m", "pytest", "--cov", "--cov-report=term", "--cov-fail-under=95"),
    )
    for check in checks:
        status = run(*check)
        if status:
            return status
    return 0


def set_up() -> Path:
    """Make the virtual environment if need be and install the project into it, with what its tests need."""
    python = BIN / ("python.exe" if os.name == "nt" else "python")
    if not python.exists():
        venv.create(VENV, with_pip=True)
    installed = VENV / "installed"
    wanted = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    if not installed.exists() or installed.read_text(encoding="utf-8") != wanted:
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", f"{ROOT}[test]"],
            check=True,
        )
        installed.write_text(wanted, encoding="utf-8")
    return python


def run(*command: str | Path) -> int:
    """Show a command and run it in the project's folder."""
    print("$", *(part.name if isinstance(part, Path) else part for part in command), flush=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
