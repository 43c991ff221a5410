"""What may be deleted, replaced and read."""

import os
import shutil
import socket
import stat
import struct
import subprocess
import threading
import time

import onnx
from scene import (
    COLOURS, DRAWN, MODEL, ROOT, SHORT, attack, check, clip, digest, stopping, wait_until)

LIST = ".camstream-recordings"
DAY = 86_400
MARK = "the-content-of-another-file"


def recorded(place, folder, *names, age):
    """Recordings that the program's list has as its own, and one of a minute ago, so that the clock is believed."""
    lines = []
    for name, old in [*((name, age) for name in names), ("newest.mp4", 60)]:
        path = os.path.join(folder, name)
        if not os.path.exists(place.path(path)):
            place.write(path, os.urandom(50_000), age=old)
        status = os.stat(place.path(path))
        lines.append(f"{status.st_size} {int(status.st_mtime)} {name}\n")
    with open(place.path(folder, LIST), "a") as file:
        file.writelines(lines)


def recording(place, pattern, *options, **arguments):
    return place.started(
        "-i", DRAWN, "-m", MODEL, "--live", "-o", place.path(pattern), "--segment", "1h", *options, **arguments)


@attack
def deletion_by_links(place):
    """Days of recordings were moved to an archive and links left in their place: neither age nor size deletes what the
    links lead to, while recordings of the program's own go."""
    for name, limit in [("age", ["--keep", "7d"]), ("size", ["--max-bytes", "10K"])]:
        archive = [place.write(f"{name}-archive/{film}", os.urandom(50_000), age=40 * DAY) for film in ["01.mp4", "02.mp4"]]
        os.makedirs(place.path(name, "2020-01-02"))
        os.symlink(f"../{name}-archive", place.path(name, "2020-01-01"))
        os.symlink(archive[1], place.path(name, "2020-01-02/02.mp4"))
        recorded(place, name, "2020-01-01/01.mp4", "2020-01-02/02.mp4", "2020-01-02/03.mp4", age=40 * DAY)
        with recording(place, f"{name}/%Y-%m-%d/%S.mp4", *limit) as program:
            wait_until(lambda: not os.path.exists(place.path(name, "2020-01-02/03.mp4")), "an old recording is deleted")
            program.wait_for("is a link: what it leads to")
            program.stop()
        check(all(map(os.path.exists, archive)), f"by {name} a film in the archive was deleted:", program.text)
        check(os.path.islink(place.path(name, "2020-01-01")), "the link is gone")


@attack
def deletion_of_foreign_films(place):
    """Films of others lie among the recordings, with names as recordings have, or in a recording's place: only what the
    list has as written by the program is deleted."""
    os.mkdir(place.path("rec"))
    foreign = [place.write(f"rec/{name}", os.urandom(9000), age=99 * DAY) for name in ["cam-2024.mp4", "cam-7.mp4"]]
    recorded(place, "rec", "cam-2.mp4", "cam-3.mp4", age=40 * DAY)
    # Another film, in the place of a recording.
    foreign.append(place.write("rec/cam-3.mp4", os.urandom(9000), age=40 * DAY))
    before = [digest(path) for path in foreign]
    with recording(place, "rec/cam.mp4", "--keep", "7d") as program:
        wait_until(lambda: not os.path.exists(place.path("rec/cam-2.mp4")), "an old recording is deleted")
        program.wait_for("never deleted")
        program.stop()
    check(all(map(os.path.exists, foreign)) and before == [digest(path) for path in foreign], program.text)


def false_clock(place, ahead):
    """Returns what lets a program see a wall clock that is `ahead` seconds ahead, and how that is changed."""
    library = place.path("clock.so")
    source = os.path.join(ROOT, "Tests/Attack/clock.c")
    subprocess.run([shutil.which("cc") or "clang", "-shared", "-fPIC", "-O1", "-o", library, source], check=True)

    def set_ahead(seconds):
        # In one step: the program reads it at any time.
        os.replace(place.write("ahead.new", str(seconds)), place.path("ahead"))

    set_ahead(ahead)
    return {"LD_PRELOAD": library, "CLOCK_AHEAD": place.path("ahead")}, set_ahead


