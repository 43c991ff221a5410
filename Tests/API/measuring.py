"""promtool, Prometheus' own checker, finds nothing to complain about in the measurements of camstream itself."""

import subprocess

from camera import Camera


def measuring(programs: str) -> str:
    with Camera(programs) as camera:
        camera.get("/snapshot.jpg")
        status, text = camera.get("/metrics")
    assert status == 200, status
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, timeout=60)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    names = {line.split()[2] for line in text.decode().splitlines() if line.startswith("# TYPE ")}
    assert "camstream_frames_captured_total" in names, names
    return f"{len(names)} measurements"
