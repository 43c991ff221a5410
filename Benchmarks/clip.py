"""The clips that the benchmark runs on: 720p H.264 with AAC sound, made once and kept under .deps/bench.

With a folder of real media (../shared/media, or CAMSTREAM_BENCH_MEDIA) the picture is a slow pan over photographs with
sensor noise on top; without it, FFmpeg's generators with the same noise. `Clip.source` says which.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

FRAME_RATE = 30
WIDTH, HEIGHT = 1280, 720
NOISE = "noise=alls=6:allf=t"


@dataclass
class Clip:
    path: Path
    frames: int
    source: str


def run_ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *arguments], check=True)


def count_frames(path: Path) -> int:
    """Packets of the first video stream: one a frame in the clips made here."""
    answer = subprocess.run(
        [
            "ffprobe",
            "-v",
            "error",
            "-select_streams",
            "v:0",
            "-count_packets",
            "-show_entries",
            "stream=nb_read_packets",
        ]
        + ["-of", "csv=p=0", str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    return int(answer.stdout)


def media_folder() -> Path | None:
    named = os.environ.get("CAMSTREAM_BENCH_MEDIA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "media"
    return folder if folder.is_dir() else None


def pan(index: int, seconds: float) -> str:
    """A window of 1280x720 that crosses a picture of 1600x900 or more, to the right or to the left in turn."""
    share = f"t/{seconds}" if index % 2 == 0 else f"(1-t/{seconds})"
    return (
        "scale=1600:900:force_original_aspect_ratio=increase:flags=bicubic,"
        f"crop={WIDTH}:{HEIGHT}:x='(iw-ow)*{share}':y='(ih-oh)*{share}'"
    )


def pictures(folder: Path | None, seconds: float) -> tuple[list[str], str, str]:
    """FFmpeg inputs, the filter graph up to label [v], and a word on where the pictures are from."""
    photographs = sorted(folder.glob("*.jpg")) if folder else []
    if photographs:
        each = seconds / len(photographs)
        inputs = []
        for path in photographs:
            inputs += ["-loop", "1", "-framerate", str(FRAME_RATE), "-t", f"{each:.3f}", "-i", str(path)]
        parts = "".join(f"[{i}:v]{pan(i, each)},setsar=1,format=yuv420p[p{i}];" for i in range(len(photographs)))
        joined = "".join(f"[p{i}]" for i in range(len(photographs)))
        return inputs, f"{parts}{joined}concat=n={len(photographs)}", f"pan over {len(photographs)} photographs, noise"
    size = f"{WIDTH}x{HEIGHT}"
    generated = [f"mandelbrot=s={size}:r={FRAME_RATE}", f"testsrc2=s={size}:r={FRAME_RATE}"]
    inputs = []
    for generator in generated:
        inputs += ["-f", "lavfi", "-t", f"{seconds / 2:.3f}", "-i", generator]
    graph = "[0:v]format=yuv420p[p0];[1:v]format=yuv420p[p1];[p0][p1]concat=n=2"
    return inputs, graph, "FFmpeg's mandelbrot and testsrc2, noise"


def make_clip(folder: Path, frames: int) -> Clip:
    seconds = frames / FRAME_RATE
    inputs, graph, source = pictures(media_folder(), seconds)
    path = folder / f"clip-{frames}-{'photographs' if 'photographs' in source else 'generated'}.mp4"
    if not path.exists():
        sound = inputs.count("-i")
        part = path.with_suffix(".part.mp4")
        run_ffmpeg(
            *inputs,
            "-f",
            "lavfi",
            "-t",
            f"{seconds:.3f}",
            "-i",
            "sine=frequency=330:sample_rate=48000",
            "-filter_complex",
            f"{graph},{NOISE},fps={FRAME_RATE},format=yuv420p[v]",
            "-map",
            "[v]",
            "-map",
            f"{sound}:a",
            "-t",
            f"{seconds:.3f}",
            "-c:v",
            "libx264",
            "-preset",
            "medium",
            "-crf",
            "22",
            "-g",
            "60",
            "-color_primaries",
            "bt709",
            "-color_trc",
            "bt709",
            "-colorspace",
            "bt709",
            "-color_range",
            "tv",
            "-c:a",
            "aac",
            "-b:a",
            "96k",
            str(part),
        )
        part.rename(path)
    return Clip(path, count_frames(path), source)


def scale_clip(clip: Clip, height: int, folder: Path) -> Clip:
    """The clip with pictures of another size, with a sensor's noise of their own."""
    path = folder / f"{clip.path.stem}-{height}p.mp4"
    if not path.exists():
        part = path.with_suffix(".part.mp4")
        graph = f"scale=-2:{height}:flags=bicubic,{NOISE}"
        words = "-c:v libx264 -preset veryfast -crf 22 -g 60 -c:a copy".split()
        run_ffmpeg("-i", str(clip.path), "-vf", graph, *words, str(part))
        part.rename(path)
    return Clip(path, count_frames(path), clip.source)


def cut_clip(clip: Clip, frames: int, folder: Path) -> Clip:
    """The clip's beginning, or the clip again and again, until it has about this many frames; packets are copied."""
    path = folder / f"{clip.path.stem}-{frames}.mp4"
    if not path.exists():
        part = path.with_suffix(".part.mp4")
        run_ffmpeg(
            "-stream_loop",
            str(-(-frames // clip.frames) - 1),
            "-i",
            str(clip.path),
            "-c",
            "copy",
            "-t",
            f"{frames / FRAME_RATE:.3f}",
            str(part),
        )
        part.rename(path)
    return Clip(path, count_frames(path), clip.source)