TEN_YEARS = 3650 * DAY


def finished(place, folder, year):
    """Recordings of this year of a clock."""
    return [name for name in place.names(folder) if name.startswith(year) and name.endswith(".mp4")]


def year(ahead):
    return time.strftime("%Y", time.localtime(time.time() + ahead))


@attack
def a_clock_ten_years_ahead(place):
    """The clock is ten years ahead at the start: no recording of the last hours is deleted for its age."""
    environment, _ = false_clock(place, TEN_YEARS)
    os.mkdir(place.path("rec"))
    recorded(place, "rec", "2026-01-01-1.mp4", "2026-01-01-2.mp4", age=3600)
    with place.started(
            "-i", DRAWN, "-m", MODEL, "--live", "-o", place.path("rec/%Y-%m-%d-%s.mp4"), "--segment", "1s", "--keep", "7d",
            environment=environment) as program:
        wait_until(lambda: len(finished(place, "rec", year(TEN_YEARS))) >= 2, "recordings of ten years ahead")
        program.stop()
    check({"2026-01-01-1.mp4", "2026-01-01-2.mp4", "newest.mp4"} <= set(place.names("rec")), program.text)
    check("ahead of what the recordings say" in program.text, "the log does not doubt the clock:", program.text)


@attack
def a_clock_that_jumps(place):
    """The clock jumps ten years ahead in the run: recordings of the last hours stay, and the names follow the clock."""
    environment, set_ahead = false_clock(place, 0)
    os.mkdir(place.path("rec"))
    recorded(place, "rec", "2026-01-01-1.mp4", age=3600)
    recorded(place, "rec", "2026-01-01-0.mp4", age=40 * DAY)
    with place.started(
            "-i", DRAWN, "-m", MODEL, "--live", "-o", place.path("rec/%Y-%m-%d-%s.mp4"), "--segment", "1s", "--keep", "7d",
            environment=environment) as program:
        wait_until(lambda: len(finished(place, "rec", year(0) + "-")) >= 2, "recordings of today")
        set_ahead(TEN_YEARS)
        before = place.names("rec")
        wait_until(lambda: len(finished(place, "rec", year(TEN_YEARS))) >= 2, "recordings of ten years ahead")
        program.stop()
    check({name for name in before if not name.startswith(".")} - {"2026-01-01-0.mp4"} <= set(place.names("rec")),
          program.text)


@attack
def orphans_that_are_links(place):
    """Beside what a killed run has left lies a link of the same form to a private film: that film is neither cut nor
    copied nor opened to others, while the real one is completed with its permissions."""
    with place.started("-i", DRAWN, "-m", MODEL, "--live", "-o", place.path("out.mp4")) as program:
        program.wait_for("recording /")
        orphan = wait_until(
            lambda: next((name for name in place.names() if name.endswith(".rec")
                          and os.path.getsize(place.path(name)) > 20_000), None), "a part of a recording")
        program.kill()
    os.chmod(place.path(orphan), 0o600)
    private = place.copy(place.path(orphan), "private.mp4")
    os.chmod(private, 0o600)
    before = digest(private)
    link = place.path(".out.mp4.999998-0.rec")
    os.symlink(private, link)
    os.link(private, place.path(".another.mp4.999997-0.rec"))
    run = place.run("-i", place.path("none.mp4"), "-m", MODEL, "--live", "-o", place.path("out.mp4"))
    check(run.code == 65 and not os.path.exists(place.path(orphan)), "the orphan is not completed:", run)
    check(stat.S_IMODE(os.stat(place.path("out.mp4")).st_mode) == 0o600, "the recording's permissions changed")
    check(os.path.islink(link) and digest(private) == before, "the private film was touched:", run)
    check(not [name for name in place.names() if name.startswith("out-")], "what a link leads to was copied:", place.names())


