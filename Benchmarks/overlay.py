"""The overlay pass alone, on one core: what `overlay-bench` prints, with the goal beside the blends it holds for."""

import subprocess
from pathlib import Path

from measure import Failed
from table import Row


def measure_overlay(program: Path) -> str:
    said = subprocess.run([str(program)], capture_output=True, text=True)
    if said.returncode != 0:
        raise Failed(f"{program}: exit {said.returncode}: {said.stderr.strip()}")
    return said.stdout


def overlay_rows(said: str) -> list[Row]:
    """Lines are `name: figure` or, one a kernel with the fastest last, `kernel: blend figure, blend figure, ...`."""
    lines = [line.split(": ", 1) for line in said.splitlines() if ": " in line]
    kernels = [name for name, figures in lines if "mix" in figures]
    rows = []
    for name, figures in lines:
        for figure in figures.split(", "):
            *what, milliseconds = figure.split()
            label = " ".join([f"overlay pass, {name}", *what])
            held = name == kernels[-1] and what[-1:] in (["mix"], ["attention"]) and not {"10-bit", "4:4:4"} & {*what}
            goal = ("at most 1.5 ms", float(milliseconds) <= 1.5) if held else ()
            rows.append(Row(label, f"{float(milliseconds):.2f} ms, 1080p", *goal))
    return rows
