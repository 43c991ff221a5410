"""The command lines that are compared: the same clip, the same encoder settings, the sound copied."""

import os

import machine

ROOT = machine.ROOT
WORK = ROOT / ".deps/bench"

# The peer in three forms: with all that makes it fast, the same with OpenCV converting what goes through the pipe, and
# as the plain loop that most scripts are (read, infer, draw, write, one after the other).
PEERS = {"bgr24": "--pipe bgr24", "yuv420p": "--pipe yuv420p", "plain": "--one-thread --requests 1"}


class Contestants:
    def __init__(self, arguments):
        self.settings = arguments
        self.cache = WORK / "cache"
        # Of the inference alone and the peer: `race` sets it to the fastest one unless it was asked for.
        self.precision = arguments.precision
        self.environment = {"XDG_CACHE_HOME": str(self.cache)}  # camstream's compiled models: warm after its first run

    def camstream(self, clip, out, preset=None, crf=None):
        words = f"--preset {preset or self.settings.preset} --crf {crf or self.settings.crf} --force --quiet".split()
        card = ["--card", self.settings.card] if self.settings.card else []
        program = [self.settings.program, "--input", clip.path, "--model", self.settings.model, *card, "--out", out]
        return [str(word) for word in program + words]

    def _findings(self, clip, *words):
        card = ["--card", self.settings.card] if self.settings.card else []
        program = [self.settings.program, "--input", clip.path, "--model", self.settings.model, *card]
        return [str(word) for word in [*program, *words, "--force", "--quiet"]]

    def keep(self, clip, out, every="1"):
        """The clip's own packets, with the heat as a track."""
        return self._findings(clip, "--keep-video", "--out", out, "--cam-every", every)

    def analysis(self, clip, out):
        """What is seen, and no picture."""
        return self._findings(clip, "--sidecar", out)

    def live(self, clip):
        """The clip played at its own rate as a camera, and shown over HTTP."""
        card = ["--card", self.settings.card] if self.settings.card else []
        program = [self.settings.program, "--input", clip.path, "--model", self.settings.model, *card]
        return [str(word) for word in program + "--live --serve --listen 127.0.0.1:0".split()]

    def live_environment(self):
        return {**os.environ, **self.environment}

    def lossless(self, clip, out):
        """camstream's pictures as they are handed to the encoder."""
        return self.camstream(clip, out, preset="ultrafast", crf=0)

    def ffmpeg(self, clip, out):
        words = f"-c:v libx264 -preset {self.settings.preset} -crf {self.settings.crf} -c:a copy".split()
        source = ["-i", str(clip.path), *"-map 0:v:0 -map 0:a?".split()]
        return [*"ffmpeg -nostdin -v error -y".split(), *source, *words, str(out)]

    def decode(self, clip):
        return [*"ffmpeg -nostdin -v error -i".split(), str(clip.path), *"-map 0:v:0 -f null -".split()]

    def inference(self, hint, runs, precision=None):
        program, model = str(WORK / "bare_inference"), str(self.settings.model)
        words = f"--hint {hint} --precision {precision or self.precision} --runs {runs}".split()
        return [program, "--model", model, *words]

    def peer(self, clip, out, kind):
        labels = ["--labels", self.settings.labels] if self.settings.labels.exists() else []
        words = f"--preset {self.settings.preset} --crf {self.settings.crf} {PEERS[kind]}".split()
        words += ["--precision", self.precision]
        script = [ROOT / ".deps/bench-venv/bin/python", ROOT / "Benchmarks/peer.py", "--input", clip.path, "--out", out]
        model = ["--model", self.settings.model, *labels, "--cache", self.cache / "peer"]
        return [str(word) for word in script + model + words]
