"""What maps cost: Grad-CAM against the forward pass alone, and against pytorch-grad-cam on the same nets.

Nets with random weights, one at a time: camstream's explainer (`method-bench`) and PyTorch (methods_peer.py) run side by
side, each on all cores while the other one waits, a round of one and a round of the other.
"""

import json
import os
import re
import statistics
import subprocess
import tempfile
from pathlib import Path

from contestants import ROOT, WORK
from measure import Failed, read_json
from table import Row, say

# Grad-CAM's time as a share of the forward pass's: the goals.
NETS = {"mobilenet_v2": 1.10, "vgg16": 1.25, "resnet50": 1.05}
TIMES_FASTER = 6  # the goal against pytorch-grad-cam
# As users name it: the last rectifier before the last pooling, as pytorch-grad-cam's users take it. Others: the default.
LAYERS = {"vgg16": "/features/features.29/Relu_output_0"}
PRECISIONS = ["auto", "f32"]
PLAIN_PRECISIONS = ["f32", "bf16", "f16"]  # `auto` is compared with the fastest of them
SECONDS = 0.4  # for each figure in a round

# Methods that run the net once for each channel of the mapped layer, on a small net, and what they are compared with.
PROBED, CHANNELS = "resnet18", 512
PROBES = {"scorecam": ["scorecam", "scorecam 32"], "ablationcam": ["ablationcam"]}
PEER_BATCH = {"scorecam": 16, "scorecam 32": 32, "ablationcam": 32}


