"""The server under test: its address, and what its process costs."""

import asyncio
import os
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Cost:
    megabytes: float
    threads: int
    files: int

    def __str__(self) -> str:
        return f"{self.megabytes:.1f} MB, {self.threads} threads, {self.files} files"


class Target:
    def __init__(self, url: str, pid: int):
        parts = urlsplit(url)
        self.host, self.port, self.pid = parts.hostname or "127.0.0.1", parts.port or 80, pid

    def cost(self) -> Cost:
        with open(f"/proc/{self.pid}/status") as file:
            fields = dict(line.split(":", 1) for line in file if ":" in line)
        return Cost(
            int(fields["VmRSS"].split()[0]) / 1024, int(fields["Threads"]), len(os.listdir(f"/proc/{self.pid}/fd")))

    def is_alive(self) -> bool:
        try:
            with open(f"/proc/{self.pid}/stat") as file:
                return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
        except OSError:
            return False

    async def connect(self, **options: object) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self.host, self.port, **options)

    def request(self, path: str, method: str = "GET", body: bytes = b"", *headers: str) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{self.port}", "Connection: close", *headers]
        if body or method == "PATCH":
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    async def send(self, request: bytes, seconds: float = 15) -> bytes:
        """The whole answer; empty if the server closed without one."""
        reader, writer = await self.connect()
        try:
            writer.write(request)
            return await asyncio.wait_for(reader.read(), seconds)
        except ConnectionError:
            return b""
        finally:
            writer.close()

    async def is_healthy(self, seconds: float = 2) -> bool:
        try:
            return (await self.send(self.request("/healthz"), seconds)).startswith(b"HTTP/1.1 200")
        except TimeoutError:
            return False


async def pictures(reader: asyncio.StreamReader):
    """The numbers of the pictures of a stream, as they come."""
    await reader.readuntil(b"\r\n\r\n")
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode("latin1").split("\r\n") if ": " in line)
        await reader.readexactly(int(fields["Content-Length"]) + 2)
        yield int(fields["X-Camstream-Seq"])
