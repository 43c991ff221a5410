"""HTTP as it is on the wire, so that anything can be sent."""

import contextlib
import socket


class Answer:
    def __init__(self, raw):
        self.raw = raw
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        self.status = int(lines[0].split()[1]) if lines[0].startswith(b"HTTP/1.") else 0
        self.headers = [tuple(part.strip().decode("latin-1") for part in line.split(b":", 1)) for line in lines[1:] if b":" in line]

    def __getitem__(self, name):
        """The first header of that name, or an empty text."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def text(self):
        return self.body.decode(errors="replace")

    def __str__(self):
        return repr(self.raw[:600])


def connected(port, source="127.0.0.1", host="127.0.0.1", seconds=10):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    client = socket.socket(family)
    client.settimeout(seconds)
    if source and family == socket.AF_INET:
        client.bind((source, 0))
    client.connect((host, port))
    return client


def received(client):
    """All that comes until the other end closes."""
    parts = []
    with contextlib.suppress(ConnectionError):
        while part := client.recv(65536):
            parts.append(part)
    return b"".join(parts)


def sent(port, request, **place):
    """Sends bytes, and returns the answer, which must end with the connection."""
    with connected(port, **place) as client:
        client.sendall(request)
        return Answer(received(client))


def request(path, *headers, method="GET", body=b"", host="127.0.0.1"):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", *headers, "Connection: close"]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def ask(port, path, *headers, method="GET", body=b"", name="127.0.0.1", **place):
    """`name` is what Host says."""
    return sent(port, request(path, *headers, method=method, body=body, host=name), **place)
