"""Takes the examples out of a page of how-tos, and puts them into the sources.

usage: examples.py check PAGE    says whether all of them fit the sources in this folder; nothing is changed
       examples.py apply PAGE    changes the sources in this folder
       examples.py tests PAGE    prints the names of the test functions that the examples bring, a line each

A block belongs to the file that a line above it names: `path`, new: is the whole file; `path`: with a block of the language diff
holds places, apart by empty lines. In a place a line begins with a space (it is there), - (it is there, and goes) or + (it comes).
"""
import pathlib
import re
import sys

BLOCK = re.compile(r"^`([^`\n]+)`(, new)?:\n\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Misfit(Exception):
    pass


def placed(path, text, place):
    """The text with the lines of one place changed."""
    lines = place.split("\n")
    if any(line[:1] not in (" ", "-", "+") for line in lines):
        raise Misfit(f"{path}: a line of an example begins neither with a space nor with - or +")
    old = "".join(line[1:] + "\n" for line in lines if line[0] in " -")
    new = "".join(line[1:] + "\n" for line in lines if line[0] in " +")
    found = [match.start() for match in re.finditer("^" + re.escape(old), text, re.MULTILINE)]
    if not old or len(found) != 1:
        raise Misfit(f"{path}: {len(found)} places, and not one, are\n{old}")
    return text[:found[0]] + new + text[found[0] + len(old):]


def changed(page):
    """-> the new text of each file that an example makes or changes."""
    files = {}
    for path, is_new, language, body in BLOCK.findall(page.read_text(encoding="utf-8")):
        file = pathlib.Path(path)
        if is_new:
            if path in files or file.exists():
                raise Misfit(f"{path} is there already")
            files[path] = body
            continue
        if language != "diff":
            raise Misfit(f"{path}: what changes a file is a block of the language diff")
        if path not in files:
            if not file.exists():
                raise Misfit(f"{path} is not there")
            files[path] = file.read_text(encoding="utf-8")
        for place in body.rstrip("\n").split("\n\n"):
            files[path] = placed(path, files[path], place)
    return files


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("check", "apply", "tests"):
        sys.exit(__doc__)
    page = pathlib.Path(sys.argv[2])
    try:
        files = changed(page)
    except Misfit as misfit:
        sys.exit(f"{page}: an example does not fit the sources: {misfit}")
    fences = len(re.findall(r"^```\w", page.read_text(encoding="utf-8"), flags=re.MULTILINE))
    blocks = len(BLOCK.findall(page.read_text(encoding="utf-8")))
    if blocks != fences or blocks < 10:
        sys.exit(f"{page}: {blocks} of {fences} blocks belong to a file")
    if sys.argv[1] == "apply":
        for path, text in files.items():
            pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
            pathlib.Path(path).write_text(text, encoding="utf-8")
            print(path)
    elif sys.argv[1] == "tests":
        for _, _, _, body in BLOCK.findall(page.read_text(encoding="utf-8")):
            for name in re.findall(r"^\+? *@Test func (\w+)", body, flags=re.MULTILINE):
                print(name)


main()
