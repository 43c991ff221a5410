"""It always ends, and nothing outside ends it."""

import os
import signal
import socket
import subprocess

from asking import ask
from scene import DRAWN, MODEL, ROOT, SHORT, Broken, attack, check, wait_until


def recordings(place):
    return [name for name in place.names("rec") if not name.startswith(".")] if os.path.isdir(place.path("rec")) else []


@attack
def a_log_whose_reader_goes(place):
    """What reads the log of a recording goes away: the recording goes on, and ends well."""
    reader, writer = os.pipe()
    with place.started(
            "-v", "-i", DRAWN, "-m", MODEL, "--live", "-o", place.path("rec/%s.mp4"), "--segment", "1s", stderr=writer,
            stdout=writer) as program:
        os.close(writer)
        with os.fdopen(reader, "rb") as log:
            while b"recording " not in (line := log.readline()):
                check(line, "it has ended")
        before = len(recordings(place))
        wait_until(lambda: len(recordings(place)) >= before + 3 or program.process.poll() is not None, "recordings")
        check(program.process.poll() is None, "it ended with", program.process.poll())
        code, _ = program.stop()
        check(code == 0, "exit code", code)


@attack
def a_log_that_nobody_reads(place):
    """The log goes into a pipe that is full: 800 requests are answered, lost lines are counted, and it ends in time."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        pass
    os.set_blocking(writer, True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with place.started(
            "serve", "-v", "-i", DRAWN, "-m", MODEL, "--listen", f"127.0.0.1:{port}", stderr=writer) as program:
        os.close(writer)

        def answers(path):
            try:
                return ask(port, path, seconds=3)
            except OSError:
                return None

        wait_until(lambda: answers("/healthz"), "an answer")
        for number in range(400):
            for path, code in [("/healthz", 200), ("/" + "x" * 2000, 404)]:
                answer = answers(path)
                check(answer and answer.status == code, f"no answer after {number} requests:", answer)
        lost = [line for line in answers("/metrics").text.splitlines() if line.startswith("camstream_log_lost_total")]
        check(lost and float(lost[0].split()[1]) > 0, "lost lines are not counted:", lost)
        code, took = program.stop(seconds=15)
        check(code == 0 and took < 5, f"exit code {code} after {took:.1f} s")
    os.close(reader)


@attack
def a_service_manager_that_reads_nothing(place):
    """The service manager's socket is full of messages that nobody reads: pictures flow, and SIGTERM ends it in time."""
    path = place.path("notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
        manager.bind(path)
        other.setblocking(False)
        try:
            while True:
                other.sendto(b"x", path)
        except BlockingIOError:
            pass
        environment = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "1000000"}
        with place.serving(environment=environment) as program:
            wait_until(lambda: ask(program.port, "/readyz").status == 200, "pictures")
            code, took = program.stop(seconds=15)
            check(code == 0 and took < 5, f"exit code {code} after {took:.1f} s", program.text)


def threads(process):
    """What each thread of a process waits for."""
    lines = []
    for thread in sorted(os.listdir(f"/proc/{process}/task")):
        place = f"/proc/{process}/task/{thread}"
        facts = [open(f"{place}/{name}").read().strip() for name in ("comm", "wchan", "syscall")]
        lines.append(" ".join([thread, *facts]))
    return "\n" + "\n".join(lines)


