"""Chromium and Firefox, headless, driven over WebDriver BiDi (https://w3c.github.io/webdriver-bidi/)."""

import asyncio
import base64
import io
import json
import re
import tempfile
import urllib.request
from pathlib import Path

import websockets
from PIL import Image

KEYS = {
    "Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "Space": " ", "ArrowLeft": "\ue012", "ArrowUp": "\ue013",
    "ArrowRight": "\ue014", "ArrowDown": "\ue015", "Backspace": "\ue003", "Control": "\ue009", "Home": "\ue011",
    "End": "\ue010", "Shift": "\ue008",
}


class Failed(Exception):
    """What the browser said."""


class Browser:
    """One browser with a fresh profile. `logged`: console errors and uncaught ones; `requested`: all addresses."""

    def __init__(self, name: str, dark: bool = False):
        self.name, self.dark = name, dark
        self.logged: list[str] = []
        self.requested: list[str] = []
        self._answers: dict[int, asyncio.Future] = {}
        self._last = 0

    async def __aenter__(self) -> "Browser":
        self._folder = tempfile.TemporaryDirectory(prefix="camstream-browser-", ignore_cleanup_errors=True)
        await (self._start_chromium() if self.name == "chromium" else self._start_firefox())
        self._reader = asyncio.create_task(self._read())
        if self.name == "firefox":
            answer = await self.call("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
            self.version = answer["capabilities"]["browserVersion"]
        await self.call(
            "session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        # Firefox gives the keyboard's focus to a tab of one's own, not to its first one.
        self.context = (await self.call("browsingContext.create", type="tab"))["context"]
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await asyncio.wait_for(self.call("browser.close" if self.name == "firefox" else "session.end"), 5)
        except (Failed, asyncio.TimeoutError, websockets.ConnectionClosed):
            pass
        self._reader.cancel()
        await self._socket.close()
        try:
            await asyncio.wait_for(self._process.wait(), 5 if self.name == "firefox" else 0.5)
        except asyncio.TimeoutError:
            self._process.terminate()
            await self._process.wait()
        self._drain.cancel()
        self._folder.cleanup()

    async def _start_firefox(self) -> None:
        preferences = {
            "layout.css.prefers-color-scheme.content-override": 0 if self.dark else 1,
            "browser.shell.checkDefaultBrowser": False, "browser.startup.page": 0,
            "datareporting.policy.dataSubmissionEnabled": False, "app.update.enabled": False,
            "browser.aboutwelcome.enabled": False, "network.captive-portal-service.enabled": False,
            "network.connectivity-service.enabled": False, "browser.download.folderList": 2,
            "browser.download.dir": self._folder.name,
        }
        lines = [f'user_pref("{name}", {json.dumps(value)});' for name, value in preferences.items()]
        Path(self._folder.name, "user.js").write_text("\n".join(lines))
        await self._run(
            "firefox-esr", "--headless", "--no-remote", "--profile", self._folder.name, "--remote-debugging-port", "0",
            "about:blank")
        found = await self._said(r"WebDriver BiDi listening on (ws://\S+)")
        self._socket = await websockets.connect(found + "/session", max_size=None)

    async def _start_chromium(self) -> None:
        await self._run("chromedriver", "--port=0")
        port = await self._said(r"started successfully on port (\d+)")
        arguments = [
            "--headless=new", "--no-sandbox", "--no-first-run", "--disable-gpu", "--disable-background-networking",
            "--disable-component-update", f"--user-data-dir={self._folder.name}"]
        # In Debian's package the browser itself is this script's.
        options = {"binary": "/usr/bin/chromium", "args": arguments}
        body = {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "webSocketUrl": True, "goog:chromeOptions": options}}}

        def open_session() -> dict:
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/session", json.dumps(body).encode(), {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]

        session = await asyncio.to_thread(open_session)
        self.version = session["capabilities"]["browserVersion"]
        self._socket = await websockets.connect(session["capabilities"]["webSocketUrl"], max_size=None)

    async def _run(self, *command: str) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT)

    async def _said(self, pattern: str) -> str:
        said = []
        while line := await asyncio.wait_for(self._process.stdout.readline(), 60):
            said.append(line.decode(errors="replace"))
            if match := re.search(pattern, said[-1]):
                self._drain = asyncio.create_task(self._process.stdout.read())
                return match[1]
        raise Failed(f"{self.name} did not start: {''.join(said)}")

    async def _read(self) -> None:
        async for text in self._socket:
            message = json.loads(text)
            if message["type"] == "event":
                self._note(message["method"], message["params"])
            elif future := self._answers.pop(message.get("id"), None):
                if future.done():
                    continue
                if message["type"] == "success":
                    future.set_result(message["result"])
                else:
                    future.set_exception(Failed(f"{message['error']}: {message.get('message', '')}"))

    def _note(self, event: str, told: dict) -> None:
        if event == "network.beforeRequestSent":
            self.requested.append(told["request"]["url"])
        elif event == "log.entryAdded" and told["level"] in ("error", "warn"):
            self.logged.append(f"{told['level']}: {told.get('text')}")

    async def call(self, method: str, /, **parameters: object) -> dict:
        self._last += 1
        number = self._last
        future = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        return await asyncio.wait_for(future, 60)

    # ---- What a test does with it ----
    async def open(self, url: str) -> None:
        # Not waiting for the load: an endless stream is a part of the page.
        await self.call("browsingContext.navigate", context=self.context, url=url, wait="none")
        await self.until("return location.href !== 'about:blank' && document.readyState === 'complete';")

    async def run(self, script: str, **values: object) -> object:
        """The JSON value of an asynchronous function's body; `values` are its variables."""
        names = "".join(f"const {name} = {json.dumps(value)}; " for name, value in values.items())
        expression = f"(async () => {{ {names}{script} }})().then(value => JSON.stringify(value ?? null))"
        answer = await self.call(
            "script.evaluate", expression=expression, target={"context": self.context}, awaitPromise=True)
        if answer["type"] == "exception":
            raise Failed(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    async def until(self, script: str, seconds: float = 10, **values: object) -> object:
        """Runs the script again and again until its value is true."""
        end = asyncio.get_running_loop().time() + seconds
        while True:
            value = await self.run(script, **values)
            if value:
                return value
            if asyncio.get_running_loop().time() > end:
                raise Failed(f"not within {seconds:g} s: {script} {values or ''}")
            await asyncio.sleep(0.05)

    async def press(self, *keys: str) -> None:
        """Names of keys, or text; "Control+a" holds the first."""
        actions = []
        for key in keys:
            held, last = (key.split("+") if "+" in key[1:] else ([key])), None
            if len(held) == 2:
                last, held = held[1], [held[0]]
                letters = [KEYS.get(last, last)]
            else:
                letters, held = ([KEYS[key]] if key in KEYS else list(key)), []
            actions += [{"type": "keyDown", "value": KEYS[name]} for name in held]
            for letter in letters:
                actions += [{"type": "keyDown", "value": letter}, {"type": "keyUp", "value": letter}]
            actions += [{"type": "keyUp", "value": KEYS[name]} for name in held]
        await self.call(
            "input.performActions", context=self.context,
            actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    async def click(self, selector: str, across: float = 0.5) -> None:
        """With the mouse, at a share of the element's width."""
        await self.point(selector, "down", "up", across=across)

    async def point(
        self, selector: str, *what: str, kind: str = "mouse", name: str | None = None, across: float = 0.5
    ) -> None:
        """Moves a pointer (`mouse`, `touch`, `pen`) to an element, and presses (`down`, `right`) or lifts it (`up`).

        What is pressed stays so. Several fingers have a name each.
        """
        box = await self.run(
            """const element = document.querySelector(selector);
            const isSeen = scrolls || element.getBoundingClientRect().bottom > innerHeight;
            if (isSeen) element.scrollIntoView({block: "center", behavior: "instant"});
            await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
            const box = element.getBoundingClientRect();
            return [box.left, box.top, box.width, box.height];""", selector=selector, scrolls=kind == "mouse")
        x, y = round(box[0] + box[2] * across), round(box[1] + box[3] / 2)
        actions = [{"type": "pointerMove", "x": x, "y": y}]
        for step in what:
            button = 2 if step == "right" else 0
            actions.append({"type": "pointerUp" if step == "up" else "pointerDown", "button": button})
        await self._perform({
            "type": "pointer", "id": name or kind, "parameters": {"pointerType": kind}, "actions": actions})

    async def lift(self, kind: str = "mouse", name: str | None = None, button: int = 0) -> None:
        """Where it is."""
        await self._perform({
            "type": "pointer", "id": name or kind, "parameters": {"pointerType": kind},
            "actions": [{"type": "pointerUp", "button": button}]})

    async def key(self, which: str, name: str) -> None:
        """`down` or `up`: what is down stays so."""
        await self._perform({
            "type": "key", "id": "keyboard", "actions": [{"type": f"key{which.title()}", "value": KEYS.get(name, name)}]})

    async def release(self) -> None:
        """All that is pressed."""
        await self.call("input.releaseActions", context=self.context)

    async def _perform(self, source: dict) -> None:
        await self.call("input.performActions", context=self.context, actions=[source])

    async def size(self, width: int, height: int, ratio: float = 1) -> None:
        await self.call(
            "browsingContext.setViewport", context=self.context, viewport={"width": width, "height": height},
            devicePixelRatio=ratio)

    async def phone(self) -> None:
        """A phone's size, and in Chromium its scroll bars, too, which take no room."""
        await self.size(390, 844, 2)
        if self.name == "chromium":
            await self.developer_tools("Emulation.setScrollbarsHidden", hidden=True)

    async def media(self, **features: str) -> None:
        """Chromium only: emulates media features, such as prefers_color_scheme="dark"."""
        wanted = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        await self.developer_tools("Emulation.setEmulatedMedia", features=wanted)

    async def developer_tools(self, method: str, **parameters: object) -> None:
        session = await self.call("goog:cdp.getSession", context=self.context)
        await self.call("goog:cdp.sendCommand", **{"method": method, "params": parameters, "session": session["session"]})

    async def picture(self, path: Path, whole: bool = False) -> None:
        answer = await self.call(
            "browsingContext.captureScreenshot", context=self.context, origin="document" if whole else "viewport")
        path.write_bytes(base64.b64decode(answer["data"]))

    async def part(self, x: int, y: int, width: int, height: int) -> Image.Image:
        """What is on the screen there, in grey."""
        clip = {"type": "box", "x": x, "y": y, "width": width, "height": height}
        answer = await self.call("browsingContext.captureScreenshot", context=self.context, clip=clip)
        return Image.open(io.BytesIO(base64.b64decode(answer["data"]))).convert("L")

    async def another_tab(self) -> str:
        """Opens a tab over this one, which nobody sees then."""
        answer = await self.call("browsingContext.create", type="tab")
        await self.call("browsingContext.activate", context=answer["context"])
        return answer["context"]

    async def close_tab(self, context: str) -> None:
        await self.call("browsingContext.close", context=context)
        await self.call("browsingContext.activate", context=self.context)
