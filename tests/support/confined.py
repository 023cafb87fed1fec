"""A server under the system call filter of a systemd unit, as systemd would set it."""

import pathlib
import subprocess
import sys

from support import server


def allowed_calls(filter_setting):
    """Names of all calls that `SystemCallFilter=` allows, its groups resolved by systemd itself."""
    calls, waiting = set(), filter_setting.split()
    while waiting:
        name = waiting.pop()
        if not name.startswith("@"):
            calls.add(name)
            continue
        listed = subprocess.run(["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True).stdout
        waiting += [line.strip() for line in listed.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return calls | {"execve", "exit", "exit_group"}


class Server(server.Server):
    def __init__(self, folder, calls, **more):
        self.calls = calls
        super().__init__(folder, **more)

    def command(self):
        locked_in = pathlib.Path(__file__).with_name("locked_in.py")
        return [sys.executable, str(locked_in), ",".join(sorted(self.calls)), *super().command()]
