"""`camstream view` in the browser: each picture with its own heat and record, whatever is done with it."""

import asyncio
import queue
import re
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from bidi import Browser
from checks import CONTRAST
from kept_clip import FRAMES, make

# What stands on the canvas just now: the number in the picture, that in the heat, and that of the record which the page tells.
READ = """window.numbers_ = () => {
      const canvas = document.getElementById("canvas"), context = canvas.getContext("2d");
      if (canvas.dataset.heat !== "here") return null;
      const read = (share, isOne) => {
        const pixels = context.getImageData(0, Math.floor(canvas.height * share), canvas.width, 1).data;
        let number = 0;
        for (let bit = 0; bit < 10; bit++) if (isOne(pixels, 4 * Math.floor((bit + .5) * canvas.width / 10))) number |= 1 << bit;
        return number;
      };
      // Heat is yellow over black. Only what the page is sure of counts.
      return [read(1 / 4, (p, i) => p[i + 2] > 125), read(7 / 8, (p, i) => p[i] > 125), Number(canvas.dataset.frame)];
    };"""


class Viewer:
    """`camstream view` as a process. `said`: its lines."""

    def __init__(self, programs: str, path: Path):
        self.command = [f"{programs}/camstream", "view", str(path)]

    def __enter__(self) -> "Viewer":
        self.process = subprocess.Popen(self.command, stderr=subprocess.PIPE, text=True)
        self.said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=lambda: [self.said.put(line) for line in self.process.stderr], daemon=True).start()
        while not (found := re.search(r"look at (http://\S+)", line := self.said.get(timeout=60))):
            assert "error" not in line, line
        self.url = found[1]
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        status = self.process.wait(10)
        assert status == 0, f"camstream view ended with {status}"


async def opened(browser: Browser, url: str) -> None:
    await browser.open(url)
    await browser.until("return document.getElementById('canvas').dataset.heat === 'here';", 20)
    await browser.run(READ)


async def expect(browser: Browser, frame: int) -> None:
    """All three numbers are those of this frame, once the browser has got there."""
    seen = await browser.until(
        "const seen = numbers_(); return seen && seen[2] === frame && !isGoing && wanted < 0 ? seen : null;", 10, frame=frame)
    assert seen == [frame] * 3, f"frame {frame}: picture, heat and record are {seen}"


async def steps(browser: Browser, keys: list[tuple[str, int]], start: int) -> int:
    at = start
    for key, step in keys:
        await browser.press(key)
        at = min(max(at + step, 0), FRAMES - 1)
        await expect(browser, at)
    return at


async def plays(browser: Browser, rate: float, seconds: float, least: int = 0) -> int:
    """Watches the canvas while it plays, for so long or until so many frames were seen. - Returns: how many."""
    await browser.run(
        """document.getElementById("speed").value = rate;
        document.getElementById("speed").dispatchEvent(new Event("change"));
        window.seen_ = [];
        window.watch_ = setInterval(() => {
          const seen = numbers_();
          if (seen && canvas.dataset.sure === "true") seen_.push(seen);
          // Somebody turns a knob all the while.
          const knob = document.getElementById("threshold");
          knob.value = knob.value > 0.1 ? 0 : 0.2;
          knob.dispatchEvent(new Event("input"));
        }, 7);""", rate=str(rate))
    await browser.click("#play")
    await asyncio.sleep(seconds)
    await browser.until("return video.ended || new Set(seen_.map(one => one[0])).size >= least;", 30, least=least)
    seen = await browser.run("clearInterval(watch_); video.pause(); return seen_;")
    wrong = [one for one in seen if len(set(one)) != 1]
    assert not wrong, f"{len(wrong)} of {len(seen)} looks: picture, heat and record are {wrong[:5]}"
    return len({one[0] for one in seen})


async def each_frame_has_its_own_heat(browser: Browser, programs: str) -> str:
    """Stepping, seeking and playing, with pictures out of order, at a variable rate, from a late start."""
    told = []
    for codec in ("h264", "vp9", "vp8"):
        with tempfile.TemporaryDirectory() as folder:
            clip = make(Path(folder, "clip.mkv"), codec)
            with Viewer(programs, clip) as viewer:
                await opened(browser, viewer.url)
                await expect(browser, 0)
                at = await steps(browser, [("ArrowRight", 1)] * 30 + [("ArrowLeft", -1)] * 8, 0)
                for frame in (FRAMES - 1, 130, 47, 48, 49, 231, 95, 0):
                    await browser.run("go(frame);", frame=frame)
                    await expect(browser, frame)
                await browser.press("End")
                await expect(browser, FRAMES - 1)
                await browser.press("Home")
                await expect(browser, 0)
                # Faster than any browser seeks.
                await browser.press(*["ArrowRight"] * 25)
                await expect(browser, 25)
                # In Firefox the page leaves out what it is not sure of, which is much on a busy machine.
                frames = await plays(browser, 1, 2.5, least=6)
                assert frames >= 6, f"only {frames} frames were seen"
                await browser.press("Home")
                await expect(browser, 0)
                fast = await plays(browser, 4, 1.5)
                told.append(f"{codec}: {at + 8 + 8} steps, {frames} and {fast} frames in motion")
    return "; ".join(told)


