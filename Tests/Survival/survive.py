"""Kills the built program many times, stops it in every state, fills its disk, and lets its cameras go and come back:
what `make test` does a few times, more often and with times. Needs ffmpeg; the disk's part needs root, for a small disk of
its own.

Usage: survive.py [--binary PATH] [--kills N] [--minutes N] [--only kills|stops|disk|encoder|cameras] [--seed N]
"""

import argparse
import contextlib
import glob
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from cameras import lost_and_returned
from program import MODEL, PLAIN, RATE, Camera, Program, boxes, make_clip, numbers, running


# Of the recordings that may be deleted.
LIST = ".camstream-recordings"


def check(condition, *facts):
    if not condition:
        raise AssertionError(" ".join(str(fact) for fact in facts))


def hidden(folder):
    return sorted(name for name in os.listdir(folder) if name.startswith(".") and name != LIST)


# MARK: - kill -9


def kill_once(folder, clip, kind, pause):
    """Records for a while, is killed, and is started again. Returns (frames told, frames left)."""
    name, options = {
        "mp4": ("out.mp4", []), "mkv": ("out.mkv", []), "segments": ("%H-%M-%S.mp4", ["--segment", "1s"]),
    }[kind]
    output = os.path.join(folder, name)
    record = ["-i", clip, "-m", MODEL, "--live", "-o", output, "--listen", "127.0.0.1:0", *PLAIN, *options]
    with running(*record) as program:
        program.port
        time.sleep(pause)
        told = int(program.metrics()["camstream_frames_written_total"])
        program.kill()
    # A copy that was being made is not the recording.
    left = [os.path.join(folder, file) for file in os.listdir(folder) if not file.endswith(".remux") and file != LIST]
    # A copy of the last second's start may bear the final name and its source the hidden one, but never both.
    seen = sorted((numbers(file) for file in left), key=lambda list: list[:1])
    frames = sum(seen, [])
    check(frames == sorted(set(frames)), "frames twice, or in disorder", left, frames)
    # One second, the picture that waits for the next one's time, and the one being written.
    check(len(frames) >= told - RATE - 2, f"{told} frames were written, {len(frames)} are left", left)

    # Without an input, so that nothing new is recorded.
    with running("-i", os.path.join(folder, "none.mp4"), "-m", MODEL, "--live", "-o", output, *options) as program:
        check(program.process.wait(60) == 65, program.text)
    check(not hidden(folder), "not completed:", os.listdir(folder), program.text)
    files = [os.path.join(folder, file) for file in os.listdir(folder) if file != LIST]
    repaired = sum(sorted((numbers(file) for file in files), key=lambda list: list[:1]), [])
    check(repaired == frames, "the repair lost frames", len(frames), len(repaired))
    for file in files:
        if file.endswith(".mp4"):
            check([box for box in boxes(file) if box != "free"] == ["ftyp", "moov", "mdat"], file, boxes(file))
    return told, len(frames)


def kills(work, clip, count):
    worst = 0
    for number in range(count):
        kind = ["mp4", "mkv", "segments"][number % 3]
        with tempfile.TemporaryDirectory(dir=work) as folder:
            told, left = kill_once(folder, clip, kind, random.uniform(0, 3.5))
        worst = max(worst, told - left)
        print(f"kill {number + 1}/{count}: {kind}, {told} frames told, {left} left", flush=True)
    print(f"kills: {count} files opened and were repaired; at most {worst} frames ({worst / RATE:.2f} s) were lost")


# MARK: - Stops


@contextlib.contextmanager
def service(folder, source, capture="", encode="", overlay="box: true"):
    config = os.path.join(folder, "camera.yaml")
    with open(config, "w") as file:
        file.write(
            f"capture: {{input: '{source}', timeout: 60{capture}}}\ninfer: {{model: '{MODEL}'}}\n"
            f"overlay: {{{overlay}}}\nserve: {{listen: '127.0.0.1:0'}}\n"
            f"encode: {{output: '{os.path.join(folder, 'out.mp4')}'{encode}}}\n")
    with running("serve", "--config", config) as program:
        yield program


