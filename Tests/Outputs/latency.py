"""Measures how long a picture takes from its capture until a reader has it decoded, on each way out.

    latency.py [--program PATH] [--seconds 20] [--browser]

--browser: also on the page in headless Chromium, as pictures and as video, until the moment at which the browser paints them.

Pictures bear their number. When each was taken says the stream of motion JPEG, whose parts have that time and the number.
Prints the median and what 95 % of the pictures stay below, in milliseconds.
"""

import argparse
import asyncio
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from run import HERE, free_port, live, process, until  # noqa: E402

sys.path.insert(0, os.path.join(HERE, "../Survival"))
import program as clips  # noqa: E402

WIDTH, HEIGHT = clips._SIZE
QUICK = ["-fflags", "nobuffer", "-flags", "low_delay", "-probesize", "5000", "-analyzeduration", "0", "-threads", "1"]


def read_mjpeg(port, taken, arrived, isOver):
    """Notes when each picture was taken, by its number, and when it came."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        file = client.makefile("rb")
        while not isOver.is_set():
            head = {}
            while b":" in (line := file.readline()) or not head:
                if not line:
                    return
                if b":" in line:
                    name, _, value = line.partition(b":")
                    head[name.strip().lower()] = value.strip()
            if b"content-length" not in head:
                continue
            file.read(int(head[b"content-length"]))
            now = time.time()
            number = round(float(head[b"x-camstream-pts"]) * clips.RATE)
            taken[number] = float(head[b"x-timestamp"])
            arrived[number] = now


def read_decoded(command, arrived):
    """Notes when each decoded picture comes out of ffmpeg."""
    child = subprocess.Popen(
        ["ffmpeg", "-nostdin", "-loglevel", "error", *command, "-fps_mode", "passthrough", "-pix_fmt", "gray", "-f", "rawvideo",
         "-flush_packets", "1", "-"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)

    def read():
        while len(picture := child.stdout.read(WIDTH * HEIGHT)) == WIDTH * HEIGHT:
            now, row = time.time(), picture[HEIGHT // 2 * WIDTH:]
            number = sum(1 << bar for bar in range(clips._BARS)
                         if row[(2 * bar + 1) * WIDTH // (2 * clips._BARS)] > 125)
            arrived[number] = now

    threading.Thread(target=read, daemon=True).start()
    return child


# What the page has painted, by the number that it bears, and when: at the browser's next frame.
WATCH = """
    window.painted_ = {};
    const look = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    [look.canvas.width, look.canvas.height] = [WIDTH, HEIGHT];
    window.note_ = image => {
      look.drawImage(image, 0, 0, WIDTH, HEIGHT);
      const row = look.getImageData(0, HEIGHT >> 1, WIDTH, 1).data;
      let number = 0;
      for (let bar = 0; bar < BARS; bar++)
        if (row[4 * ((2 * bar + 1) * WIDTH / (2 * BARS) | 0)] > 125) number |= 1 << bar;
      requestAnimationFrame(() => { painted_[number] ??= (performance.timeOrigin + performance.now()) / 1000; });
    };
    const paint = pen.drawImage.bind(pen);
    pen.drawImage = (image, ...rest) => { paint(image, ...rest); note_(image); };
    const count = () => { note_(video); video.requestVideoFrameCallback(count); };
    video.requestVideoFrameCallback?.(count);"""


def watch_page(port, seconds, pictures, video):
    """Notes when the page paints each picture, and then each frame of its video."""
    sys.path.insert(0, os.path.join(HERE, "../Browser"))
    from bidi import Browser

    async def watch():
        async with Browser("chromium") as browser:
            await browser.open(f"http://127.0.0.1:{port}/")
            await browser.until("return streaming;", 30)
            await browser.run(WATCH.replace("WIDTH", str(WIDTH)).replace("HEIGHT", str(HEIGHT)).replace(
                "BARS", str(clips._BARS)))
            await asyncio.sleep(seconds)
            pictures.update({int(number): at for number, at in (await browser.run("return painted_;")).items()})
            await browser.run("document.getElementById('video').click();")
            await browser.until("return asVideo && streaming && !video.paused && video.currentTime > 0;", 40)
            await browser.run("painted_ = {};")
            await asyncio.sleep(seconds)
            video.update({int(number): at for number, at in (await browser.run("return painted_;")).items()})

    asyncio.run(watch())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=clips.Program.binary)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--browser", action="store_true")
    arguments = parser.parse_args()
    clips.Program.binary = os.path.abspath(arguments.program)
    taken, ways, isOver = {}, {name: {} for name in ["MJPEG", "RTSP", "UDP", "HLS"]}, threading.Event()
    with tempfile.TemporaryDirectory() as work, contextlib.ExitStack() as stack:
        clip, fifo = os.path.join(work, "clip.mkv"), os.path.join(work, "fifo")
        clips.make_clip(clip, arguments.seconds + 20 + (2 * arguments.seconds + 60 if arguments.browser else 0))
        os.mkfifo(fifo)
        udp, rtsp = free_port(socket.SOCK_DGRAM), free_port()
        children = [
            read_decoded([*QUICK, "-i", f"udp://127.0.0.1:{udp}"], ways["UDP"]),
            read_decoded([*QUICK, "-f", "h264", "-i", fifo], ways["RTSP"]),
        ]
        stack.enter_context(
            process("/usr/bin/python3", f"{HERE}/rtsp_receiver.py", str(rtsp), fifo, ready="READY"))
        program = stack.enter_context(
            live(clip, "--push", f"udp://127.0.0.1:{udp}", "--push", f"rtsp://127.0.0.1:{rtsp}/cam"))
        threading.Thread(
            target=read_mjpeg, args=[program.port, taken, ways["MJPEG"], isOver], daemon=True).start()
        until(lambda: program.get("/hls/index.m3u8")[1].count("#EXTINF") >= 3)
        # As a player: three segments back from the newest, and then at the pictures' own pace.
        children.append(
            read_decoded(["-re", "-i", f"http://127.0.0.1:{program.port}/hls/index.m3u8"], ways["HLS"]))
        time.sleep(arguments.seconds)
        for child in children:
            child.kill()
            child.wait()
        if arguments.browser:
            ways |= {"page, pictures": {}, "page, video": {}}
            watch_page(program.port, arguments.seconds, ways["page, pictures"], ways["page, video"])
        isOver.set()
    for name, arrived in ways.items():
        # Without those of the first second.
        late = [1000 * (at - taken[number]) for number, at in sorted(arrived.items()) if number in taken][clips.RATE:]
        if len(late) < 2:
            print(f"{name}: {len(arrived)} pictures came")
            continue
        print(f"{name}: {statistics.median(late):.0f} ms, 95 %: {statistics.quantiles(late, n=20)[-1]:.0f} ms "
              f"({len(late)} pictures)")


if __name__ == "__main__":
    main()
