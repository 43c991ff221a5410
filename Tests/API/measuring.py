"""promtool, Prometheus' own checker, finds nothing to complain about in the measurements of camstream itself."""

import subprocess

from camera import Camera
from server import Server


def measuring(programs: str) -> str:
    with Camera(programs) as camera:
        camera.get("/snapshot.jpg")
        status, text = camera.get("/metrics")
    assert status == 200, status
    check(text)
    with Server(f"{programs}/numbered-server", "--cameras", "front,garden") as server:
        several = server.get("/metrics")
    assert 'camstream_stream_clients{camera="garden"} 0\n' in several, several
    check(several.encode())
    names = {line.split()[2] for line in text.decode().splitlines() if line.startswith("# TYPE ")}
    assert "camstream_frames_captured_total" in names, names
    return f"{len(names)} measurements, and those of several cameras"


def check(text: bytes) -> None:
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, timeout=60)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
