"""What attacks have in common: their list, a folder for each, runs of the program with bounds, and waiting."""

import contextlib
import hashlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "Tests/Survival"))

from program import Program  # noqa: E402

COLOURS = os.path.join(ROOT, "models/colours")
# A model that is ready at once, and pictures that cost little.
MODEL = os.path.join(COLOURS, "colours.yaml")
DRAWN = "demo:size=160x120,fps=10"
SHORT = "demo:size=64x64,fps=5,seconds=1"
# Of every run: what needs more is out of bounds, whatever the attack.
ADDRESS_SPACE = 16 << 30

attacks = {}
# Set at the end, also on Ctrl-C: nothing is waited for any more.
stopping = threading.Event()


class Broken(Exception):
    """What must hold does not."""


class Skipped(Exception):
    """This machine has not what the attack needs."""


def attack(function):
    """Adds an attack; its docstring says what is attacked, and what must hold."""
    attacks[function.__name__.replace("_", "-")] = function
    return function


def check(holds, *facts):
    if not holds:
        raise Broken(" ".join(str(fact) for fact in facts))


def wait_until(condition, what, seconds=30):
    """Returns what `condition` returns, as soon as that is true."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        check(not stopping.is_set(), "stopped")
        check(time.monotonic() < end, f"not within {seconds} s: {what}")
        time.sleep(0.02)
    return value


class Run:
    """A run that has ended: exit code, standard output and error, seconds, most memory in MB."""

    def __init__(self, code, output, errors, seconds, megabytes):
        self.code, self.output, self.errors, self.seconds, self.megabytes = code, output, errors, seconds, megabytes

    @property
    def text(self):
        return (self.output + self.errors).decode(errors="replace")

    def __str__(self):
        return f"exit code {self.code} after {self.seconds:.1f} s, {self.megabytes} MB: {self.text[-600:]!r}"


class Place:
    """The folder of one attack."""

    def __init__(self, folder):
        self.folder = folder
        # Compiled models are shared by all attacks but those on the cache.
        self.environment = {}

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, content, mode=0o600, age=0):
        """Makes a file; `age` in seconds. Returns its path."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        os.chmod(path, mode)
        then = int(time.time() - age)
        os.utime(path, (then, then))
        return path

    def copy(self, source, name):
        return shutil.copyfile(source, self.path(name))

    def names(self, *folders):
        return sorted(os.listdir(self.path(*folders)))

    def run(self, *arguments, seconds=20, environment=None, output=None, before=()):
        """Runs the program to its end, which must come within `seconds` of computing; sooner or later it must come."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            start = time.monotonic()
            bounds = ["prlimit", f"--cpu={seconds}", *before]
            with self.started(*arguments, environment=environment, before=bounds, stdout=output or out, stderr=errors) \
                    as program:
                # A busy machine may take long for it.
                late = threading.Timer(6 * seconds, program.process.kill)
                late.start()
                _, status, usage = os.wait4(program.process.pid, 0)
                late.cancel()
                took = time.monotonic() - start
                program.process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            errors.seek(0)
            run = Run(program.process.returncode, out.read(), errors.read(), took, usage.ru_maxrss >> 10)
        late = took >= 6 * seconds or run.code in (-signal.SIGXCPU, -signal.SIGKILL)
        check(not late, f"it has not ended within {seconds} s of computing:", arguments, run)
        return run

    @contextlib.contextmanager
    def started(self, *arguments, environment=None, before=(), **options):
        """Runs the program meanwhile."""
        program = Program(
            *arguments, environment={**self.environment, **(environment or {})},
            before=["prlimit", f"--as={ADDRESS_SPACE}", *before], cwd=self.folder, **options)
        try:
            yield program
        finally:
            if program.process.returncode is None:
                program.kill()

    @contextlib.contextmanager
    def serving(self, *arguments, serve="", settings="", source=DRAWN, model=MODEL, **options):
        """Runs it as a service that listens on a free port. `serve` is in its section's braces, `settings` are others."""
        config = self.write(
            f"service-{time.monotonic_ns()}.yaml",
            f"capture: {{input: '{source}', live: true}}\ninfer: {{model: '{model}'}}\n"
            f"serve: {{listen: '127.0.0.1:0'{serve}}}\n{settings}")
        with self.started("serve", "--config", config, *arguments, **options) as program:
            yield program


def digest(path):
    """Of a file's content, and its permissions."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest(), oct(os.stat(path).st_mode)


def clip(path, seconds=2, container=None):
    """A short film of 160x120."""
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-f", "lavfi", "-i",
         f"testsrc2=size=160x120:rate=10:duration={seconds}", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset",
         "ultrafast", *(["-f", container] if container else []), path], check=True)
    return path


def allow_many_files():
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))


def peak_megabytes(program):
    with open(f"/proc/{program.process.pid}/status") as file:
        return next(int(line.split()[1]) >> 10 for line in file if line.startswith("VmHWM"))


def processor_seconds(program):
    with open(f"/proc/{program.process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def kill_all():
    """Ends every program that is left, and all waiting."""
    stopping.set()
    for program in list(Program.started):
        if program.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                program.process.send_signal(signal.SIGKILL)
