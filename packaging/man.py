#!/usr/bin/env python3
"""Writes the manual page of a program made with swift-argument-parser, in mdoc(7), from what its parser tells of itself.

usage: man.py PROGRAM REST.mdoc DATE >camstream.1

REST.mdoc has what a parser does not know: the sections ENVIRONMENT, FILES and SEE ALSO. DATE is that of the page, such
as 2026-11-21. A discussion's paragraphs are kept; its lines with an indent are examples, and its paragraph
"Exit codes: 0 done, 64 wrong usage, ..." becomes the section EXIT STATUS. What camstream adds to its parser's words, it
gives itself: groups of options (sectionTitle), ranges (allowed), and topics of help with their texts.
"""

import datetime
import itertools
import json
import re
import subprocess
import sys
import textwrap

# What mdoc would take for a macro where it stands as an argument.
MACRO = re.compile(r"[A-Z%][A-Za-z0-9]{1,2}$|[.,:;()\[\]?!|]$")

# Topics that have sections of their own.
ELSEWHERE = ("exit-codes", "environment")


def escape(text):
    text = text.replace("\\", r"\e").replace("…", "...")
    text = "".join(c if c.isascii() else f"\\[u{ord(c):04X}]" for c in text)
    return re.sub(r"(?<![\w-])-(?=[\w-])|(?<=-)-(?=\w)", r"\-", text)


def word(text):
    """One argument of a macro."""
    text = escape(text)
    if MACRO.match(text):
        text = r"\&" + text
    return '"' + text.replace('"', '""') + '"' if re.search(r'[\s"]', text) else text


def line(text):
    """A line of text; a dot or an apostrophe at its beginning would be a request."""
    return re.sub(r"^(?=[.'])", r"\\&", escape(text))


def sentences(text):
    """Lines of text; each sentence begins one, as mdoc wants it."""
    parts = re.split(r"(?<=[.!?]) +(?=[A-Z])", " ".join(text.split()))
    return [line(row) for part in parts for row in textwrap.wrap(part, 72, break_long_words=False)]


def discussion(text):
    """-> description, examples and exit codes, each a list of lines."""
    description, examples, codes = [], [], []
    for paragraph in re.split(r"\n\s*\n", text or ""):
        lines = paragraph.splitlines()
        indented = [part[2:] for part in lines if part.startswith("  ")]
        plain = " ".join(part for part in lines if not part.startswith("  "))
        if plain.startswith("Exit codes:"):
            codes += [".Pp"] + sentences(plain.removeprefix("Exit codes:").strip())
            continue
        place = examples if plain.startswith("Example") else description
        if plain and not re.fullmatch(r"Examples?:", plain):
            place += [".Pp"] + sentences(plain)
        if indented:
            place += [".Bd -literal -offset indent"] + [line(part) for part in indented] + [".Ed"]
    return [part[1:] if part[:1] == [".Pp"] else part for part in (description, examples, codes)]


def value(argument):
    # A second angle bracket would be doubled by the macro.
    return argument.get("valueName", "value")


def names(argument):
    """-> one macro line with all names of an option or a flag, and its value."""
    if argument["kind"] == "positional":
        return "Ar " + word(value(argument)) + (" ..." if argument["isRepeating"] else "")
    order = {"short": 0, "longWithSingleDash": 1, "long": 2}
    parts = []
    for name in sorted(argument["names"], key=lambda name: order[name["kind"]]):
        dash = "-" if name["kind"] == "long" else ""
        parts.append("Fl " + word(dash + name["name"]).replace(r"\-", "-"))
    return " , ".join(parts) + ("" if argument["kind"] == "flag" else " Ar " + word(value(argument)))


def shown(command):
    return [argument for argument in command.get("arguments", []) if argument.get("shouldDisplay", True)]


def options(arguments):
    if not arguments:
        return []
    lines = [".Bl -tag -width Ds"]
    for argument in arguments:
        lines.append(".It " + names(argument))
        lines += sentences(argument.get("abstract", ""))
        if argument.get("discussion"):
            lines += [".Pp"] + sentences(argument["discussion"])
        if argument.get("allValues"):
            lines += sentences("One of: " + ", ".join(argument["allValues"]) + ".")
        if argument.get("allowed") and argument["allowed"] not in argument.get("abstract", ""):
            lines += sentences(f"Allowed: {argument['allowed']}.")
        if argument.get("defaultValue"):
            lines += sentences(f"Default: {argument['defaultValue']}.")
    return lines + [".El"]


