"""Kept recordings whose pictures, heat and records all bear the picture's number, put together by FFmpeg: whoever shows one with
another's is found out."""

import json
import subprocess
from pathlib import Path

WIDTH, HEIGHT, BITS, FRAMES = 320, 192, 10, 240
# Places of the heat: a column a bit, and two rows without heat above two with.
ROWS = 4
ENCODERS = {
    # Pictures that are decoded in another order than they are shown.
    "h264": ["-c:v", "libx264", "-bf", "3", "-b_strategy", "0", "-g", "48", "-crf", "18", "-pix_fmt", "yuv420p"],
    "vp9": ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M", "-g", "48"],
    # With pictures that are never shown.
    "vp8": ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M", "-auto-alt-ref", "1",
            "-lag-in-frames", "10", "-g", "48"],
}


def milliseconds(frame: int, varies: bool, start: int) -> int:
    return start + frame * 40 + (frame % 3 * 9 + frame // 10 * 55 if varies else 0)


def bits(frame: int) -> list[int]:
    return [frame >> bit & 1 for bit in range(BITS)]


def run(*arguments: object) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True)


def clock(time: int) -> str:
    return f"00:{time // 60000:02}:{time // 1000 % 60:02},{time % 1000:03}"


def record(frame: int) -> str:
    shown = 1 if frame < 100 else 2
    told = {"frame": frame, "top": [[shown, 0.8], [3, 0.1]], "heat": [[shown, 0.8]], "hot": 0.25}
    if frame == 0:
        told["labels"] = {"1": "one <b>&amp;", "2": "two", "3": "three"}
    if frame == 150:
        told["cut"] = True
    return json.dumps(told, separators=(",", ":"))


FACTS = {"camstream_kept": {
    "format": 1, "camstream": "0.1.0", "model": {"name": "numbers", "sha256": "0" * 64}, "width": WIDTH, "height": HEIGHT,
    "video": 0, "labels": 3, "records": 2, "settings": {"overlay.colormap": "autumn", "overlay.opacity": 1},
    "heat": [{
        "stream": 1, "method": "cam", "method_title": "CAM", "layers": ["last"], "region": [0, 0, WIDTH, HEIGHT],
        "grid": {"width": BITS, "height": ROWS, "x": 0, "y": 0, "step_x": WIDTH / BITS, "step_y": HEIGHT / ROWS}}]}}


def make(path: Path, codec: str = "h264", varies: bool = True, start: int = 700) -> Path:
    """- varies: whether pictures are shown for different times; start: of the first one, in milliseconds."""
    folder = path.parent
    video, heat = bytearray(), bytearray()
    for frame in range(FRAMES):
        bars = b"".join(bytes([220 if bit else 30]) * (WIDTH // BITS) for bit in bits(frame))
        video += bars * (HEIGHT // 2) + bytes([30]) * (WIDTH * (HEIGHT - HEIGHT // 2))
        heat += bytes(BITS) * (ROWS // 2) + bytes(255 * bit for bit in bits(frame)) * (ROWS // 2)
    more = "+mod(N\\,3)*9+floor(N/10)*55" if varies else ""
    for name, pixels, size, encoder in (
            ("pictures", video, f"{WIDTH}x{HEIGHT}", ENCODERS[codec]), ("heat", heat, f"{BITS}x{ROWS}", ["-c:v", "ffv1"])):
        (folder / "raw").write_bytes(pixels)
        run("-f", "rawvideo", "-pix_fmt", "gray", "-s", size, "-r", 25, "-i", folder / "raw",
            "-vf", f"settb=1/1000,setpts={start}+N*40{more}", "-fps_mode", "passthrough", "-enc_time_base", "1/1000", *encoder,
            "-copyts", "-avoid_negative_ts", "disabled", folder / f"{name}.mkv")
    times = [milliseconds(frame, varies, start) for frame in range(FRAMES + 1)]
    lines = [f"{n + 1}\n{clock(times[n])} --> {clock(times[n + 1])}\n{record(n)}\n\n" for n in range(FRAMES)]
    (folder / "records.srt").write_text("".join(lines))
    (folder / "labels.srt").write_text(f"1\n{clock(times[0])} --> {clock(times[1])}\none\n\n")
    inputs = [part for name in ("pictures.mkv", "heat.mkv", "records.srt", "labels.srt") for part in ("-i", folder / name)]
    streams = [part for name in ("0:v", "1:v", "2:s", "3:s") for part in ("-map", name)]
    run("-copyts", *inputs, *streams, "-c:v", "copy", "-c:s", "copy", "-metadata",
        f"CAMSTREAM={json.dumps(FACTS, separators=(',', ':'))}", "-avoid_negative_ts", "disabled", path)
    return path
