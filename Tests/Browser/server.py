"""The server with numbered pictures, as a process, and what a plain HTTP client sees of it."""

import http.client
import json
import os
import queue
import socket
import subprocess
import threading
import time


class Server:
    """Runs `numbered-server` with these options. The same one can be started again on its port."""

    def __init__(self, program: str, *options: str):
        self.program, self.options, self.port = program, options, 0

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        self.said: queue.Queue[str] = queue.Queue()
        self.process = subprocess.Popen(
            [self.program, "--listen", f"127.0.0.1:{self.port}", *self.options], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, bufsize=1)
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        self.port = int(self.next("listening", 20))

    def _read(self, process: subprocess.Popen) -> None:
        for line in process.stdout:
            self.said.put(line.strip())

    def next(self, word: str, seconds: float = 5) -> str:
        """The rest of the next line that starts with a word."""
        end = time.monotonic() + seconds
        while True:
            try:
                line = self.said.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"the server did not say '{word}' within {seconds:g} s") from None
            if line.startswith(word + " "):
                return line[len(word) + 1:]

    def forget(self) -> None:
        """What was said so far."""
        while not self.said.empty():
            self.said.get_nowait()

    def tell(self, command: str) -> None:
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def get(self, path: str, token: str | None = None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        assert answer.status == 200, f"{path}: {answer.status} {text}"
        return text

    def send(self, method: str, path: str, body: object = None) -> dict:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        assert answer.status == 200, f"{method} {path}: {answer.status} {text}"
        return json.loads(text)

    def setting(self, key: str, camera: str = "") -> object:
        """- camera: where its routes are."""
        settings = json.loads(self.get(f"{camera}/api/settings"))["settings"]
        return next(setting["value"] for setting in settings if setting["key"] == key)

    def metric(self, name: str) -> float:
        line = next(line for line in self.get("/metrics").splitlines() if line.startswith(name + " "))
        return float(line.split()[1])


class CaptureTimes:
    """Follows the stream beside a browser: when each picture was captured, in milliseconds since 1970."""

    def __init__(self, port: int):
        self.times: dict[int, float] = {}
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._socket.sendall(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            with self._socket.makefile("rb") as stream:
                headers: dict[str, str] = {}
                while line := stream.readline():
                    name, _, value = line.decode("latin1").strip().partition(": ")
                    if name:
                        headers[name] = value
                    elif "X-Camstream-Seq" in headers:
                        self.times[int(headers["X-Camstream-Seq"])] = float(headers["X-Timestamp"]) * 1000
                        stream.read(int(headers["Content-Length"]))
                        headers = {}
        except (OSError, ValueError):
            pass

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
