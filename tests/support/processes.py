"""What the system says of a process and its children: memory, and stopping them for a while. Linux."""

import os
import pathlib
import signal


def children(pid):
    """All of them, grandchildren too."""
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *children(int(child))]
    return found


def memory(pid, field="VmRSS"):
    """Bytes: VmRSS now, VmHWM the most that it ever was."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            number, unit = value.split()
            assert unit == "kB"
            return int(number) * 1024
    raise AssertionError(f"/proc/{pid}/status has no {field}")


class Paused:
    """`with Paused(server.process.pid):` its children stand still: no file is judged."""

    def __init__(self, pid):
        self.pids = children(pid)
        assert self.pids

    def __enter__(self):
        for pid in self.pids:
            os.kill(pid, signal.SIGSTOP)
        return self

    def go_on(self):
        for pid in self.pids:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass  # the server ended it
        self.pids = []

    def __exit__(self, *_):
        self.go_on()
