"""What strangers send, and how little it may cost."""

import contextlib
import os
import re
import socketserver
import threading
import time

import onnx
from asking import ask, connected
from clients import BEARER, tokens
from scene import (
    COLOURS, MODEL, SHORT, Skipped, attack, check, peak_megabytes, processor_seconds, stopping, wait_until)


@contextlib.contextmanager
def silent_crowd(port, count, sources):
    """Connections that say nothing, made anew whenever they are closed."""
    ends = threading.Event()
    made = [0]

    def press(number):
        clients = []
        while not ends.is_set() and not stopping.is_set():
            left = []
            for client in clients:
                try:
                    if client.recv(1):
                        left.append(client)
                    else:
                        client.close()
                except BlockingIOError:
                    left.append(client)
                except OSError:
                    client.close()
            clients = left
            with contextlib.suppress(OSError):
                while len(clients) < count // len(sources):
                    clients.append(connected(port, source=sources[number], seconds=1))
                    clients[-1].setblocking(False)
                    made[0] += 1
            ends.wait(0.05)
        for client in clients:
            client.close()

    threads = [threading.Thread(target=press, args=[number], daemon=True) for number in range(len(sources))]
    for thread in threads:
        thread.start()
    try:
        wait_until(lambda: made[0] >= count, f"{count} connections")
        yield made
    finally:
        ends.set()
        for thread in threads:
            thread.join()


@attack
def silent_connections(place):
    """500 connections of one address that say nothing, made anew when closed: signs of life are answered to the same
    address and to others, and who is signed in gets the picture."""
    with place.serving(serve=tokens(place)) as program:
        port = program.port
        wait_until(lambda: ask(port, "/readyz").status == 200, "pictures")
        with silent_crowd(port, 500, ["127.0.0.1"]) as made:
            for path, header, source in [
                    ("/healthz", "X: x", "127.0.0.1"), ("/readyz", "X: x", "127.0.0.5"),
                    ("/api/state", BEARER, "127.0.0.1"), ("/snapshot.jpg", BEARER, "127.0.0.6")] * 5:
                answer = ask(port, path, header, source=source, seconds=4)
                check(answer.status == 200, path, f"to {source} among {made[0]} connections:", answer)


@attack
def connections_without_end(place):
    """With 300 descriptors and room for 2,000 clients in the settings, 600 connections from many addresses: the recording
    goes on into new files, no descriptor is missing, and no core spins."""
    settings = f"encode: {{output: '{place.path('rec/%s.mp4')}', segment: 1s}}\n"
    with place.serving(serve=", max-clients: 2000", settings=settings, before=["prlimit", "--nofile=300:300"]) as program:
        port = program.port
        program.wait_for("recording /")

        def recordings():
            return [name for name in place.names("rec") if name.endswith(".mp4") and not name.startswith(".")]

        with silent_crowd(port, 600, [f"127.0.1.{number}" for number in range(1, 7)]):
            before, spent, start = len(recordings()), processor_seconds(program), time.monotonic()
            wait_until(lambda: len(recordings()) >= before + 4, "new recordings")
            busy = (processor_seconds(program) - spent) / (time.monotonic() - start)
        # Pictures, recordings and those who come take 0.6 to 0.8 of a core, one that spins a whole one more.
        check(busy < 1.3, f"{busy:.2f} cores are busy")
        check("Too many open files" not in program.text and "recording pauses" not in program.text, program.text)
        check(ask(port, "/healthz").status == 200, "it does not answer after that")
        code, _ = program.stop()
        check(code == 0, code, program.text)


