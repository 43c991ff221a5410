"""What the figures were measured on."""

import os
import platform
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def first_line(*command: str) -> str:
    try:
        answer = subprocess.run(command, capture_output=True, text=True)
    except OSError:
        return "absent"
    return (answer.stdout or answer.stderr).strip().splitlines()[0] if answer.stdout or answer.stderr else "?"


def processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1].strip() if found else platform.processor() or platform.machine()


def instructions() -> str:
    """Those that decide what precision `auto` becomes, and which kernels run."""
    found = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    present = set(found[1].split()) if found else set()
    interesting = ["avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "asimd", "bf16", "i8mm"]
    return " ".join(name for name in interesting if name in present) or "none of note"


def describe(program: Path) -> dict[str, str]:
    engine = re.search(r"^\w+\s+([\d.]+)", (ROOT / "scripts/openvino.lock").read_text(), re.MULTILINE)
    peer = " ".join(line for line in (ROOT / "Benchmarks/requirements.txt").read_text().splitlines() if "==" in line)
    ffmpeg = first_line("ffmpeg", "-version").split()
    return {
        "processor": processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "instructions": instructions(),
        "load before": f"{os.getloadavg()[0]:.2f}",
        "system": f"{platform.system()} {platform.release()}",
        "camstream": first_line(str(program), "--version") if program.exists() else "not built",
        "ffmpeg": ffmpeg[2] if len(ffmpeg) > 2 else "absent",
        "openvino": engine[1] if engine else "?",
        "peer": f"Python {platform.python_version()} {peer}",
    }