class Partner:
    """A program that runs a round for each line that it gets."""

    def __init__(self, command: list, environment: dict[str, str] | None = None):
        self.name = Path(command[0]).name
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        self.start = self.read()

    def round(self) -> dict:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.read()

    def read(self) -> dict:
        if line := self.process.stdout.readline():
            return json.loads(line)
        self.process.wait()
        self.errors.seek(0)
        said = self.errors.read().decode(errors="replace").strip().splitlines()[-5:]
        raise Failed(f"{self.name}: exit {self.process.returncode}: {' | '.join(said)}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()


class Bench:
    """The command lines. Compiled models are kept in a folder that goes away, so that every run starts alike."""

    def __init__(self, settings, cache: str):
        self.settings, self.environment = settings, {"XDG_CACHE_HOME": cache}

    def ours(self, net: str, methods: list[str], *options) -> Partner:
        layer = ["--layer", LAYERS[net]] if net in LAYERS else []
        command = [self.settings.methods_program, "--model", WORK / f"{net}.onnx", "--seconds", SECONDS, *layer]
        return Partner([*command, "--methods", ",".join(methods), *options], self.environment)

    def theirs(self, net: str, contestants: list[str], seconds: float = SECONDS) -> Partner:
        script = ROOT / "Benchmarks/methods_peer.py"
        return Partner([self.settings.methods_python, script, net, seconds, *contestants])

    def plain(self, net: str, precision: str) -> dict:
        """The unchanged model in the engine, in a process of its own."""
        program, model = WORK / "bare_inference", WORK / f"{net}.onnx"
        words = f"--hint throughput --bytes-input --precision {precision} --runs {20 if net == 'vgg16' else 60}"
        return read_json([str(program), "--model", str(model), *words.split()])


def peer_python(settings) -> Path:
    """One that has PyTorch and pytorch-grad-cam, which are installed where nobody named one."""
    if not settings.methods_python:
        subprocess.run([ROOT / "Benchmarks/setup.sh", "methods"], check=True)
        settings.methods_python = ROOT / ".deps/methods-venv/bin/python"
    return settings.methods_python


def measure_methods(settings) -> dict:
    if not settings.methods_program.exists():
        raise Failed(f"method-bench is not at {settings.methods_program}: CAMSTREAM_BENCHMARKS=1 swift build -c release --product method-bench")
    peer_python(settings)
    say("nets with random weights")
    script = ROOT / "Benchmarks/methods_nets.py"
    made = subprocess.run(
        [settings.methods_python, script, WORK, *NETS, PROBED], capture_output=True, text=True
    )
    if made.returncode != 0:
        raise Failed(f"methods_nets.py: exit {made.returncode}: {made.stderr.strip()}")
    found = {"nets": {}}
    with tempfile.TemporaryDirectory(dir=WORK) as cache:
        bench = Bench(settings, cache)
        found["start"] = start(bench)
        for net in NETS:
            found["nets"][net] = measure_net(bench, net, settings.rounds)
        found["probes"] = measure_probes(bench)
    return found


def start(bench: Bench) -> dict:
    """Until the first map of a large model: without a compiled model from an earlier run, and with one."""
    say("start, vgg16")
    taken = {}
    for precision in PRECISIONS:
        for state in ("cold", "warm"):
            with bench.ours("vgg16", ["gradcam"], "--precisions", precision, "--without-forward") as ours:
                taken[f"{precision} {state}"] = ours.start["contestants"][f"gradcam {precision}"]
    return taken


def measure_net(bench: Bench, net: str, rounds: int) -> dict:
    say(f"{net}: {rounds} rounds")
    found = {"plain": {precision: bench.plain(net, precision) for precision in PLAIN_PRECISIONS}, "ours": [], "theirs": []}
    with bench.ours(net, ["gradcam"]) as ours, bench.theirs(net, ["forward", "gradcam"]) as theirs:
        found["start"] = ours.start
        for _ in range(rounds):
            found["ours"].append(ours.round())
            found["theirs"].append(theirs.round())
    return found


def measure_probes(bench: Bench) -> dict:
    """One map of each: they take seconds."""
    say(f"methods with {CHANNELS} passes, {PROBED}")
    with bench.ours(PROBED, list(PROBES), "--without-forward", "--seconds", 0) as ours:
        missing = ours.start["unknown"]
        wanted = [name for method, names in PROBES.items() if method not in missing for name in names]
        found = {"missing": missing, "ours": ours.round() if wanted else {}, "theirs": {}}
    if wanted:
        with bench.theirs(PROBED, wanted, 0) as theirs:
            found["theirs"] = theirs.round()
    return found


class Net:
    """Medians over the rounds; a ratio is the median of the ratios of each round, which had the same load."""

    def __init__(self, found: dict):
        self.found = found

    def ours(self, name: str, key: str) -> float:
        return statistics.median(a_round[name][key] for a_round in self.found["ours"])

    def theirs(self, name: str) -> float:
        return statistics.median(a_round[name] for a_round in self.found["theirs"])

    def cost(self, precision: str, key: str) -> float:
        """Grad-CAM / forward."""
        return statistics.median(
            one[f"gradcam {precision}"][key] / one[f"forward {precision}"][key] for one in self.found["ours"]
        )

    def times_faster(self, precision: str) -> float:
        pairs = zip(self.found["ours"], self.found["theirs"])
        return statistics.median(
            theirs["gradcam"] / ours[f"gradcam {precision}"]["interval_ms"] for ours, theirs in pairs
        )

    def peer_cost(self) -> float:
        return statistics.median(one["gradcam"] / one["forward"] for one in self.found["theirs"])

    def precision(self, asked: str) -> str:
        """What the engine computes in."""
        notes = " ".join(self.found["start"]["contestants"][f"forward {asked}"]["notes"])
        return re.search(r"computed in (\w+)", notes)[1]


def method_rows(found: dict) -> list[Row]:
    rows = []
    for name, goal in NETS.items():
        rows += net_rows(name, Net(found["nets"][name]), goal)
    for state, taken in found["start"].items():
        total = (taken["ready_ms"] + taken["first_ms"]) / 1000
        rows.append(Row(f"start to first map, vgg16, {state} cache", f"{total:.2f} s"))
    return rows + probe_rows(found["probes"])


def net_rows(name: str, net: Net, goal: float) -> list[Row]:
    rows = []
    for asked in PRECISIONS:
        label = f"{name}, {net.precision(asked)}" + (" (the default)" if asked == "auto" else "")
        cost, alone = net.cost(asked, "interval_ms"), net.cost(asked, "latency_ms")
        faster = net.times_faster(asked)
        forward, gradcam = (net.ours(f"{what} {asked}", "interval_ms") for what in ("forward", "gradcam"))
        one = tuple(net.ours(f"{what} {asked}", "latency_ms") for what in ("forward", "gradcam"))
        plain = min(found["wall_ms"] for found in net.found["plain"].values() if asked in ("auto", found["precision"]))
        rows += [
            Row(f"Grad-CAM / forward, {label}", f"{cost:.3f}", f"at most {goal:.2f}", cost <= goal),
            Row("  one picture at a time", f"{alone:.3f}"),
            Row("  in CPU time", f"{net.cost(asked, 'cpu_ms'):.3f}"),
            Row(f"pytorch-grad-cam / ours, {label}", f"{faster:.2f}", f"at least {TIMES_FASTER}", faster >= TIMES_FASTER),
            Row("  ours, a picture", f"forward {forward:.2f} ms, Grad-CAM {gradcam:.2f} ms"),
            Row("  ours, one picture at a time", f"forward {one[0]:.2f} ms, Grad-CAM {one[1]:.2f} ms"),
            Row("  forward / the plain model in the engine", f"{forward / plain:.3f}"),
        ]
    theirs = f"forward {net.theirs('forward'):.1f} ms, Grad-CAM {net.theirs('gradcam'):.1f} ms"
    return rows + [Row(f"  PyTorch, {name}, f32", f"{theirs} ({net.peer_cost():.2f} of its forward)")]


def probe_rows(found: dict) -> list[Row]:
    rows = []
    for method, names in PROBES.items():
        if method in found["missing"]:
            rows.append(Row(f"{method}, {PROBED}", "left out: this program does not have the method"))
            continue
        for asked in PRECISIONS:
            speed = CHANNELS / found["ours"][f"{method} {asked}"]["latency_ms"] * 1000
            rows.append(Row(f"{method}, {PROBED}, {asked}", f"{speed:.0f} passes/s"))
        for name in names:
            speed = CHANNELS / found["theirs"][name] * 1000
            batch = PEER_BATCH[name]
            rows.append(Row(f"  pytorch-grad-cam, batches of {batch}, f32", f"{speed:.0f} passes/s"))
    return rows
