"""The panel by which people teach: a button that is held takes examples, and whatever ends the hold ends that."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

from bidi import Browser
from checks import CONTRAST, moves
from server import Server

HOLDS = "#teach-classes .hold"


@contextlib.asynccontextmanager
async def taught(browser: Browser, program: str, *options: str, classes: tuple[str, ...] = ("cup",)) -> AsyncIterator[Server]:
    """A server whose camera is taught these classes beside "none", and its page."""
    with Server(program, "--teach", "things", *options) as server:
        for name in classes:
            server.send("POST", "/api/teach/classes", {"name": name})
        await browser.size(1280, 900)
        await browser.open(server.url)
        await moves(browser)
        await browser.until(
            "return document.querySelectorAll(holds).length === count;", holds=HOLDS, count=1 + len(classes))
        yield server
        await browser.release()
        await browser.open("about:blank#")


def hold(place: int) -> str:
    return f"#teach-classes li:nth-child({place}) .hold"


def pointers(browser: Browser, *kinds: str) -> list[str]:
    """Those that a test can move: Firefox has no pen for tests."""
    return [kind for kind in kinds if kind != "pen" or browser.name == "chromium"]


def counts(server: Server) -> dict[str, int]:
    return {one["name"]: one["examples"] for one in json.loads(server.get("/api/teach"))["classes"]}


async def grows(browser: Browser, server: Server, place: int, name: str, least: int = 4) -> None:
    """Waits until a class has more examples, and the page shows them: the number, and thumbnails that are loaded."""
    before = counts(server)[name]
    while counts(server)[name] < before + least:
        await asyncio.sleep(0.05)
    await browser.until(
        """const tile = document.querySelector(hold).closest("li");
        const images = [...tile.querySelectorAll(".newest img")];
        return Number(tile.querySelector(".count").textContent) >= least && images.length >= 4
          && images.slice(0, 3).every(image => image.complete && image.naturalWidth);""",
        hold=hold(place), least=before + least)


async def is_over(browser: Browser, server: Server, name: str) -> None:
    """No button is held, and no example comes any more."""
    await browser.until(
        "return ![...document.querySelectorAll(holds)].some(one => one.ariaPressed === 'true');", 3, holds=HOLDS)
    # One may be on its way.
    await asyncio.sleep(0.25)
    last = counts(server)[name]
    await asyncio.sleep(0.5)
    assert counts(server)[name] == last, f"{name} goes from {last} to {counts(server)[name]} after the end"


async def a_button_is_held_by_the_mouse(browser: Browser, program: str) -> str:
    async with taught(browser, program) as server:
        await browser.point(hold(2), "down")
        start = asyncio.get_running_loop().time()
        await grows(browser, server, 2, "cup", 8)
        seconds = asyncio.get_running_loop().time() - start
        rate = counts(server)["cup"] / seconds
        assert rate <= 9, f"{rate:.1f} examples a second"
        assert await browser.run("return document.querySelector(hold).ariaPressed === 'true';", hold=hold(2))
        # Outside of the button it is still held, and let go there, too.
        await browser.point("#live")
        await grows(browser, server, 2, "cup", 2)
        await browser.lift()
        await is_over(browser, server, "cup")
        await browser.until("return /^cup: \\d+ examples taken\\.$/.test(document.getElementById('teach-said').textContent);")
        assert counts(server)["none"] == 0
        return f"{rate:.1f} a second"


async def a_tap_is_one_example(browser: Browser, program: str) -> None:
    async with taught(browser, program) as server:
        kinds = pointers(browser, "mouse", "touch", "pen")
        for taps, kind in enumerate(kinds, 1):
            await browser.point(hold(1), "down", "up", kind=kind)
            await is_over(browser, server, "none")
            assert counts(server)["none"] == taps, f"{counts(server)} after a tap by {kind}"
        await browser.run("document.querySelector(hold).click();", hold=hold(1))
        await is_over(browser, server, "none")
        assert counts(server)["none"] == len(kinds) + 1, "what clicks without pressing takes one"


async def a_button_is_held_by_keys(browser: Browser, program: str) -> None:
    async with taught(browser, program) as server:
        await browser.run("document.activeElement.blur();")
        for key, place, name in [("2", 2, "cup"), ("1", 1, "none")]:
            await browser.key("down", key)
            await grows(browser, server, place, name)
            await browser.key("up", key)
            await is_over(browser, server, name)
        for key in ("Space", "Enter"):
            await browser.run("document.querySelector(hold).focus();", hold=hold(2))
            await browser.key("down", key)
            await grows(browser, server, 2, "cup")
            await browser.key("up", key)
            await is_over(browser, server, "cup")
        # Where a number is typed it is one.
        before = counts(server)
        await browser.click("#teach-name")
        await browser.press("2", "1")
        await asyncio.sleep(0.3)
        assert counts(server) == before and await browser.run("return document.getElementById('teach-name').value;") == "21"


async def a_button_is_held_by_a_finger(browser: Browser, program: str) -> None:
    async with taught(browser, program) as server:
        await browser.phone()
        for kind in pointers(browser, "touch", "pen"):
            await browser.point(hold(2), "down", kind=kind)
            await grows(browser, server, 2, "cup")
            # What a finger that rests brings ends nothing, and opens no menu.
            prevented = await browser.run(
                """const event = new PointerEvent("contextmenu", {bubbles: true, cancelable: true, pointerType: kind});
                return !document.querySelector(hold).dispatchEvent(event);""", hold=hold(2), kind=kind)
            assert prevented
            await grows(browser, server, 2, "cup", 2)
            await browser.lift(kind)
            await is_over(browser, server, "cup")
        await browser.size(1280, 900)


async def a_second_finger_ends_it(browser: Browser, program: str) -> None:
    async with taught(browser, program) as server:
        await browser.point(hold(2), "down", kind="touch")
        await grows(browser, server, 2, "cup", 2)
        await browser.point(hold(1), "down", kind="touch", name="another")
        await is_over(browser, server, "cup")
        assert counts(server)["none"] == 0, "it is no other hold"
        await browser.lift("touch", "another")
        await browser.lift("touch")
        await browser.point(hold(1), "down", kind="touch")
        await grows(browser, server, 1, "none", 4)
        await browser.lift("touch")


async def whatever_happens_ends_it(browser: Browser, program: str) -> None:
    async with taught(browser, program) as server:
        ends = {
            "a right click": lambda: browser.point(hold(2), "right"),
            "another window": lambda: browser.run("dispatchEvent(new Event('blur'));"),
            "a scroll": lambda: browser.run(
                "document.querySelector(hold).dispatchEvent(new PointerEvent('pointercancel', "
                "{bubbles: true, pointerId: held, pointerType: 'mouse'}));", hold=hold(2), held=pointer),
            "another key": lambda: browser.press("x"),
        }
        await browser.run("addEventListener('pointerdown', event => { window.held = event.pointerId; }, true);")
        for what, end in ends.items():
            await browser.point(hold(2), "down")
            pointer = await browser.run("return window.held;")
            await grows(browser, server, 2, "cup", 2) if counts(server)["cup"] >= 4 else await grows(browser, server, 2, "cup")
            await end()
            try:
                await is_over(browser, server, "cup")
            except Exception as error:
                raise AssertionError(f"{what}: {error}") from error
            await browser.release()
        # A tab that nobody sees.
        await browser.point(hold(2), "down")
        await grows(browser, server, 2, "cup")
        other = await browser.another_tab()
        await asyncio.sleep(0.5)
        last = counts(server)["cup"]
        await asyncio.sleep(0.7)
        assert counts(server)["cup"] == last, "it goes on in a tab that nobody sees"
        await browser.close_tab(other)
        await browser.until("return !document.hidden;")
        await browser.release()
        # A server that is gone.
        await browser.point(hold(2), "down")
        await grows(browser, server, 2, "cup")
        server.kill()
        await browser.until(
            """return document.querySelector(hold).ariaPressed === "false"
              && /Connection lost|does not answer/.test(document.getElementById("teach-problem").textContent);""", hold=hold(2))
        server.start()
        await browser.until("return document.querySelectorAll(holds).length === 1;", 15, holds=HOLDS)
        await asyncio.sleep(0.5)
        assert counts(server) == {"none": 0}, "it goes on when the server is there again"


async def what_is_refused_or_nearly_the_same_is_told(browser: Browser, program: str) -> None:
    async with taught(browser, program) as server:
        await browser.point(hold(2), "down")
        await grows(browser, server, 2, "cup")
        server.tell("same")
        await browser.until(
            "return document.querySelector(hold).querySelector('.hint').textContent === 'nearly the same: move it';",
            hold=hold(2))
        await browser.lift()
        await is_over(browser, server, "cup")
        await browser.until("return /left out as nearly the same/.test(document.getElementById('teach-said').textContent);")
        server.tell("refusing the set is full: it has 20000 examples")
        await browser.point(hold(2), "down")
        await browser.until("return /^the set is full/.test(document.getElementById('teach-problem').textContent);")
        await is_over(browser, server, "cup")
        await browser.lift()
        server.tell("taking")
        server.tell("new")
        await browser.point(hold(2), "down", "up")
        await browser.until("return document.getElementById('teach-problem').hidden;")
        server.tell("trouble the disk is full; what is taught now is not kept")
        await browser.until("return /disk is full/.test(document.getElementById('teach-problem').textContent);")
        assert not await browser.run("return document.getElementById('teach-problem').hidden;")
        server.tell("trouble")
        await browser.until("return document.getElementById('teach-problem').hidden;")


async def the_head_answers_in_bars_and_buttons(browser: Browser, program: str) -> None:
    async with taught(browser, program) as server:
        state = "return document.getElementById('teach-state').textContent;"
        assert await browser.run(state) == "Still missing: 5 of none, 5 of cup."
        for _ in range(3):
            server.send("POST", "/api/teach/examples", {"class": 1})
        await browser.until(
            "return document.getElementById('teach-state').textContent === "
            "'Still missing: 2 of cup, 5 of none.';")
        for place, name in [(2, "cup"), (1, "none")]:
            await browser.point(hold(place), "down")
            await grows(browser, server, place, name, 6)
            await browser.lift()
            await is_over(browser, server, name)
        await browser.until(
            "return /^Tells 2 classes apart, 0\\.\\d s after the last change\\.$/.test("
            "document.getElementById('teach-state').textContent);")
        for place, name in [(2, "cup"), (1, "none")]:
            await browser.point(hold(place), "down", "up")
            await browser.until(
                """const [first] = document.querySelectorAll("#top .name"), bar = document.querySelector(hold + " .likely");
                return first.textContent === name && bar.getBoundingClientRect().width > .8 * bar.parentElement.clientWidth;""",
                hold=hold(place), name=name)
        # The chart is of the new classes alone.
        await browser.until(
            "return [...document.querySelectorAll('#legend span')].map(one => one.textContent).sort().join() === 'cup,none';")


async def classes_are_added_named_and_removed(browser: Browser, program: str) -> None:
    async with taught(browser, program, classes=()) as server:
        await browser.click("#teach-name")
        # A name is a text, whatever it holds.
        for name in ["cup", "<img src=x onerror=alert(1)>", "cup"]:
            await browser.press(name, "Enter")
            await asyncio.sleep(0.3)
        await browser.until("return /there is a class 'cup' already/.test(document.getElementById('teach-problem').textContent);")
        assert await browser.run("return document.getElementById('teach-name').value;") == "cup", "what was typed stays"
        names = "return [...document.querySelectorAll('#teach-classes .name')].map(one => one.textContent);"
        assert await browser.run(names) == ["none", "cup", "<img src=x onerror=alert(1)>"]
        await browser.click("#teach-classes li:nth-child(3) .open")
        await browser.click("#teach-new-name")
        await browser.press("Control+a", "plant", "Enter")
        await browser.until("return document.querySelector('#teach-of').textContent === 'plant: 0 examples';")
        await browser.click("#teach-remove")
        await browser.until("return document.getElementById('teach-drawer').hidden;")
        assert counts(server) == {"none": 0, "cup": 0}
        assert await browser.run("return document.activeElement.id;") == "teach-undo"
        await browser.press("Control+z")
        await browser.until("return document.querySelectorAll(holds).length === 3;", holds=HOLDS)


async def examples_are_seen_and_deleted(browser: Browser, program: str) -> None:
    async with taught(browser, program) as server:
        for _ in range(130):
            server.send("POST", "/api/teach/examples", {"class": 1})
        await browser.until("return document.querySelector(hold + ' .count').textContent === '130';", hold=hold(2))
        await browser.click("#teach-classes li:nth-child(2) .open")
        ids = "return [...document.querySelectorAll('#teach-examples li')].map(one => Number(one.dataset.id));"
        await browser.until("return document.querySelectorAll('#teach-examples li').length === 60;")
        assert await browser.run(ids) == list(range(130, 70, -1))
        for _ in range(2):
            await browser.click("#teach-older")
            await asyncio.sleep(0.4)
        await browser.until("return document.querySelectorAll('#teach-examples li').length === 10;")
        assert await browser.run(ids) == list(range(10, 0, -1))
        assert await browser.run("return document.getElementById('teach-page').textContent;") == "121 to 130"
        await browser.click("#teach-examples li:nth-child(4) button")
        await browser.until("return document.querySelectorAll('#teach-examples li').length === 9;")
        assert 7 not in await browser.run(ids)
        label = await browser.run("return document.activeElement.ariaLabel;")
        assert label == "Delete example 6", f"the focus goes to {label!r}"
        await browser.press("Control+z")
        await browser.until("return document.querySelectorAll('#teach-examples li').length === 10;")
        assert counts(server)["cup"] == 130
        await browser.press("Escape")
        assert await browser.run("return document.getElementById('teach-drawer').hidden;")


async def all_is_cleared_only_when_asked_twice(browser: Browser, program: str) -> None:
    async with taught(browser, program) as server:
        server.send("POST", "/api/teach/examples", {"class": 1})
        await browser.until("return !document.getElementById('teach-clear').disabled;")
        await browser.click("#teach-clear")
        asked = await browser.run("return document.getElementById('teach-asked').textContent;")
        assert asked == "Remove 2 classes with 1 example from things?", asked
        # While it is asked, keys teach nothing.
        await browser.press("2", "Enter")
        await browser.until("return !document.getElementById('teach-sure').open;")
        assert counts(server) == {"none": 0, "cup": 1}
        await browser.click("#teach-clear")
        await browser.click("#teach-empty")
        await browser.until("return document.querySelectorAll(holds).length === 1;", holds=HOLDS)
        assert counts(server) == {"none": 0}
        await browser.click("#teach-undo")
        await browser.until("return document.querySelectorAll(holds).length === 2;", holds=HOLDS)


async def two_people_teach_at_once(browser: Browser, program: str) -> None:
    async with taught(browser, program) as server:
        await browser.click("#teach-classes li:nth-child(2) .open")
        await browser.click("#teach-new-name")
        await browser.press("Control+a", "a bl")
        await browser.point(hold(1), "down")
        await browser.run("document.getElementById('teach-new-name').focus();")
        # Somebody else adds, names and teaches.
        server.send("POST", "/api/teach/classes", {"name": "plant"})
        server.send("PATCH", "/api/teach/classes", {"id": 1, "name": "mug"})
        others = [server.send("POST", "/api/teach/examples", {"class": 2})["id"] for _ in range(10)]
        await grows(browser, server, 1, "none")
        await browser.lift()
        await is_over(browser, server, "none")
        await browser.until("return document.querySelectorAll(holds).length === 3;", holds=HOLDS)
        typed, focused = await browser.run(
            "return [document.getElementById('teach-new-name').value, document.activeElement.id];")
        assert (typed, focused) == ("a bl", "teach-new-name"), "what is being typed stays"
        assert await browser.run("return document.getElementById('teach-of').textContent;") == "mug: 0 examples"
        assert counts(server)["plant"] == 10 == len(set(others)), "no example is lost"
        shown = await browser.run("return [...document.querySelectorAll('#teach-classes .count')].map(one => Number(one.textContent));")
        assert shown == list(counts(server).values()), shown
        # What is held may be removed by another.
        await browser.point(hold(3), "down")
        await grows(browser, server, 3, "plant")
        server.send("DELETE", "/api/teach/classes?id=2")
        await browser.until("return /plant was removed|no class 2/.test(document.getElementById('teach-problem').textContent);")
        await browser.until("return document.querySelectorAll(holds).length === 2;", holds=HOLDS)


async def a_model_is_made(browser: Browser, program: str) -> None:
    async with taught(browser, program) as server:
        assert await browser.run("return document.getElementById('teach-make').disabled;"), "nothing is learnt yet"
        for _ in range(5):
            for number in (0, 1):
                server.send("POST", "/api/teach/examples", {"class": number})
        await browser.until("return !document.getElementById('teach-make').disabled;")
        await browser.click("#teach-make")
        await browser.until("return document.getElementById('teach-model').textContent === 'Making the model: features, 24 of 60 …';")
        assert await browser.run("return document.getElementById('teach-make').disabled;")
        await browser.until("return /: 96\\.7 % right of what was held out\\.$/.test(document.getElementById('teach-model').textContent);")
        assert await browser.run("return document.getElementById('teach-said').textContent;") == "The model is made."
        sizes = await browser.run(
            """return Promise.all([...document.querySelectorAll("#teach-links a")].map(async link => {
              const answer = await fetch(link.href);
              return [link.textContent, answer.status, (await answer.blob()).size > 10];
            }));""")
        assert sizes == [["Report", 200, True], ["Model", 200, True], ["Figures", 200, True]], sizes
        # A report is looked at and does nothing.
        await browser.open(server.url + "api/teach/report.html")
        assert await browser.run("return document.body.textContent.startsWith('A report.') && !window.broken;")


async def who_may_only_look_sees_the_panel(browser: Browser, program: str) -> None:
    with Server(program, "--teach", "things", "--read-only") as server:
        await browser.size(1280, 900)
        await browser.open(server.url)
        await moves(browser)
        await browser.until("return document.querySelectorAll(holds).length === 1;", holds=HOLDS)
        left = await browser.run(
            """return [...document.querySelectorAll("#teach :is(button, input)")]
              .filter(node => node.getClientRects().length && !node.disabled).map(node => node.textContent);""")
        assert left == ["Show"], left
        await browser.run("document.activeElement.blur();")
        await browser.press("1")
        await browser.point(hold(1), "down", "up")
        await asyncio.sleep(0.4)
        assert counts(server) == {"none": 0}
        await browser.click("#teach-classes .open")
        assert await browser.run("return document.getElementById('teach-rename').hidden;")


async def nobody_teaches_where_nothing_is_taught(browser: Browser, program: str) -> None:
    with Server(program) as server:
        await browser.open(server.url)
        await moves(browser)
        await browser.until("return document.querySelectorAll('#settings .field').length >= 9;")
        assert await browser.run("return document.getElementById('teach').hidden;")
        assert not any("/api/teach" in url for url in browser.requested if url.startswith(server.url))


async def picture_bars_and_buttons_are_seen_at_once(browser: Browser, program: str) -> str:
    """At each size, with a button held: the picture, how sure the head is, and the button are in the window."""
    told = []
    async with taught(browser, program, classes=("cup", "plant")) as server:
        for _ in range(5):
            for number in (0, 1):
                server.send("POST", "/api/teach/examples", {"class": number})
        for width, height in ((390, 844), (360, 640), (768, 1024), (1024, 768), (1280, 720), (1920, 1080)):
            await browser.size(width, height)
            await browser.run("scrollTo({top: 0, behavior: 'instant'});")
            await browser.point(hold(2), "down", kind="touch")
            await grows(browser, server, 2, "cup", 2)
            boxes = await browser.run(
                """return ["#frame", hold, hold + " .likely"].map(name => {
                  const {left, right, top, bottom} = document.querySelector(name).getBoundingClientRect();
                  return [left, right, top, bottom];
                });""", hold=hold(2))
            await browser.lift("touch")
            await is_over(browser, server, "cup")
            for what, (left, right, top, bottom) in zip(("picture", "button", "bar"), boxes):
                assert -1 <= left and right <= width + 1 and -1 <= top and bottom <= height + 1, \
                    f"{width}x{height}: {what} at {left:.0f}…{right:.0f}, {top:.0f}…{bottom:.0f}"
            frame, button = boxes[0], boxes[1]
            apart = frame[3] <= button[2] + 1 or frame[1] <= button[0] + 1
            assert apart, f"{width}x{height}: the picture covers the button"
            told.append(f"{width}x{height}")
        await browser.size(1280, 900)
    return ", ".join(told)


async def the_panel_has_names_contrast_and_large_targets(browser: Browser, program: str) -> str:
    worst = 99.0
    async with taught(browser, program, classes=("cup", "a name that is very much longer than there is room for it")) as server:
        for _ in range(6):
            for number in (0, 1):
                server.send("POST", "/api/teach/examples", {"class": number})
        await browser.until("return !document.getElementById('teach-make').disabled;")
        server.send("POST", "/api/teach/model", {})
        server.tell("trouble the disk is full")
        await browser.until("return !document.getElementById('teach-links').hidden;")
        await browser.click("#teach-classes li:nth-child(2) .open")
        await browser.until("return document.querySelectorAll('#teach-examples li').length === 6;")
        for width in (390, 1280):
            await browser.size(width, 900)
            nameless = await browser.run(
                """return [...document.querySelectorAll("#teach :is(button, input, a)")]
                  .filter(node => node.getClientRects().length && !(node.ariaLabel || node.textContent.trim()))
                  .map(node => node.outerHTML);""")
            assert not nameless, nameless
            small = await browser.run(
                """return [...document.querySelectorAll("#teach :is(button, input, a)")].filter(node => node.getClientRects().length)
                  .map(node => [node.className + "#" + node.id, node.getBoundingClientRect()])
                  .filter(([, {width, height}]) => width < 44 || height < 44)
                  .map(([name, {width, height}]) => `${name}: ${width.toFixed()} x ${height.toFixed()}`);""")
            assert not small, small
            wide = await browser.run(
                """return [document.documentElement.scrollWidth, ...[...document.querySelectorAll("#teach *")]
                  .filter(node => node.getClientRects().length && node.getBoundingClientRect().right > innerWidth + .5)
                  .map(node => node.outerHTML.slice(0, 80))];""")
            assert wide[0] <= width and len(wide) == 1, wide
            await browser.point(hold(2), "down")
            answer = await browser.run(CONTRAST)
            await browser.lift()
            assert not answer["found"], answer["found"]
            worst = min(worst, answer["worst"])
        await browser.size(1280, 900)
    return f"contrast at least {worst:.2f} times WCAG AA's"


TEACHING = [
    a_button_is_held_by_the_mouse, a_tap_is_one_example, a_button_is_held_by_keys, a_button_is_held_by_a_finger,
    a_second_finger_ends_it, whatever_happens_ends_it, what_is_refused_or_nearly_the_same_is_told,
    the_head_answers_in_bars_and_buttons, classes_are_added_named_and_removed, examples_are_seen_and_deleted,
    all_is_cleared_only_when_asked_twice, two_people_teach_at_once, a_model_is_made, who_may_only_look_sees_the_panel,
    nobody_teaches_where_nothing_is_taught, picture_bars_and_buttons_are_seen_at_once,
    the_panel_has_names_contrast_and_large_targets]
