"""Someone who gets events as fast as Python can: notes id and time of each, answers 204. A process of its own.

python receiver.py webhook FILE                    prints its port; runs until it is killed
python receiver.py feed FILE URL HEADERS           reads the feed as server-sent events; prints a line when the answer has begun

FILE gets a line for each event: when it came (microseconds since 1970), when it happened by its own word (milliseconds since 1970), type, id.
"""

import asyncio
import datetime
import json
import pathlib
import sys
import time
import urllib.parse


def note(file, body, came):
    event = json.loads(body)
    happened = datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00"))
    file.write(f"{came}\t{round(happened.timestamp() * 1000)}\t{event['type']}\t{event['id']}\n")
    file.flush()


class Webhooks(asyncio.Protocol):
    """Enough of HTTP/1.1 for a sender that says Content-Length."""

    def __init__(self, file):
        self.file = file
        self.held = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.held += data
        while True:
            head, end, rest = self.held.partition(b"\r\n\r\n")
            if not end:
                return
            fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
            length = int(fields.get(b"content-length", 0))
            if len(rest) < length:
                return
            came = time.time_ns() // 1000
            self.transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            note(self.file, rest[:length], came)
            self.held = rest[length:]


async def receive_webhooks(file):
    server = await asyncio.get_running_loop().create_server(lambda: Webhooks(file), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def follow_feed(file, url, headers):
    parts = urllib.parse.urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 20)
    writer.write(f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nAccept: text/event-stream\r\n{headers}\r\n".encode())
    status = await reader.readline()
    if b" 200 " not in status:
        raise SystemExit(f"the feed answered {status!r}")
    while await reader.readline() != b"\r\n":
        pass
    print("following", flush=True)
    while line := await reader.readline():
        if line.startswith(b"data:"):  # lengths of chunks and other fields stand on lines of their own
            note(file, line[5:], time.time_ns() // 1000)


def main():
    kind, name, *more = sys.argv[1:]
    with open(name, "a", encoding="utf-8") as file:
        if kind == "webhook":
            asyncio.run(receive_webhooks(file))
        else:
            url, headers = more
            asyncio.run(follow_feed(file, url, pathlib.Path(headers).read_bytes().decode()))


if __name__ == "__main__":
    main()
