"""The page of several cameras, and the way from it to the page of one and back."""

import asyncio
import json
import tempfile
from pathlib import Path

from bidi import Browser, Failed
from checks import CONTRAST, PROBE, changes, moves
from server import Server
from special import proxied

NAMES = ["front", "garden", "yard"]
MANY = [f"camera-{number:02}" for number in range(24)]
# The number in the picture of each tile; null where there is none.
NUMBERS = """[...document.querySelectorAll(".tile")].map(tile => {
      const picture = tile.querySelector("img"), canvas = document.createElement("canvas");
      if (picture.hidden || !picture.naturalWidth) return null;
      [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
      const pen = canvas.getContext("2d");
      pen.drawImage(picture, 0, 0);
      return probe.number(pen, canvas.width, canvas.height);
    })"""


async def shown(browser: Browser, names: list[str]) -> None:
    """Waits until each of these cameras has a tile, in this order, and those in view have a picture."""
    await browser.run(PROBE)
    await browser.until(
        """const found = [...document.querySelectorAll(".tile")];
        return JSON.stringify(found.map(tile => tile.dataset.camera)) === JSON.stringify(names)
            && found.filter(tile => tile.getBoundingClientRect().top < innerHeight)
              .every(tile => !tile.querySelector("img").hidden);""", 20, names=names)


async def arrives(browser: Browser, path: str, selector: str) -> None:
    """Waits until a link has led there. While the browser changes pages nothing can be asked."""
    for _ in range(100):
        try:
            if await browser.run(
                    "return location.pathname === path && document.readyState === 'complete' && !!document.querySelector(selector);",
                    path=path, selector=selector):
                return
        except Failed:
            pass
        await asyncio.sleep(0.1)
    raise AssertionError(f"{path} is not reached, but {await browser.run('return location.pathname;')}")


async def tile(browser: Browser, name: str) -> dict:
    return await browser.run(
        """const tile = document.querySelector(`[data-camera="${name}"]`), text = part => tile.querySelector(part).textContent;
        const notice = tile.querySelector(".notice");
        return {state: text(".status"), is: tile.querySelector(".status").dataset.is, label: text(".class"),
            value: text(".value"), notice: notice.hidden ? "" : notice.textContent};""", name=name)


async def each_camera_has_a_tile_that_moves(browser: Browser, program: str) -> None:
    with Server(program, "--cameras", ",".join(NAMES)) as server:
        await browser.open("about:blank#")
        await asyncio.sleep(0.5)
        browser.logged.clear()
        browser.requested.clear()
        await browser.open(server.url)
        await shown(browser, NAMES)
        before = await browser.run(f"return {NUMBERS};")
        await browser.until(
            f"return {NUMBERS}.every((number, place) => number !== null && number !== before[place]);", before=before)
        for name in NAMES:
            told = await tile(browser, name)
            assert (told["state"], told["is"], told["notice"]) == ("live", "live", ""), told
        assert await browser.run("return document.getElementById('status').textContent;") == "3 live"
        # The class and how sure it is, as the server tells it: it changes slowly.
        top = json.loads(server.get("/api/cameras"))["cameras"][0]["live"]["top"][0]
        told = await tile(browser, "front")
        assert told["label"] == top["label"] and told["value"] == f"{100 * top['probability']:.1f} %", (told, top)
        assert not browser.logged, browser.logged
        foreign = [url for url in browser.requested if not url.startswith((server.url, "data:", "blob:", "about:"))]
        assert not foreign, foreign
        await browser.open("about:blank#")


async def a_tile_leads_to_its_page_and_back(browser: Browser, program: str) -> None:
    """By mouse and by keyboard, and each page is that of its own camera."""
    with Server(program, "--cameras", ",".join(NAMES)) as server:
        await browser.open(server.url)
        await shown(browser, NAMES)
        await browser.click("[data-camera=garden] .view")
        await arrives(browser, "/cameras/garden/", "#live")
        await moves(browser)
        assert await browser.run("return document.querySelector('h1').textContent;") == "garden"
        await browser.until("return document.querySelectorAll('#settings .field').length >= 9;")
        await browser.until("return document.title === 'garden – camstream';")
        server.forget()
        await browser.click("#set-overlay-box")
        assert await asyncio.to_thread(server.next, "change") == "garden overlay.box true"
        settings = [json.loads(server.get(f"/cameras/{name}/api/settings"))["settings"] for name in NAMES]
        assert [setting["value"] for all in settings for setting in all if setting["key"] == "overlay.box"] == [
            False, True, False]
        links = await browser.run("return [...document.querySelectorAll('footer a')].map(link => link.href);")
        for link in links:
            server.get("/" + link.removeprefix(server.url))
        await browser.click("a.back")
        await arrives(browser, "/", "#cameras")
        await shown(browser, NAMES)
        order = []
        for _ in NAMES:
            await browser.press("Tab")
            order.append(await browser.run("return document.activeElement.closest('.tile')?.dataset.camera;"))
            ring = await browser.run("return getComputedStyle(document.activeElement).outlineStyle;")
            assert ring == "solid", f"{order[-1]} has no focus ring"
        assert order == NAMES, order
        # What has the focus keeps it while the tiles are told anew.
        await asyncio.sleep(1.5)
        await browser.press("Enter")
        await arrives(browser, "/cameras/yard/", "#live")
        await moves(browser)
        await browser.open("about:blank#")