@attack
def orphans_that_are_absurd(place):
    """What a killed run seems to have left has boxes without length, and of nearly 2^63 bytes, is empty or no film: the
    next run neither ends by it nor hangs."""
    start = struct.pack(">I4s", 16, b"ftyp") + b"isom\0\0\0\0"
    for content in [
            start + struct.pack(">I4sQ", 1, b"mdat", (1 << 63) - 8), start + struct.pack(">I4sQ", 1, b"moof", (1 << 64) - 1),
            start + struct.pack(">I4sQ", 1, b"mdat", 0), start + struct.pack(">I4s", 0, b"moof"), b"", b"\0" * 4096, start * 20_000,
            start + struct.pack(">I4s", 2, b"moof"), b"\x1a\x45\xdf\xa3" + b"\xff" * 300, os.urandom(5000)]:
        for name in [".out.mp4.999997-0.rec", ".out.mkv.999997-0.rec"]:
            place.write(name, content)
            run = place.run(
                "-i", place.path("none.mp4"), "-m", MODEL, "--live", "-o", place.path("out" + name[4:8]), "--force", seconds=10)
            check(run.code == 65, name, content[:40], run)
            for left in place.names():
                os.unlink(place.path(left))


@attack
def force_on_links_of_the_system(place):
    """--force, with outputs that are links into /proc and /dev, to a device and to nothing: no link is replaced, no
    device, and nothing is written into the file that is the standard output."""
    device = place.path("device")
    try:
        os.mknod(device, 0o600 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        device = "/dev/stdout"
    run = ["-i", SHORT, "-m", MODEL, "--force"]
    compare, steady = ["compare", *run], ["steady", *run]
    for target in ["/proc/self/fd/1", "/dev/fd/1", device, place.path("nothing")]:
        for name, command in [
                ("a.mp4", [*run, "-o"]), ("a.jsonl", [*run, "-o", place.path("b.mp4"), "--sidecar"]),
                ("a.npz", [*run, "-o", place.path("b.mp4"), "--maps"]), ("a.png", [*compare, "--out"]),
                ("a.json", [*steady, "--out"]), ("b.png", [*steady, "--out", place.path("b.json"), "--picture"]),
                ("a-live.mp4", [*run, "--live", "-o"])]:
            link = place.path(name)
            os.symlink(target, link)
            with open(place.path("stdout"), "wb") as output:
                ran = place.run(*command, link, output=output)
            check(os.path.islink(link) and os.readlink(link) == target, f"{name} -> {target} was replaced:", ran)
            check(ran.code in (64, 73), f"{name} -> {target} was not refused:", ran)
            check(os.path.getsize(place.path("stdout")) == 0, f"{name} -> {target} was written through:", ran)
            check(not os.path.lexists(place.path("nothing")), f"{name} made what the link leads to:", ran)
            os.unlink(link)
    check(device == "/dev/stdout" or stat.S_ISCHR(os.stat(device).st_mode), "the device was replaced")


@attack
def outputs_that_are_inputs(place):
    """--force, with an output that is the input, the model, its card, a secret, the settings or another output, by name,
    link and second name, in every mode: refused, and every file stays as it was."""
    clip(place.path("in.mp4"))
    place.copy(f"{COLOURS}/colours.onnx", "colours.onnx")
    place.copy(f"{COLOURS}/colours.yaml", "colours.yaml")
    place.write("token", "0123456789abcdef0123456789abcdef")
    os.symlink("in.mp4", place.path("link.mp4"))
    os.link(place.path("in.mp4"), place.path("second.mp4"))
    place.write("picture.png", b"")
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-y", "-i", place.path("in.mp4"), "-frames:v", "1",
         place.path("picture.png")], check=True)
    files = ["in.mp4", "colours.onnx", "colours.yaml", "token", "picture.png"]
    before = [digest(place.path(name)) for name in files]
    common = ["-i", "in.mp4", "-m", "colours.onnx", "--force"]
    out = ["-o", "out.mp4"]
    serving = ["--serve", "--listen", "127.0.0.1:0", "--token-file", "token"]
    for arguments in [
            *([*common, *mode, "-o", name] for mode in [[], ["--live"], ["--live", *serving]]
              for name in ["in.mp4", "link.mp4", "second.mp4", "../outputs-that-are-inputs/in.mp4"]),
            *([*common, *mode, *out, option, name] for mode in [[], ["--live"]] for option in ["--sidecar"]
              for name in ["in.mp4", "colours.onnx", "colours.yaml", "out.mp4"]),
            *([*common, *out, "--maps", name] for name in ["in.mp4", "colours.onnx", "colours.yaml", "out.mp4"]),
            [*common, *serving, "--live", *out, "--sidecar", "token"],
            ["compare", "-i", "picture.png", "-m", "colours.onnx", "--out", "picture.png", "--force"],
            ["steady", "-i", "in.mp4", "-m", "colours.onnx", "--out", "colours.onnx", "--force"],
            ["steady", "-i", "in.mp4", "-m", "colours.onnx", "--out", "in.mp4", "--force"]]:
        run = place.run(*arguments)
        check(run.code in (64, 73), arguments, "was not refused:", run)
        check([digest(place.path(name)) for name in files] == before, arguments, "replaced a file:", run)
    # A service, whose settings are a file, too.
    for output, sidecar in [("in.mp4", "a.jsonl"), ("out.mp4", "in.mp4"), ("out.mp4", "token"), ("out.mp4", "settings.yaml")]:
        settings = place.write(
            "settings.yaml", "capture: {input: in.mp4, live: true}\ninfer: {model: colours.onnx}\n"
            "serve: {listen: '127.0.0.1:0', token-file: token}\n"
            f"encode: {{output: {output}, sidecar: {sidecar}, force: true}}\n")
        told = digest(settings)
        run = place.run("serve", "--config", settings)
        check(run.code in (64, 73, 78), output, sidecar, "was not refused:", run)
        check([digest(place.path(name)) for name in files] == before and digest(settings) == told, output, sidecar, run)