@contextlib.contextmanager
def viewers(port, count=3):
    """Clients of the stream; the first one never reads."""
    clients = []
    for _ in range(count):
        client = socket.create_connection(("127.0.0.1", port))
        client.sendall(b"GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        clients.append(client)

    def read(client):
        with contextlib.suppress(OSError):
            while client.recv(65536):
                pass
    for client in clients[1:]:
        threading.Thread(target=read, args=[client], daemon=True).start()
    try:
        yield
    finally:
        for client in clients:
            client.close()


def expect_stop(state, program, number=signal.SIGTERM, limit=2.0):
    with viewers(program.port):
        time.sleep(0.2)
        code, took = program.stop(number)
    print(f"stop while {state}: exit code {code} after {took:.2f} s", flush=True)
    check(code == 0, program.text)
    check(took < limit, f"{state}: it took {took:.2f} s", program.text)


def stops(work, clip):
    picture = subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240", "-frames:v", "1", "-f", "mjpeg",
         "-"], check=True, stdout=subprocess.PIPE).stdout

    def folder():
        return tempfile.TemporaryDirectory(dir=work)

    for number in [signal.SIGTERM, signal.SIGINT]:
        with folder() as place, service(place, Camera(picture, "silent").address) as program:
            expect_stop("opening", program, number)
        with folder() as place, service(place, Camera(picture, "down").address, ", wait: true") as program:
            program.wait_for("Waiting for it to come back")
            expect_stop("waiting for an input", program, number)
        with folder() as place:
            camera = Camera(picture)
            with service(place, camera.address) as program:
                program.wait_for("recording /")
                camera.state = "down"
                program.wait_for("no signal since")
                time.sleep(1.5)
                expect_stop("there is no signal", program, number)
            check(not hidden(place), os.listdir(place))
        with folder() as place:
            with service(place, clip, ", live: true") as program:
                program.wait_for("recording /")
                time.sleep(random.uniform(1, 3))
                expect_stop("a fragment is written", program, number)
            check(not hidden(place), os.listdir(place))

    # An orphan of a gigabyte, which takes longer to copy than a stop may.
    with folder() as place:
        make_large(os.path.join(place, ".out.mp4.999999-0.rec"), 1 << 30)
        with service(place, clip, ", live: true") as program:
            program.wait_for("recording /")
            while not any(name.endswith(".remux") for name in hidden(place)):
                time.sleep(0.01)
            expect_stop("a large file is completed", program)
        check([name for name in hidden(place) if name.endswith(".rec")], os.listdir(place), program.text)
        # At a terminal everything is completed, unless a second signal says otherwise.
        record = ["-i", clip, "-m", MODEL, "--live", "-o", os.path.join(place, "out.mp4"), "--listen", "127.0.0.1:0"]
        with running(*record) as program:
            program.port
            while not any(name.endswith(".remux") for name in hidden(place)):
                time.sleep(0.01)
            program.process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            code, took = program.stop(signal.SIGTERM)
            print(f"a second signal while a large file is completed: exit code {code} after {took:.2f} s", flush=True)
            check(code == 128 + signal.SIGTERM and took < 0.5, code, took)
        with running(*record) as program:
            # Before that there is no recorder, and nothing is completed.
            program.wait_for("live input")
            code, took = program.stop()
            check(code == 0 and not hidden(place), code, os.listdir(place), program.text)
            print(f"the next start completed it; its stop took {took:.2f} s", flush=True)


