"""locked_in.py CALLS PROGRAM ARGUMENT…: runs the program with these system calls alone (names, by comma); for all others EPERM, as
systemd's SystemCallFilter= has it, and no memory both writable and executable, as MemoryDenyWriteExecute= has it."""

import ctypes
import errno
import os
import sys

ALLOW = 0x7FFF0000
ERRNO = 0x00050000
PROT_WRITE, PROT_EXEC = 2, 4
MASKED_EQ = 7


class Argument(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def lock_in(calls):
    """Of this process, for good."""
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(ERRNO | errno.EPERM)))
    # What MemoryDenyWriteExecute= forbids: a mapping that is both, and making one executable later.
    for name in calls - {"mmap", "mprotect", "pkey_mprotect"}:
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:  # others are of other machines
            assert seccomp.seccomp_rule_add_array(context, ctypes.c_uint32(ALLOW), number, 0, None) == 0, name
    for name, mask, wanted in (("mmap", PROT_WRITE | PROT_EXEC, (0, PROT_WRITE, PROT_EXEC)), ("mprotect", PROT_EXEC, (0,))):
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        for value in wanted:
            rule = Argument(2, MASKED_EQ, mask, value)
            assert seccomp.seccomp_rule_add_array(context, ctypes.c_uint32(ALLOW), number, 1, ctypes.byref(rule)) == 0, name
    assert seccomp.seccomp_load(context) == 0


if __name__ == "__main__":
    lock_in(set(sys.argv[1].split(",")))
    os.execv(sys.argv[2], sys.argv[2:])