def names_of(mark):
    return "".join(f"{mark}-{number}\n" for number in range(7))


@attack
def cards_that_name_other_files(place):
    """A card in a model, or beside it, names labels outside of its folder, by path, by .. and by link: they are in nothing
    that is written, shown or stored, while labels in the card's own folder are."""
    outside = place.write("outside.txt", names_of(MARK))
    os.mkdir(place.path("model"))
    os.symlink(outside, place.path("model/link.txt"))
    os.symlink(place.folder, place.path("model/folder"))
    place.write("model/own.txt", names_of("an-own-name"))
    with open(f"{COLOURS}/colours.onnx", "rb") as file:
        bare = file.read()

    def seen(model):
        run = place.run("-i", SHORT, "-m", model, "-o", "o.mp4", "--sidecar", "o.jsonl", "--force")
        lines = open(place.path("o.jsonl")).read() if run.code == 0 else ""
        stored = place.run("models", "add", model, "--name", "stored", environment={"XDG_DATA_HOME": place.path("data")})
        for folder, _, names in os.walk(place.path("data")):
            lines += "".join(open(os.path.join(folder, name), errors="replace").read() for name in names)
        shutil.rmtree(place.path("data"), ignore_errors=True)
        return run.text + lines + stored.text

    for name in ["own.txt", outside, "../outside.txt", "link.txt", "folder/outside.txt"]:
        for is_inside in [True, False]:
            card = f"labels: {name}\n"
            model = place.write("model/m.onnx", bare + (onnx.metadata("camstream.card", card) if is_inside else b""))
            if not is_inside:
                place.write("model/m.yaml", card)
            text = seen(model)
            check(MARK not in text, f"labels: {name} is read:", text)
            check(("an-own-name" in text) == (name == "own.txt"), f"labels: {name}:", text)
            if not is_inside:
                os.unlink(place.path("model/m.yaml"))
    # JSON beside the model, as exporters write it.
    place.write("config.json", '{"id2label": {%s}}' % ", ".join(f'"{n}": "{MARK}-{n}"' for n in range(7)))
    os.symlink(place.path("config.json"), place.path("model/config.json"))
    text = seen(place.write("model/m.onnx", bare))
    check(MARK not in text, "config.json of another folder is read:", text)


