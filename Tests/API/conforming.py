"""schemathesis: requests made from the OpenAPI document, right ones and wrong ones; every answer must be in it."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from server import Server

HERE = Path(__file__).parent
TOKEN = "0123456789abcdef-api"


def conforming(programs: str) -> str:
    program = f"{programs}/numbered-server"
    with TemporaryDirectory() as folder:
        tokens = Path(folder, "tokens")
        tokens.touch(mode=0o600)
        tokens.write_text(TOKEN)
        with Server(program) as server:
            run(server)
        with Server(program, "--cameras", "front,garden") as server:
            run(server)
        with Server(program, "--teach", "things") as server:
            # A schema does not tell what a class's name may not hold, nor that there is a class of that name already.
            run(server, "--exclude-checks", "positive_data_acceptance")
        with Server(program, "--token-file", str(tokens)) as server:
            # The check for ignored passwords sends wrong ones, after which the address is shut out.
            run(server, "--header", f"Authorization: Bearer {TOKEN}", "--exclude-checks", "ignored_auth")
        with Server(program, "--read-only") as server:
            # Whatever is sent is refused.
            run(server, "--exclude-checks", "positive_data_acceptance")
    return "open, with several cameras, taught, with a token and read-only, each answer is in the document"


def run(server: Server, *options: str) -> None:
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(HERE / "schemathesis.toml"), "run",
        *options, f"{server.url}api/openapi.json"]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE), "NO_COLOR": "1"}
    with TemporaryDirectory() as folder:
        done = subprocess.run(command, env=environment, cwd=folder, text=True, capture_output=True, timeout=300)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}\n{done.stdout[-6000:]}{done.stderr[-2000:]}")
    assert server.process.poll() is None, "the server has ended"
