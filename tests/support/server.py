"""The real program as a process of a test: started on a free port, killed, started again on the same folder.

`Server(tmp_path / "lake")` starts one; a test takes it from the fixtures of conftest.py. Its log and standard output are kept in files
beside its folder and shown when a start fails.
"""

import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.parse

import requests

from support import readers
from support.lake import Lake

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARIES = pathlib.Path(os.environ.get("LAKEGATE_BIN", ROOT / "build/bin"))
START_SECONDS = 30
STOP_SECONDS = 30


class Server:
    """`settings` are flags (`{"upload.part_bytes_max": "1MB"}`), `env` is added to a clean environment of every start."""

    def __init__(self, folder, *, crash_points=False, settings=None, env=None, start=True):
        self.folder = pathlib.Path(folder)
        self.program = BINARIES / ("lakegate-with-crash-points" if crash_points else "lakegate")
        self.settings = dict(settings or {})
        self.env = dict(env or {})
        self.process = None
        self.url = None
        self.verify = True  # or the file of an authority, for TLS
        self._credentials = None
        self._output = None
        self._token = None
        if start:
            self.start()

    # -- process -----------------------------------------------------------------------------------------------------

    @property
    def log_file(self):
        return self.folder.with_name(self.folder.name + ".log")

    @property
    def log(self):
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def environment(self, **more):
        """Without what the caller's shell sets for Lakegate, so that a test sees the defaults."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("LAKEGATE_")}
        return {**clean, **self.env, **more}

    def command(self):
        words = [self.program, "serve", "--data", self.folder, "--listen", "127.0.0.1:0"]
        for name, value in self.settings.items():
            words += ["--set", f"{name}={value}"]
        return [str(word) for word in words]

    def start(self, env=None):
        """Returns when the server said `ready`. `env` holds for this start only."""
        assert not self.running(), "it runs already"
        self._token = None
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(self.command(), env=self.environment(**(env or {})), stdin=subprocess.DEVNULL,
                                            stdout=subprocess.PIPE, stderr=log, text=True)
        self._output = self.process.stdout
        line = self._output.readline()  # ends with the process, and that is bounded by the test's time limit
        if not line.startswith("lakegate ready "):
            status = self.process.wait(timeout=STOP_SECONDS)
            raise StartFailed(status, line, self.log)
        self.url = line.removeprefix("lakegate ready ").strip()
        if self._credentials is None and (self.folder / "credentials.json").exists():
            self._credentials = json.loads((self.folder / "credentials.json").read_text(encoding="utf-8"))
        return self

    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """kill -9. Returns when the process is gone."""
        if self.process is not None:
            self.process.kill()
            self.wait_until_gone()

    def stop(self, seconds=STOP_SECONDS):
        """An orderly stop by SIGTERM. Returns the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait_until_gone(seconds)

    def wait_until_gone(self, seconds=STOP_SECONDS):
        status = self.process.wait(timeout=seconds)
        self._output.close()
        return status

    def restart(self, env=None):
        """Stops it in order and starts it again on the same folder."""
        if self.running():
            assert self.stop() == 0, self.log
        return self.start(env)

    def close(self):
        if self.running():
            self.kill()

    # -- clients -----------------------------------------------------------------------------------------------------

    @property
    def credentials(self):
        """Of the first org, as its first start wrote them; with the address of the present one."""
        return {**self._credentials, "baseUrl": self.url}

    def token(self, credentials=None):
        if credentials is None and self._token:
            return self._token
        wanted = credentials or self.credentials
        answer = requests.post(f"{self.url}/ims/token/v3", timeout=30, verify=self.verify,
                               data={"grant_type": "client_credentials", "client_id": wanted["clientId"],
                                     "client_secret": wanted["clientSecret"], "scope": "openid,AdobeID"})
        assert answer.status_code == 200, answer.text
        if credentials is None:
            self._token = answer.json()["access_token"]
        return answer.json()["access_token"]

    def headers(self, credentials=None):
        wanted = credentials or self.credentials
        return {"Authorization": f"Bearer {self.token(credentials)}", "x-api-key": wanted["apiKey"],
                "x-gw-ims-org-id": wanted["orgId"], "x-sandbox-name": wanted["sandboxName"]}

    def session(self, credentials=None):
        made = requests.Session()
        made.headers.update(self.headers(credentials))
        made.verify = self.verify
        made.trust_env = False
        return made

    def lake(self, credentials=None):
        return Lake(self.url, self.session(credentials))

    def iceberg_catalog(self, credentials=None):
        return readers.pyiceberg_catalog(self.url, self.token(credentials))

    def data_files(self, table, namespace="prod"):
        """The files that the table's current snapshot consists of, as paths of this machine."""
        tasks = self.iceberg_catalog().load_table((namespace, table)).scan().plan_files()
        return [pathlib.Path(urllib.parse.unquote(urllib.parse.urlparse(task.file.file_path).path)) for task in tasks]

    def run(self, *words, seconds=60, env=None, **more):
        """The program's command line as a client of this server. Returns the finished process."""
        home = self.folder.with_name(self.folder.name + ".home")
        home.mkdir(exist_ok=True)
        credentials = home / "credentials.json"
        if self._credentials:
            credentials.write_text(json.dumps(self.credentials), encoding="utf-8")
        environment = self.environment(**{"HOME": str(home), "XDG_STATE_HOME": str(home), "LAKEGATE_URL": self.url or "",
                                          "LAKEGATE_CREDENTIALS": str(credentials), "TERM": "dumb", **(env or {})})
        return subprocess.run([str(self.program), *map(str, words)], env=environment, text=True, capture_output=True,
                              timeout=seconds, stdin=subprocess.DEVNULL, check=False, **more)


class StartFailed(Exception):
    def __init__(self, status, line, log):
        super().__init__(f"exit status {status}, first line {line!r}, log:\n{log}")
        self.status = status
        self.log = log


def wait_for(condition, seconds=30, what="it"):
    """Until `condition()` is true, whose last value is returned."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        time.sleep(0.02)
    return value