@attack
def playlists_that_name_other_files(place):
    """A playlist on the disk names films elsewhere, and an address: they are not opened, while films in its folder are."""
    clip(place.path("outside.ts"))
    os.mkdir(place.path("list"))
    clip(place.path("list/own.ts"))
    os.symlink(place.path("outside.ts"), place.path("list/link.ts"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked = []

        def serve():
            while not stopping.is_set():
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                asked.append(client.recv(100))
                client.close()

        threading.Thread(target=serve, daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.ts"
        for name in ["own.ts", place.path("outside.ts"), "../outside.ts", "link.ts", f"file:{place.path('outside.ts')}",
                     f"concat:{place.path('outside.ts')}", address]:
            hls = f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{name}\n#EXT-X-ENDLIST\n"
            for kind, text in [("m3u8", hls), ("ffconcat", f"ffconcat version 1.0\nfile '{name}'\n")]:
                run = place.run("-i", place.write(f"list/list.{kind}", text), "-m", MODEL, "-o", "o.mp4", "--force")
                check((run.code == 0) == (name == "own.ts"), f"{kind} with {name}:", run)
                check(os.path.exists(place.path("o.mp4")) == (name == "own.ts"), f"{kind} with {name}:", run)
                if run.code == 0:
                    os.unlink(place.path("o.mp4"))
    check(not asked, "an address in a playlist is asked", asked)


@attack
def patterns_that_climb(place):
    """Names of recordings that lead out of their folder behind a conversion: refused before anything is made."""
    for pattern in ["v/%Y/../%S.mp4", "v/%Y/../../%S.mp4", "v/%Y/x/../%S.mp4", "v/%Y/./../%S.mp4", "v/%%/%Y/../%S.mp4"]:
        run = place.run("-i", DRAWN, "-m", MODEL, "--live", "-o", pattern, "--segment", "1s", "--max-bytes", "60K")
        check(run.code == 64 and "'..'" in run.text.replace('"', "'"), pattern, run)
        check(not place.names(), pattern, place.names())


@attack
def a_cache_of_others(place):
    """Others may write into the folder of compiled models, which the engine runs: it is left alone, with a warning. One
    that is made is the user's alone."""
    cache = place.path("cache")
    mask = os.umask(0)
    try:
        os.mkdir(cache, 0o755)
        os.mkdir(f"{cache}/camstream")
        command = ["-i", SHORT, "-m", MODEL, "-o", "o.mp4", "--force"]
        run = place.run(*command, environment={"XDG_CACHE_HOME": cache})
        check(run.code == 0 and "others" in run.text, "it is not told:", run)
        check(not os.listdir(f"{cache}/camstream"), "it is used:", os.listdir(f"{cache}/camstream"))
        os.rmdir(f"{cache}/camstream")
        run = place.run(*command, environment={"XDG_CACHE_HOME": cache})
        made = [os.path.join(folder, name) for folder, names, _ in os.walk(cache) for name in names]
        check(run.code == 0 and len(made) > 1, "there is no cache:", run)
        for path in made:
            check(stat.S_IMODE(os.stat(path).st_mode) & 0o022 == 0, path, oct(os.stat(path).st_mode))
        check(stat.S_IMODE(os.stat(f"{cache}/camstream").st_mode) == 0o700, oct(os.stat(f"{cache}/camstream").st_mode))
    finally:
        os.umask(mask)
