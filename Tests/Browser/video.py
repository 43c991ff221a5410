"""The live picture as video (HLS) on camstream's own page, where the browser plays it."""

from pathlib import Path

from bidi import Browser
from camera import Camera

PICTURES = Path(__file__).parent / "pictures"


async def the_live_picture_is_shown_as_video_for_less(browser: Browser, programs: str) -> str:
    with Camera(programs, scene="demo:size=1280x720") as camera:
        await browser.size(1280, 900)
        await browser.open(camera.url)
        await browser.until("return parseFloat(document.getElementById('rate').textContent) > 0 && drawn.length > 10;", 30)
        # A slow browser takes fewer pictures than there are.
        pictures = await browser.run("return (await (await fetch('snapshot.jpg')).blob()).size * 8 * 30 / 1e6;")
        if not await browser.run("return canPlayVideo;"):
            assert await browser.run("return document.getElementById('video').hidden;"), "offered, and cannot be played"
            return f"this browser plays no HLS, and is offered none; {pictures:.1f} Mbit/s"
        await browser.run("document.activeElement.blur();")
        await browser.click("#video")
        await browser.until("return streaming && video.isConnected && video.currentTime > 1 && videoRate && videoLag;", 40)
        await browser.until("return document.querySelector('#top .name') && drawn.length > 20;", 20)
        PICTURES.mkdir(parents=True, exist_ok=True)
        await browser.picture(PICTURES / f"{browser.name}-video.png")
        await browser.phone()
        await browser.picture(PICTURES / f"{browser.name}-video-phone.png")
        assert await browser.run("return document.documentElement.scrollWidth <= innerWidth;"), "wider than a telephone"
        await browser.size(1280, 900)
        rate, lag, shown = await browser.run(
            "return [videoRate / 1e6, videoLag / 1000, document.getElementById('latency').textContent];")
        assert rate < pictures / 2, f"video takes {rate:.1f} Mbit/s, pictures {pictures:.1f}"
        assert 0.5 < lag < 10 and shown != "–", f"{lag} s, shown as {shown}"
        # The choice stays, and what takes too much is offered once.
        await browser.open(camera.url)
        await browser.until("return asVideo && streaming && video.currentTime > 0;", 40)
        await browser.click("#pause")
        await browser.until("return document.getElementById('status').textContent === 'paused' && !canvas.hidden && !video.isConnected;")
        assert await browser.run("return pen.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data.slice(0, 3).some(value => value > 8);")
        await browser.click("#pause")
        await browser.until("return streaming && video.currentTime > 0;", 40)
        await browser.click("#video")
        await browser.until("return streaming && !canvas.hidden && !video.isConnected;", 30)
        await browser.run("choice.isOffered = false; document.getElementById('offer').hidden = false;")
        await browser.phone()
        await browser.picture(PICTURES / f"{browser.name}-offer-phone.png")
        await browser.size(1280, 900)
        await browser.click("#offer-leave")
        await browser.until("return document.getElementById('offer').hidden;")
        await browser.open("about:blank#")
    return f"{pictures:.1f} Mbit/s as pictures, {rate:.1f} as video, {lag:.1f} s later"


VIDEO = [the_live_picture_is_shown_as_video_for_less]
