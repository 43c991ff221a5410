"""A batch on a real Slurm (`cluster.py`) whose tasks are killed, told to stop and put back, and one of whose nodes is lost
meanwhile: every recording must be done once, as on one machine, and every damage must be found afterwards. Needs ffmpeg,
slurmctld and slurmd.

Usage: run.py [--binary PATH] [--clips N] [--bad N] [--tasks N] [--seed N]
"""

import argparse
import contextlib
import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

import clips
from cluster import NODES, Cluster

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODEL = os.path.join(ROOT, "models/colours/colours.yaml")
COMMENT = "it's a \"test\" # of it"
NAMES = ["--out", "{parent}/{stem}.mp4", "--sidecar", "{parent}/{stem}.jsonl"]


def check(condition, *facts):
    if not condition:
        raise AssertionError(" ".join(str(fact) for fact in facts))


class Batch:
    """A plan, its script and its results. Names have in them what shells and YAML trip over."""

    def __init__(self, binary, cluster, work, stage):
        self.binary, self.cluster, self.stage = binary, cluster, stage
        self.folder = os.path.join(work, "it's a \"batch\" of $HOME; 50%")
        os.makedirs(self.folder)
        self.clips = os.path.join(self.folder, "clips")
        self.results = os.path.join(self.folder, "heat")
        self.plan = os.path.join(self.folder, "jobs.jsonl")
        self.script = os.path.join(self.folder, "jobs.sh")

    def call(self, *arguments, exits=(0,), **options):
        """Returns what `camstream batch` prints."""
        done = subprocess.run(
            [self.binary, "batch", *arguments], env=self.cluster.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
        check(done.returncode in exits, arguments[0], "ended with", done.returncode, done.stdout, done.stderr)
        return done.stdout

    def make_plan(self, path, results, model=MODEL):
        text = self.call(
            "plan", self.clips, "--out-dir", results, *NAMES, "--model", model, "--shard-size", "1s", "--quiet")
        with open(path, "w") as file:
            file.write(text)

    def submit(self, tasks):
        """Returns the numbers of the array and of its check."""
        said = self.call(
            "slurm", self.plan, "--max-array-size", str(tasks), "--cpus", "1", "--logs", os.path.join(self.folder, "logs"),
            "--stage", self.stage, "--out", self.script, "--force", "--submit", "--requeue", "3",
            f"--sbatch=--comment={COMMENT}")
        match = re.fullmatch(r"tasks: job (\d+); check: job (\d+)\n", said)
        check(match, said)
        return match.groups()

    def status(self):
        return json.loads(self.call("status", self.plan, "--json"))

    def verify(self, exits):
        return json.loads(self.call("verify", self.plan, "--json", exits=exits))

    def log(self, name):
        with open(os.path.join(self.folder, "logs", f"{name}.log")) as file:
            return file.read()


def files(folder):
    """SHA-256 of the files below it by path, without hidden folders and receipts."""
    found = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.endswith(".camstream.json"):
                path = os.path.join(place, name)
                with open(path, "rb") as file:
                    found[os.path.relpath(path, folder)] = hashlib.sha256(file.read()).hexdigest()
    return found


# MARK: - Mischief


class Mischief:
    """Kills tasks, tells them to stop, and puts them back, each at some moment of its work and some times in all."""

    most = 4

    def __init__(self, cluster, pause):
        self.cluster, self.pause = cluster, pause
        self.counts = dict.fromkeys(["kill -9", "SIGUSR1", "SIGTERM", "requeue"], 0)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()

    def _work(self):
        due = {}
        while not self._end.wait(0.01):
            for process, job in self.cluster.tasks():
                if process not in due and not listens(process):
                    continue
                # What was done least, so that each is; at once, what was not done yet: a fast machine's task is short.
                kind = min(self.counts, key=lambda kind: (self.counts[kind], random.random()))
                pause = random.uniform(0, self.pause) if self.counts[kind] else 0
                time_of_it = due.setdefault(process, time.monotonic() + pause)
                if time.monotonic() >= time_of_it and self.counts[kind] < self.most:
                    due[process] = float("inf")
                    self._do(kind, process, job)

    def _do(self, kind, process, job):
        if kind == "kill -9":
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        elif kind == "requeue":
            self.cluster.tool("scontrol", "requeue", job, check=False)
        else:
            self.cluster.tool("scancel", f"--signal={kind[3:]}", "--batch", job, check=False)
        self.counts[kind] += 1


def listens(process):
    """Whether it has begun its work: it catches SIGUSR1, which was ignored before."""
    with contextlib.suppress(OSError), open(f"/proc/{process}/status") as file:
        caught = re.search(r"^SigCgt:\s*([0-9a-f]+)", file.read(), re.MULTILINE)
        return bool(caught and int(caught[1], 16) >> (signal.SIGUSR1 - 1) & 1)
    return False


# MARK: - The parts


def first_round(batch, cluster, tasks):
    job, after = batch.submit(tasks)
    start = time.monotonic()
    check(f"Comment={COMMENT}" in cluster.tool("scontrol", "show", "job", after), "sbatch read another comment")
    with Mischief(cluster, 0.5) as mischief:
        cluster.wait(lambda: batch.status()["done"] > 0 or not cluster.waiting(), 300, "the first recording")
        time.sleep(3)
        cluster.lose(NODES[1])
        time.sleep(3)
        cluster.find(NODES[1])
        cluster.wait(lambda: not [line for line in cluster.waiting() if line.startswith(job)], 1500, "all tasks")
        cluster.wait(lambda: not cluster.waiting(), 300, "the check")
        # What is left gets what was not done yet. A task that is told to stop at its last recording ends as if nobody had.
        for _ in range(3):
            if min(mischief.counts.values()) > 0 and went_back(batch):
                break
            submission(batch, cluster, tasks, "more mischief")
    status = batch.status()
    print(f"slurm: {tasks} tasks with mischief in {time.monotonic() - start:.0f} s: "
          f"{', '.join(f'{count} {kind}' for kind, count in mischief.counts.items())}, a node lost; "
          f"{status['done']} of {status['jobs']} done, {status['bad']} bad")
    check(min(mischief.counts.values()) > 0, "no task lasted long enough for mischief: more clips", mischief.counts)
    check(went_back(batch), "no task that was told to stop went back into the queue")
    check(re.search(r"\d+ whole", batch.log(f"{after}-check")), batch.log(f"{after}-check"))


def went_back(batch):
    """Whether a task that was told to stop has gone back into the queue."""
    return any(re.search(r"goes back into Slurm's queue", batch.log(name[:-4]))
               for name in os.listdir(os.path.join(batch.folder, "logs")))


def submission(batch, cluster, tasks, words):
    """Submits what is left. Returns (the array's job, its check's, seconds)."""
    start = time.monotonic()
    job, after = batch.submit(tasks)
    cluster.wait(lambda: not [line for line in cluster.waiting() if line.startswith(job)], 1500, "all tasks")
    seconds = time.monotonic() - start
    exits = cluster.exits(job)
    cluster.wait(lambda: not cluster.waiting(), 300, "the check")
    print(f"slurm: {words} in {seconds:.1f} s")
    return exits, after, seconds


def compare(batch, cluster, good, bad, work):
    """With a run of all on one machine."""
    plan, results = os.path.join(work, "alone.jsonl"), os.path.join(work, "alone")
    batch.make_plan(plan, results)
    start = time.monotonic()
    batch.call("run", plan, "--all", "--quiet", exits=(65 if bad else 0,))
    alone, here = files(results), files(batch.results)
    print(f"slurm: {len(alone)} results of one machine in {time.monotonic() - start:.0f} s, the same bytes: "
          f"{sum(here.get(name) == digits for name, digits in alone.items())}")
    check(alone == here, "differ:", [name for name in alone.keys() | here.keys() if alone.get(name) != here.get(name)])
    check(len(alone) == 2 * len(good), len(alone), len(good))
    hidden = os.listdir(os.path.join(batch.results, ".camstream"))
    check(not [name for name in hidden if name.endswith((".work", ".lock", ".placing", ".stale"))], "left:", hidden)


def bad_ones(batch, bad, exits, tasks):
    """Each is told by a receipt, and by the exit code of its task."""
    told, shards = {}, set()
    for place, _, names in os.walk(batch.results):
        for name in names:
            if name.endswith(".camstream.json"):
                with open(os.path.join(place, name)) as file:
                    receipt = json.load(file)
                if receipt["exit"]:
                    told[receipt["id"]] = receipt
    with open(batch.plan) as file:
        for line in map(json.loads, file):
            if "input" in line and os.path.basename(line["input"]) in bad:
                check(told.pop(line["id"])["exit"] == 65, line["input"])
                shards.add(line["shard"] % tasks)
    check(not told, "bad, and not meant to be:", told)
    check(exits == {index: 65 if index in shards else 0 for index in range(tasks)}, exits, shards)
    print(f"slurm: {len(bad)} bad recordings have receipts that say why; {len(shards)} tasks ended with 65, the others with 0")


def damages(batch, good, work):
    """Five kinds; each is found, and nothing else."""
    def result(number):
        return os.path.join(batch.results, os.path.splitext(good[number])[0] + ".mp4")

    with open(result(1), "r+b") as file:
        file.truncate(os.path.getsize(result(1)) - 100)
    with open(result(2), "r+b") as file:
        file.seek(os.path.getsize(result(2)) // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    receipt = result(3) + ".camstream.json"
    other = os.path.join(work, "other.jsonl")
    other_model(batch, work, other, good[3], receipt)
    os.unlink(result(4))
    with open(os.path.join(batch.results, "clip of yesterday.mp4"), "wb") as file:
        file.write(b"x")
    found = {(finding["kind"], finding["path"]) for finding in batch.verify((65,))["findings"]}
    expected = {
        ("truncated", os.path.basename(result(1))), ("altered", os.path.basename(result(2))),
        ("other model", os.path.basename(receipt)), ("missing", os.path.basename(result(4))),
        ("left over", "clip of yesterday.mp4"),
    }
    check(found == expected, "found:", sorted(found), "expected:", sorted(expected))
    print("slurm: verify finds all five damages and nothing else")


def other_model(batch, work, plan, name, receipt):
    """The clip's results and receipt come from a model that differs in a label."""
    folder, results = os.path.join(work, "model"), os.path.join(work, "other")
    os.makedirs(folder)
    with open(MODEL) as file:
        card = file.read().replace("grey", "gray")
    with open(os.path.join(folder, "colours.yaml"), "w") as file:
        file.write(card)
    os.symlink(os.path.join(os.path.dirname(MODEL), "colours.onnx"), os.path.join(folder, "colours.onnx"))
    text = batch.call(
        "plan", os.path.join(batch.clips, name), "--out-dir", results, *NAMES, "--model",
        os.path.join(folder, "colours.yaml"), "--quiet")
    with open(plan, "w") as file:
        file.write(text)
    batch.call("run", plan, "--all", "--quiet")
    for place, folders, names in os.walk(results):
        folders[:] = [folder for folder in folders if not folder.startswith(".")]
        for file in names:
            os.replace(os.path.join(place, file), os.path.join(os.path.dirname(receipt), file))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build/release/camstream"))
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--bad", type=int, default=5, help="of these clips")
    parser.add_argument("--tasks", type=int, default=12)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    random.seed(options.seed)
    print(f"seed {options.seed}")
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="camstream-slurm-") as work, Cluster(work) as cluster:
        stage = os.path.join(work, "node disk")
        os.makedirs(stage)
        batch = Batch(os.path.abspath(options.binary), cluster, work, stage)
        good, bad = clips.make(batch.clips, options.clips - options.bad, options.bad)
        batch.make_plan(batch.plan, batch.results)
        print(f"slurm: {len(good)} clips, {len(bad)} bad ones and two nodes after {time.monotonic() - start:.0f} s")

        first_round(batch, cluster, options.tasks)
        for _ in range(3):
            exits, after, _ = submission(batch, cluster, options.tasks, "what was left")
            if batch.status()["done"] == len(good):
                break
        check(batch.status()["done"] == len(good) and batch.status()["bad"] == len(bad), batch.status())
        bad_ones(batch, bad, exits, options.tasks)
        report = batch.verify((0,))
        check(report == {"good": len(good), "bad": len(bad), "open": 0, "findings": []}, report)
        check(f"{len(good)} whole, {len(bad)} bad, 0 faults" in batch.log(f"{after}-check"), batch.log(f"{after}-check"))
        compare(batch, cluster, good, bad, work)

        before = files(batch.results)
        _, _, seconds = submission(batch, cluster, options.tasks, "a submission of what is done")
        check(seconds < 30, "it took", seconds)
        check(files(batch.results) == before, "a second submission changed results")
        staged = [name for place, _, names in os.walk(stage) for name in names if name.endswith(".onnx")]
        check(staged == ["colours.onnx"], "the model is not there once:", staged)
        damages(batch, good, work)
    print(f"slurm: all in {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(f"failed: {error}")
