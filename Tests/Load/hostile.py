"""What no client should send: the server answers in words or closes, lives, and keeps answering others."""

import asyncio
import random
import time

from target import Target

SECONDS = 60
SLOW = 100
PATHS = ["/", "/stream", "/snapshot.jpg", "/api/state", "/api/settings", "/api/events", "/metrics", "/healthz"]
JSONS = [
    b"", b"{", b"null", b"[]", b"42", b"{}", b"[" * 20000, b'{"a":' * 5000, b'{"overlay.opacity": NaN}',
    b'{"overlay.opacity": 1e999}', b'{"overlay.opacity": -1}', b'{"overlay.opacity": "' + b"x" * 40000 + b'"}',
    b'{"infer.class": {"a": {"b": 1}}}', b'{"\xff\xfe": 1}', b'{"recording": "maybe"}', b"\x00" * 100, b"x" * 100_000,
]


def mutated(request: bytes) -> bytes:
    parts = bytearray(request)
    for _ in range(random.randrange(1, 8)):
        at = random.randrange(len(parts))
        match random.randrange(3):
            case 0:
                parts[at] = random.randrange(256)
            case 1:
                del parts[at:at + random.randrange(1, 6)]
            case 2:
                parts[at:at] = random.randbytes(random.randrange(1, 20))
        if not parts:
            break
    return bytes(parts)


def hostile(target: Target) -> tuple[bytes, set[int]]:
    """A request, and the answers that are right; none: anything, or nothing at all."""
    match random.randrange(9):
        case 0:
            return random.randbytes(random.randrange(1, 4000)), set()
        case 1:
            return mutated(target.request(random.choice(PATHS))), set()
        case 2:
            return target.request("/", "GET", b"", "X-Large: " + "a" * random.choice([9000, 20000, 200_000])), {400, 431}
        case 3:
            return target.request("/", "GET", b"", *(f"X-{i}: {i}" for i in range(1000))), {400, 431}
        case 4:
            return target.request("/" + "a" * random.choice([5000, 7000])), {400, 414, 431}
        case 5:
            up = random.choice(["../", "..%2f", "%2e%2e/", "..\\", "....//", "%252e%252e%252f", "/../"])
            return target.request("/" + up * random.randrange(1, 12) + "etc/passwd"), {400, 404}
        case 6:
            body = random.choice(JSONS)
            kind = random.choice(["application/json"] * 4 + ["text/plain", "application/x-www-form-urlencoded", ""])
            return target.request("/api/settings", "PATCH", body, f"Content-Type: {kind}"), {200, 400, 403, 413, 415, 422}
        case 7:
            host = random.choice(["evil.example", "localhost@evil.example", "", "[", "127.0.0.1:99999999", "a" * 3000])
            return f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode(), {400, 421}
        case _:
            method = random.choice(["TRACE", "CONNECT", "DELETE", "PUT", "POST", "OPTIONS", "BREW", "get"])
            text = target.request(random.choice(PATHS), method)
            return text, {200, 400, 405, 501}


async def attack(target: Target, end: float, counts: dict[str, int]) -> None:
    while time.monotonic() < end:
        request, right = hostile(target)
        try:
            reader, writer = await target.connect()
        except OSError:
            continue  # Too many at once is no fault.
        try:
            writer.write(request)
            if not right and random.random() < 0.7:
                writer.write_eof()
            async with asyncio.timeout(12 if right else 0.5):
                answer = await reader.read(1 << 16)
        except (ConnectionError, TimeoutError):
            answer = b""
        finally:
            writer.close()
        status = int(answer[9:12]) if answer[:7] == b"HTTP/1." and answer[9:12].isdigit() else 0
        counts[str(status or "closed")] = counts.get(str(status or "closed"), 0) + 1
        assert b"root:" not in answer, f"a file came out for {request[:200]!r}"
        assert status < 500 or status == 501, f"{status} for {request[:200]!r}"
        # A reset may overtake an answer to more than was read.
        assert not right or not status or status in right, f"{status} for {request[:200]!r}"


async def dribble(target: Target, end: float, lives: list[float]) -> None:
    """Requests that never end, a byte a second."""
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 1000
    while time.monotonic() < end:
        start = time.monotonic()
        writer = None
        try:
            reader, writer = await target.connect()
            for byte in request:
                writer.write(bytes([byte]))
                try:
                    async with asyncio.timeout(1):
                        if not await reader.read(1000):
                            break
                except TimeoutError:
                    continue
        except OSError:
            await asyncio.sleep(0.1)
        finally:
            if writer:
                writer.close()
                lives.append(time.monotonic() - start)


async def hostilities(target: Target) -> str:
    end = time.monotonic() + SECONDS
    counts: dict[str, int] = {}
    lives: list[float] = []
    before = target.cost()
    waits: list[float] = []
    attackers = [asyncio.create_task(attack(target, end, counts)) for _ in range(4)]
    slow = [asyncio.create_task(dribble(target, end, lives)) for _ in range(SLOW)]
    while time.monotonic() < end:
        start = time.monotonic()
        assert await target.is_healthy(5), "others get no answer any more"
        waits.append(time.monotonic() - start)
        await asyncio.sleep(0.5)
    for task in [*attackers, *slow]:
        if task.done():
            task.result()
    await asyncio.gather(*attackers, *slow)
    await asyncio.sleep(2)
    after = target.cost()
    told = (
        f"{sum(counts.values())} requests {dict(sorted(counts.items()))}; {len(lives)} slow ones lived "
        f"{max(lives):.0f} s at most; others waited {max(waits) * 1000:.0f} ms at most; {before} before, {after} after")
    assert target.is_alive(), told
    assert max(lives) < 14, told
    assert max(waits) < 2, told
    assert after.files <= before.files + 4 and after.threads <= before.threads + 2, told
    return told
