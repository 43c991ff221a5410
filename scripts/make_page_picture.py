"""Makes the README's picture docs/images/page.jpg: the page of the live picture, in Chromium, with the input demo:.

Needs the release build and what Tests/Browser/run.sh installs. Called by make_pictures.sh.
"""

import asyncio
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "Tests/Browser"))

from bidi import Browser  # noqa: E402

# The strip shows a minute; the picture is taken when an object has been clear for a while then.
SECONDS = 55
CLEAR = "return samples.slice(-20).every(({top}) => top.length && top[0].probability > .9);"


async def main() -> None:
    program = subprocess.Popen(
        [ROOT / ".build/release/camstream", *"--input demo: --serve --listen 127.0.0.1:0".split()],
        stderr=subprocess.PIPE, text=True)
    try:
        address = next(found[1] for line in program.stderr if (found := re.search(r"watch at (\S+)", line)))
        async with Browser("chromium") as browser:
            await browser.size(1280, 800)
            await browser.open(address)
            await asyncio.sleep(SECONDS)
            await browser.until(CLEAR, 60)
            with tempfile.TemporaryDirectory() as folder:
                picture = Path(folder) / "page.png"
                await browser.picture(picture)
                Image.open(picture).convert("RGB").save(ROOT / "docs/images/page.jpg", quality=85, optimize=True)
    finally:
        program.terminate()
        program.wait()


asyncio.run(main())
