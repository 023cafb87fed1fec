"""A network between client and server that a test may spoil: it drops connections, holds them up, answers 503, and counts."""

import re
import socket
import threading


class Proxy:
    """Passes bytes on to `target` (a port of this machine, may change). Every request head is shown to `judge(head, nth)`, `nth` counting
    all heads from 1; it returns what happens to that request: None or "pass", "drop" (in the middle of its body), "refuse" (503), "hold"
    (nothing of its body goes on until `release`)."""

    def __init__(self, target, judge=None):
        self.target = target
        self.judge = judge or (lambda head, nth: None)
        self.heads = []
        self.body_bytes = 0  # of requests, that reached the server
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._open = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def release(self):
        self._released.set()

    def cut(self):
        """Ends every connection that there is."""
        with self._lock:
            sockets, self._open = self._open, set()
        for one in sockets:
            for call in (lambda s: s.shutdown(socket.SHUT_RDWR), lambda s: s.close()):
                try:
                    call(one)
                except OSError:
                    pass

    def close(self):
        self._listener.close()
        self.release()
        self.cut()

    def requests(self, method, path=""):
        return [head for head in self.heads if head.startswith(method + " ") and path in head.split("\r\n", 1)[0]]

    # ---------------------------------------------------------------------------------------------------------------

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        try:
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            client.close()
            return
        with self._lock:
            self._open |= {client, server}
        threading.Thread(target=self._pass_answers, args=(server, client), daemon=True).start()
        try:
            self._pass_requests(client, server)
        except OSError:
            pass
        for one in (client, server):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()
        with self._lock:
            self._open -= {client, server}

    @staticmethod
    def _pass_answers(server, client):
        try:
            while data := server.recv(65536):
                client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _pass_requests(self, client, server):
        held = b""
        while True:
            while b"\r\n\r\n" not in held:
                data = client.recv(65536)
                if not data:
                    return
                held += data
            head, _, held = held.partition(b"\r\n\r\n")
            text = head.decode("latin-1")
            with self._lock:
                self.heads.append(text)
                nth = len(self.heads)
            verdict = self.judge(text, nth)
            length = int((re.search(r"(?im)^content-length: *(\d+)", text) or [0, 0])[1])
            if verdict == "refuse":
                client.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            if verdict == "hold":
                self._released.wait()
            server.sendall(head + b"\r\n\r\n")
            stop_at = length // 2 if verdict == "drop" else None
            held = self._pass_body(client, server, held, length, stop_at)
            if verdict == "drop":
                return

    def _pass_body(self, client, server, held, length, stop_at):
        left = length
        while left > 0:
            if not held:
                held = client.recv(65536)
                if not held:
                    raise OSError("the client left")
            piece, held = held[:left], held[left:]
            server.sendall(piece)
            left -= len(piece)
            with self._lock:
                self.body_bytes += len(piece)
            if stop_at is not None and length - left >= stop_at:
                break
        return held
