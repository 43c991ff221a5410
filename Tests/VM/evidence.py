"""Reads what the camera test's machine has left in a folder: files, pictures, answers of the server."""

import json
import re
import subprocess

WIDTH, HEIGHT = 320, 180
# Of the small grey pictures that slates are told by.
SMALL_WIDTH, SMALL_HEIGHT = 80, 45


class Evidence:
    def __init__(self, folder):
        self.folder = folder

    def text(self, name):
        path = self.folder / name
        return path.read_text(errors="replace") if path.exists() else ""

    def events(self, name):
        """What happened when, in seconds since the machine's start, by name."""
        lines = [line.split(" ", 1) for line in self.text(f"{name}.events").splitlines()]
        return {what: float(when) for when, what in lines}

    def records(self, name):
        """The sidecar's lines."""
        return [json.loads(line) for line in self.text(f"{name}.jsonl").splitlines()]

    def video(self, name):
        """Its one stream, as ffprobe tells it, and the times in seconds of the frames that decode."""
        run = subprocess.run(
            ["ffprobe", "-v", "error", "-show_frames", "-show_streams", "-of", "json", self.folder / f"{name}.mp4"],
            capture_output=True, text=True)
        if run.returncode != 0 or run.stderr:
            raise ValueError(f"{name}: ffprobe says {run.stderr.strip()!r}")
        found = json.loads(run.stdout)
        if len(found["streams"]) != 1:
            raise ValueError(f"{name}: {len(found['streams'])} streams")
        return found["streams"][0], [float(frame["pts_time"]) for frame in found["frames"]]

    def pictures(self, name):
        """All pictures of a video as bytes, RGB, `[HEIGHT, WIDTH, 3]`."""
        return self._decode(["-i", self.folder / f"{name}.mp4"], ["-pix_fmt", "rgb24"], WIDTH * HEIGHT * 3)

    def small(self, options, data=None):
        """All pictures of an input of ffmpeg as bytes, grey, `[SMALL_HEIGHT, SMALL_WIDTH]`."""
        form = ["-vf", f"scale={SMALL_WIDTH}:{SMALL_HEIGHT}:flags=area", "-pix_fmt", "gray"]
        return self._decode(options, form, SMALL_WIDTH * SMALL_HEIGHT, data)

    @staticmethod
    def _decode(options, form, size, data=None):
        every = ["-fps_mode", "passthrough", "-enc_time_base", "-1"]
        run = subprocess.run(
            ["ffmpeg", "-v", "error", *options, *every, *form, "-f", "rawvideo", "-"], capture_output=True, input=data)
        if run.stderr:
            raise ValueError(f"ffmpeg says {run.stderr.decode(errors='replace').strip()!r}")
        return [run.stdout[at:at + size] for at in range(0, len(run.stdout), size)]

    def boxes(self, name):
        """The names of an MP4's outermost boxes, in their order."""
        data, names, at = (self.folder / f"{name}.mp4").read_bytes(), [], 0
        while at + 8 <= len(data):
            size = int.from_bytes(data[at:at + 4], "big")
            if size == 1:
                size = int.from_bytes(data[at + 8:at + 16], "big")
            names.append(data[at + 4:at + 8].decode("latin-1"))
            at += max(size, 8)
        return names

    def answer(self, name):
        """Status, headers and body of an answer of the server; header names in lower case."""
        head, _, body = (self.folder / name).read_bytes().partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        return int(first.split()[1]), headers(rest), body

    def metrics(self, name):
        """The measurements, by name and labels as they are written."""
        status, _, body = self.answer(name)
        if status != 200:
            raise ValueError(f"{name}: {status}")
        lines = [line.rsplit(" ", 1) for line in body.decode().splitlines() if not line.startswith("#")]
        return {key: float(value) for key, value in lines}

    def stream(self, name):
        """The whole parts of a multipart body, in their order: headers and JPEG."""
        data, parts, at = (self.folder / name).read_bytes(), [], 0
        while (end := data.find(b"\r\n\r\n", at)) >= 0:
            lines = [line for line in data[at:end].decode("latin-1").split("\r\n") if line]
            if lines[:1] != ["--frame"]:
                raise ValueError(f"{name}: a part begins with {lines[:1]}")
            found = headers(lines[1:])
            at = end + 4 + int(found["content-length"])
            if at > len(data):
                break
            parts.append((found, data[end + 4:at]))
        return parts


def headers(lines):
    pairs = [line.split(":", 1) for line in lines]
    return {key.strip().lower(): value.strip() for key, value in pairs}


def is_slate(small):
    """Whether a small grey picture is a dark board with bright letters on it."""
    dark = sum(sample < 40 for sample in small) / len(small)
    return dark > 0.75 and max(small) > 60


def is_balanced(metrics):
    """Whether every captured frame is written, dropped or in flight."""
    dropped = sum(value for key, value in metrics.items() if key.startswith("camstream_frames_dropped_total"))
    return metrics["camstream_frames_captured_total"] == (
        metrics["camstream_frames_written_total"] + dropped + metrics["camstream_frames_in_flight"])


def of_camera(metrics, name):
    """Those of the measurements that are a camera's, as they would be of one without a name."""
    label = f'camera="{name}"'
    return {key.replace("{" + label + "}", "").replace(label + ",", "").replace("," + label, ""): value
            for key, value in metrics.items() if label in key}


def summary(log):
    """Of the last line: frames captured, written, dropped by reason."""
    found = re.findall(r"(\d+) frames captured, (\d+) written, (\d+) dropped(?: \(([^)]*)\))?", log)
    captured, written, _, reasons = found[-1]
    dropped = dict(reason.rsplit(" ", 1) for reason in reasons.split(", ") if reason)
    return int(captured), int(written), {reason: int(count) for reason, count in dropped.items()}
