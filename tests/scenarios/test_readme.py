"""The README's tour, line by line: every command is typed into one shell, every answer shown must come.

A ```console block holds commands after "$ " (continued by "> ") and what they print. In an answer "…" stands for any
text within a line, a line of only "…" for any lines. The command that starts the server is run first, as the tour's first
terminal.
"""

import os
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
MARK = "::done::"


def blocks(text):
    tour = text.split("## A tour", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"```console\n(.*?)```", tour, re.DOTALL)


def steps(block):
    """[(command, answer)] of one block."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append([[line[2:]], []])
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0].append(line[2:])
        else:
            found[-1][1].append(line)
    return [("\n".join(command), "\n".join(answer)) for command, answer in found]


def pattern(answer):
    lines = []
    for line in answer.splitlines():
        lines.append(r"(?:.*\n)*?" if line.strip() == "…" else ".*".join(map(re.escape, line.split("…"))).rstrip() + r"\s*\n")
    return "".join(lines) + r"\s*"


class Shell:
    def __init__(self, folder, environment):
        self.process = subprocess.Popen(["bash", "--norc"], cwd=folder, env=environment, text=True, encoding="utf-8",
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def type(self, command):
        self.process.stdin.write(f"{command}\nstatus=$?; echo; echo {MARK} $status\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line.startswith(MARK):
                return "".join(lines), int(line.split()[1])
            lines.append(line)
        raise AssertionError(f"the shell ended at: {command}\n{''.join(lines)}")

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


def test_the_tour(tmp_path, free_port):
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("127.0.0.1:8080", f"127.0.0.1:{free_port}")
    folder = tmp_path / "lakegate"
    folder.mkdir()
    for name in ("build", "demo"):
        (folder / name).symlink_to(ROOT / name)
    deps = pathlib.Path(os.environ.get("LAKEGATE_DEPS", ROOT / ".deps"))
    (folder / ".deps").symlink_to(deps)
    environment = {**os.environ, "LAKEGATE_LISTEN": f"127.0.0.1:{free_port}", "LANG": "C.UTF-8"}
    environment.pop("LAKEGATE_URL", None)
    tour = [step for block in blocks(text) for step in steps(block)]
    (serve, ready), *rest = tour
    assert len(rest) >= 10 and " serve" in serve
    assert shutil.which("curl")
    server = subprocess.Popen(serve.split(), cwd=folder, env=environment, text=True, stdout=subprocess.PIPE)
    shell = Shell(folder, environment)
    try:
        assert server.stdout.readline().strip() == ready.strip()
        for command, answer in rest:
            printed, status = shell.type(command)
            assert status == 0, f"$ {command}\n{printed}"
            assert re.fullmatch(pattern(answer), printed), f"$ {command}\n--- expected\n{answer}\n--- printed\n{printed}"
    finally:
        shell.close()
        server.terminate()
        server.wait(timeout=30)
