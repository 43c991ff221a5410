"""camstream itself with a drawn scene in place of a camera, as a process."""

import http.client
import os
import re
import subprocess
import threading
import time


class Camera:
    """- data: where the program keeps what is a user's own; else where it always does."""

    def __init__(self, programs: str, *options: str, scene: str = "demo:", data: str | None = None):
        self.process = subprocess.Popen(
            [f"{programs}/camstream", "--input", scene, "--serve", "--listen", "127.0.0.1:0", *options],
            stderr=subprocess.PIPE, text=True, env=os.environ | ({"XDG_DATA_HOME": data} if data else {}))
        self.port = 0
        self.log = ""

    def __enter__(self) -> "Camera":
        for line in self.process.stderr:
            self.log += line
            if found := re.search(r"watch at http://127\.0\.0\.1:(\d+)/", line):
                self.port = int(found[1])
                break
        else:
            raise AssertionError(f"camstream ended: {self.log}")
        # What else it logs is read, or it would wait some day.
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        end = time.monotonic() + 60
        while self.get("/readyz")[0] != 200:
            assert time.monotonic() < end, f"camstream is not ready: {self.get('/readyz')[1]!r}"
            time.sleep(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()
