"""Sets up a virtual environment and runs every check: ``python3 -m tests [pytest arguments]``.

Nothing but Python with pip and venv is needed; the first run takes a few minutes. On Debian and its kin the libraries
that Qt needs and an X server for tests are installed too, where they are missing and this user may. With arguments
only pytest is run, with these arguments.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / f".venv-{sys.version_info.major}.{sys.version_info.minor}"
QT_LIBRARIES = (
    *("libegl1", "libgl1", "libxkbcommon0", "libdbus-1-3", "libfontconfig1", "libxkbcommon-x11-0", "libxcb-cursor0"),
    *("libxcb-icccm4", "libxcb-image0", "libxcb-keysyms1", "libxcb-render-util0", "libxcb-shape0", "libxcb-xinerama0"),
)
X_PROGRAMS = {"Xvfb": "xvfb", "openbox": "openbox", "xdotool": "xdotool"}
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
    install_debian_packages(python)
    return python


def install_debian_packages(python: Path) -> None:
    """Install what of the system is missing for Qt's widgets, and for the tests that drive a real X server."""
    packages = [package for program, package in X_PROGRAMS.items() if not shutil.which(program)]
    attempt = [str(python), "-c", "import PySide6.QtWidgets, PySide6.QtSvg"]
    needed = subprocess.run(attempt, capture_output=True, check=False).returncode != 0
    if needed:
        packages += QT_LIBRARIES
    if not packages or not shutil.which("apt-get"):
        return
    may: list[str] = [] if os.geteuid() == 0 else ["sudo", "-n"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    update = ["apt-get", "update", "-qq"]
    install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]
    for command in (update, install):
        if subprocess.run([*may, *command], env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
            words = f"the system lacks packages: sudo apt-get install {' '.join(packages)}"
            sys.exit(words) if needed else print(f"tests on a real X server are left out; {words}")
            return


def run(*command: str | Path) -> int:
    """Show a command and run it in the project's folder."""
    print("$", *(part.name if isinstance(part, Path) else part for part in command), flush=True)
    environment = {**os.environ, "COVERAGE_FILE": str(ROOT / ".coverage")}  # of programs in other folders, too
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
