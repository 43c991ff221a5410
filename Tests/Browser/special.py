"""What needs a server of its own: a proxy, no clients left, nothing to change, a password, slow pictures."""

import asyncio
import contextlib
import tempfile
from pathlib import Path

from bidi import Browser
from checks import PLAIN_IMAGE, behind, changes, delays, judge, moves, wait_for_clients
from server import Server


async def read_only(browser: Browser, program: str) -> None:
    with Server(program, "--read-only") as server:
        await browser.open(server.url)
        await moves(browser)
        await browser.until("return document.querySelectorAll('#settings .field').length >= 9;")
        left = await browser.run(
            "return [...document.querySelectorAll('#settings input, #settings select, #record')]"
            ".filter(control => !control.disabled).map(control => control.id);")
        assert not left, f"not disabled: {left}"
        assert "read-only" in await browser.run("return document.getElementById('settings').textContent;")


async def no_recording(browser: Browser, program: str) -> None:
    with Server(program, "--without-recording") as server:
        await browser.open(server.url)
        await moves(browser)
        await browser.until("return document.querySelectorAll('#settings .field').length >= 9;")
        assert await browser.run("return document.getElementById('record').hidden;")


async def too_many_clients(browser: Browser, program: str) -> None:
    import socket

    with Server(program, "--max-clients", "1") as server:
        first = socket.create_connection(("127.0.0.1", server.port))
        first.sendall(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait_for_clients(server, 1)
        await browser.open(server.url)
        await browser.until("return /1 clients already/.test(document.getElementById('notice').textContent);")
        first.close()
        await moves(browser)


async def token(browser: Browser, program: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".token") as file:
        secret = "0123456789abcdef-browser"
        file.write(secret + "\n")
        file.flush()
        Path(file.name).chmod(0o600)
        with Server(program, "--token-file", file.name) as server:
            await browser.open(server.url + "?token=" + secret)
            assert await browser.run("return location.href;") == server.url, "the token leaves the address bar"
            await moves(browser)
            await browser.until("return document.querySelectorAll('#settings .field').length >= 9;")
            # Another browser has no cookie.
            assert await browser.run(
                "return fetch('api/state', {credentials: 'omit'}).then(answer => answer.status);") == 401


async def five_pictures_a_second(browser: Browser, program: str) -> str:
    """At this rate a picture that waits for the next one comes 200 ms late."""
    with Server(program, "--fps", "5") as server:
        await browser.open(server.url)
        await moves(browser)
        page = judge(await delays(browser, server, 20), 0.9)
        await browser.run(PLAIN_IMAGE)
        return f"canvas: {page}; img: {judge(await behind(browser, server, 40))}"


@contextlib.asynccontextmanager
async def proxied(server: Server):
    """A proxy that takes a prefix away: its address, and the address with the prefix."""
    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, prefix: bytes = b"") -> None:
        try:
            while data := await reader.read(1 << 16):
                writer.write(data.replace(prefix, b" /") if prefix else data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner = await asyncio.open_connection("127.0.0.1", server.port)
        except ConnectionError:
            return writer.close()
        await asyncio.gather(pass_on(reader, inner[1], b" /camera/"), pass_on(inner[0], writer))

    proxy = await asyncio.start_server(accept, "127.0.0.1", 0)
    site = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}/"
    yield site, site + "camera/"
    proxy.close()


async def behind_a_proxy(browser: Browser, program: str) -> None:
    """Under a prefix that the proxy takes away, as docs/reference/http.md has it."""
    with Server(program) as server:
        async with proxied(server) as (site, prefix):
            await browser.open(prefix)
            await moves(browser)
            await browser.until("return document.querySelectorAll('#settings .field').length >= 9;")
            await browser.click("#set-overlay-box")
            await changes(server, "overlay.box", True)
            outside = [url for url in browser.requested if url.startswith(site) and not url.startswith(prefix)]
            # Browsers themselves look for an icon there.
            assert not set(outside) - {site + "favicon.ico"}, outside
            await browser.open("about:blank#")


async def less_motion(browser: Browser, program: str) -> str | None:
    if browser.name != "chromium":
        return "not tried: only Chromium can be told while it runs"
    with Server(program) as server:
        await browser.media(prefers_reduced_motion="reduce")
        await browser.open(server.url)
        await browser.until("return document.querySelectorAll('#top .fill').length === 5;")
        moving = await browser.run(
            """return [...document.querySelectorAll("*")]
              .filter(e => getComputedStyle(e).transitionDuration !== "0s").map(e => e.className);""")
        await browser.media()
        assert not moving, moving
        return None


SPECIAL = [behind_a_proxy, less_motion, read_only, no_recording, too_many_clients, token, five_pictures_a_second]
