"""Runs camstream against brokers, receivers and programs. See run.sh."""

import argparse
import hashlib
import hmac
import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

CLASSES = ["airplane", "anchor", "ant", "barrel", "beaver"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(what: str, check, seconds: float = 20):
    """Waits until something holds, and gives what the check gave."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = check()
        if value:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


class Broker:
    """A mosquitto with TLS and a password, which keeps nothing on the disk."""

    def __init__(self, folder: Path):
        self.port = free_port()
        self.folder = folder
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        subprocess.run(
            ["openssl", "req", "-x509", *key, "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
            check=True, capture_output=True)
        subprocess.run(
            ["mosquitto_passwd", "-b", "-c", folder / "users", "cam", "swordfish"], check=True, capture_output=True)
        for name in ("key.pem", "users"):
            os.chmod(folder / name, 0o644)
        os.chmod(folder, 0o755)
        (folder / "broker.conf").write_text(
            f"listener {self.port} 127.0.0.1\ncafile {folder}/cert.pem\ncertfile {folder}/cert.pem\n"
            f"keyfile {folder}/key.pem\nallow_anonymous false\npassword_file {folder}/users\n")
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["mosquitto", "-c", self.folder / "broker.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def _client(self, program: str, *more: str) -> list[str]:
        return [program, "-h", "127.0.0.1", "-p", str(self.port), "--cafile", str(self.folder / "cert.pem"),
                "-u", "cam", "-P", "swordfish", *more]

    def read(self, topic: str, seconds: int = 1, only_retained: bool = False) -> dict[str, bytes]:
        """The newest message of each topic within a time."""
        more = ["--retained-only"] if only_retained else []
        result = subprocess.run(
            self._client("mosquitto_sub", "-t", topic, "-W", str(seconds), "-F", "%t %x", *more), capture_output=True,
            check=False)
        lines = [line.split(" ", 1) for line in result.stdout.decode().splitlines() if " " in line]
        return {topic: bytes.fromhex(text) for topic, text in lines}

    def say(self, topic: str, text: str):
        subprocess.run(self._client("mosquitto_pub", "-t", topic, "-m", text, "-q", "1"), check=True)


class Receiver:
    """Takes webhooks, after it has refused the first."""

    def __init__(self):
        self.events: list[tuple[dict, str]] = []
        self.requests = 0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests += 1
                if receiver.requests > 1:
                    code = hmac.new(b"hush", body, hashlib.sha256).hexdigest()
                    assert self.headers["X-Camstream-Signature"] == f"sha256={code}"
                    receiver.events.append((json.loads(body), self.headers["Content-Type"]))
                self.send_response(503 if receiver.requests == 1 else 204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


class Program:
    """camstream on the built-in scene."""

    def __init__(self, binary: str, folder: Path, config: str):
        self.port = free_port()
        (folder / "cam.yaml").write_text(
            f"cameras:\n  door:\n    capture: {{input: 'demo:size=320x240'}}\n"
            f"    encode: {{output: '{folder}/rec-%H%M%S.mkv', segment: 1h}}\n"
            f"serve: {{listen: '127.0.0.1:{self.port}'}}\n" + config)
        self.log = open(folder / "log", "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [binary, "serve", "--config", folder / "cam.yaml"], stdout=subprocess.DEVNULL, stderr=self.log)
        self.folder = folder

    def state(self) -> dict:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/cameras/door/api/state", timeout=5) as answer:
                return json.load(answer)["live"]
        except OSError:
            return {}

    def metrics(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            return answer.read().decode()

    def outlet(self, name: str) -> dict:
        return next((outlet for outlet in self.state().get("outlets", []) if outlet["name"] == name), {})

    def stop(self) -> float:
        """Gives the seconds that it took."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(10) == 0, "it did not end well"
        return time.monotonic() - start

    def said(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")


def broker(binary: str, folder: Path) -> str:
    """TLS, password, discovery, snapshots and commands; the broker is killed and returns."""
    secret = folder / "password"
    secret.write_text("swordfish\n")
    os.chmod(secret, 0o600)
    mosquitto = Broker(folder)
    program = Program(binary, folder, f"""
events: {{file: '{folder}/events.jsonl', classes: [{', '.join(CLASSES)}]}}
mqtt:
  url: mqtts://localhost:{mosquitto.port}
  ca-file: {folder}/cert.pem
  user: cam
  password-file: {secret}
  discovery: homeassistant
  snapshots: true
  commands: true
""")
    try:
        until("a state with a class", lambda: b'"label"' in mosquitto.read("camstream/door/state").get("camstream/door/state", b""), 60)
        kept = mosquitto.read("#", only_retained=True)
        assert kept["camstream/status"] == b"online"
        configs = [json.loads(text) for topic, text in kept.items() if topic.startswith("homeassistant/")]
        assert len(configs) == 5 + len(CLASSES), sorted(kept)
        assert all(config["availability_topic"] == "camstream/status" for config in configs)
        until("a snapshot", lambda: mosquitto.read("camstream/door/snapshot").get(
            "camstream/door/snapshot", b"").startswith(b"\xff\xd8"), 30)
        mosquitto.say("camstream/door/set", '{"recording": false}')
        until("no recording", lambda: program.state()["recording"]["is_active"] is False)
        mosquitto.say("camstream/door/set", '{"recording": true}')
        until("a recording", lambda: program.state()["recording"]["is_active"] is True)
        mosquitto.say("camstream/door/set", '{"serve.insecure": true}')
        until("a refusal", lambda: "a command is" in program.said())
        mosquitto.kill()
        until("the loss", lambda: program.outlet("mqtt").get("is_connected") is False)
        pictures = program.state()["frames"]["captured"]
        time.sleep(2)
        assert program.state()["frames"]["captured"] > pictures + 20, "the pictures suffer"
        start = time.monotonic()
        mosquitto.start()
        until("the state after the return", lambda: "camstream/door/state" in mosquitto.read(
            "camstream/door/state", only_retained=True), 30)
        back = time.monotonic() - start
        lines = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
        assert lines and all({"event", "camera", "time"} <= line.keys() for line in lines)
        assert "swordfish" not in program.said() and "swordfish" not in program.metrics()
        seconds = program.stop()
        assert seconds < 2, f"the stop took {seconds:.1f} s"
        assert mosquitto.read("camstream/status", only_retained=True)["camstream/status"] == b"offline"
        return f"{len(configs)} entities, {len(lines)} events, back after {back:.1f} s, stopped in {seconds:.1f} s"
    finally:
        program.process.kill()
        mosquitto.kill()


def garbage(binary: str, folder: Path) -> str:
    """A broker that answers garbage, and then one that answers nothing: nothing else suffers."""
    listener = socket.create_server(("127.0.0.1", 0))
    clients = []

    def answer():
        while True:
            client, _ = listener.accept()
            clients.append(client)
            try:
                client.sendall(os.urandom(1 << 16) if len(clients) < 3 else b"")
            except OSError:
                pass

    threading.Thread(target=answer, daemon=True).start()
    program = Program(binary, folder, f"mqtt: {{url: 'mqtt://127.0.0.1:{listener.getsockname()[1]}', queue: 5}}\n")
    try:
        until("a problem", lambda: program.outlet("mqtt").get("problem"), 60)
        until("pictures", lambda: program.state().get("frames", {}).get("written", 0) > 50, 60)
        until("another try", lambda: len(clients) > 2)
        before = program.state()["frames"]["captured"]
        time.sleep(3)
        state = program.state()
        rate = (state["frames"]["captured"] - before) / 3
        assert rate > 20, f"{rate:.0f} frames a second"
        assert program.outlet("mqtt")["is_connected"] is False
        seconds = program.stop()
        assert seconds < 2, f"the stop took {seconds:.1f} s"
        return f"{rate:.0f} frames a second, {len(clients)} tries, stopped in {seconds:.1f} s"
    finally:
        program.process.kill()


def hooks(binary: str, folder: Path) -> str:
    """A webhook whose receiver is busy at first, a program that never ends, a snapshot."""
    receiver = Receiver()
    secret = folder / "key"
    secret.write_text("hush\n")
    os.chmod(secret, 0o600)
    endless = folder / "endless"
    endless.write_text(f"#!/bin/sh\necho \"$CAMSTREAM_EVENT $$\" >> '{folder}/ran'\nsleep 1000 & wait\n")
    endless.chmod(0o755)
    program = Program(binary, folder, f"""
on:
  - {{event: class, do: {{post: '{receiver.url}', secret-file: '{secret}'}}}}
  - {{event: class, do: {{run: ['{endless}'], timeout: 1}}}}
  - {{event: class, do: {{snapshot: '{folder}/{{camera}}-%H%M%S.jpg'}}}}
""")
    try:
        until("a webhook", lambda: receiver.events, 60)
        assert receiver.events[0][0]["event"] == "class" and receiver.events[0][1] == "application/json"
        until("a program", (folder / "ran").exists)
        until("its end", lambda: 'camstream_hooks_total{do="run",result="failed"} 0' not in program.metrics())
        process = int((folder / "ran").read_text().split()[1])
        until("the end of its process", lambda: not Path(f"/proc/{process}").exists())
        picture = until("a snapshot", lambda: list(folder.glob("door-*.jpg")))[0].read_bytes()
        assert picture.startswith(b"\xff\xd8") and picture.endswith(b"\xff\xd9")
        seconds = program.stop()
        assert seconds < 2, f"the stop took {seconds:.1f} s"
        return f"{len(receiver.events)} webhooks after {receiver.requests} requests, stopped in {seconds:.1f} s"
    finally:
        program.process.kill()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parts = {"broker": broker, "garbage": garbage, "hooks": hooks}
    parser.add_argument("--binary", default=".build/release/camstream")
    parser.add_argument("--only", nargs="+", choices=list(parts))
    arguments = parser.parse_args()
    failed = 0
    for name in arguments.only or parts:
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="camstream-mqtt-") as folder:
            try:
                told = parts[name](os.path.abspath(arguments.binary), Path(folder))
                print(f"ok    {name}: {told} ({time.monotonic() - start:.0f} s)", flush=True)
            except Exception as error:  # each part is told of, whatever went wrong in it
                failed += 1
                print(f"FAIL  {name}: {type(error).__name__}: {error}", flush=True)
                log = Path(folder) / "log"
                if log.exists():
                    print("\n".join(log.read_text(encoding="utf-8").splitlines()[-15:]), flush=True)
    print(f"test-mqtt: {failed} failed" if failed else "test-mqtt: passed")
    return 1 if failed else 0


sys.exit(main())
