"""Decodes image files with SimpleITK in a child process that may crash, hang or eat memory.

The child is started for the first file, kept for the following ones and replaced when it died. It is an
ordinary process, no fork (the parent may have threads and windows); requests are JSON lines on its standard
input, answers a JSON line and the raw voxels on its standard output.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import math
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from importlib import import_module
from io import BufferedReader, BufferedWriter
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from nodeeditor import NodeError, Voxels, check_cancelled, patiently
from nodeeditor.memory import free_memory

T = TypeVar("T")
GIGABYTE = 10**9
_ROOT = Path(__file__).parents[2]
_CRASHED = "could not be read: the reader crashed (damaged or hostile file?)"
_LATE = "could not be read: reading took more than {:g} s and was stopped"
_TOO_MUCH = "it needs more memory than it may have"
_PROGRAM = "import sys; sys.path.append(sys.argv[1]); from nodes.formats.isolated import serve; serve()"
_HELLO = b"ready\n"
_PATIENCE = 0.02
_GRACE = 0.1
"""Seconds for which a request goes on though nobody wants it any more: most end in time, a new process takes 0.4."""
_ONE_THREAD = ("ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS")


@dataclass(frozen=True, eq=False)
class Decoded:
    """What SimpleITK read from one file.

    ``voxels``      as `SimpleITK.GetArrayFromImage` gives them: ((t,) z,) y, x [, component]
    ``components``  values a voxel
    ``spacing``, ``origin``, ``direction``  in SimpleITK's order x, y (, z (, t)), LPS, millimetres
    ``metadata``    SimpleITK's dictionary, such as ``0008|0060`` of a DICOM file
    """

    voxels: Voxels
    components: int
    spacing: tuple[float, ...]
    origin: tuple[float, ...]
    direction: tuple[float, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)


def decode(path: Path, image_io: str, limit: int | None = None, seconds: float = 60.0) -> Decoded:
    """Read one image file with the ImageIO of SimpleITK that is named, such as ``GDCMImageIO``.

    ``limit`` is the most bytes that the voxels may take, half of the free memory where it is not given.
    May be called from any thread; calls wait for one another. Raises NodeError in one sentence that begins
    with the file's name, whatever the file does to the reader.
    """
    path = Path(path)
    limit = free_memory() // 2 if limit is None else limit
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise NodeError(f"{path.name!a} could not be read: its name is not valid text") from error
    request = {"path": str(path.absolute()), "io": image_io, "limit": limit, "seconds": seconds}
    try:
        return _child.ask(request, seconds)
    except _RefusedError as refusal:
        raise NodeError(f"{path.name} {refusal}") from None
    except OSError as error:
        raise NodeError(f"{path.name} could not be read: the reader did not start ({error.strerror})") from error


def size_in_words(count: int) -> str:
    """``70.4 TB``: bytes in decimal units."""
    power = min(5, max(0, len(str(count)) - 1) // 3)
    if power == 0:
        return f"{count} bytes"
    return f"{count / 1000**power:.1f} {('kB', 'MB', 'GB', 'TB', 'PB')[power - 1]}"


def needed(sizes: tuple[int, ...], kind: str, itemsize: int, limit: int) -> str:
    """``needs 70.4 TB (32767x32767x32767 int16); limit 8.0 GB`` where that is too much, else nothing."""
    need = math.prod(sizes) * itemsize
    if need <= limit:
        return ""
    return f"needs {size_in_words(need)} ({'x'.join(map(str, sizes))} {kind}); limit {size_in_words(limit)}"


class _RefusedError(Exception):
    """Why a file was not read, as the rest of a sentence that begins with its name."""


class _Child:
    """The parent's end: starts the process, asks it, and ends it when it is late, out of step or not wanted."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._talk: Future[Any] = Future()

    def ask(self, request: dict[str, Any], seconds: float) -> Decoded:
        with patiently(self._lock):
            late = time.monotonic() + seconds
            process = self._running()
            try:
                _awaited(self._talk, late, 0.0)  # where this is cancelled, it goes on starting for the next one
                self._talk = _on_a_thread(lambda: _exchange(process, request))
                answer, voxels = self._answer(late)
            except TimeoutError as error:
                self._end()
                raise _RefusedError(_LATE.format(seconds)) from error
            except (OSError, ValueError) as error:
                self._end()
                raise _RefusedError(_CRASHED) from error
            return _checked(answer, voxels)

    def _answer(self, late: float) -> tuple[dict[str, Any], Voxels]:
        answered = False
        try:
            answer: tuple[dict[str, Any], Voxels] = _awaited(self._talk, late, _GRACE)
            answered = True
        finally:
            if not answered:
                self._end()
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            started = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM, str(_ROOT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env={**os.environ, **dict.fromkeys(_ONE_THREAD, "1")},
                pipesize=1 << 20,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
            self._process = started
            self._talk = _on_a_thread(lambda: _greeting(started))
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            wait([self._talk])
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()

    def close(self) -> None:
        """End the process in peace: it leaves when its input ends."""
        process = self._process
        if process is not None and process.stdin is not None:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                process.stdin.close()
                process.wait(5)
        self._end()

    def forget(self) -> None:
        """In a forked copy of the parent: the process belongs to the other one."""
        self.__init__()  # type: ignore[misc]


def _on_a_thread(work: Callable[[], T]) -> Future[T]:
    """Work on a thread of its own, which does not keep the program from ending."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


def _awaited(talk: Future[T], late: float, grace: float) -> T:
    """What comes of a talk; TimeoutError when it is late, Cancelled when nobody wants it after some grace."""
    begun = time.monotonic()
    while not wait([talk], _PATIENCE).done:
        now = time.monotonic()
        if now > late:
            raise TimeoutError
        if now > begun + grace:
            check_cancelled()
    return talk.result()


def _greeting(process: subprocess.Popen[bytes]) -> None:
    """The child's first line; ConnectionError where there is none."""
    if cast(BufferedReader, process.stdout).readline(64) != _HELLO:
        raise ConnectionError("the child did not start")


def _exchange(process: subprocess.Popen[bytes], request: dict[str, Any]) -> tuple[dict[str, Any], Voxels]:
    """One question and its answer; OSError or ValueError where the child fell silent or talks nonsense."""
    source, target = cast(BufferedReader, process.stdout), cast(BufferedWriter, process.stdin)
    target.write(json.dumps(request).encode() + b"\n")
    target.flush()
    answer: dict[str, Any] = json.loads(source.readline(1 << 26))
    shape, dtype = answer.get("shape", [0]), np.dtype(answer.get("dtype", "u1"))
    if math.prod(shape) * dtype.itemsize > request["limit"]:
        raise ValueError("more voxels than the child was allowed to read")
    voxels = np.empty(shape, dtype)
    if source.readinto(_raw(voxels)) != voxels.nbytes:
        raise ConnectionError("the child ended within the voxels")
    return answer, voxels


def _raw(voxels: Voxels) -> memoryview:
    data: Any = voxels.reshape(-1).view(np.uint8)
    return memoryview(data)


def _checked(answer: dict[str, Any], voxels: Voxels) -> Decoded:
    if "error" in answer:
        raise _RefusedError(answer["error"])
    numbers = (*answer["spacing"], *answer["origin"], *answer["direction"])
    if not all(map(math.isfinite, numbers)) or min(answer["spacing"]) <= 0:
        raise _RefusedError("has no usable geometry (a spacing, position or direction is not a number)")
    return Decoded(
        voxels=voxels,
        components=answer["components"],
        spacing=tuple(answer["spacing"]),
        origin=tuple(answer["origin"]),
        direction=tuple(answer["direction"]),
        metadata=answer["metadata"],
    )


def serve() -> None:
    """The child's end: answer requests until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what ITK prints must not get between the answers
    import_module("SimpleITK")
    replies.write(_HELLO)
    replies.flush()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            answer, voxels = _read(request)
        except _RefusedError as refusal:
            answer, voxels = {"error": str(refusal)}, None
        except MemoryError:
            answer, voxels = {"error": f"could not be read: {_TOO_MUCH}"}, None
        except UnicodeError:
            answer, voxels = {"error": "could not be read: its header holds text that is none (damaged?)"}, None
        except RuntimeError as error:
            text = str(error).replace(f"{Path(request['path']).parent}{os.sep}", "")
            answer, voxels = {"error": f"could not be read: {_reason(text)}"}, None
        replies.write(json.dumps(answer).encode() + b"\n")
        if voxels is not None:
            replies.write(_raw(voxels))
        replies.flush()
        del voxels


def _read(request: dict[str, Any]) -> tuple[dict[str, Any], Voxels]:
    """Header first, then the voxels, both under limits; RuntimeError is what SimpleITK raises."""
    sitk: Any = import_module("SimpleITK")
    _limit_memory(0)
    _limit_time(request["seconds"])
    reader = sitk.ImageFileReader()
    reader.SetImageIO(request["io"])
    reader.SetFileName(request["path"])
    reader.ReadImageInformation()
    kind, sizes, components = reader.GetPixelID(), reader.GetSize(), reader.GetNumberOfComponents()
    name = sitk.GetPixelIDValueAsString(kind)
    if kind < 0 or "complex" in name:
        raise _RefusedError(f"holds {name}s; that is not supported")
    dtype = sitk.GetArrayViewFromImage(sitk.Image([1, 1], kind, components)).dtype
    counts = (*sizes, components) if components > 1 else sizes
    refused = needed(counts, dtype.name, dtype.itemsize, request["limit"])
    if refused:
        raise _RefusedError(refused)
    _limit_memory(math.prod(counts) * dtype.itemsize)
    image = reader.Execute()
    metadata = {key: image.GetMetaData(key) for key in image.GetMetaDataKeys()}
    answer = {
        "components": image.GetNumberOfComponentsPerPixel(),
        "spacing": image.GetSpacing(),
        "origin": image.GetOrigin(),
        "direction": image.GetDirection(),
        "metadata": metadata,
    }
    voxels = sitk.GetArrayFromImage(image)
    return {**answer, "shape": voxels.shape, "dtype": voxels.dtype.str}, voxels


def _limit_memory(need: int) -> None:
    """Allow three times what the voxels need and 2 GB, most of it for libraries; no core file."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on Windows, macOS
        import resource  # noqa: PLC0415

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (3 * need + 2 * GIGABYTE, most))


def _limit_time(seconds: float) -> None:
    """Let this process end itself soon after the time is over, for the case that nobody is left to end it."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415

        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds) + 5, most))


def _reason(text: str) -> str:
    """The last sentence of an ITK exception, without file names of its sources, addresses and class names."""
    last = re.split(r"ITK ERROR:|sitk::ERROR:|Description:|Exception thrown in SimpleITK \w+:", text)[-1]
    last = re.sub(r"\w+\(0x[0-9a-fA-F]+\):", "", last)
    last = re.sub(r"^\s*\S+\.(?:h|hxx|cxx):\d+:", "", last)
    if "bad_alloc" in last or "Failed to allocate memory" in last:
        return _TOO_MUCH
    if "Logic error" in last:
        return "its header says what SimpleITK does not understand (damaged?)"
    words = " ".join(last.split()).rstrip(".")
    return words[:160] + ("…" if len(words) > 160 else "")


_child = _Child()
"""The one mutable global: a process is dear to start (0.4 s), so every file of this program shares it."""
atexit.register(_child.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_child.forget)
