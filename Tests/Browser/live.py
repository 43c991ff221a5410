"""camstream itself is taught two classes on its page: two things that its scene shows in turn."""

import asyncio
import json
import subprocess
import tempfile
from pathlib import Path

from bidi import Browser
from camera import Camera
from teaching import hold

# Each is there for so long, and comes and goes in the first and last part of it (Sources/Demo/Scene.swift).
SECONDS = 10 / 6
SCENE = "demo:objects=stop-sign+sunflower"
THINGS = ["sign", "flower"]

FOLLOW = """window.frames_ = [];
    window.source_ = new EventSource("api/events");
    source_.addEventListener("frame", event => {
      const {time, top} = JSON.parse(event.data);
      frames_.push([time, top.length ? top[0].label : ""]);
      if (frames_.length > 3000) frames_.shift();
    });"""


def shown(time: float) -> tuple[str, float]:
    """What the scene shows then, and since when."""
    turn = int(time / SECONDS)
    return THINGS[turn % 2], time - turn * SECONDS


async def opened(browser: Browser, camera: Camera, classes: int) -> None:
    await browser.open(camera.url)
    await browser.until(
        "return document.querySelectorAll('#teach-classes .hold').length === count;", 30, count=classes)
    await browser.run(FOLLOW)
    await browser.until("return frames_.length > 3;", 30)


async def teach(browser: Browser, thing: str, place: int) -> None:
    """Holds a class's button while the scene shows the thing, once."""
    while True:
        now, since = shown(await browser.run("return frames_.at(-1)[0];"))
        if now == thing and 0.25 < since < 0.7:
            break
        await asyncio.sleep(0.02)
    await browser.point(hold(place), "down")
    while (at := shown(await browser.run("return frames_.at(-1)[0];")))[0] == thing and at[1] < 1.3:
        await asyncio.sleep(0.02)
    await browser.lift()
    await browser.until("return document.querySelector(hold).ariaPressed === 'false';", hold=hold(place))


def right(seen: list[tuple[float, str]]) -> float:
    """The share of pictures whose class is what the scene shows, of those on which it is wholly there."""
    judged = [(shown(time)[0], label) for time, label in seen if 0.5 < shown(time)[1] < 1.3]
    assert len(judged) >= 20, f"only {len(judged)} pictures"
    return sum(thing == label for thing, label in judged) / len(judged)


async def looks_right(browser: Browser) -> float:
    """What the events say of six turns from now on; the page's first bar says the same as they do."""
    await browser.run("frames_.length = 0;")
    end = await browser.until("return frames_.length && frames_.at(-1)[0] + length;", length=6 * SECONDS)
    await browser.until("return frames_.at(-1)[0] > end;", 40, end=end)
    await browser.until(
        "const name = document.querySelector('#top .name')?.textContent; return name && name === frames_.at(-1)[1];")
    return right(await browser.run("return frames_;"))


async def two_classes_are_taught_live_kept_and_exported(browser: Browser, programs: str) -> str:
    options = subprocess.run([f"{programs}/camstream", "--help"], capture_output=True, text=True, timeout=60).stdout
    if "--teach" not in options:
        return "not tried: this camstream has no --teach"
    with tempfile.TemporaryDirectory() as data:
        with Camera(programs, "--teach", "things", scene=SCENE, data=data) as camera:
            await browser.size(1280, 900)
            await opened(browser, camera, 1)
            await browser.click("#teach-name")
            for count, thing in enumerate(THINGS, 2):
                await browser.press(thing, "Enter")
                await browser.until(
                    "return document.querySelectorAll('#teach-classes .hold').length === count;", count=count)
            await browser.run("document.activeElement.blur();")
            # What is nearly the same is left out, so how often depends on where the things are just then.
            for _ in range(40):
                for place, thing in enumerate(THINGS, 2):
                    await teach(browser, thing, place)
                if min(one["examples"] for one in json.loads(camera.get("/api/teach")[1])["classes"][1:]) >= 5:
                    break
            else:
                raise AssertionError(f"too few examples: {camera.get('/api/teach')[1]}")
            await browser.until("return /^Tells 2 classes apart/.test(document.getElementById('teach-state').textContent);")
            state = json.loads(camera.get("/api/teach")[1])
            counts = {one["name"]: one["examples"] for one in state["classes"]}
            live = await looks_right(browser)
            assert live >= 0.9, f"{live:.0%} right, taught with {counts}"
        # Another process goes on with the set.
        with Camera(programs, "--teach", "things", scene=SCENE, data=data) as camera:
            await opened(browser, camera, 3)
            again = json.loads(camera.get("/api/teach")[1])
            assert again["classes"] == state["classes"], again["classes"]
            await browser.until("return /^Tells 2 classes apart/.test(document.getElementById('teach-state').textContent);")
            kept = await looks_right(browser)
            assert kept >= 0.9, f"{kept:.0%} right after a restart"
            images = await browser.run(
                "return [...document.querySelectorAll('.newest img')].filter(one => one.complete && one.naturalWidth > 16).length;")
            assert images >= 4, f"{images} thumbnails"
            await browser.click("#teach-make")
            await browser.until("return !document.getElementById('teach-links').hidden;", 120)
            report, model = Path(data, "report.html"), Path(data, "exported.onnx")
            report.write_bytes(camera.get("/api/teach/report.html")[1])
            model.write_bytes(camera.get("/api/teach/model.onnx")[1])
            assert b"</html>" in report.read_bytes()
            await browser.run("source_.close();")
            await browser.open("about:blank#")
        # The model by itself, on the same scene.
        told = Path(data, "told.jsonl")
        subprocess.run(
            [f"{programs}/camstream", "--input", f"{SCENE},seconds=10", "--model", str(model), "--sidecar", str(told)],
            check=True, capture_output=True, timeout=300)
        lines = [json.loads(line) for line in told.read_text().splitlines()]
        exported = right([(line["time"], line["top"][0]["label"]) for line in lines if line.get("top")])
        assert exported >= 0.9, f"{exported:.0%} right by the model"
    return f"{counts}: right on {live:.0%} of the pictures, {kept:.0%} after a restart, {exported:.0%} by the model"


LIVE = [two_classes_are_taught_live_kept_and_exported]
