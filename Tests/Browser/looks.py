"""Pictures of the page, for people to look at: light and dark, on a desk and on a phone, and without a signal."""

from pathlib import Path

from bidi import Browser
from checks import CONTRAST, moves, the_lines_of_the_strip_are_told_apart
from server import Server


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
