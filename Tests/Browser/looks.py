"""Pictures of the page, for people to look at: light and dark, on a desk and on a phone, and without a signal."""

from pathlib import Path

from bidi import Browser
from checks import CONTRAST, moves, the_lines_of_the_strip_are_told_apart
from server import Server
from teaching import hold, taught


async def take_pictures(browser: Browser, program: str, folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    look = "dark" if browser.dark else "light"
    with Server(program) as server:
        if browser.name == "chromium":
            await browser.media(prefers_color_scheme=look)
        await browser.size(1280, 900)
        await browser.open(server.url)
        await moves(browser)
        # Some seconds for the strip to show.
        await browser.until("return samples.length > 150;", 20)
        name = folder / f"{browser.name}-{look}"
        await browser.picture(Path(f"{name}-desk.png"))
        await the_lines_of_the_strip_are_told_apart(browser, server)
        worst = [(await browser.run(CONTRAST))]
        server.tell("switching infer.method")
        server.tell("switched overlay.layout LayerCAM has no gradient for operator TopK (node 17)")
        await browser.until("return /Being switched/.test(document.body.innerText);")
        await browser.picture(Path(f"{name}-switch.png"))
        worst.append(await browser.run(CONTRAST))
        for key in ("infer.method", "overlay.layout"):
            server.tell(f"switched {key}")
        await browser.until("return !/Being switched|has no gradient/.test(document.body.innerText);")
        await browser.size(1920, 1080)
        await browser.until("return document.querySelector('.picture').getBoundingClientRect().width > 1400;")
        await browser.run("drawStrip();")
        await browser.picture(Path(f"{name}-wide.png"))
        await browser.phone()
        await browser.picture(Path(f"{name}-phone.png"))
        await browser.picture(Path(f"{name}-phone-whole.png"), whole=True)
        await browser.click("#set-infer-class")
        await browser.press("Control+a", "cat")
        await browser.picture(Path(f"{name}-phone-class.png"))
        await browser.press("Escape")
        await browser.size(1280, 900)
        server.tell("lost")
        await browser.until("return document.getElementById('status').textContent === 'no signal';")
        await browser.press("Tab")
        await browser.picture(Path(f"{name}-lost.png"))
        worst.append(await browser.run(CONTRAST))
    worst += await pictures_of_teaching(browser, program, name)
    with Server(program, "--cameras", "front,garden,yard,gate,hall,attic") as server:
        server.tell("@yard lost")
        await browser.size(1280, 900)
        await browser.open(server.url)
        await browser.until(
            """return [...document.querySelectorAll(".tile")].filter(tile => !tile.querySelector("img").hidden).length === 5
              && document.getElementById("status").textContent === "5 of 6 live";""")
        await browser.picture(Path(f"{name}-overview.png"))
        worst.append(await browser.run(CONTRAST))
        await browser.phone()
        await browser.picture(Path(f"{name}-overview-phone.png"))
        await browser.open(server.url + "cameras/garden/")
        await moves(browser)
        await browser.picture(Path(f"{name}-camera-phone.png"))
    found = [one for answer in worst for one in answer["found"]]
    assert not found, found
    return f"contrast at least {min(answer['worst'] for answer in worst):.2f} times WCAG AA's"


async def pictures_of_teaching(browser: Browser, program: str, name: Path) -> list[dict]:
    """While a button is held, on a desk and on a phone; a class's examples; the question before all is cleared."""
    worst = []
    async with taught(browser, program, classes=("cup", "plant")) as server:
        await browser.picture(Path(f"{name}-teach-first.png"))
        for number, count in ((0, 7), (1, 24), (2, 11)):
            for _ in range(count):
                server.send("POST", "/api/teach/examples", {"class": number})
        await browser.until("return !document.getElementById('teach-make').disabled;")
        server.send("POST", "/api/teach/model", {})
        await browser.until("return !document.getElementById('teach-links').hidden;")
        for kind, size in (("desk", None), ("phone", browser.phone)):
            if size:
                await size()
            await browser.point(hold(2), "down", kind="touch" if size else "mouse")
            await browser.until("return /^[+]/.test(document.querySelector(hold + ' .hint').textContent);", hold=hold(2))
            await browser.picture(Path(f"{name}-teach-{kind}.png"))
            worst.append(await browser.run(CONTRAST))
            await browser.lift("touch" if size else "mouse")
        await browser.click("#teach-classes li:nth-child(2) .open")
        await browser.until("return document.querySelectorAll('#teach-examples img').length > 20;")
        await browser.picture(Path(f"{name}-teach-phone-examples.png"))
        await browser.size(1280, 900)
        await browser.run("document.getElementById('teach-drawer').scrollIntoView({block: 'nearest', behavior: 'instant'});")
        await browser.picture(Path(f"{name}-teach-examples.png"))
        worst.append(await browser.run(CONTRAST))
        await browser.click("#teach-close")
        await browser.click("#teach-clear")
        await browser.picture(Path(f"{name}-teach-clear.png"))
    return worst
