"""Titles that strangers give to films and streams, and what their servers say."""

import re
import subprocess
import time

from asking import ask
from names import HOSTILE, expect_harmless
from scene import MODEL, attack, check, stopping, wait_until
from strangers import Server

# In one line, as heads of answers have them.
LINE = HOSTILE.replace("\r", "").replace("\n", "")
PAGES = ["/", "/api/state", "/api/settings", "/metrics", "/readyz", "/snapshot.jpg"]


def expect_harmless_pages(port):
    """Bodies have no control characters, headers nothing but ASCII; JSON escapes what it tells."""
    for path in PAGES:
        answer = ask(port, path)
        check(answer.status in (200, 503), path, answer)
        for name, value in answer.headers:
            check(all(" " <= letter <= "~" for letter in value), path, f"the header {name} has {value!r}")
        if not answer["Content-Type"].startswith("image/"):
            check(not set(answer.text) & set("\x1b\x07\r\x08\x7f\x9b\u202e"), path, "has a control character:", answer)


def titled(place, container):
    """A film, all of whose parts have hostile titles; its own words are in its subtitles."""
    words = place.write("words.srt", "1\n00:00:00,000 --> 00:00:01,000\nits own words\n")
    escaped = re.sub(r"([=;#\\\n])", r"\\\1", HOSTILE)
    chapters = place.write(
        "chapters.txt", f";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle={escaped}\n")
    film = place.path(f"film.{container}")
    every = ["title", "artist", "comment", "album", "service_name", "service_provider", "encoder", "copyright", "description"]
    of_streams = [
        part for kind in "vas" for key in ["title", "handler_name"] for part in [f"-metadata:s:{kind}", f"{key}={HOSTILE}"]]
    texts = {"mkv": "srt", "mp4": "mov_text"}.get(container)
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10:duration=1",
         "-f", "lavfi", "-i", "sine=duration=1", "-i", words, "-i", chapters, "-map", "0", "-map", "1",
         *(["-map", "2", "-c:s", texts] if texts else []), "-map_chapters", "3", "-pix_fmt", "yuv420p", "-c:v", "libx264",
         "-preset", "ultrafast", *[part for key in every for part in ["-metadata", f"{key}={HOSTILE}"]], *of_streams, film],
        check=True)
    told = subprocess.run(
        ["ffprobe", "-v", "error", "-show_format", "-show_programs", "-show_chapters", "-of", "json", film],
        check=True, capture_output=True).stdout
    check(b"\\u001b]52" in told, "the film has no such title:", told)
    return film


@attack
def titles_of_films(place):
    """A film, its streams, chapters and programme have titles with escape sequences, line ends and text that runs
    backwards: no terminal obeys them, no line of the log is forged, no page and no subtitle shows them."""
    for container in ["mkv", "mp4", "ts", "nut"]:
        film = titled(place, container)
        for arguments in [
                ["-v", "-i", film, "-m", MODEL, "-o", "o.mp4"], ["-v", "-i", film, "-m", MODEL, "-o", "o.mkv"],
                ["-v", "-i", film, "-m", MODEL, "--live", "-o", "live.mkv"],
                ["-v", "-i", film, "-m", MODEL, "-o", "s.mkv", "--sidecar", "s.jsonl"],
                ["compare", "-i", film, "-m", MODEL, "--out", "o.png", "--methods", "cam,layercam"]]:
            run = place.run(*arguments, "--force")
            check(run.code == 0, arguments, run)
            expect_harmless(run.errors, f"{container}, {arguments}: standard error")
            expect_harmless(run.output, f"{container}, {arguments}: standard output")
        with open(place.path("s.jsonl")) as file:
            check("owned" not in file.read(), "a title is in the sidecar")
        if container in ("mkv", "mp4"):
            text = subprocess.run(
                ["ffmpeg", "-nostdin", "-loglevel", "error", "-i", place.path("o.mkv"), "-map", "0:s", "-f", "srt", "-"],
                check=True, capture_output=True).stdout.decode()
            check("its own words" in text and "owned" not in text, f"{container}: the subtitles are {text!r}")
        with place.serving("-v", source=film) as program:
            wait_until(lambda: "the first picture is delivered" in program.text, "a picture")
            expect_harmless_pages(program.port)
            program.stop()
            expect_harmless(program.text, f"{container}: the log of a service")


