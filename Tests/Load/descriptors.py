"""A process that may open no more files: it waits for room instead of asking for it without a pause, and goes on then."""

import asyncio
import os
import resource
import socket

from target import Target

WAITING = 50
SECONDS = 5
# Of one core, more than without those who wait; a loop that asks without a pause takes all of it.
MOST = 0.25


def cpu_seconds(target: Target) -> float:
    with open(f"/proc/{target.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def share(target: Target) -> float:
    """Of one core, over some seconds."""
    before = cpu_seconds(target)
    await asyncio.sleep(SECONDS)
    return (cpu_seconds(target) - before) / SECONDS


async def descriptors(target: Target) -> str:
    usual = await share(target)
    old = resource.prlimit(target.pid, resource.RLIMIT_NOFILE)
    clients: list[socket.socket] = []
    try:
        resource.prlimit(target.pid, resource.RLIMIT_NOFILE, (target.cost().files + 2, old[1]))
        for _ in range(WAITING):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex((target.host, target.port))
            clients.append(client)
        crowded = await share(target)
        assert target.is_alive(), "the server died"
        assert crowded - usual < MOST, f"{crowded:.2f} of a core while no file can be opened, {usual:.2f} before"
    finally:
        for client in clients:
            client.close()
        resource.prlimit(target.pid, resource.RLIMIT_NOFILE, old)
    for _ in range(10):
        if await target.is_healthy(5):
            return f"{crowded:.2f} of a core with {WAITING} connections that cannot be taken, {usual:.2f} without"
        await asyncio.sleep(1)
    raise AssertionError("the server does not answer although files can be opened again")
