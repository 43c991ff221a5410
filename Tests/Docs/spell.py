"""Spelling of the README, of CONTRIBUTING.md and of docs/, by aspell: words that are neither English nor in words.txt. See run.sh.

Code, addresses and comments are left out. `--update` writes words.txt anew, for somebody to read what is new in it.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORDS = Path(__file__).with_name("words.txt")


def prose(text: str) -> str:
    """What is left of a page's text, each line in its place."""
    def blank(match: re.Match) -> str:
        return "\n" * match[0].count("\n") + " "

    for pattern in (r"^ *```.*?^ *```", r"<!--.*?-->", r"``.*?``", r"`[^`]*`", r"(?<=\])\([^)]*\)", r"https?://\S+", r"\barXiv:\S+"):
        text = re.sub(pattern, blank, text, flags=re.MULTILINE | re.DOTALL)
    # Names of files, options, formulas and what else is no word.
    return re.sub(r"\S*[_/=\\^Σ·@{}]\S*|\S*\w\.\w\S*|--?[a-z-]+|\b\w*\d\w*\b", " ", text)


def unknown(text: str) -> list[str]:
    """Words as words.txt has them: in small letters, without a genitive's s."""
    aspell = ["aspell", "--lang=en_GB", "--encoding=utf-8", "--ignore-case", "list"]
    words = subprocess.run(aspell, input=text, capture_output=True, text=True, check=True).stdout.split()
    return [word.lower().removesuffix("'s") for word in words]


def main() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("**/*.md"))]
    known = set(WORDS.read_text().split()) if WORDS.exists() else set()
    texts = {page: prose(page.read_text()) for page in pages}
    if "--update" in sys.argv:
        words = {word for text in texts.values() for word in unknown(text)}
        WORDS.write_text("\n".join(sorted(words)) + "\n")
        return
    wrong = 0
    for page, text in texts.items():
        for word in sorted(set(unknown(text)) - known):
            line = next((n for n, line in enumerate(text.split("\n"), 1) if re.search(rf"\b{re.escape(word)}\b", line, re.IGNORECASE)), 0)
            wrong += 1
            print(f"test-docs: {page.relative_to(ROOT)}:{line}: spelling: {word}", file=sys.stderr)
    if unknown("A werd that is nun.") != ["werd"]:
        sys.exit("test-docs: aspell finds no wrong word")
    print(f"test-docs: spelling of {len(pages)} pages, {wrong} unknown words")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
