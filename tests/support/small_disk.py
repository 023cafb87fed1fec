"""A file system of a few megabytes that a test may fill. Needs the right to mount one."""

import os
import pathlib
import shutil
import subprocess

import pytest

from support.server import wait_for


class SmallDisk:
    """`kind`: "ext4" on an image by a loop device, or "tmpfs". Skips the test, with the reason, where that cannot be had."""

    def __init__(self, folder, kind, megabytes):
        self.path = pathlib.Path(folder) / kind
        self.path.mkdir()
        self.mounted = False
        if os.geteuid() != 0:
            pytest.skip("mounting a small disk needs root")
        if kind == "tmpfs":
            self._do("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", self.path)
        else:
            image = pathlib.Path(folder) / "image"
            with open(image, "wb") as file:
                file.truncate(megabytes << 20)
            if shutil.which("mkfs.ext4") is None:
                pytest.skip("mkfs.ext4 is not there")
            self._do("mkfs.ext4", "-q", "-m", "0", image)
            self._do("mount", "-o", "loop", image, self.path)
        self.mounted = True

    @staticmethod
    def _do(*words):
        ran = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
        if ran.returncode != 0:
            pytest.skip(f"no small disk: {' '.join(map(str, words[:3]))}: {ran.stderr.strip()}")

    def free(self):
        facts = os.statvfs(self.path)
        return facts.f_bavail * facts.f_frsize

    def fill(self, leave=0):
        """Somebody else's file takes what is free, but for `leave` bytes."""
        with open(self.path / "filler", "ab", buffering=0) as filler:
            while (room := self.free() - leave) > 0:
                try:
                    filler.write(bytes(min(room, 1 << 20)))
                except OSError:
                    if room <= 4096:
                        break
                    try:
                        filler.write(bytes(4096))
                    except OSError:
                        break

    def make_room(self):
        (self.path / "filler").unlink()

    def close(self):
        """The workers of a server that was killed end a moment later."""
        if self.mounted:
            wait_for(lambda: subprocess.run(["umount", self.path], capture_output=True, check=False).returncode == 0,
                     what=f"umount {self.path}")
            self.mounted = False
