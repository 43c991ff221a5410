"""Names of strangers, which a terminal, a log, a header and a page each show in their own way."""

import json
import os
import unicodedata

import onnx
from asking import ask
from scene import COLOURS, SHORT, attack, check, wait_until

# A title, a link, the clipboard, colours and cursor; a new line, an overwritten one, a text that is turned around, C1.
HOSTILE = "x\x1b]0;owned\x07\x1b]52;c;eA==\x07\x1b[2J\r\ncamstream: error: forged\r\x9b31m\u202e\x08\x7f\u2028\x85y"
FORGED = "camstream: error: forged"


def expect_harmless(text, what):
    """A log's, or what stands on a terminal: no line but the program's own, and nothing that a terminal obeys."""
    text = text.decode() if isinstance(text, bytes) else text
    for character in text:
        kind = unicodedata.category(character)
        check(character in "\n\t" or kind not in ("Cc", "Cf", "Zl", "Zp"), what, f"has U+{ord(character):04X}:", repr(text[-800:]))
    check(not any(line.startswith(FORGED) for line in text.splitlines()), what, "has a forged line:", text[-800:])


@attack
def names_that_steer_terminals(place):
    """Names of an input, a model, a card, a class, a folder and a setting have escape sequences, line ends and text that
    runs backwards: no terminal obeys them, and no line of the log is forged."""
    hostile = HOSTILE.replace("\x00", "")
    film = place.write(f"{hostile}.mp4", "no film")
    folder = place.path(f"{hostile}-folder")
    os.mkdir(folder)
    place.write("wrong.yaml", json.dumps({hostile: 1}))
    place.write("card.yaml", json.dumps({"labels": [hostile] * 3}))
    place.write("name.yaml", json.dumps({"model": f"{COLOURS}/colours.onnx", "name": hostile}))
    model = ["-m", f"{COLOURS}/colours.onnx"]
    for arguments in [
            ["-i", film, *model, "-o", "o.mp4"], ["-i", hostile, *model, "-o", "o.mp4"],
            ["-i", SHORT, "-m", film, "-o", "o.mp4"], ["-i", SHORT, "-m", hostile, "-o", "o.mp4"],
            ["-i", SHORT, *model, "-o", f"{folder}/{hostile}/x.mp4"], ["-i", SHORT, *model, "-o", hostile],
            ["-i", SHORT, *model, "--card", "card.yaml", "-o", "o.mp4"], ["-i", SHORT, *model, "--class", hostile, "-o", "o.mp4"],
            ["-i", SHORT, *model, "--layer", hostile, "-o", "o.mp4"], ["-i", SHORT, *model, "--codec", hostile, "-o", "o.mp4"],
            ["--config", "wrong.yaml"], ["--config", hostile], ["serve", "--config", "wrong.yaml"],
            ["models", "fetch", hostile], ["models", "remove", hostile], ["models", "add", film],
            ["layers", "--model", film], ["compare", "-i", film, *model, "--out", "o.png"],
            ["steady", "-i", film, *model], ["-i", f"http://127.0.0.1:9/{hostile}", *model, "-o", "o.mp4"]]:
        run = place.run(*arguments)
        check(run.code not in (0, 1) or run.code == 1 and run.errors, arguments, run)
        expect_harmless(run.errors, f"{arguments}: standard error")
        expect_harmless(run.output, f"{arguments}: standard output")
    for arguments in [["-i", SHORT, "-m", "name.yaml", "-o", f"{folder}/good.mp4"],
                      ["layers", "--model", "name.yaml"], ["-v", "-i", SHORT, "-m", "name.yaml", "-o", "o.mp4", "--force"]]:
        run = place.run(*arguments)
        check(run.code == 0, arguments, run)
        expect_harmless(run.errors + run.output, arguments)


@attack
def names_that_steer_pages(place):
    """Classes of a model's metadata have the same names, and tags: the header, the measurements, the events, the page's
    data and the sidecar each show them escaped, and the whole name is in the data."""
    names = [f"{HOSTILE}<img src=x onerror=alert(1)>\"'&{number}" for number in range(7)]
    with open(f"{COLOURS}/colours.onnx", "rb") as file:
        bare = file.read()
    card = json.dumps({"name": HOSTILE, "labels": names})
    model = place.write("m.onnx", bare + onnx.metadata("camstream.card", card))
    with place.serving(model=model) as program:
        port = program.port
        wait_until(lambda: ask(port, "/readyz").status == 200, "pictures")
        for path in ["/", "/api/state", "/api/settings", "/api/choices?key=infer.class&matching=x", "/metrics", "/snapshot.jpg"]:
            answer = ask(port, path)
            check(answer.status == 200, path, answer)
            for name, value in answer.headers:
                check(all(" " <= letter <= "~" for letter in value), path, f"the header {name} has {value!r}")
            if path != "/snapshot.jpg":
                check("<img src=x" not in answer.text or answer["Content-Type"] == "application/json", path, answer)
                check(not set(answer.text) & set("\x1b\x07\r\x08"), path, "has a control character")
        label = ask(port, "/snapshot.jpg")["X-Camstream-Label"]
        check("%1B" in label and "%0A" in label.upper(), "the header does not tell the name:", label)
        titles = json.dumps(json.loads(ask(port, "/api/settings").text), ensure_ascii=False)
        check(json.dumps(names[0], ensure_ascii=False)[1:-1] in titles, "the data has not the name")
        program.stop()
        expect_harmless(program.text, "the log")
    run = place.run("-v", "-i", SHORT, "-m", model, "-o", "o.mp4", "--sidecar", "o.jsonl")
    expect_harmless(run.errors + run.output, "the log")
    with open(place.path("o.jsonl"), "rb") as file:
        lines = file.read().split(b"\n")
    check(len(lines) == 6 and all(json.loads(line) for line in lines[:5]), "the sidecar has other lines:", lines)
    check(not any(byte < 0x20 for line in lines for byte in line), "the sidecar has a control character")
