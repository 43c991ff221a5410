"""Runs the commands of the README, of docs/start and of docs/guides as they are written. See run.sh.

A fenced block of the language `sh` is run line by line, in a folder of the page's own with stand-ins for what the page
takes for granted (stand_ins.py); of `python` as a whole. Comments before a block steer it, one a line:

<!-- not run: REASON -->      the next block is left alone, and told with its reason
<!-- file: NAME -->           the next block is written to a file of that name

`camstream view` is stopped as Ctrl-C does once it says its address; cameras are clips, and end. Each line must end with 0.
"""

import argparse
import dataclasses
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import stand_ins

ROOT = Path(__file__).parents[2]
COMMENT = re.compile(r"<!-- (not run|file): (.+?) -->")


@dataclasses.dataclass
class Block:
    """A fenced block and what the comments before it say."""

    page: Path
    line: int
    language: str
    text: str = ""
    reason: str = ""
    name: str = ""


def blocks(page: Path) -> list[Block]:
    found: list[Block] = []
    block = None
    said: dict[str, str] = {}
    indent = ""
    for number, line in enumerate(page.read_text().splitlines(), 1):
        if block is not None:
            if line.strip() == "```":
                found.append(block)
                block = None
            else:
                block.text += line.removeprefix(indent) + "\n"
        elif fence := re.fullmatch(r"( *)```(\w*)", line):
            indent = fence[1]
            block = Block(page, number, fence[2], reason=said.get("not run", ""), name=said.get("file", ""))
            said = {}
        elif comment := COMMENT.fullmatch(line.strip()):
            said[comment[1]] = comment[2]
        elif line.strip() and said:
            sys.exit(f"test-docs: {page}:{number}: a comment stands before what is no block")
    return found


def commands(text: str) -> list[str]:
    """The lines of a block; what ends in a backslash goes on in the next one."""
    joined = re.sub(r"\\\n\s*", "", text).splitlines()
    return [line for line in joined if line.strip() and not line.lstrip().startswith("#")]


def run(command: str, folder: Path, environment: dict[str, str], limit: float) -> str:
    """Runs a line in bash; says what is wrong with it, or nothing."""
    process = subprocess.Popen(
        ["bash", "-c", "set -o pipefail; " + command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)
    timer = threading.Timer(limit, os.killpg, (process.pid, signal.SIGKILL))
    timer.start()
    said = []
    for line in process.stdout:
        said.append(line)
        if re.search(r"http://[\w.:]+/", line) and re.search(r"camstream view\b", command):
            os.killpg(process.pid, signal.SIGINT)
    status = process.wait()
    timed_out = not timer.is_alive()
    timer.cancel()
    if timed_out and status != 0:
        return f"has not ended within {limit:.0f} s\n{''.join(said[-5:])}"
    return "" if status == 0 else f"ends with {status}\n{''.join(said[-5:])}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[], help="parts of pages' paths, such as README.md or guides/fit")
    parser.add_argument("--limit", type=float, default=60, help="seconds for a line")
    options = parser.parse_args()

    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("start/*.md")), *sorted((ROOT / "docs").glob("guides/*.md"))]
    if options.only:
        pages = [page for page in pages if any(only in str(page.relative_to(ROOT)) for only in options.only)]
    wrong, ran, left = 0, 0, []
    with tempfile.TemporaryDirectory(prefix="test-docs-") as temporary:
        work = Path(temporary)
        environment = stand_ins.environment(work, options.binary.resolve())
        things = stand_ins.make(work / "things", ROOT, environment)
        for page in pages:
            folder = work / "pages" / page.relative_to(ROOT)
            stand_ins.lay_out(things, folder)
            begun = time.monotonic()
            for block in blocks(page):
                where = f"{page.relative_to(ROOT)}:{block.line}"
                if block.name:
                    (folder / block.name).write_text(stand_ins.configured(block.text))
                elif block.language not in ("sh", "bash", "python"):
                    continue
                elif block.reason:
                    left.append(f"{where}: {block.reason}")
                elif block.language == "python":
                    (folder / "page.py").write_text(block.text)
                    ran += 1
                    if trouble := run("python3 page.py", folder, environment, options.limit):
                        wrong += 1
                        print(f"test-docs: {where}: the program {trouble}", file=sys.stderr)
                else:
                    for command in commands(block.text):
                        ran += 1
                        if trouble := run(stand_ins.replaced(command), folder, environment, options.limit):
                            wrong += 1
                            print(f"test-docs: {where}: {command}\n  {trouble}", file=sys.stderr)
            print(f"test-docs: {page.relative_to(ROOT)}: {time.monotonic() - begun:.1f} s", flush=True)
    for line in left:
        print(f"test-docs: not run: {line}")
    print(f"test-docs: {ran} commands ran, {wrong} went wrong, {len(left)} blocks are not run")
    if not options.only and ran < 60:
        sys.exit("test-docs: so few commands are not all of them")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
