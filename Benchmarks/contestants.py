"""The command lines that are compared: the same clip, the same encoder settings, the sound copied."""

import machine

ROOT = machine.ROOT
WORK = ROOT / ".deps/bench"


class Contestants:
    def __init__(self, arguments):
        self.arguments = arguments
        self.cache = WORK / "cache"
        self.environment = {"XDG_CACHE_HOME": str(self.cache)}  # camstream's compiled models: warm after its first run

    def camstream(self, clip, out):
        a = self.arguments
        card = ["--card", str(a.card)] if a.card else []
        return [str(a.program), "--input", str(clip.path), "--model", str(a.model), *card, "--out", str(out)] + [
            "--preset",
            a.preset,
            "--crf",
            a.crf,
            "--force",
            "--quiet",
        ]

    def ffmpeg(self, clip, out):
        return ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(clip.path), "-map", "0:v:0", "-map", "0:a?"] + [
            "-c:v",
            "libx264",
            "-preset",
            self.arguments.preset,
            "-crf",
            self.arguments.crf,
            "-c:a",
            "copy",
            str(out),
        ]

    def inference(self, hint, runs):
        return [
            str(WORK / "bare_inference"),
            "--model",
            str(self.arguments.model),
            "--hint",
            hint,
            "--precision",
            self.arguments.precision,
            "--runs",
            str(runs),
        ]

    def peer(self, clip, out, pipe):
        a = self.arguments
        labels = ["--labels", str(a.labels)] if a.labels.exists() else []
        return (
            [str(ROOT / ".deps/bench-venv/bin/python"), str(ROOT / "Benchmarks/peer.py"), "--input", str(clip.path)]
            + ["--model", str(a.model), *labels, "--out", str(out), "--preset", a.preset, "--crf", a.crf]
            + ["--cache", str(self.cache / "peer"), "--pipe", pipe]
        )
