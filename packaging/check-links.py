"""Checks that the links of a folder's README and of its documentation lead to files, and to headings that are there.

usage: check-links.py FOLDER, a checkout or what was installed of it. Addresses (https:) are not asked.
"""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
pages = sorted([*root.glob("*.md"), *root.glob("docs/**/*.md")])
if len(pages) < 10:
    sys.exit(f"check-links: only {len(pages)} pages in {root}")


def anchors(page):
    """The headings of a page, as GitHub names them."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ +(.+?) *$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


wrong = 0
for page in pages:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists():
            reason = "is not there"
        elif anchor and anchor not in anchors(target):
            reason = "has no such heading"
        else:
            continue
        wrong += 1
        print(f"check-links: {page.relative_to(root)}: {link} {reason}", file=sys.stderr)
sys.exit(1 if wrong else 0)
