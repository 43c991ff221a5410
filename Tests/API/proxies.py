"""nginx and Caddy in front of the server, on a port of their own and under a path, with the recipes of
docs/reference/http.md."""

import contextlib
import http.client
import json
import os
import re
import socket
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from server import Server

DOCS = Path(__file__).parents[2] / "docs/reference/http.md"
TOKEN = "0123456789abcdef-api"


def proxies(programs: str) -> str:
    with TemporaryDirectory() as folder:
        # nginx' workers are another user where it is started by root.
        Path(folder).chmod(0o755)
        tokens = Path(folder, "tokens")
        tokens.touch(mode=0o600)
        tokens.write_text(TOKEN)
        program = f"{programs}/numbered-server"
        with (
            Server(program) as server, Server(program, "--token-file", str(tokens)) as guarded,
            Server(program, "--cameras", "front,garden") as several
        ):
            for proxy in [nginx, caddy]:
                with proxy(folder, server.port) as port:
                    look(port, server, proxy.__name__)
                with proxy(folder, several.port) as port:
                    assert ask(port, "GET", "/camera/")[0] == 200
                    assert len(json.loads(ask(port, "GET", "/camera/api/cameras")[1])["cameras"]) == 2
                    look(port, several, proxy.__name__, "cameras/garden/")
                with proxy(folder, guarded.port) as port:
                    enter(port, proxy.__name__)
    return "page, changes, stream, events and tokens through nginx and Caddy, of one camera and of several"


def look(port: int, server: Server, name: str, camera: str = "") -> None:
    """Everything that the page does, as a browser sends it. `camera` is where its routes are."""
    base = f"/camera/{camera}"

    def own(path: str) -> bytes:
        status, body, _ = ask(port, "GET", path)
        assert status == 200, f"{name}: {path} answers {status} {body[:200]!r}"
        return body

    assert b"<!doctype html>" in own(base).lower()
    assert json.loads(own(f"{base}api/state"))["live"]["width"] > 0
    assert own(f"{base}snapshot.jpg").startswith(b"\xff\xd8")
    # Settings, from our own page and from others: those of other ports are others.
    origins = {f"http://127.0.0.1:{port}": 200, "http://127.0.0.1": 403, f"http://127.0.0.1:{server.port}": 403,
               "http://elsewhere.example": 403, "null": 403}
    for number, (origin, wanted) in enumerate(origins.items()):
        value = 0.1 * (number + 1)
        status, body, _ = ask(port, "PATCH", f"{base}api/settings", {"overlay.opacity": value}, {"Origin": origin})
        assert status == wanted, f"{name}: a change from {origin} answers {status}, not {wanted}: {body!r}"
        changed = abs(server.setting("overlay.opacity", f"/{camera}".rstrip("/")) - value) < 1e-9
        assert changed == (wanted == 200), f"{name}: a change from {origin}"
    # At once, which a proxy that buffers would not do.
    for path, mark, count in [("stream", b"X-Camstream-Seq: ", 10), ("api/events", b"event: frame", 10)]:
        start = time.monotonic()
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(f"GET {base}{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            received = b""
            while received.count(mark) < count:
                part = connection.recv(65536)
                assert part, f"{name}: {base}{path} ended after {received[:300]!r}"
                received += part
        # 25 pictures a second.
        seconds = time.monotonic() - start
        assert seconds < 3, f"{name}: {count} of {base}{path} took {seconds:.1f} s"


def enter(port: int, name: str) -> None:
    """A token in the address becomes a cookie, and the address stays below the path."""
    status, _, headers = ask(port, "GET", "/camera/")
    assert status == 401, f"{name}: without a token {status}"
    status, _, headers = ask(port, "GET", f"/camera/?token={TOKEN}")
    assert (status, headers["Location"]) == (303, "./"), f"{name}: {status} {headers}"
    cookie = headers["Set-Cookie"].split(";")[0]
    status, _, _ = ask(port, "GET", "/camera/", None, {"Cookie": cookie})
    assert status == 200, f"{name}: with the cookie {status}"


def ask(
    port: int, method: str, path: str, value: object = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        body = None if value is None else json.dumps(value)
        sent = ({} if value is None else {"Content-Type": "application/json"}) | (headers or {})
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers
    finally:
        connection.close()


def recipe(language: str, port: int) -> str:
    """What the documentation says, for a server on this port."""
    found = re.findall(rf"```{language}\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert len(found) == 1, f"docs/reference/http.md has {len(found)} recipes for {language}"
    assert "127.0.0.1:8090" in found[0]
    return found[0].replace("127.0.0.1:8090", f"127.0.0.1:{port}")


@contextlib.contextmanager
def nginx(folder: str, server: int):
    port = free_port()
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"])
    Path(folder, "nginx.conf").write_text(
        f"daemon off;\npid {folder}/nginx.pid;\nerror_log stderr;\nworker_processes 1;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{paths}server {{\nlisten 127.0.0.1:{port};\n{recipe('nginx', server)}}}\n}}\n")
    # Debian has it where only root's PATH leads.
    with running(["/usr/sbin/nginx", "-e", "stderr", "-c", f"{folder}/nginx.conf"], folder, port):
        yield port


@contextlib.contextmanager
def caddy(folder: str, server: int):
    port = free_port()
    Path(folder, "Caddyfile").write_text(
        f"{{\nadmin off\nauto_https off\n}}\n"
        f"http://127.0.0.1:{port} {{\nbind 127.0.0.1\n{recipe('caddy', server)}}}\n")
    with running(["caddy", "run", "--adapter", "caddyfile", "--config", f"{folder}/Caddyfile"], folder, port):
        yield port


@contextlib.contextmanager
def running(command: list[str], folder: str, port: int):
    """Until the end of the block; the port answers from the start."""
    # Caddy keeps its configuration in the user's folders.
    environment = os.environ | {"XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        end = time.monotonic() + 10
        while True:
            if process.poll() is not None or time.monotonic() > end:
                process.kill()
                raise AssertionError(f"{command[0]} does not listen: {process.communicate()[0]}")
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