class Server(socketserver.ThreadingTCPServer):
    """Answers each connection with a function of it, and counts."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, serve, host="127.0.0.1"):
        self.connections = 0

        class Handler(socketserver.BaseRequestHandler):
            def handle(handler):
                self.connections += 1
                with contextlib.suppress(OSError):
                    serve(handler.request)

        super().__init__((host, 0), Handler)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        pass


@attack
def a_part_of_two_gigabytes(place):
    """A camera's motion JPEG claims a picture of 2 GB, and sends that without end, again at each return: the program stays
    below 400 MB, lets go, and comes back."""
    noise = os.urandom(1 << 16).replace(b"\xff", b"\xfe")

    def serve(client):
        client.recv(4096)
        client.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n--b\r\n"
            b"Content-Type: image/jpeg\r\nContent-Length: 2000000000\r\n\r\n\xff\xd8\xff\xe0\x00\x04ab\xff\xda\x00\x02")
        while not stopping.is_set():
            client.sendall(noise)

    with Server(serve) as camera:
        with place.started(
                "serve", "--wait", "-i", f"http://127.0.0.1:{camera.port}/x", "-m", MODEL, "--listen", "127.0.0.1:0") \
                as program:
            wait_until(lambda: camera.connections >= 3, "it comes back")
            check(ask(program.port, "/healthz").status == 200, "it does not answer")
            check(peak_megabytes(program) < 400, f"{peak_megabytes(program)} MB")


@attack
def redirects_without_end(place):
    """A camera's server sends to itself without end, by RTSP and by HTTP: the program asks a few times, and ends with a
    line; as a service it goes on waiting without a storm."""
    def serve(client):
        while head := client.recv(4096):
            if head.startswith(b"GET"):
                client.sendall(
                    b"HTTP/1.1 302 Found\r\nLocation: /%d\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % time.time_ns())
                return
            number = re.search(rb"CSeq: *(\d+)", head)
            client.sendall(
                b"RTSP/1.0 302 Moved\r\nCSeq: %s\r\nLocation: %s\r\n\r\n"
                % (number[1] if number else b"1", address.encode()))

    with Server(serve) as server:
        for scheme in ["rtsp", "http"]:
            address = f"{scheme}://127.0.0.1:{server.port}/x"
            server.connections = 0
            run = place.run("-i", address, "-m", MODEL, "-o", "o.mp4", seconds=15)
            check(run.code == 65 and 0 < server.connections <= 20, f"{scheme}: {server.connections} connections;", run)
            server.connections = 0
            with place.started(
                    "serve", "-i", address, "--wait", "-m", MODEL, "--listen", "127.0.0.1:0") as program:
                program.wait_for("redirect|Waiting")
                check(ask(program.port, "/healthz").status == 200, "it does not answer")
                check(server.connections <= 40, f"{scheme}: {server.connections} connections")


@attack
def a_mirror_that_sends_inside(place):
    """`models fetch` from an address outside is sent to one inside (loopback, by IPv4 and IPv6, private, link-local): that
    is not even connected to, while a way on to another address outside is gone."""
    if os.environ.get("CAMSTREAM_ATTACK_NETWORK") != "own":
        raise Skipped("no network of its own, in which an address outside is this machine's")
    target, asked = [""], []

    def redirect(client):
        client.recv(4096)
        client.sendall(f"HTTP/1.1 302 Found\r\nLocation: {target[0]}\r\nContent-Length: 0\r\n\r\n".encode())

    def refuse(client):
        if head := client.recv(4096):
            asked.append(head)
            client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    with Server(redirect, "192.0.2.1") as mirror, Server(refuse, "0.0.0.0") as inside:
        def fetch(address):
            target[0] = address
            asked.clear()
            return place.run("models", "fetch", "resnet18", "--from", f"http://192.0.2.1:{mirror.port}/r.onnx")

        run = fetch(f"http://192.0.2.1:{inside.port}/x")
        check(run.code == 69 and len(asked) == 1, "another address outside was not asked:", run)
        for host in ["127.0.0.1", "127.1.2.3", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"]:
            inside.connections = 0
            run = fetch(f"http://{host}:{inside.port}/x")
            check(run.code == 69 and not asked and not inside.connections, f"{host} was connected to:", run)
        run = fetch("file:///etc/hostname")
        check(run.code == 69, run)
        asked.clear()
        # Whoever names an address inside means it.
        run = place.run("models", "fetch", "resnet18", "--from", f"http://127.0.0.1:{inside.port}/r.onnx")
        check(run.code == 69 and len(asked) == 1, "the address that was named was not asked:", run)


def bombs():
    """YAML texts that stand for far more than they hold."""
    doubled = "a0: &a0 [x,x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1},*a{n - 1}]\n" for n in range(1, 30))
    maps = "a0: &a0 {x: x}\n" + "".join(f"a{n}: &a{n} {{x: *a{n - 1}, y: *a{n - 1}}}\n" for n in range(1, 30))
    return {
        "an alias as a key": doubled + "? *a29\n: x\n", "aliases of aliases": doubled + "labels: *a29\n",
        "mappings of mappings": maps, "merged mappings": maps + "<<: *a29\n", "a list as a key": "? [a, b]\n: x\n",
        "deep lists": "labels: " + "[" * 100_000, "deep mappings": "{a: " * 50_000, "deep keys": "? " * 50_000 + "x",
        "one long alias": "a: &a '" + "x" * 100_000 + "'\nlabels: [" + "*a, " * 9_000 + "]\n",
        "an alias of itself": "labels: &a [*a]\n", "many values": "labels: [" + "a," * 3_000_000 + "]",
        "many documents": "---\na: b\n" * 300_000, "a large text": "labels: '" + "x" * 20_000_000 + "'",
        "many anchors": "".join(f"a{n}: &a{n} x\n" for n in range(200_000)),
    }


@attack
def yaml_that_expands(place):
    """Settings, a card, and a model's metadata stand for far more than they hold: each ends within seconds, with one line,
    and below 600 MB."""
    with open(f"{COLOURS}/colours.onnx", "rb") as file:
        bare = file.read()
    for name, text in bombs().items():
        for kind, command in [
                ("settings", ["serve", "--config", place.write("settings.yaml", text)]),
                ("card", ["-i", SHORT, "-m", f"{COLOURS}/colours.onnx", "--card", place.write("card.yaml", text), "-o", "o.mp4"]),
                ("metadata", ["-i", SHORT, "-m", place.write("m.onnx", bare + onnx.metadata("camstream.card", text)), "-o",
                              "o.mp4", "--force"])]:
            run = place.run("-q" if command[0] != "serve" else "serve", *command[command[0] == "serve":], seconds=10)
            check(run.code in (64, 65, 78) or kind == "metadata" and run.code == 0, f"{kind}, {name}:", run)
            check(len(run.errors) < 2000 and run.errors.count(b"\n") <= 3, f"{kind}, {name}:", run)
            check(run.megabytes < 600, f"{kind}, {name}:", run)


@attack
def literals_that_expand(place):
    """Python literals and JSON in a model's metadata, deep, long and broken: each ends within seconds."""
    with open(f"{COLOURS}/colours.onnx", "rb") as file:
        bare = file.read()
    keys = ["names", "id2label", "imgsz", "mean", "label_names", "std", "input_size"]
    for text in [
            "{" * 200_000, "[" * 200_000, "{0: " * 100_000, "(" * 100_000 + ")" * 100_000,
            "{" + ",".join(f"{n}:'x'" for n in range(50_000)) + "}", "'" + "\\" * 100_001,
            "{0: '\\u{ffffffff}\\ud800\\N{x}'}", "[1e999, -1e999, nan]", "{9223372036854775807: 'a'}",
            "{-1: 'a', 1e300: 'b'}", "[[0.5, 0.5, 1e-320], -0]"]:
        model = place.write("m.onnx", bare + b"".join(onnx.metadata(key, text) for key in keys))
        run = place.run("-q", "-i", SHORT, "-m", model, "-o", "o.mp4", "--force", seconds=10)
        check(run.code in (0, 65) and run.megabytes < 800, text[:40], run)
        check(len(run.errors) < 3000, text[:40], run)
        check((run.code == 0) == os.path.exists(place.path("o.mp4")), text[:40], run)
        if run.code == 0:
            os.unlink(place.path("o.mp4"))