async def what_is_not_live_is_told_in_its_tile(browser: Browser, program: str) -> None:
    with Server(program, "--cameras", ",".join(NAMES)) as server:
        await browser.open(server.url)
        await shown(browser, NAMES)
        server.tell("@garden lost")
        server.tell("@yard loading")
        await browser.until("return document.getElementById('status').textContent === '1 of 3 live';")
        told = [await tile(browser, name) for name in NAMES]
        assert [(one["state"], one["is"]) for one in told] == [
            ("live", "live"), ("no signal", "lost"), ("not ready", "waiting")], told
        assert told[1]["notice"].startswith("No signal since ") and told[1]["label"] == "Nothing just now.", told
        assert told[2]["notice"] == "the model is being loaded", told
        await browser.run(PROBE)
        before = await browser.run(f"return {NUMBERS};")
        await browser.until(f"return {NUMBERS}[0] !== before[0];", before=before)
        server.tell("@front unrecognised")
        await browser.until(
            "return document.querySelector('#seen-front .class').textContent === 'Nothing recognised.'"
            " && !document.querySelector('#seen-front .value').textContent;")
        server.tell("recognised")
        server.tell("found")
        server.tell("loaded")
        await browser.until("return document.getElementById('status').textContent === '3 live';")
        await browser.until(f"return {NUMBERS}[1] !== null && {NUMBERS}[1] !== before[1];", before=before)
        server.kill()
        await browser.until("return /trying again/.test(document.getElementById('status').textContent);")
        server.start()
        await browser.until("return document.getElementById('status').textContent === '3 live';", 15)
        await browser.open("about:blank#")


async def cameras_come_and_go(browser: Browser, program: str) -> None:
    with Server(program, "--cameras", "front,garden") as server:
        await browser.open(server.url)
        await shown(browser, ["front", "garden"])
        server.tell("add shed")
        await shown(browser, ["front", "garden", "shed"])
        server.tell("remove front")
        await shown(browser, ["garden", "shed"])
        await browser.open(server.url + "cameras/shed/")
        await moves(browser)
        server.tell("remove shed")
        await browser.until(
            "return /there is no camera 'shed'/.test(document.getElementById('notice').textContent);")
        server.tell("add shed")
        await moves(browser)
        await browser.open("about:blank#")


async def an_overview_that_nobody_sees_asks_for_nothing(browser: Browser, program: str) -> None:
    with Server(program, "--cameras", ",".join(NAMES)) as server:
        await browser.open(server.url)
        await shown(browser, NAMES)
        other = await browser.another_tab()
        assert await browser.run("return document.hidden;"), "the browser still counts the tab as seen"
        await asyncio.sleep(0.5)
        browser.requested.clear()
        before = drawn(server, NAMES)
        await asyncio.sleep(2)
        assert not browser.requested, browser.requested
        assert drawn(server, NAMES) == before, "pictures are drawn for nobody"
        await browser.close_tab(other)
        await browser.until("return !document.hidden;")
        await browser.run(PROBE)
        before = await browser.run(f"return {NUMBERS};")
        await browser.until(f"return {NUMBERS}.every((number, place) => number !== before[place]);", before=before)
        await browser.open("about:blank#")


async def many_cameras_stay_light(browser: Browser, program: str) -> str:
    """Only tiles in view are asked for, about one picture a second each, and no more than that is drawn."""
    with Server(program, "--cameras", ",".join(MANY), "--size", "320x180") as server:
        await browser.phone()
        await browser.open(server.url)
        await shown(browser, MANY)
        in_view = await browser.run(
            """return [...document.querySelectorAll(".tile")].filter(tile => tile.getBoundingClientRect().top < innerHeight + 50)
              .map(tile => tile.dataset.camera);""")
        assert 2 <= len(in_view) <= 5, in_view
        browser.requested.clear()
        before = drawn(server, MANY)
        await asyncio.sleep(4)
        asked = [url.split("/")[-2] for url in browser.requested if "snapshot.jpg" in url]
        assert set(asked) == set(in_view), f"{set(asked)} instead of {in_view}"
        most = max(asked.count(name) for name in in_view)
        assert 2 <= most <= 5, f"{most} pictures of a tile in 4 s"
        found = [after - first for after, first in zip(drawn(server, MANY), before)]
        assert sum(found) <= len(asked) + 3, f"{sum(found)} pictures drawn for {len(asked)} snapshots"
        await browser.run("document.querySelector('.tile:last-child').scrollIntoView({behavior: 'instant'});")
        await browser.run(PROBE)
        await browser.until(f"return {NUMBERS}.at(-1) !== null;")
        # All of them on a large window.
        await browser.size(2560, 1800)
        await browser.until(f"return {NUMBERS}.every(number => number !== null);", 15)
        browser.requested.clear()
        before = drawn(server, MANY)
        await asyncio.sleep(4)
        asked = [url.split("/")[-2] for url in browser.requested if "snapshot.jpg" in url]
        rate = (sum(drawn(server, MANY)) - sum(before)) / 4 / len(MANY)
        assert set(asked) == set(MANY), set(MANY) - set(asked)
        assert rate <= 2.5, f"{rate:.2f} pictures a second and camera are drawn, of 25"
        await browser.size(1280, 900)
        await browser.open("about:blank#")
        return f"24 in view: {len(asked) / 4:.0f} snapshots a second, {rate:.2f} of 25 pictures drawn"


