"""Clients that come and go: nothing may grow."""

import asyncio
import json
import random
import time
from statistics import median

from target import Target

CLIENTS = 20
WARM_UP_SECONDS = 30


async def visit(target: Target) -> None:
    """One client, of any kind, that leaves in any way."""
    opacity = json.dumps({"overlay.opacity": round(random.random(), 2)}).encode()
    path, *rest = random.choice([
        ("/stream",), ("/stream",), ("/stream?advance_headers=1",), ("/api/events",), ("/snapshot.jpg",), ("/",),
        ("/api/state",), ("/metrics",), ("/nowhere",),
        ("/api/settings", "PATCH", opacity, "Content-Type: application/json"),
    ])
    reader, writer = await target.connect()
    try:
        request = target.request(path, *rest)
        if random.random() < 0.1:
            request = request[:random.randrange(len(request))]
        writer.write(request)
        async with asyncio.timeout(random.expovariate(2)):
            while await reader.read(1 << 16):
                if random.random() < 0.02:
                    break
    except (TimeoutError, ConnectionError):
        pass
    finally:
        if random.random() < 0.5:
            # With a reset, as those that crash.
            writer.transport.abort()
        else:
            writer.close()


async def soak(target: Target, minutes: float) -> str:
    end = time.monotonic() + 60 * minutes
    visits = 0

    async def client() -> None:
        nonlocal visits
        while time.monotonic() < end:
            await visit(target)
            visits += 1

    clients = [asyncio.create_task(client()) for _ in range(CLIENTS)]
    await asyncio.sleep(min(WARM_UP_SECONDS, 15 * minutes))
    costs = []
    while time.monotonic() < end:
        costs.append(target.cost())
        await asyncio.sleep(0.5)
    await asyncio.gather(*clients)
    third = len(costs) // 3
    first, last = costs[:third], costs[-third:]
    growth = median(cost.megabytes for cost in last) - median(cost.megabytes for cost in first)
    threads = [max(cost.threads for cost in part) for part in (first, last)]
    files = [max(cost.files for cost in part) for part in (first, last)]
    # Connections whose client has gone without a word end with their request's time, 10 s.
    for _ in range(60):
        if (after := target.cost()).files <= costs[0].files - CLIENTS // 2:
            break
        await asyncio.sleep(0.5)
    told = (
        f"{visits} visits: memory {growth:+.1f} MB from the first to the last third, threads {threads[0]} and "
        f"{threads[1]}, open files at most {files[0]} and {files[1]}; after it {after}")
    assert growth < 3, told
    assert threads[1] <= threads[0] + 1, told
    assert files[1] <= files[0] + 10, told
    assert await target.is_healthy(), told
    return told
