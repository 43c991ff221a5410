"""100 clients of the stream, half of which never read."""

import asyncio
import random
import socket
from statistics import median

from target import Target, pictures

GOOD, IDLE = 50, 50
SECONDS = 20


async def numbers_of(target: Target, seconds: float) -> list[int]:
    """The pictures that a client gets in that time."""
    reader, writer = await target.connect(limit=1 << 20)
    writer.write(target.request("/stream"))
    got: list[int] = []
    try:
        async with asyncio.timeout(seconds):
            async for number in pictures(reader):
                if not got or number != got[-1]:
                    got.append(number)
    except TimeoutError:
        pass
    finally:
        writer.close()
    return got


async def never_read(target: Target) -> None:
    """Asks for the stream and leaves it lying; the server ends that after 10 s, so it comes again before."""
    while True:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        sock.setblocking(False)
        with sock:
            await asyncio.get_running_loop().sock_connect(sock, (target.host, target.port))
            await asyncio.get_running_loop().sock_sendall(sock, target.request("/stream"))
            await asyncio.sleep(random.uniform(5, 9))


def share(got: list[int]) -> float:
    return len(got) / (got[-1] - got[0] + 1) if len(got) > 1 else 0


async def crowd(target: Target) -> str:
    # Connections cost something once, whoever comes later.
    await asyncio.gather(*(numbers_of(target, 3) for _ in range(5)))
    alone = await numbers_of(target, 5)
    before = target.cost()
    idle = [asyncio.create_task(never_read(target)) for _ in range(IDLE)]
    good = [asyncio.create_task(numbers_of(target, SECONDS)) for _ in range(GOOD)]
    costs = []
    while not all(task.done() for task in good):
        await asyncio.sleep(0.5)
        costs.append(target.cost())
    got = [task.result() for task in good]
    for task in idle:
        task.cancel()
    await asyncio.gather(*idle, return_exceptions=True)

    shares = sorted(share(one) for one in got)
    rates = [median((one[-1] - one[0]) / SECONDS for one in got), (alone[-1] - alone[0]) / 5]
    growth = max(cost.megabytes for cost in costs) - before.megabytes
    told = (
        f"{GOOD} readers beside {IDLE} that never read got {shares[0]:.1%} or more of the pictures (median "
        f"{median(shares):.1%}); {rates[0]:.1f} pictures a second, {rates[1]:.1f} before; memory +{growth:.1f} MB")
    assert shares[0] >= 0.95, told
    assert rates[0] >= 0.95 * rates[1], told
    assert growth < 20, told
    return told
