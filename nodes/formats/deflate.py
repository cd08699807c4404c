"""Packs and unpacks what deflate has made small (RFC 1950 to 1952), on all processors and with ISA-L where it is there.

ISA-L (the package ``isal``, extra ``nodeeditor[fast]``) does the same as zlib in a fraction of the time. What it
refuses to unpack is given to zlib, whose verdict counts.
"""

from __future__ import annotations

import struct
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from nodeeditor import NodeError, Voxels, check_cancelled
from nodes.formats.processors import processors

try:
    _fast: Any = import_module("isal.isal_zlib")
    _LEVEL = 2
except ImportError:
    _fast = zlib
    _LEVEL = 1
"""Measured on two heads and a CT: 1 to 7 % larger than level 6 of zlib in 0.3 to 0.65 of its time, with ISA-L 0.1."""

GZIP = b"\x1f\x8b"
_HEAD = GZIP + b"\x08\0\0\0\0\0\0\xff"
_END = b"\3\0"
"""An empty last block."""
_PIECE = 1 << 20
_FEED, _YIELD = 1 << 16, 1 << 18
"""Bytes that are given to be unpacked, and taken, at once: both fit a processor's own cache, ISA-L gains a third."""
_TRAILING = 64 << 20
_RATIO = 1032  # more does deflate not compress (zlib.net/zlib_tech.html)


def packed(blocks: Iterable[bytes | memoryview]) -> Iterator[bytes]:
    """One gzip member without a time, so that equal blocks give equal files; pieces are packed side by side."""
    workers = processors()
    check, length = zlib.crc32(b""), 0
    under_way: deque[Future[bytes]] = deque()
    yield _HEAD
    with ThreadPoolExecutor(workers) as pool:
        try:
            for block in blocks:
                for first in range(0, len(block), _PIECE):
                    piece = block[first : first + _PIECE]
                    under_way.append(pool.submit(_piece, piece))
                    check, length = zlib.crc32(piece, check), length + len(piece)
                    if len(under_way) > 2 * workers:
                        yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for future in under_way:
                future.cancel()
    yield _END + struct.pack("<2I", check, length & 0xFFFFFFFF)


def _piece(piece: bytes | memoryview) -> bytes:
    """Blocks of deflate that end at a whole byte and are not the last ones."""
    packer = _fast.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return bytes(packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH))


def unpacked(path: Path, start: int, skip: int, need: int) -> Voxels:
    """``need`` bytes, after ``skip`` others, of the zlib or gzip data that begin at byte ``start`` of a file.

    They are an array. The check sum is compared; what follows is ignored. Raises NodeError where the file is damaged.
    """
    if _fast is not zlib:
        try:
            return _unpacked(path, start, skip, need, _fast)
        except NodeError:
            pass
    return _unpacked(path, start, skip, need, zlib)


def _unpacked(path: Path, start: int, skip: int, need: int, by: Any) -> Voxels:
    filled = position = 0
    try:
        if need > _RATIO * path.stat().st_size:
            raise EOFError
        voxels: Voxels = np.empty(need, np.uint8)
        data: Any = voxels
        target = memoryview(data)
        for chunk in _inflated(path, start, skip + need + _TRAILING, by):
            useful = chunk[max(0, skip - position) :][: need - filled]
            target[filled : filled + len(useful)] = useful
            filled += len(useful)
            position += len(chunk)
    except (zlib.error, by.error, EOFError) as error:
        reason = f"{path.name} is damaged: its check sum is wrong or missing"
        summed = filled == need or str(error).endswith(("data check", "length check"))
        raise NodeError(reason if summed else damaged(path, filled, need)) from error
    except MemoryError as error:
        raise NodeError(f"{path.name} could not be read: {need} bytes of memory are not free") from error
    except OSError as error:
        raise NodeError(f"{path.name} could not be read: {error.strerror}") from error
    if filled < need:
        raise NodeError(damaged(path, filled, need))
    return voxels


def _inflated(path: Path, start: int, most: int, by: Any) -> Iterator[bytes]:
    """What zlib or gzip data hold, up to about ``most`` bytes; EOFError where they are cut."""
    member, pending = by.decompressobj(47), b""
    with path.open("rb", buffering=0) as file:
        file.seek(start)
        while most > 0:
            check_cancelled()
            pending = pending or file.read(_FEED)
            if member.eof:
                if not pending.startswith(GZIP):
                    return
                member = by.decompressobj(47)
            elif not pending:
                raise EOFError
            chunk = member.decompress(pending, _YIELD)
            pending = member.unused_data if member.eof else member.unconsumed_tail
            most -= len(chunk)
            yield chunk


def damaged(path: Path, there: int, need: int) -> str:
    """``x.nii is damaged: 8130 of 8192 bytes of voxels are there``."""
    return f"{path.name} is damaged: {there} of {need} bytes of voxels are there"