def make_large(path, size):
    """A fragmented MP4 of about so many bytes: a short one of noise, again and again."""
    short = path + ".short"
    ffmpeg = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y"]
    subprocess.run(
        [*ffmpeg, "-f", "lavfi", "-i", "nullsrc=size=640x360:rate=25,format=gray,noise=alls=100:allf=t", "-t", "1",
         "-c:v", "mjpeg", "-q:v", "2", "-f", "mp4", short], check=True)
    subprocess.run(
        [*ffmpeg, "-stream_loop", str(size // os.path.getsize(short)), "-i", short, "-c", "copy", "-f", "mp4",
         "-movflags", "frag_keyframe+empty_moov", path], check=True)
    os.unlink(short)


# MARK: - A full disk


def disk(work, clip):
    if os.geteuid() != 0:
        return print("disk: skipped, a small disk of its own needs root")
    place = os.path.join(work, "disk")
    os.mkdir(place)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=120m", "tmpfs", place]).returncode != 0:
        return print("disk: skipped, this machine lets nobody mount")
    try:
        filler = os.path.join(place, "filler")
        config = os.path.join(work, "disk.yaml")
        with open(config, "w") as file:
            file.write("serve: {listen: '127.0.0.1:0', stale-after: 1}\n")
        with running("--config", config, "-i", clip, "-m", MODEL, "--live", "-o", os.path.join(place, "out.mp4"), *PLAIN) as program:
            program.wait_for("recording /")
            time.sleep(2.5)
            with open(filler, "wb") as file:
                os.posix_fallocate(file.fileno(), 0, 110 << 20)
            program.wait_for("recording pauses")
            status, text = program.get("/readyz")
            check(status == 503 and "recording" in text, status, text)
            before = program.metrics()
            time.sleep(2)
            after = program.metrics()
            check(after["camstream_signal"] == 1 and after["camstream_frames_per_second"] > 0.9 * RATE, after)
            lost = 'camstream_frames_dropped_total{reason="recording-disk"}'
            check(after[lost] > before.get(lost, 0), after)
            os.unlink(filler)
            program.wait_for("recording goes on in", seconds=15)
            while program.get("/readyz")[0] != 200:
                time.sleep(0.05)
            time.sleep(1.5)
            written = program.metrics()
            code, took = program.stop()
            check(code == 0 and not hidden(place), code, os.listdir(place), program.text)
        files = sorted(glob.glob(os.path.join(place, "out*.mp4")), key=os.path.getmtime)
        seen = [numbers(file) for file in files]
        frames = sum(seen, [])
        check(len(files) == 2 and frames == sorted(set(frames)), files)
        print(f"disk: full after {len(seen[0])} frames, went on with {len(seen[1])} more; viewers kept "
              f"{after['camstream_frames_per_second']:.1f} frames a second")
        check(len(frames) >= written["camstream_frames_written_total"] - RATE - 2, written, len(frames))
    finally:
        subprocess.run(["umount", place], check=True)


# MARK: - A slow encoder


def encoder(work, clip):
    with tempfile.TemporaryDirectory(dir=work) as folder:
        source = "demo:size=640x360,fps=25"
        with service(folder, source, ", live: true", ", preset: placebo", "labels: none") as program:
            program.wait_for("recording /")
            slow = 'camstream_frames_dropped_total{reason="encoder"}'
            while program.metrics().get(slow, 0) < 10:
                time.sleep(0.1)
            values = program.metrics()
            rate, shown = values["camstream_frames_per_second"], values["camstream_latency_seconds_count"]
            taken = values["camstream_frames_captured_total"]
            # There is a count once one was dropped.
            taken -= values.get('camstream_frames_dropped_total{reason="superseded"}', 0)
            expect_stop("the encoder is slow", program)
        print(f"encoder: it dropped {values[slow]:.0f} of {taken:.0f} frames, {shown:.0f} were shown, {rate:.1f} a second")
        check(shown >= 0.95 * taken - 3, shown, taken)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=Program.binary)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--only", choices=["kills", "stops", "disk", "encoder", "cameras"])
    parser.add_argument("--minutes", type=float, default=1, help="for how long cameras are lost and come back")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    options = parser.parse_args()
    Program.binary = os.path.abspath(options.binary)
    random.seed(options.seed)
    print(f"seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="camstream-survival-") as work:
        clip = os.path.join(work, "clip.mp4")
        make_clip(clip, 60)
        for name, part in [
            ("kills", lambda: kills(work, clip, options.kills)), ("stops", lambda: stops(work, clip)),
            ("disk", lambda: disk(work, clip)), ("encoder", lambda: encoder(work, clip)),
            ("cameras", lambda: lost_and_returned(work, options.minutes, options.seed)),
        ]:
            if options.only in (None, name):
                part()


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(f"failed: {error}")
