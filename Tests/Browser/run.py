"""Opens the page in headless Chromium and Firefox ESR, uses it as people do, and looks at it. See run.sh."""

import argparse
import asyncio
import sys
import time
from pathlib import Path

from bidi import Browser
from checks import CHECKS
from live import LIVE
from looks import take_pictures
from overview import OVERVIEW
from server import Server
from special import SPECIAL
from teaching import TEACHING
from video import VIDEO
from viewing import VIEWING

HERE = Path(__file__).parent


class Report:
    def __init__(self) -> None:
        self.failed = 0

    async def run(self, browser: Browser, name: str, work: object) -> None:
        start = time.monotonic()
        try:
            told = await work
            print(f"ok    {browser.name}: {name}{': ' + told if told else ''} ({time.monotonic() - start:.1f} s)", flush=True)
        except Exception as error:  # Every check is run.
            self.failed += 1
            print(f"FAIL  {browser.name}: {name}: {type(error).__name__}: {error}", flush=True)


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="numbered-server")
    parser.add_argument("--programs", help="folder with camstream itself, which is taught then, too")
    parser.add_argument("--browsers", nargs="+", default=["chromium", "firefox"])
    parser.add_argument("--only", help="checks whose name has this in it")
    parser.add_argument("--pictures", type=Path, default=HERE / "pictures")
    arguments = parser.parse_args()
    report = Report()

    def wanted(function: object) -> bool:
        return not arguments.only or arguments.only in function.__name__

    for name in arguments.browsers:
        async with Browser(name) as browser:
            print(f"{name} {browser.version}", flush=True)
            with Server(arguments.program) as server:
                await browser.size(1280, 900)
                await browser.open(server.url)
                for check in filter(wanted, CHECKS):
                    await report.run(browser, check.__name__.replace("_", " "), check(browser, server))
            for check in filter(wanted, SPECIAL + OVERVIEW + TEACHING):
                await report.run(browser, check.__name__.replace("_", " "), check(browser, arguments.program))
            for check in filter(wanted, LIVE + VIDEO + VIEWING if arguments.programs else []):
                await report.run(browser, check.__name__.replace("_", " "), check(browser, arguments.programs))
        if not arguments.only or arguments.only == "looks":
            for dark in (False, True):
                async with Browser(name, dark) as browser:
                    await report.run(
                        browser, "dark pictures" if dark else "light pictures",
                        take_pictures(browser, arguments.program, arguments.pictures))
    print(f"test-browser: {report.failed} failed" if report.failed else "test-browser: passed")
    return 1 if report.failed else 0


sys.exit(asyncio.run(main()))
