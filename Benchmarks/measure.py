"""Runs a program and says what it cost: CPU (its children's too), wall time, memory, allocator calls."""

import json
import os
import re
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Usage:
    cpu: float  # seconds, user and system, of the program and of the children it waited for
    wall: float  # seconds
    peak_mb: float  # the largest resident size of any one of these processes


@dataclass
class Sample:
    share: float  # of the input's bytes read by then, 0...1
    rss_mb: float
    anonymous_mb: float


class Failed(Exception):
    pass


def run(command: list[str], environment: dict[str, str] | None = None, watch=None) -> Usage:
    """Runs the command to its end; `watch(pid, ended)` runs beside it. Raises `Failed` with what it wrote to stderr."""
    with tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env={**os.environ, **(environment or {})},
        )
        ended = threading.Event()
        watcher = threading.Thread(target=watch, args=(process.pid, ended)) if watch else None
        if watcher:
            watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        ended.set()
        if watcher:
            watcher.join()
        if process.returncode != 0:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip().splitlines()[-5:]
            raise Failed(f"{' '.join(command)}: exit {process.returncode}: {' | '.join(said)}")
    return Usage(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


def read_json(command: list[str]) -> dict:
    answer = subprocess.run(command, capture_output=True, text=True)
    if answer.returncode != 0:
        raise Failed(f"{' '.join(command)}: exit {answer.returncode}: {answer.stderr.strip()}")
    return json.loads(answer.stdout)


@dataclass
class MemoryWatch:
    """Samples a process's resident memory, each time with how far it has read its input (/proc/PID/fdinfo)."""

    clip: Path
    samples: list[Sample] = field(default_factory=list)
    interval: float = 0.05

    def __call__(self, pid: int, ended: threading.Event) -> None:
        size, clip = self.clip.stat().st_size, str(self.clip.resolve())
        while not ended.wait(self.interval):
            try:
                position = self.position(pid, clip)
                status = Path(f"/proc/{pid}/status").read_text()
                resident = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
                anonymous = int(re.search(r"RssAnon:\s+(\d+)", status)[1]) / 1024
            except (OSError, TypeError):  # it has just ended
                continue
            if position is not None:
                self.samples.append(Sample(position / size, resident, anonymous))

    @staticmethod
    def position(pid: int, clip: str) -> int | None:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            if os.readlink(link) == clip:
                return int(re.search(r"pos:\s+(\d+)", Path(f"/proc/{pid}/fdinfo/{link.name}").read_text())[1])
        return None


@dataclass
class Allocations:
    calls: int
    large_calls: int  # of 64 KB and more
    callers: dict[str, list[int]]  # library -> [calls, large calls]


def count_allocations(command: list[str], library: Path, environment: dict[str, str] | None = None) -> Allocations:
    """The calls to the C library's allocator over the whole run of a program, its children left out."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "counts.json"
        run(command, {**(environment or {}), "LD_PRELOAD": str(library.resolve()), "MALLOC_COUNT": str(report)})
        if not report.exists():
            raise Failed(f"{command[0]}: the allocation counter was not loaded")
        found = json.loads(report.read_text().splitlines()[-1])
    return Allocations(found["calls"], found["large_calls"], found["callers"])
