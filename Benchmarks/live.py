"""The live path: from a frame's capture stamp to the last byte of its JPEG at a local client, on a file played as a camera."""

import re
import socket
import statistics
import subprocess
import time

from contestants import Contestants
from measure import Failed
from table import Row

WARM_UP = 2.0  # seconds that are left out: the first inferences


def watch_live(programs: Contestants, clip) -> dict:
    """Latencies in milliseconds of every picture that a client gets, and what became of the frames."""
    process = subprocess.Popen(
        programs.live(clip), env=programs.live_environment(), stderr=subprocess.PIPE, text=True
    )
    said = []
    try:
        port = None
        for line in process.stderr:
            said.append(line)
            if found := re.search(r"watch at http://127\.0\.0\.1:(\d+)/", line):
                port = int(found[1])
                break
        if port is None:
            raise Failed(f"the live run did not listen: {''.join(said).strip()}")
        return read_stream(port)
    finally:
        process.terminate()
        process.stderr.read()
        process.wait()


def read_stream(port: int) -> dict:
    latencies, jpeg_latencies, sequences, start = [], [], [], None
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        stream = connection.makefile("rb")
        while not stream.readline() in (b"\r\n", b""):
            pass
        while part := read_part(stream):
            now = time.time()
            headers, sequence = part, int(part["x-camstream-seq"])
            start = start or now
            if now - start < WARM_UP or (sequences and sequence == sequences[-1]):  # a picture that is sent again
                continue
            sequences.append(sequence)
            latencies.append((now - float(headers["x-timestamp"])) * 1000)
            jpeg_latencies.append(float(headers["x-camstream-latency-ms"]))
    if len(latencies) < 100:
        raise Failed(f"only {len(latencies)} pictures came from the live run")
    return {
        "pictures": len(latencies),
        "missed": sequences[-1] - sequences[0] + 1 - len(sequences),
        "latency_ms": latencies,
        "jpeg_latency_ms": jpeg_latencies,
    }


def read_part(stream) -> dict[str, str] | None:
    """The headers of the next part; its picture is read to the last byte."""
    line = stream.readline()
    while line and not line.startswith(b"--frame"):
        line = stream.readline()
    headers = {}
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("ascii").partition(":")
        headers[name.lower()] = value.strip()
    if "content-length" not in headers:
        return None
    length = int(headers["content-length"])
    return headers if len(stream.read(length)) == length else None


def live_rows(live) -> list[Row]:
    ordered = sorted(live["latency_ms"])
    median, late = statistics.median(ordered), ordered[int(len(ordered) * 0.99)]
    return [
        Row("live latency, capture to last byte, median", f"{median:.1f} ms", "at most 35 ms", median <= 35),
        Row("live latency, 99th percentile", f"{late:.1f} ms", "at most 80 ms", late <= 80),
        Row("  up to the finished JPEG, median", f"{statistics.median(live['jpeg_latency_ms']):.1f} ms"),
        Row("  pictures received and missed", f"{live['pictures']} and {live['missed']}"),
    ]
