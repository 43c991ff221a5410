"""The built program as a child process, its HTTP server, and clips whose pictures bear their number."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODEL = os.path.join(ROOT, "models/colours/colours.yaml")
RATE = 25
PLAIN = ["--opacity", "0", "--labels", "none", "--no-box", "--no-color-bar", "--no-enlarge"]

_BARS = 12
_SIZE = (96, 48)


class Program:
    """A run of camstream; its standard error is collected by a thread."""

    binary = os.path.join(ROOT, ".build/release/camstream")
    started = []

    def __init__(self, *arguments, environment=None, before=(), **options):
        """`before` is what starts it, such as prlimit; `options` are Popen's."""
        self.process = subprocess.Popen(
            [*before, self.binary, *arguments],
            env={**os.environ, "no_proxy": "127.0.0.1", **(environment or {})},
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, **options})
        self.started.append(self)
        self.text = ""
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self.process.stderr or []:
            with self._changed:
                self.text += line.decode(errors="replace")
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    def wait_for(self, pattern, seconds=60):
        """Waits for a line. Returns its match."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not (match := re.search(pattern, self.text)):
                left = deadline - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and not self._reader.is_alive()):
                    raise AssertionError(f"no line with {pattern!r} in:\n{self.text}")
                self._changed.wait(min(left, 0.2))
            return match

    @property
    def port(self):
        return int(self.wait_for(r"watch at http://127\.0\.0\.1:(\d+)/").group(1))

    def get(self, path):
        """Returns (status, text)."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metrics(self):
        """Returns {series: value}; the frames are conserved at any scrape."""
        values = {}
        for line in self.get("/metrics")[1].splitlines():
            if not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                values[name] = float(value)
        dropped = sum(value for name, value in values.items() if name.startswith("camstream_frames_dropped_total"))
        parts = values["camstream_frames_written_total"] + dropped + values["camstream_frames_in_flight"]
        assert values["camstream_frames_captured_total"] == parts, values
        return values

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._reader.join()

    def wait(self, seconds=60):
        """Waits for its end, and for all that it has said. Returns the exit code."""
        code = self.process.wait(seconds)
        self._reader.join()
        return code

    def stop(self, number=signal.SIGTERM, seconds=60):
        """Sends a signal. Returns the exit code, and after how many seconds it ended."""
        start = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(seconds)
        took = time.monotonic() - start
        return self.wait(), took


@contextlib.contextmanager
def running(*arguments, **options):
    program = Program(*arguments, **options)
    try:
        yield program
    finally:
        if program.process.poll() is None:
            program.kill()


def make_clip(path, seconds):
    """A clip whose picture n bears n as bars."""
    width, height = _SIZE
    coder = subprocess.Popen(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-s",
         f"{width}x{height}", "-r", str(RATE), "-i", "-", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt",
         "yuv420p", path], stdin=subprocess.PIPE)
    for number in range(seconds * RATE):
        row = bytes(220 if number >> (x * _BARS // width) & 1 else 30 for x in range(width))
        coder.stdin.write(row * height)
    coder.stdin.close()
    assert coder.wait() == 0


def numbers(path):
    """The numbers in a recording, which must open as it is; it may have no pictures yet."""
    width, height = _SIZE
    if not os.path.getsize(path) or (".mkv" in path and not _has_cluster(path)):
        return []
    packets = subprocess.run(
        ["ffprobe", "-loglevel", "error", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of",
         "csv=p=0", path], check=True, stdout=subprocess.PIPE).stdout.decode().strip()
    if packets in ("", "0", "N/A"):
        return []
    raw = subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-i", path, "-fps_mode", "passthrough", "-pix_fmt", "gray", "-f",
         "rawvideo", "-"], check=True, stdout=subprocess.PIPE).stdout
    middle = height // 2 * width
    return [
        sum(1 << bar for bar in range(_BARS)
            if raw[start + middle + (2 * bar + 1) * width // (2 * _BARS)] > 125)
        for start in range(0, len(raw), width * height)
    ]


def _has_cluster(path):
    with open(path, "rb") as file:
        return b"\x1f\x43\xb6\x75" in file.read(1 << 16)


def boxes(path):
    """Names of an MP4 file's outermost boxes, in order."""
    names = []
    with open(path, "rb") as file:
        while len(head := file.read(8)) == 8:
            size = int.from_bytes(head[:4], "big")
            names.append(head[4:].decode())
            if size == 1:
                size = int.from_bytes(file.read(8), "big") - 8
            file.seek(size - 8, os.SEEK_CUR)
    return names


class Camera:
    """An IP camera on this machine: motion JPEG over HTTP, while it is `up`; `silent`: it only takes connections."""

    def __init__(self, picture, state="up"):
        self.picture, self.state = picture, state
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}/stream"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            client, _ = self.socket.accept()
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client):
        with client, contextlib.suppress(OSError):
            client.recv(4096)
            while self.state == "silent":
                time.sleep(0.05)
            if self.state != "up":
                client.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n")
            while self.state == "up":
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(self.picture)}\r\n\r\n"
                client.sendall(head.encode() + self.picture + b"\r\n")
                time.sleep(1 / RATE)
