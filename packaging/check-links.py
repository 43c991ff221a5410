"""Checks that the links of a folder's Markdown pages, and their pictures, lead to files and to headings that are there.

usage: check-links.py FOLDER, a checkout, a source archive or what was installed of it. Addresses (https:) are not asked.
A link may not lead out of the folder, where something else would be in the next place.
"""
import os
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1]).resolve()
# What other people wrote: the licences of what is linked in, and of the runtime.
others = {"openvino", "licences"}
pages = []
for folder, folders, files in os.walk(root):
    # Builds and downloads are in hidden ones.
    folders[:] = [name for name in folders if name == ".github" or not name.startswith(".") and name not in others]
    pages += [pathlib.Path(folder, name) for name in files if name.endswith(".md")]
if len(pages) < 10:
    sys.exit(f"check-links: only {len(pages)} pages in {root}")


def prose(page):
    """A page without its listings and code, in which brackets are no links."""
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "``", text)


def anchors(page):
    """The headings of a page, as GitHub names them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ +(.+?) *$", text, flags=re.MULTILINE)
    found = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    # The second heading of a name is NAME-1.
    numbered = [f"{name}-{found[:i].count(name)}" for i, name in enumerate(found) if name in found[:i]]
    return {*found, *numbered}


def links(text):
    """Of [text](link), [name]: link, and src="link" or href="link"."""
    yield from re.findall(r"\]\(<?([^)\s>]+)>?(?: +\"[^\"]*\")?\)", text)
    yield from re.findall(r"^\[[^\]]+\]: +(\S+)", text, flags=re.MULTILINE)
    yield from re.findall(r"\b(?:src|href)=\"([^\"]+)\"", text)


def trouble(page, link):
    """-> what is wrong with a link, or None."""
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    if not target.exists():
        return "is not there"
    if root not in (target, *target.parents):
        return "leads out of the folder"
    if anchor and target.suffix == ".md" and anchor not in anchors(target):
        return "has no such heading"
    return None


wrong = 0
for page in sorted(pages):
    for link in links(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        reason = trouble(page, link)
        if reason:
            wrong += 1
            print(f"check-links: {page.relative_to(root)}: {link} {reason}", file=sys.stderr)
sys.exit(1 if wrong else 0)