def answers_of_http():
    """Heads of answers with hostile words, and what follows them without end."""
    words = LINE.encode()
    picture = subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=160x120", "-frames:v", "1", "-f", "mjpeg", "-"],
        check=True, stdout=subprocess.PIPE).stdout
    part = b"--f\r\nContent-Type: image/jpeg\r\nX-Title: %s\r\nContent-Length: %d\r\n\r\n%s\r\n" % (words, len(picture), picture)
    title = b"StreamTitle='%s';" % HOSTILE.encode()
    block = bytes([-(-len(title) // 16)]) + title.ljust(-(-len(title) // 16) * 16, b"\0")
    every = 512
    shared = b"icy-name: %s\r\nicy-description: %s\r\nServer: %s\r\nSet-Cookie: %s=1\r\n" % ((words,) * 4)
    stream = part * 2
    stream += b"\r\n" * (every - len(stream) % every)  # a whole number of blocks
    with_titles = b"".join(stream[at:at + every] + block for at in range(0, len(stream), every))
    kind = b"Content-Type: multipart/x-mixed-replace; boundary=f\r\n"
    return {
        "an error": (b"HTTP/1.1 404 %s\r\nContent-Length: 0\r\n\r\n" % words, b""),
        "a refusal": (
            b"HTTP/1.1 401 %s\r\nWWW-Authenticate: Basic realm=\"%s\"\r\nContent-Length: 0\r\n\r\n" % (words, words), b""),
        "another kind": (b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n\r\n%s" % (words, HOSTILE.encode()), b""),
        "a way on": (
            b"HTTP/1.1 302 %s\r\nLocation: http://127.0.0.1:9/%s\r\nContent-Length: 0\r\n\r\n" % (words, words), b""),
        "no HTTP": (HOSTILE.encode() * 20, b""),
        "pictures": (b"HTTP/1.1 200 %s\r\n" % words + kind + shared + b"\r\n", stream),
        "titles": (b"ICY 200 OK\r\n" + kind + shared + b"icy-metaint: %d\r\n\r\n" % every, with_titles),
    }


@attack
def titles_of_streams(place):
    """A server of pictures gives its stream hostile names (ICY), heads and titles between the pictures, or refuses with
    hostile words, by HTTP and RTSP: no terminal, line of the log, page or header shows them as they are."""
    head, rest = [b""], [b""]

    def answer(client):
        while request := client.recv(4096):
            if number := re.search(rb"CSeq: *(\d+)", request):
                client.sendall(head[0].replace(b"CSEQ", number[1]))
                continue
            client.sendall(head[0])
            while rest[0] and not stopping.is_set():
                client.sendall(rest[0])
                time.sleep(0.1)
            return

    description = ("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=%s\r\ni=%s\r\nt=0 0\r\nm=video 0 RTP/AVP 26\r\na=control:%s\r\n"
                   % (LINE, LINE, LINE)).encode()
    by_rtsp = {
        "an error": (b"RTSP/1.0 404 %s\r\nCSeq: CSEQ\r\n\r\n" % LINE.encode(), b""),
        "a description": (
            b"RTSP/1.0 200 %s\r\nCSeq: CSEQ\r\nServer: %s\r\nContent-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s"
            % (LINE.encode(), LINE.encode(), len(description), description), b""),
    }
    patience, seen = place.write("patience.yaml", "capture: {timeout: 2}\n"), set()
    with Server(answer) as server:
        for scheme, answers in [("http", answers_of_http()), ("rtsp", by_rtsp)]:
            for name, (head[0], rest[0]) in answers.items():
                what = f"{scheme}, {name}:"
                common = ["-v", "-i", f"{scheme}://127.0.0.1:{server.port}/x", "-m", MODEL, "--config", patience]
                server.connections = 0
                for command in [[*common, "-o", "o.mp4", "--force"], ["serve", *common, "--wait", "--listen", "127.0.0.1:0"]]:
                    with place.started(*command) as program:
                        said = wait_until(
                            lambda: re.search("no signal since|the first picture is delivered|camstream: error: ", program.text),
                            f"{what} a line")[0]
                        seen.add(said)
                        if command[0] == "serve" and "error" not in said:
                            expect_harmless_pages(program.port)
                        program.stop()
                        expect_harmless(program.text, what)
                check(server.connections >= 2, what, "it was not asked")
    check(len(seen) == 3, "there were only:", seen)
