"""The child's side of `adme.lib.sandbox`: run as a script by a fresh interpreter, never imported by the application.

Started as ``python -I sandbox_child.py FOLDER``. Reads ``job.json`` there, binds itself (processor time, file size,
open files, memory, no network, no other programs), calls one function with plain arguments, and leaves its answer as
``answer.json`` beside the files that the function wrote into the folder. Nothing is ever pickled.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import os
import resource
import signal
import struct
import sys
from pathlib import Path
from typing import Any

MB = 1024 * 1024
_ADDRESS_SPACE_SLACK = 2048 * MB  # threads reserve far more addresses than they ever use

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_MODE_FILTER = 2

# Calls that reading a file never needs. The numbers are those of the kernel's tables for each machine:
# socket, connect, bind, sendto, execve, execveat, ptrace, kill, mount, unshare, bpf, io_uring_setup,
# process_vm_readv, process_vm_writev
_FORBIDDEN_CALLS = {
    "x86_64": (0xC000003E, (41, 42, 49, 44, 59, 322, 101, 62, 165, 272, 321, 425, 310, 311)),
    "aarch64": (0xC00000B7, (198, 203, 200, 206, 221, 281, 117, 129, 40, 97, 280, 425, 270, 271)),
}


def main(folder: Path) -> None:
    """Do the one job that the folder describes."""
    job = json.loads((folder / "job.json").read_text("utf-8"))
    _die_with_parent(job["parent"])
    os.nice(job["nice"])
    _bind_resources(job["seconds"], job["output_mb"])
    _forbid_calls()
    sys.path[:0] = job["import_from"]
    module_name, _, function_name = job["target"].partition(":")
    function = getattr(importlib.import_module(module_name), function_name)
    _bind_memory(job["memory_mb"])
    answer = function(job["arguments"], folder)
    unfinished = folder / "answer.unfinished"
    # The parent's own figure for us would include what it held itself when it started us.
    peak = _status_kilobytes().get("VmHWM", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    unfinished.write_text(json.dumps({"answer": answer, "peak_mb": peak / 1024}, ensure_ascii=False), "utf-8")
    unfinished.rename(folder / "answer.json")


def _die_with_parent(parent: int) -> None:
    """Killed with the worker that waits for it, so that nothing is left running when a worker is killed."""
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we could ask
        raise SystemExit(1)


def _bind_resources(seconds: int, output_mb: int) -> None:
    processors = max(1, min(2, os.cpu_count() or 1))
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 64)
    _limit(resource.RLIMIT_FSIZE, output_mb * MB)
    _limit(resource.RLIMIT_CPU, seconds * processors + 2)


def _bind_memory(memory_mb: int) -> None:
    """So much beyond what the interpreter with its libraries takes already."""
    used = _status_kilobytes()
    if "VmData" in used:  # Linux: writable private memory, which is what a bomb fills
        _limit(resource.RLIMIT_DATA, used["VmData"] * 1024 + memory_mb * MB)
    _limit(resource.RLIMIT_AS, used.get("VmSize", 0) * 1024 + memory_mb * MB + _ADDRESS_SPACE_SLACK)


def _status_kilobytes() -> dict[str, int]:
    try:
        lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return {}
    pairs = (line.split(":", 1) for line in lines if line.endswith(" kB"))
    return {name: int(rest.split()[0]) for name, rest in pairs}


def _limit(which: int, value: int) -> None:
    with contextlib.suppress(ValueError, OSError):  # a system may know a limit and not allow it
        _, hard = resource.getrlimit(which)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # A second more in the hard limit of processor time: the soft one ends with a signal that says why.
        ceiling = bound + 1 if which == resource.RLIMIT_CPU and bound == value else bound
        resource.setrlimit(which, (bound, ceiling))


def _forbid_calls() -> bool:
    """No network, no other program, no look into other processes: by a filter of the kernel, where it has one."""
    if not sys.platform.startswith("linux") or os.uname().machine not in _FORBIDDEN_CALLS:
        return False
    architecture, forbidden = _FORBIDDEN_CALLS[os.uname().machine]
    program = _filter_program(architecture, forbidden)
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP" if ctypes.sizeof(ctypes.c_void_p) == 8 else "HxxP", len(program) // 8, _at(code))
    holder = ctypes.create_string_buffer(header, len(header))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, _at(holder), 0, 0) == 0)


def _at(buffer: Any) -> int:
    return ctypes.addressof(buffer)


def _filter_program(architecture: int, forbidden: tuple[int, ...]) -> bytes:
    """Classic BPF: another machine's calls are killed, forbidden ones answer EPERM, all others pass."""

    def step(code: int, yes: int, no: int, value: int) -> bytes:
        return struct.pack("HBBI", code, yes, no, value)

    load, jump_equal, jump_at_least, give = 0x20, 0x15, 0x35, 0x06
    kill, deny, allow = 0x80000000, 0x00050000 | 1, 0x7FFF0000
    steps = [step(load, 0, 0, 4), step(jump_equal, 1, 0, architecture), step(give, 0, 0, kill)]
    steps += [step(load, 0, 0, 0), step(jump_at_least, 0, 1, 0x40000000), step(give, 0, 0, kill)]  # the x32 numbers
    for number in forbidden:
        steps += [step(jump_equal, 0, 1, number), step(give, 0, 0, deny)]
    return b"".join([*steps, step(give, 0, 0, allow)])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