def grouped(arguments):
    """The options of each group with its title above them."""
    lines = []
    for title, group in itertools.groupby(arguments, key=lambda argument: argument.get("sectionTitle", "Options")):
        lines += [".Ss " + word(title)] + options(list(group))
    return lines


def topics(texts):
    """Texts of help: paragraphs, and lines with an indent as they are."""
    lines = []
    for topic in texts:
        lines += [".Ss " + " ".join(word(part) for part in topic["title"].split())]
        for index, paragraph in enumerate(topic["text"].split("\n\n")):
            rows = paragraph.splitlines()
            plain = [row for row in rows if not row.startswith("  ")]
            indented = [row[2:] for row in rows if row.startswith("  ")]
            if plain:
                lines += ([".Pp"] if index else []) + sentences(" ".join(plain))
            if indented:
                lines += [".Bd -literal -offset indent"] + [line(row) for row in indented] + [".Ed"]
    return lines


def synopsis(path, command):
    lines = [".Nm " + path[0]] + [".Cm " + word(part) for part in path[1:]]
    arguments = shown(command)
    if any(argument["kind"] != "positional" for argument in arguments):
        lines.append(".Op Ar options")
    for argument in arguments:
        if argument["kind"] == "positional":
            lines.append(("." if not argument["isOptional"] else ".Op ") + names(argument))
    return lines


def commands(command, path):
    """All commands below one, but for the parser's own `help`: (path, command, whether it is the default one)."""
    for child in command.get("subcommands", []):
        if child["commandName"] == "help" or not child.get("shouldDisplay", True):
            continue
        yield [*path, child["commandName"]], child, command.get("defaultSubcommand") == child["commandName"]
        yield from commands(child, [*path, child["commandName"]])


def section(path, command, is_default, root):
    lines = [".Ss " + " ".join(word(part) for part in path)] + sentences(command.get("abstract", ""))
    if is_default:
        lines.append(line(f"This is what {' '.join(path[:-1])} does by itself."))
    lines += [".Bd -ragged -offset indent"] + synopsis(path, command) + [".Ed"]
    description, examples, codes = discussion(command.get("discussion"))
    for part in (description, examples, codes):
        lines += [".Pp"] + part if part and not part[0].startswith(".Bd") else part
    # What every command has, and what one has of all the program's own options, is told once.
    own = [argument for argument in shown(command) if not is_common(argument)]
    options_of_root = [argument for argument in root if not is_common(argument)]
    if all(argument in own for argument in options_of_root):
        lines += [".Pp", "It takes all the options above, too."]
        own = [argument for argument in own if argument not in options_of_root]
    return lines + options(own)


def is_common(argument):
    return any(name["name"] in ("help", "version", "color") for name in argument.get("names", []))


def page(tool, version, date, rest):
    root = tool["command"]
    name = root["commandName"]
    description, examples, codes = discussion(root.get("discussion"))
    below = list(commands(root, [name]))
    lines = [
        f".Dd {date}", f".Dt {name.upper()} 1", f".Os {name} {version}",
        ".Sh NAME", f".Nm {name}", ".Nd " + line(root.get("abstract", "").rstrip(".")),
        ".Sh SYNOPSIS", *synopsis([name], root),
    ]
    for path, command, _ in below:
        if not command.get("subcommands"):
            lines += synopsis(path, command)
    lines += [".Sh DESCRIPTION", *description, ".Sh OPTIONS", *grouped(shown(root)), ".Sh COMMANDS"]
    for path, command, is_default in below:
        lines += section(path, command, is_default, shown(root))
    lines += [".Sh TOPICS", *topics(topic for topic in tool.get("topics", []) if topic["name"] not in ELSEWHERE)]
    # The order of sections is mdoc's.
    before, after = rest.split(".Sh SEE ALSO")
    lines += before.strip().splitlines()
    if codes:
        lines += [".Sh EXIT STATUS", *codes]
    if examples:
        lines += [".Sh EXAMPLES", *examples]
    return "\n".join(lines) + "\n.Sh SEE ALSO" + after


def main():
    program, rest, iso_date = sys.argv[1:]
    date = datetime.date.fromisoformat(iso_date).strftime("%B %-d, %Y")

    def output(option):
        return subprocess.run([program, option], check=True, stdout=subprocess.PIPE, text=True).stdout

    with open(rest, encoding="utf-8") as file:
        sys.stdout.write(
            page(json.loads(output("--experimental-dump-help")), output("--version").strip(), date, file.read()))


if __name__ == "__main__":
    main()
