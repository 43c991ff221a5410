"""The user's models, while one is added: a name never stands for half of one."""

import contextlib
import filecmp
import os
import signal
import subprocess
import time

import onnx
from scene import SHORT, Skipped, attack, check

# Takes long enough to be copied that it can be stopped meanwhile.
BALLAST = 96 << 20


def large_model(place):
    """A model of BALLAST bytes and some."""
    path = place.write("big.onnx", onnx.classifier(7, BALLAST))
    os.truncate(path, os.path.getsize(path) + BALLAST)
    return path


def stored(place, folder="data"):
    """All that is in the store, with what is hidden, and what lies in it."""
    top = place.path(folder, "camstream/models")
    found = {os.path.relpath(os.path.join(at, name), top) for at, folders, files in os.walk(top) for name in [*folders, *files]}
    return sorted(found)


def wait_for_part(program, part):
    """Until the model is being written."""
    end = time.monotonic() + 60
    while not os.path.exists(part):
        check(program.process.poll() is None and time.monotonic() < end, "it has not begun:", program.text)
        time.sleep(0.0005)


@contextlib.contextmanager
def adding(place, model, environment):
    """`models add`, stopped before the model has its name. Gives the program."""
    with place.started("models", "add", model, "--name", "big", environment=environment) as program:
        wait_for_part(program, place.path("data/camstream/models/.big.part/big.onnx"))
        program.process.send_signal(signal.SIGSTOP)
        yield program


def expect_none(place, environment, what):
    run = place.run("-i", SHORT, "-m", "big", "-o", "o.mp4", environment=environment)
    check(run.code in (64, 65) and not os.path.exists(place.path("o.mp4")), what, "the name stands for something:", run)
    run = place.run("models", environment=environment)
    check(run.code == 0 and b"big" not in run.output, what, "it is listed:", run)


def expect_whole(place, model, environment, folder="data"):
    """The next try succeeds, and nothing else is left."""
    run = place.run("models", "add", model, "--name", "big", environment=environment)
    check(run.code == 0, "the next add:", run)
    check(stored(place, folder) == ["big", "big/big.onnx"], "the store has", stored(place, folder))
    copy = place.path(folder, "camstream/models/big/big.onnx")
    check(filecmp.cmp(model, copy, shallow=False), "what is stored is another file")
    run = place.run("-i", SHORT, "-m", "big", "-o", "o.mp4", "--force", environment=environment)
    check(run.code == 0, "it does not run:", run)
    os.unlink(place.path("o.mp4"))
    check(place.run("models", "remove", "big", environment=environment).code == 0, "it cannot be removed")
    check(stored(place, folder) == [], "after its removal the store has", stored(place, folder))


@attack
def models_that_are_half_added(place):
    """`models add` is killed, or gets SIGTERM, SIGINT or SIGHUP, while it writes: the name stands for nothing, the next add
    succeeds and clears what was left, and SIGTERM and SIGINT leave nothing in the first place."""
    model = large_model(place)
    environment = {"XDG_DATA_HOME": place.path("data")}
    for number in [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP]:
        with adding(place, model, environment) as program:
            check(stored(place) and not any(name.startswith("big") for name in stored(place)), "half of it:", stored(place))
            expect_none(place, environment, f"before {number.name},")
            program.process.send_signal(number)
            program.process.send_signal(signal.SIGCONT)
            code = program.wait(30)
        check(code in (-number, 128 + number), f"{number.name}: exit code {code}", program.text)
        expect_none(place, environment, f"after {number.name},")
        if number in (signal.SIGTERM, signal.SIGINT):
            check(stored(place) == [], f"{number.name} left", stored(place))
        expect_whole(place, model, environment)


@attack
def two_that_add_the_same(place):
    """While one `models add` is stopped in the middle, another adds the same name: it waits, and takes over when the first
    is killed."""
    model = large_model(place)
    environment = {"XDG_DATA_HOME": place.path("data")}
    with adding(place, model, environment) as first:
        with place.started("models", "add", model, "--name", "big", environment=environment) as second:
            with contextlib.suppress(subprocess.TimeoutExpired):
                check(False, "the second has not waited:", second.process.wait(2), second.text)
            first.process.send_signal(signal.SIGKILL)
            check(second.wait(60) == 0, "the second:", second.text)
    check(stored(place) == ["big", "big/big.onnx"], "the store has", stored(place))
    check(filecmp.cmp(model, place.path("data/camstream/models/big/big.onnx"), shallow=False), "it is not whole")


@attack
def files_that_may_not_grow(place):
    """`models add` with a limit on the size of files (`ulimit -f`): one line, exit code 73, nothing left."""
    model = large_model(place)
    environment = {"XDG_DATA_HOME": place.path("data")}
    run = place.run("models", "add", model, "--name", "big", environment=environment, before=["prlimit", f"--fsize={10 << 20}"])
    check(run.code == 73 and run.errors.count(b"error: ") == 1, run)
    check(stored(place) == [], "left:", stored(place))
    expect_whole(place, model, environment)


@attack
def a_store_on_a_full_disk(place):
    """The disk of the store is full before `models add`, and becomes so while it writes: one line, exit code 73, nothing
    left, and the next add succeeds when there is room."""
    model = large_model(place)
    disk = place.path("disk")
    os.mkdir(disk)
    size = 2 * BALLAST
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", disk]).returncode != 0:
        raise Skipped("a small disk of its own needs root, and a machine that lets it mount")
    environment = {"XDG_DATA_HOME": disk}
    filler = place.path("disk/filler")

    def fill(left):
        with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while (status := os.statvfs(disk)).f_bavail * status.f_frsize > left:
                file.write(bytes(1 << 16))

    def expect_full(what, code, text):
        errors = [line for line in text.splitlines() if line.startswith("camstream: error: ")]
        check(code == 73 and len(errors) == 1 and place.path("disk") in errors[0], what, f"exit code {code}:", text)
        check(stored(place, "disk") == [], what, "left:", stored(place, "disk"))

    try:
        fill(BALLAST // 2)
        run = place.run("models", "add", model, "--name", "big", environment=environment)
        expect_full("full before it,", run.code, run.text)
        os.unlink(filler)
        # Just enough, of which something is taken then.
        fill(os.path.getsize(model) + (1 << 20))
        with place.started("models", "add", model, "--name", "big", environment=environment) as program:
            wait_for_part(program, place.path("disk/camstream/models/.big.part/big.onnx"))
            with open(place.path("disk/other"), "wb") as file:
                os.posix_fallocate(file.fileno(), 0, 8 << 20)
            expect_full("full meanwhile,", program.wait(30), program.text)
        os.unlink(filler)
        os.unlink(place.path("disk/other"))
        expect_whole(place, model, environment, "disk")
    finally:
        subprocess.run(["umount", disk], check=True)
