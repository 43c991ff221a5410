"""The result: one line a figure, with its goal beside it."""

import sys
from dataclasses import dataclass


@dataclass
class Row:
    name: str
    value: str
    goal: str = ""
    met: bool | None = None


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def print_table(title: dict[str, str], rows: list[Row]) -> None:
    for key, value in title.items():
        print(f"{key:13}{value}")
    print()
    name_width, value_width = max(len(r.name) for r in rows) + 2, max(len(r.value) for r in rows) + 2
    for row in rows:
        verdict = "" if row.met is None else "met" if row.met else "MISSED"
        goal = f"goal: {row.goal:24}{verdict}" if row.goal else ""
        print(f"{row.name:{name_width}}{row.value:{value_width}}{goal}".rstrip())