async def the_overview_has_contrast_names_and_fits_a_phone(browser: Browser, program: str) -> str:
    with Server(program, "--cameras", ",".join(NAMES + ["a" * 63])) as server:
        await browser.size(1280, 900)
        await browser.open(server.url)
        await shown(browser, NAMES + ["a" * 63])
        server.tell("@garden lost")
        await browser.until("return document.querySelector('[data-camera=garden] .status').dataset.is === 'lost';")
        answer = await browser.run(CONTRAST)
        assert not answer["found"], answer["found"]
        names = await browser.run(
            """const text = ids => ids.split(" ").map(id => document.getElementById(id).textContent).join(" ");
            return [...document.querySelectorAll(".tile a")].slice(0, 2).map(
              link => [text(link.getAttribute("aria-labelledby")), text(link.getAttribute("aria-describedby"))]);""")
        assert [name for name, _ in names] == ["front live", "garden no signal"] and "%" in names[0][1], names
        await browser.phone()
        server.tell("top long")
        await browser.until("return /also known as/.test(document.querySelector('.class').textContent);")
        width = await browser.run(
            """const wide = [...document.querySelectorAll("body *")]
              .filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + .5);
            return [document.documentElement.scrollWidth, wide.map(e => e.tagName + "#" + e.id + "." + e.className)];""")
        assert width[0] <= 390 and not width[1], width
        await browser.size(1280, 900)
        await browser.open("about:blank#")
        return f"{answer['worst']:.2f} times what WCAG AA asks for, at the least"


async def several_cameras_behind_a_proxy(browser: Browser, program: str) -> None:
    """Under a prefix that the proxy takes away, as docs/reference/http.md has it."""
    with Server(program, "--cameras", "front,garden") as server:
        async with proxied(server) as (site, prefix):
            browser.requested.clear()
            await browser.open(prefix)
            await shown(browser, ["front", "garden"])
            await browser.click("[data-camera=garden] .view")
            await arrives(browser, "/camera/cameras/garden/", "#live")
            await moves(browser)
            await browser.until("return document.querySelectorAll('#settings .field').length >= 9;")
            await browser.click("#set-overlay-box")
            await changes(server, "garden overlay.box", True, "/cameras/garden")
            await browser.click("a.back")
            await arrives(browser, "/camera/", "#cameras")
            await shown(browser, ["front", "garden"])
            outside = [url for url in browser.requested if url.startswith(site) and not url.startswith(prefix)]
            assert not set(outside) - {site + "favicon.ico"}, outside
            await browser.open("about:blank#")


async def a_token_for_one_page_is_one_for_all(browser: Browser, program: str) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".token") as file:
        secret = "0123456789abcdef+several"
        file.write(secret + "\n")
        file.flush()
        Path(file.name).chmod(0o600)
        with Server(program, "--token-file", file.name, "--cameras", "front,garden") as server:
            await browser.open(server.url + "cameras/front/?token=" + secret.replace("+", "%2B"))
            await arrives(browser, "/cameras/front/", "#live")
            assert await browser.run("return location.search;") == "", "the token leaves the address bar"
            await moves(browser)
            await browser.click("a.back")
            await arrives(browser, "/", "#cameras")
            await shown(browser, ["front", "garden"])
            await browser.open("about:blank#")


def drawn(server: Server, names: list[str]) -> list[float]:
    """How many pictures were drawn of each camera."""
    lines = dict(line.rsplit(" ", 1) for line in server.get("/metrics").splitlines() if not line.startswith("#"))
    return [float(lines[f'numbered_drawn_total{{camera="{name}"}}']) for name in names]


OVERVIEW = [
    each_camera_has_a_tile_that_moves, a_tile_leads_to_its_page_and_back, what_is_not_live_is_told_in_its_tile,
    cameras_come_and_go, an_overview_that_nobody_sees_asks_for_nothing, many_cameras_stay_light,
    the_overview_has_contrast_names_and_fits_a_phone, several_cameras_behind_a_proxy,
    a_token_for_one_page_is_one_for_all]
