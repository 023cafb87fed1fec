"""Someone who gets webhooks: an HTTP server in a process of its own, that writes down what comes and answers as it is told.

    with Receiver(folder) as receiver:
        receiver.answer("/hook", status=503)            # from now on
        receiver.answer("/hook", hold=True)             # no answer at all, until it is told otherwise
        receiver.requests("/hook")                      # what came there: method, path, headers (lower case), body

It can be stopped and started again on its port; what came before is not forgotten.
"""

import argparse
import http.server
import json
import os
import pathlib
import signal
import ssl
import subprocess
import sys
import threading
import time

import requests

from support.server import wait_for

TESTS = pathlib.Path(__file__).resolve().parents[1]


class Receiver:
    def __init__(self, folder, certificate=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "received.jsonl"
        self.log.touch()
        self.certificate = certificate  # a PEM file with key and certificate: it speaks TLS
        self.port = 0
        self.process = None
        self.rules = {}
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        words = [sys.executable, "-m", "support.receiver", str(self.log), "--port", str(self.port)]
        if self.certificate:
            words += ["--certificate", str(self.certificate)]
        self.process = subprocess.Popen(words, cwd=TESTS, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        for path, rule in self.rules.items():
            self._tell(path, rule)

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def url(self, path, host="127.0.0.1"):
        return f"{'https' if self.certificate else 'http'}://{host}:{self.port}{path}"

    def answer(self, path, **rule):
        """status, headers, body, hold; kill: a process id that is killed by signal 9 when the request has come, unanswered;
        times: so often only, then 204; dataset: only for requests about it (others: 204)."""
        self.rules[path] = rule
        self._tell(path, rule)

    def _tell(self, path, rule):
        session = requests.Session()
        session.trust_env = False
        answer = session.put(self.url("/control", "localhost"), json={"path": path, "rule": rule}, timeout=30,
                             verify=False)
        assert answer.status_code == 204

    def requests(self, path=None):
        whole, _, _ = self.log.read_text(encoding="utf-8").rpartition("\n")
        lines = [json.loads(line) for line in whole.splitlines()]
        return [line for line in lines if path is None or line["path"] == path]

    def events(self, path, type=None, dataset=None):
        """The bodies; of repeats each one."""
        found = [json.loads(request["body"]) for request in self.requests(path)]
        return [event for event in found if (type is None or event["type"] == type)
                and (dataset is None or event["id"].split("/")[0] == dataset)]

    def wait_for(self, path, count, seconds=30):
        """Until so many requests have come there. Returns them."""
        return wait_for(lambda: len(found := self.requests(path)) >= count and found, seconds,
                        f"{count} requests to {path}")


class _Rules:
    def __init__(self):
        self.changed = threading.Condition()
        self.by_path = {}

    def put(self, path, rule):
        with self.changed:
            self.by_path[path] = dict(rule)
            self.changed.notify_all()

    def take(self, path, dataset):
        """How to answer now; waits while a rule holds the answer back."""
        with self.changed:
            rule = self.by_path.get(path, {})
            if "dataset" in rule and rule["dataset"] != dataset:
                return {}
            if "times" in rule:
                if rule["times"] == 0:
                    return {}
                rule["times"] -= 1
            while rule.get("hold") and self.by_path.get(path) is rule:
                self.changed.wait()
            return dict(rule) if not rule.get("hold") else {}


def serve(log, port, certificate):
    rules = _Rules()
    writing = threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self):
            order = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            rules.put(order["path"], order["rule"])
            self.send_response(204)
            self.end_headers()

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("utf-8")
            line = {"method": self.command, "path": self.path, "at": time.time(),
                    "headers": {name.lower(): value for name, value in self.headers.items()}, "body": body,
                    "peer": self.client_address[1]}
            with writing, open(log, "a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            rule = rules.take(self.path, self.headers.get("webhook-id", "").split("/")[0])
            if "kill" in rule:
                os.kill(rule["kill"], signal.SIGKILL)
                return
            try:
                content = rule.get("body", "").encode()
                self.send_response(rule.get("status", 204))
                for name, value in rule.get("headers", {}).items():
                    self.send_header(name, value)
                if rule.get("status", 204) != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                self.close_connection = True  # who asked is gone

        do_GET = do_OPTIONS = do_POST

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request, client_address):
            pass

    server = Server(("127.0.0.1", port), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("log")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--certificate")
    chosen = parser.parse_args()
    serve(chosen.log, chosen.port, chosen.certificate)
