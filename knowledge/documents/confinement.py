"""Knows how a process gives up memory, time, network, writing and most reading, for good, itself and its children.

Linux only, on x86-64 and 64-bit ARM. The network is taken away by a filter of system calls (seccomp, see `man 2
seccomp`): no socket can be made, not even by native code. Where that filter cannot be set, nothing is read at all.
Reading and writing files is taken away by Landlock (`man 7 landlock`, Linux 5.13), where the system has it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import shutil
import signal
import stat
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

NICENESS = 10  # people who wait for an answer come first
LARGEST_FILE = 64 * 1024**2  # bytes; also of the answer, which is a file in memory
HOME = Path(__file__).resolve().parent.parent.parent

_libc = ctypes.CDLL(None, use_errno=True)


class NotConfined(Exception):
    """The system has no way to take the network away from a process."""


def confine(memory_bytes: int, cpu_s: int, **_others: object) -> None:
    """Give up all that a parser does not need. Cannot be undone. Raises NotConfined."""
    os.nice(NICENESS)
    _limit(memory_bytes, cpu_s)
    _end_with_parent()
    _promise_no_new_rights()
    _give_up_files()
    _give_up_network()


def _limit(memory_bytes: int, cpu_s: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38


def _end_with_parent() -> None:
    """Where the program that waits for us is killed, nobody is left to end us in time."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _promise_no_new_rights() -> None:
    """The two filters below ask for this: no program that we start gets rights that we do not have."""
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise NotConfined


# --- the network: seccomp -------------------------------------------------------------------------------------------


# Kinds of processors: their number in `linux/audit.h`, then those of the refused system calls, both in this
# order: socket connect accept bind listen accept4 | io_uring_setup io_uring_enter io_uring_register (which make sockets
# without those calls) | kill tkill tgkill pidfd_send_signal pidfd_getfd ptrace process_vm_readv process_vm_writev
# (other processes) | setsid setpgid (leaving the group that is ended as a whole) | unshare setns mount chroot bpf
# perf_event_open userfaultfd keyctl add_key request_key open_by_handle_at (parts that had faults and no parser needs).
_MACHINES = {
    "x86_64": (
        0xC000003E,
        *(41, 42, 43, 49, 50, 288, 425, 426, 427, 62, 200, 234, 424, 438, 101, 310, 311, 112, 109),
        *(272, 308, 165, 161, 321, 298, 323, 250, 248, 249, 304),
    ),
    "aarch64": (
        0xC00000B7,
        *(198, 203, 202, 200, 201, 242, 425, 426, 427, 129, 130, 131, 424, 438, 117, 270, 271, 157, 154),
        *(97, 268, 40, 51, 280, 241, 282, 219, 217, 218, 265),
    ),
}
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # instructions of the filter (`linux/bpf_common.h`)
_NUMBER_AT, _ARCH_AT = 0, 4  # where they stand in `struct seccomp_data`
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EPERM
_OTHER_NUMBERING = 0x40000000  # x86-64 calls in their 32-bit form ("x32") would slip past the numbers
_SECCOMP_MODE_FILTER = 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def _give_up_network() -> None:
    machine = _MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        raise NotConfined
    instructions = b"".join(_filter(*machine))
    kept = ctypes.create_string_buffer(instructions)
    program = _Program(len(instructions) // 8, ctypes.addressof(kept))
    if _libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0):
        raise NotConfined


def _filter(audit_arch: int, *refused: int) -> Iterator[bytes]:
    """Each instruction: what to do, how many to skip if so and if not, and a number."""
    yield _instruction(_LOAD, 0, 0, _ARCH_AT)
    yield _instruction(_EQUAL, 1, 0, audit_arch)
    yield _instruction(_RETURN, 0, 0, _KILL)
    yield _instruction(_LOAD, 0, 0, _NUMBER_AT)
    yield _instruction(_AT_LEAST, 0, 1, _OTHER_NUMBERING)
    yield _instruction(_RETURN, 0, 0, _REFUSE)
    for number in refused:
        yield _instruction(_EQUAL, 0, 1, number)
        yield _instruction(_RETURN, 0, 0, _REFUSE)
    yield _instruction(_RETURN, 0, 0, _ALLOW)


def _instruction(code: int, if_so: int, if_not: int, value: int) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)


# --- files: Landlock ------------------------------------------------------------------------------------------------

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on all processors
_ASK_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1, 2, 4, 8
_ALL = (1 << 13) - 1  # what the first version knows: also making, renaming and removing files
_READ = _EXECUTE | _READ_FILE | _READ_FOLDER
_SYSTEM = (
    "/usr",
    "/lib",
    "/lib64",
    "/bin",
    "/etc/ld.so.cache",
    "/etc/fonts",
    "/etc/mime.types",
    "/etc/localtime",
    "/proc/self",
    "/proc/meminfo",
    "/sys/devices",
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


def _give_up_files() -> None:
    """Keep reading programs and our own code, neither `.env` nor the data. Without Landlock nothing changes."""
    if _libc.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION) < 1:
        return
    handled = ctypes.c_uint64(_ALL)
    ruleset = _libc.syscall(_CREATE_RULESET, ctypes.byref(handled), ctypes.sizeof(handled), 0)
    if ruleset < 0:
        raise NotConfined
    for path, rights in _allowed_paths():
        _allow(ruleset, path, rights)
    if _libc.syscall(_RESTRICT_SELF, ruleset, 0):
        raise NotConfined
    os.close(ruleset)


def _allowed_paths() -> Iterator[tuple[str, int]]:
    for path in (*_SYSTEM, sys.prefix, sys.base_prefix, *_import_folders(), *_picture_reader()):
        yield path, _READ
    for device in _DEVICES:
        yield device, _READ_FILE | _WRITE_FILE
    yield str(HOME), _READ_FOLDER  # Python lists it to find packages
    for package in ("knowledge", "ingest"):
        yield str(HOME / package), _READ


def _import_folders() -> Sequence[str]:
    return [path for path in sys.path if path and Path(path) != HOME]


def _picture_reader() -> Iterator[str]:
    """Where tesseract and its data lie, if not in the system's folders."""
    program = shutil.which("tesseract")
    if program:
        yield str(Path(program).resolve().parent)
    if "TESSDATA_PREFIX" in os.environ:
        yield os.environ["TESSDATA_PREFIX"]


def _allow(ruleset: int, path: str, rights: int) -> None:
    """Keep these rights beneath a path. What is not there needs no rule."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not stat.S_ISDIR(os.fstat(place).st_mode):
        rights &= _EXECUTE | _WRITE_FILE | _READ_FILE
    rule = struct.pack("=Qi", rights, place)
    refused = _libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    os.close(place)
    if refused:
        raise NotConfined