@attack
def endless_labels(place):
    """Names of 200 KB are refused with a line. With 20,000 names of 900 bytes pictures flow, and what the server says of
    the settings stays below 1 MB."""
    with open(f"{COLOURS}/colours.onnx", "rb") as file:
        bare = file.read()
    long = "labels: [ &s '" + "x" * 200_000 + "', " + ", ".join(["*s"] * 6) + "]\n"
    model = place.write("bare.onnx", bare)
    for command in [["-m", model, "--card", place.write("card.yaml", long)],
                    ["-m", place.write("m.onnx", bare + onnx.metadata("camstream.card", long))],
                    ["-m", model, "--card", place.write("file.yaml", "labels: labels.txt\n")]]:
        place.write("labels.txt", ("x" * 200_000 + "\n") * 7)
        run = place.run("-i", SHORT, *command, "-o", "o.mp4", "--force")
        check(run.code == 65 and len(run.errors) < 3000, command, run)
    classes = 20_000
    place.write("many.onnx", onnx.classifier(classes))
    place.write("many.txt", "".join(f"{number} ".ljust(900, "x") + "\n" for number in range(classes)))
    card = place.write("many.yaml", "model: many.onnx\nlabels: many.txt\n")
    with place.serving(model=card) as program:
        port = program.port
        wait_until(lambda: ask(port, "/readyz").status == 200, "pictures")
        for path in ["/api/settings", "/api/choices?key=infer.class&matching=x", "/api/state", "/metrics"]:
            answer = ask(port, path)
            check(answer.status == 200 and len(answer.body) < 1_000_000, path, f"{len(answer.body)} bytes", answer)
        before = program.metrics()["camstream_frames_written_total"]
        wait_until(lambda: program.metrics()["camstream_frames_written_total"] > before + 10, "pictures flow")