async def the_controls_do_what_they_say(browser: Browser, programs: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        clip = make(Path(folder, "clip.mkv"), varies=False)
        with Viewer(programs, clip) as viewer:
            browser.logged.clear()
            browser.requested.clear()
            await opened(browser, viewer.url)
            # Another class at 100, a cut at 150.
            for key, frame in (("n", 100), ("n", 150), ("p", 100)):
                await browser.press(key)
                await expect(browser, frame)
            assert await browser.run("return document.getElementById('label').textContent;") == "two"
            await browser.click("#timeline", across=0.5)
            await expect(browser, FRAMES // 2)
            await browser.click("#before")
            await expect(browser, FRAMES // 2 - 1)
            await browser.press("h")
            read = "const c = document.getElementById('canvas'), x = Math.floor(1.5 * c.width / 10); " \
                "return [...c.getContext('2d').getImageData(x, c.height * 7 / 8, 1, 1).data];"
            # Bit 1 of 119 is set: there is heat in its column.
            assert (await browser.run(read))[0] < 60, "the heat is still there"
            await browser.press("h")
            assert (await browser.run(read))[0] > 200, "the heat is not back"
            await browser.run("""const field = document.getElementById("colormap");
                field.value = "winter"; field.dispatchEvent(new Event("input"));""")
            colour = await browser.run(read)
            assert colour[0] < 60 and colour[1] > 200, f"the hottest colour of winter is {colour}"
            # The names are text, whatever they hold.
            await browser.press("Home")
            await expect_label(browser, "one <b>&amp;")
            await browser.run("""window.saved_ = new Promise(done => {
                HTMLAnchorElement.prototype.click = function () { done([this.download, this.href.slice(0, 5)]); };
                snapshot(); });""")
            assert await browser.run("return await saved_;") == ["clip-0.png", "blob:"]
            assert not browser.logged, browser.logged
            # The page before may still have asked its own server.
            own = ("http://127.0.0.1:", "data:", "blob:", "about:")
            foreign = [url for url in browser.requested if not url.startswith(own)]
            assert not foreign, foreign
    return ""


async def expect_label(browser: Browser, label: str) -> None:
    await browser.until("return document.getElementById('label').textContent === label;", label=label)


async def an_exported_folder_plays_from_the_disk(browser: Browser, programs: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        clip, page = make(Path(folder, "clip.mkv")), Path(folder, "page")
        subprocess.run([f"{programs}/camstream", "view", clip, "--export", page, "--quiet"], check=True)
        await browser.open(page.as_uri() + "/index.html")
        await browser.until("return document.getElementById('canvas').dataset.heat === 'here';", 20)
        for frame in (1, 2, 120):
            await browser.run("go(frame);", frame=frame)
            await browser.until(
                "const {frame, heat} = document.getElementById('canvas').dataset; return frame == wanted && heat === 'here';",
                wanted=frame)
        # What the browser cannot decode is told, with a way out.
        Path(page, "video.mp4").write_bytes(b"no video " * 1000)
        await browser.open(page.as_uri() + "/index.html?again")
        said = await browser.until("return document.getElementById('trouble').textContent;")
        assert "cannot play h264" in said and "camstream burn clip.mkv" in said, said
        Path(page, "video.mp4").unlink()
    return ""


async def a_folder_is_a_list_and_its_pages_fit(browser: Browser, programs: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        clip = make(Path(folder, "a long name of a clip & more.mkv"), varies=False)
        for name in ("pictures.mkv", "heat.mkv", "records.srt", "labels.srt", "raw"):
            Path(folder, name).unlink()
        shutil.copy(clip, Path(folder, "other.mkv"))
        with Viewer(programs, Path(folder)) as viewer:
            await browser.open(viewer.url)
            names = await browser.run("return [...document.querySelectorAll('#list a')].map(link => link.textContent);")
            assert names == ["a long name of a clip & more.mkv", "other.mkv"], names
            await browser.open(await browser.run("return document.querySelector('#list a').href;"))
            await browser.until("return document.getElementById('canvas')?.dataset.heat === 'here';", 20)
            worst = [await browser.run(CONTRAST)]
            await browser.phone()
            try:
                worst.append(await browser.run(CONTRAST))
                width = await browser.run("return [document.documentElement.scrollWidth, innerWidth];")
                assert width[0] <= width[1], f"the page is {width[0]} wide on a phone of {width[1]}"
            finally:
                await browser.size(1280, 900)
            for one in worst:
                assert not one["found"], one["found"]
            await browser.open(await browser.run("return document.getElementById('back').href;"))
            await browser.until("return document.querySelectorAll('#list a').length === 2;")
    return f"contrast at least {min(one['worst'] for one in worst):.2f} of what is asked for"


VIEWING = [
    each_frame_has_its_own_heat, the_controls_do_what_they_say, an_exported_folder_plays_from_the_disk,
    a_folder_is_a_list_and_its_pages_fit,
]