@attack
def signals_in_every_phase(place):
    """SIGINT and SIGTERM while it opens, waits, compiles, fetches, reads, records and measures: it ends within 8 s."""
    def silent(client):
        while client.recv(4096):
            pass

    from strangers import Server
    with Server(silent) as server:
        address = f"http://127.0.0.1:{server.port}/x"
        listening = ["--listen", "127.0.0.1:0"]
        demo = ["-m", os.path.join(ROOT, "models/demo/demo.onnx")]
        asked = lambda program: server.connections > 0
        phases = {
            "opening": (["-i", address, "-m", MODEL, "-o", "a.mp4"], asked),
            "opening live": (["serve", "-i", f"rtsp://127.0.0.1:{server.port}/x", "-m", MODEL, *listening], asked),
            "waiting": (["serve", "--wait", "-i", "http://127.0.0.1:9/x", "-m", MODEL, *listening], "Waiting|waiting"),
            "reading a pipe": (["-i", "-", "-m", MODEL, "-o", "a.mp4"], None),
            "compiling": (["-i", DRAWN, *demo, "-o", "a.mp4"], None),
            "fetching": (["models", "fetch", "resnet18", "--from", address], asked),
            "measuring speed": (["-v", "-i", DRAWN, "-m", MODEL, "-o", "a.mp4"], "model Colours"),
            "a film": (["-i", f"{DRAWN},seconds=3600", "-m", MODEL, "-o", "a.mp4"], "CAM head"),
            "recording": (["-i", DRAWN, "-m", MODEL, "--live", "-o", "a.mp4"], "recording "),
            "serving": (["serve", "-i", DRAWN, "-m", MODEL, *listening], "CAM head"),
            "compare": (["compare", "-i", address, "-m", MODEL, "--out", "a.png"], asked),
            "steady": (["steady", "-i", f"{DRAWN},seconds=60", "-m", MODEL], None),
        }
        for phase, (arguments, begun) in phases.items():
            for number in [signal.SIGTERM, signal.SIGINT]:
                server.connections = 0
                reader, writer = os.pipe()
                options = {"stdin": reader, "environment": {"XDG_CACHE_HOME": place.path(f"cache {phase} {number}")}}
                with place.started(*arguments, **options) as program:
                    if isinstance(begun, str):
                        program.wait_for(begun)
                    elif begun:
                        wait_until(lambda: begun(program), f"{phase} has begun")
                    else:
                        # Nothing tells of it: the program is up, whatever it does.
                        wait_until(lambda: os.path.exists(f"/proc/{program.process.pid}/task") and len(
                            os.listdir(f"/proc/{program.process.pid}/task")) > 1, "threads")
                    try:
                        code, took = program.stop(number, seconds=20)
                    except subprocess.TimeoutExpired:
                        raise Broken(f"{phase}: {number.name} does not end it: {program.text}{threads(program.process.pid)}") from None
                    check(took < 8, f"{phase}: {number.name} ended it after {took:.1f} s", program.text)
                    check(code in (0, 128 + number, -number), f"{phase}: {number.name}, exit code {code}", program.text)
                os.close(reader)
                os.close(writer)
                for name in place.names():
                    if name.startswith("a."):
                        os.unlink(place.path(name))


@attack
def small_address_spaces(place):
    """It may have from 200 MB to 2 GB of addresses: each command does its work, or ends with one line that says what it
    lacks and exit code 1, never by a signal, and leaves no half file; several cameras end or wait, and obey SIGTERM."""
    output = ["-i", SHORT, "-m", MODEL, "--force"]
    cameras = place.write(
        "cameras.yaml", f"serve: {{listen: '127.0.0.1:0'}}\ndefaults: {{infer: {{model: '{MODEL}'}}}}\ncameras:\n"
        + "".join(f"  c{number}: {{capture: {{input: '{SHORT}', live: true}}}}\n" for number in range(4)))
    commands = {
        "a film": [*output, "-o", "o.mp4"], "compare": ["compare", *output, "--out", "o.png", "--methods", "cam,layercam"],
        "models": ["models"], "layers": ["layers", "-m", MODEL], "a camera": ["serve", *output[:4], "--listen", "127.0.0.1:0"],
        "cameras": ["serve", "--config", cameras],
    }
    done, broken = dict.fromkeys(commands, 0), []
    for name, command in commands.items():
        # Close together where the program has begun and its libraries still want more.
        wide = [200, 300, 400, 500, 900, 1000, 1500, 2000]
        for megabytes in [*wide, *(range(600, 900, 25) if name not in ("models", "layers") else [])]:
            with place.started(*command, before=["prlimit", f"--as={megabytes << 20}"]) as program:
                hangs = False
                try:
                    code = program.wait(10 if name == "cameras" else 30)
                except subprocess.TimeoutExpired:
                    # A camera that lacks something is tried again.
                    hangs = name != "cameras" or "is tried again" not in program.text
                    code, took = program.stop() if not hangs else (None, 0)
                    hangs = hangs or took > 5 or "takes too long" in program.text
                text = program.text
            errors = [line for line in text.splitlines() if line.startswith("camstream: error: ")]
            # Of several cameras each may say it.
            is_told = code == 1 and (len(errors) == 1 or name == "cameras") and errors and "memory" in errors[-1]
            # The linker speaks where not even the libraries fit.
            is_told = is_told or code == 127 and "error while loading shared libraries" in text
            left = [left for left in place.names() if left.startswith(".")]
            for part in left:
                os.unlink(place.path(part))
            done[name] += code == 0 and not errors
            if hangs or left or code != 0 and not is_told:
                end = "it hangs" if hangs else f"exit code {code}"
                broken.append(f"{name}, {megabytes} MB: {end}, left {left}: {text[-300:]}")
    check(not broken, "\n".join(broken))
    check(all(done.values()), "with 2 GB nothing was done:", done)
