"""Sends the live picture to real receivers, fetches it in segments, and attacks the sending; all on the loopback interface.

Pictures bear their number (Tests/Survival/program.py). What must hold: none comes twice, none out of order, gaps only where
drops are counted; whoever refuses, is silent or breaks off harms nothing else, and not the end.
"""

import argparse
import array
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Survival"))
from program import MODEL, PLAIN, RATE, Camera, Program, make_clip, numbers, running  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 6
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def free_port(kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def process(*command, ready=None):
    """A receiver, ended at the end."""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        if ready:
            line = child.stdout.readline().decode()
            assert ready in line, f"{command[0]} said {line!r}"
        yield child
    finally:
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(1)
            except subprocess.TimeoutExpired:
                child.kill()
        child.wait()


def until(what, seconds=30):
    """Waits until a function gives something true, and returns that."""
    deadline = time.monotonic() + seconds
    while not (value := what()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
    return value


def live(clip, *options, environment=None):
    """The clip as if a camera took it."""
    return running(
        "--live", "--input", clip, "--model", MODEL, *PLAIN, "--listen", "127.0.0.1:0", *options,
        environment=environment)


def pushes(program):
    return json.loads(program.get("/api/state")[1])["live"]["pushes"]


def expect_received(path, status, least):
    """The numbers of a received stream rise, and each that is missing in between is counted.

    `status` is older than the stream's end, so only so many pictures are looked at."""
    got = numbers(path)[:status.get("pictures")]
    assert len(got) >= least, (len(got), least, status)
    assert all(a < b for a, b in zip(got, got[1:])), f"out of order or twice: {got}"
    missing = got[-1] - got[0] + 1 - len(got)
    counted = sum(status["dropped"].values()) + status.get("elsewhere", 0)
    assert missing <= counted, (missing, status)
    return f"{len(got)} pictures, {missing} missing in between, {counted} counted as dropped"


def dropped_before(program):
    """Pictures that the pipeline itself has lost, for whatever reason."""
    return sum(value for name, value in program.metrics().items()
               if "camstream_frames_dropped_total" in name or name.startswith("camstream_stream_dropped_total"))


def push_once(clip, address, path, options=(), least=SECONDS * RATE // 2, environment=None):
    """Sends for a few seconds to a receiver that is there already."""
    with live(clip, "--push", address, *options, environment=environment) as program:
        until(lambda: pushes(program)[0]["pictures"] >= least)
        status = pushes(program)[0]
        assert status["is_connected"] and status["connections"] == 1, status
        status["elsewhere"] = dropped_before(program)
        _, took = program.stop()
        assert took < 2, f"the end took {took} s"
    return status


@check
def rtsp(work, clip):
    """ANNOUNCE and RECORD to GStreamer's server, over TCP and over UDP."""
    facts = []
    for transport in ["tcp", "udp"]:
        port, path = free_port(), os.path.join(work, f"rtsp-{transport}.h264")
        with process("/usr/bin/python3", f"{HERE}/rtsp_receiver.py", str(port), path, ready="READY"):
            status = push_once(clip, f"rtsp://127.0.0.1:{port}/cam?transport={transport}", path)
        facts.append(f"{transport}: " + expect_received(path, status, SECONDS * RATE // 2 - 2 * RATE))
    return "; ".join(facts)


def listener(kind, port, path):
    """ffmpeg as a server for one connection."""
    source = {
        "srt": ["-i", f"srt://127.0.0.1:{port}?mode=listener"],
        "rtmp": ["-listen", "1", "-i", f"rtmp://127.0.0.1:{port}/live/key"],
        "udp": ["-analyzeduration", "200000", "-probesize", "50000", "-i", f"udp://127.0.0.1:{port}?fifo_size=100000&timeout=20000000"],
    }[kind]
    return process("ffmpeg", "-nostdin", "-loglevel", "error", "-y", *source, "-c", "copy", "-copyts", "-flush_packets", "1",
                   path)


def through(kind, target, work, clip, least=SECONDS * RATE // 2):
    port = free_port(socket.SOCK_STREAM if kind == "rtmp" else socket.SOCK_DGRAM)
    # ffmpeg does not hear that nobody sends datagrams any more; what it has of MPEG-TS until then can be read.
    path = os.path.join(work, f"{kind}.ts")
    with listener(kind, port, path) as receiver:
        time.sleep(0.5)
        status = push_once(clip, target.format(port=port), path)
        with contextlib.suppress(subprocess.TimeoutExpired):
            receiver.wait(3)
    return expect_received(path, status, least - 2 * RATE)


@check
def rtmp(work, clip):
    """To ffmpeg as an RTMP server; the stream's key comes from the environment and is told to nobody."""
    port, path = free_port(), os.path.join(work, "rtmp.mkv")
    with listener("rtmp", port, path) as receiver:
        time.sleep(0.5)
        with live(clip, "--push", f"rtmp://127.0.0.1:{port}/live/${{PUSH_KEY}}",
                  environment={"PUSH_KEY": "key"}) as program:
            until(lambda: pushes(program)[0]["pictures"] >= SECONDS * RATE // 2)
            status = pushes(program)[0]
            assert status["target"] == f"rtmp://127.0.0.1:{port}/live/***", status
            status["elsewhere"] = dropped_before(program)
            program.stop()
            assert "/live/key" not in program.text
        with contextlib.suppress(subprocess.TimeoutExpired):
            receiver.wait(3)
    return expect_received(path, status, SECONDS * RATE // 2 - 2 * RATE)


@check
def srt(work, clip):
    """To ffmpeg as an SRT listener."""
    return through("srt", "srt://127.0.0.1:{port}?latency=20000", work, clip)


@check
def udp(work, clip):
    """MPEG-TS in datagrams."""
    return through("udp", "udp://127.0.0.1:{port}", work, clip)


def tone_clip(path):
    """A white picture and a tone, together, for the first fifth of each second."""
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-y",
         "-f", "lavfi", "-i", "color=gray:s=320x180:r=25,drawbox=c=white:t=fill:enable='lt(mod(t,1),0.2)'",
         "-f", "lavfi", "-i", "sine=f=1000:r=48000,volume='if(lt(mod(t,1),0.2),1,0)':eval=frame",
         "-t", "30", "-c:v", "libx264", "-g", "25", "-preset", "veryfast", "-c:a", "aac", path], check=True)


def lags(path):
    """How much later than the picture the tone begins, in seconds, each time."""
    def decoded(*options):
        return subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "quiet", "-copyts", "-i", path, *options, "-"],
                              check=True, capture_output=True).stdout
    frames = subprocess.run(
        ["ffprobe", "-loglevel", "quiet", "-select_streams", "v", "-show_entries", "frame=best_effort_timestamp_time",
         "-of", "csv=p=0", path], check=True, capture_output=True, text=True).stdout
    times = [float(line.strip(",")) for line in frames.split()]
    light = decoded("-map", "0:v", "-vf", "crop=40:40:270:130,scale=1:1,format=gray", "-vsync", "passthrough",
                    "-f", "rawvideo")
    middle = (max(light) + min(light)) / 2
    flashes = [time for time, now, before in zip(times[1:], light[1:], light) if now > middle >= before]
    sound = array.array("h", decoded("-map", "0:a", "-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", "8000",
                                     "-f", "s16le"))
    loud = [max(map(abs, sound[start:start + 40])) for start in range(0, len(sound) - 40, 40)]
    limit = max(loud) / 4
    tones = [0.005 * place for place in range(3, len(loud)) if loud[place] > limit >= max(loud[place - 3:place])]
    # The first second may begin in the middle of it.
    return [min((tone - flash for tone in tones), key=abs) for flash in flashes[1:-1]]


@check
def sound(work, clip):
    """The input's own sound goes along, and together with the picture: from a recording and from a network."""
    source, stream = os.path.join(work, "tone.mp4"), f"udp://127.0.0.1:{free_port(socket.SOCK_DGRAM)}"
    tone_clip(source)
    facts = []
    for kind, address, live_input in [
            ("udp", "udp://127.0.0.1:{port}", False), ("rtmp", "rtmp://127.0.0.1:{port}/live/key", False),
            ("udp", "udp://127.0.0.1:{port}", True)]:
        port, path = free_port(socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM), os.path.join(work, "tone.mkv")
        with contextlib.ExitStack() as stack:
            receiver = stack.enter_context(listener(kind, port, path))
            if live_input:
                stack.enter_context(process(
                    "ffmpeg", "-nostdin", "-loglevel", "quiet", "-re", "-stream_loop", "-1", "-i", source, "-c", "copy",
                    "-f", "mpegts", stream + "?pkt_size=1316"))
            time.sleep(0.5)
            target = address.format(port=port)
            with live(stream if live_input else source, "--push", target) as program:
                until(lambda: pushes(program)[0]["pictures"] >= 7 * RATE)
                assert "picture and sound (aac) are sent to" in program.text, program.text
                program.stop()
            with contextlib.suppress(subprocess.TimeoutExpired):
                receiver.wait(3)
        found = lags(path)
        assert len(found) >= 4 and all(-0.06 <= lag <= 0.06 for lag in found), (kind, found)
        facts.append(f"{'network' if live_input else 'recording'} to {kind} "
                     f"{1000 * min(found):.0f} to {1000 * max(found):.0f} ms")
    # GStreamer's server refuses what it was not told of.
    port, path = free_port(), os.path.join(work, "tone.h264")
    with process("/usr/bin/python3", f"{HERE}/rtsp_receiver.py", str(port), path, ready="READY"):
        status = push_once(source, f"rtsp://127.0.0.1:{port}/sound", path)
    heard = os.path.getsize(path + ".aac")
    assert status["connections"] == 1 and heard > 3_000, (status, heard)
    return "tone after picture: " + ", ".join(facts) + f"; by RTSP {heard} bytes of AAC"


@check
def password(work, clip):
    """A wrong password is told without it, and tried again; a right one out of a file is taken."""
    port, path = free_port(), os.path.join(work, "auth.h264")
    secret = os.path.join(work, "secret")
    with open(secret, "w") as file:
        file.write(f"rtsp://me:right-one@127.0.0.1:{port}/cam\n")
    with process("/usr/bin/python3", f"{HERE}/rtsp_receiver.py", str(port), path, "me", "right-one", ready="READY"):
        with live(clip, "--push", f"rtsp://me:wrong-one@127.0.0.1:{port}/cam", "--push", f"@{secret}") as program:
            program.wait_for("nothing is sent to .*401")
            until(lambda: pushes(program)[1]["pictures"] > 10)
            wrong, right = pushes(program)
            assert not wrong["is_connected"] and right["is_connected"], (wrong, right)
            texts = program.get("/api/state")[1] + program.get("/metrics")[1]
            program.stop()
            assert "-one" not in program.text + texts, "a password was told"
    return wrong["problem"]


@check
def strangers(work, clip):
    """Nobody there, a name that is none, one that accepts and says nothing, one that breaks off at once: the others and the
    recording lack nothing, and the end takes less than two seconds."""
    silent = socket.create_server(("127.0.0.1", 0))
    rude = socket.create_server(("127.0.0.1", 0))

    def be_rude():
        with contextlib.suppress(OSError):
            while True:
                rude.accept()[0].close()

    threading.Thread(target=be_rude, daemon=True).start()
    port, path = free_port(socket.SOCK_DGRAM), os.path.join(work, "good.ts")
    record = os.path.join(work, "recorded.mkv")
    targets = [
        f"rtsp://127.0.0.1:{silent.getsockname()[1]}/cam", f"rtmp://127.0.0.1:{silent.getsockname()[1]}/live/x",
        f"rtsp://127.0.0.1:{rude.getsockname()[1]}/cam", f"rtmp://127.0.0.1:{free_port()}/live/x",
        f"srt://127.0.0.1:{free_port(socket.SOCK_DGRAM)}", "rtsp://no-such-host.invalid/cam",
        f"udp://127.0.0.1:{port}",
    ]
    with listener("udp", port, path):
        time.sleep(0.5)
        options = [option for target in targets for option in ("--push", target)]
        with live(clip, *options, "-o", record) as program:
            until(lambda: pushes(program)[-1]["pictures"] >= SECONDS * RATE // 2)
            states = pushes(program)
            assert [state["is_connected"] for state in states] == [False] * 6 + [True], states
            states[-1]["elsewhere"] = dropped_before(program)
            ready, _ = program.get("/readyz")
            assert ready == 200, "a target that is away makes the camera unready"
            _, took = program.stop()
            assert took < 2, f"the end took {took} s"
    recorded = expect_received(record, {"dropped": {}, **states[-1]}, RATE)
    return f"{expect_received(path, states[-1], RATE)}; recorded: {recorded}; the end took {took:.2f} s"


@check
def deaf(work, clip):
    """One that connects and then reads nothing: pictures are dropped up to a key picture and counted, and nothing hangs."""
    server = socket.create_server(("127.0.0.1", 0))
    # A small buffer, so that it is full soon.
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    port = server.getsockname()[1]
    clients = []

    def converse():
        with contextlib.suppress(OSError):
            while True:
                client, _ = server.accept()
                clients.append(client)
                threading.Thread(target=answer, args=[client], daemon=True).start()

    def answer(client):
        text = b""
        with contextlib.suppress(OSError):
            while b"RECORD" not in text or not text.endswith(b"\r\n\r\n"):
                piece = client.recv(4096)
                if not piece:
                    return
                text = text + piece
                while b"\r\n\r\n" in text:
                    head, _, rest = text.partition(b"\r\n\r\n")
                    number = re.search(rb"CSeq: (\d+)", head).group(1).decode()
                    length = re.search(rb"Content-Length: (\d+)", head)
                    if length and len(rest) < int(length.group(1)):
                        break
                    text = rest[int(length.group(1)) if length else 0:]
                    extra = ""
                    if head.startswith(b"SETUP"):
                        extra = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record\r\n"
                    client.sendall(f"RTSP/1.0 200 OK\r\nCSeq: {number}\r\nSession: 1\r\n{extra}\r\n".encode())
                    if head.startswith(b"RECORD"):
                        return  # and it never reads again

    threading.Thread(target=converse, daemon=True).start()
    with live("demo:size=640x480", "--push", f"rtsp://127.0.0.1:{port}/cam") as program:
        lost = until(lambda: next((s for s in pushes(program) if sum(s["dropped"].values()) > 0), None), 60)
        program.wait_for("it takes no frames", 60)
        shown = program.metrics()
        assert shown["camstream_signal"] == 1
        _, took = program.stop()
        assert took < 2, f"the end took {took} s"
    server.close()
    return f"dropped: {lost['dropped']}; the end took {took:.2f} s"


@check
def unplugged(work, clip):
    """The camera goes while its picture is sent: its slate is sent, over the same connection, and then its picture again."""
    jpeg = os.path.join(work, "picture.jpg")
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-i", clip, "-frames:v", "1", jpeg], check=True)
    with open(jpeg, "rb") as file:
        camera = Camera(file.read())
    port, path = free_port(), os.path.join(work, "unplugged.h264")
    with process("/usr/bin/python3", f"{HERE}/rtsp_receiver.py", str(port), path, ready="READY"):
        with running("--input", camera.address, "--wait", "--model", MODEL, *PLAIN, "--listen", "127.0.0.1:0", "--push",
                     f"rtsp://127.0.0.1:{port}/cam") as program:
            until(lambda: pushes(program)[0]["pictures"] > RATE)
            camera.state = "down"
            until(lambda: program.metrics()["camstream_signal"] == 0)
            before = pushes(program)[0]["pictures"]
            until(lambda: pushes(program)[0]["pictures"] > before + 2)
            camera.state = "up"
            until(lambda: program.metrics()["camstream_signal"] == 1)
            back = pushes(program)[0]["pictures"]
            until(lambda: pushes(program)[0]["pictures"] > back + RATE)
            status = pushes(program)[0]
            assert status["connections"] == 1 and status["is_connected"], status
            _, took = program.stop()
            assert took < 2, f"the end took {took} s"
    return f"{status['pictures']} pictures and slates over one connection"


@check
def hls(work, clip):
    """Segments: nothing is made before somebody asks; ffmpeg plays them picture for picture, and each tells when its first
    picture was taken."""
    with live(clip) as program:
        time.sleep(1)
        assert program.metrics()['camstream_stage_seconds_count{stage="stream"}'] == 0
        start = time.time()
        status, playlist = program.get("/hls/index.m3u8")
        assert status == 200 and playlist.startswith("#EXTM3U\n"), playlist
        took = time.time() - start
        path = os.path.join(work, "hls.mkv")
        subprocess.run(
            ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-live_start_index", "0", "-i",
             f"http://127.0.0.1:{program.port}/hls/index.m3u8", "-t", str(SECONDS), "-c", "copy", path],
            check=True, timeout=60)
        taken = re.findall(r"PROGRAM-DATE-TIME:(\S+)", program.get("/hls/index.m3u8")[1])
        lost = dropped_before(program)
    times = [time.mktime(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone for text in taken]
    assert all(abs(stamp - time.time()) < 30 for stamp in times), taken
    facts = expect_received(path, {"dropped": {"before": lost}}, (SECONDS - 1) * RATE)
    return f"{facts}; the first playlist came after {took:.1f} s"


@check
def crowd(work, clip):
    """Fifty players beside a recording: it lacks nothing that is not counted, each picture is encoded once for all of them, and
    memory stays as it is."""
    record = os.path.join(work, "crowd.mkv")
    fetched, isOver = [0] * 50, threading.Event()

    def play(number, port):
        seen = set()
        while not isOver.is_set():
            playlist = fetch(port, "/hls/index.m3u8").decode()
            for name in re.findall(r"^segment\S+", playlist, re.MULTILINE)[-2:]:
                if name not in seen:
                    seen.add(name)
                    assert fetch(port, f"/hls/{name}")[4:8] == b"moof"
                    fetched[number] += 1
            isOver.wait(0.5)

    with live(clip, "-o", record) as program:
        port = program.port
        program.get("/hls/index.m3u8")
        memory = program.metrics()["process_resident_memory_bytes"]
        players = [threading.Thread(target=play, args=[number, port], daemon=True) for number in range(50)]
        for player in players:
            player.start()
        time.sleep(SECONDS)
        isOver.set()
        for player in players:
            player.join()
        shown = program.metrics()
        status = {"dropped": {"any": dropped_before(program)}}
        program.stop()
    assert min(fetched) >= SECONDS - 2, f"a player got {min(fetched)} segments in {SECONDS} s"
    encoded = shown['camstream_stage_seconds_count{stage="stream"}']
    assert encoded <= shown["camstream_frames_captured_total"], "pictures were encoded more than once"
    grown = (shown["process_resident_memory_bytes"] - memory) / 1e6
    assert grown < 50, f"memory grew by {grown:.0f} MB"
    facts = expect_received(record, status, SECONDS * RATE // 2)
    return f"{sum(fetched)} segments fetched; recorded: {facts}; memory grew by {grown:.0f} MB"


def fetch(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=Program.binary)
    parser.add_argument("--only", nargs="*", help="names of checks")
    arguments = parser.parse_args()
    Program.binary = os.path.abspath(arguments.program)
    failed = 0
    with tempfile.TemporaryDirectory() as work:
        clip = os.path.join(work, "clip.mkv")
        make_clip(clip, 60)
        for function in CHECKS:
            if arguments.only and function.__name__ not in arguments.only:
                continue
            start = time.monotonic()
            try:
                fact = function(work, clip)
            except Exception as error:  # noqa: BLE001: the others are of interest, too
                failed += 1
                print(f"FAILED {function.__name__}: {type(error).__name__}: {error}", flush=True)
            else:
                print(f"ok {function.__name__} ({time.monotonic() - start:.0f} s): {fact}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
