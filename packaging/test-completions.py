#!/usr/bin/env python3
"""Types into real shells, on a terminal, with the completions that are installed; camstream is the one in PATH.

usage: test-completions.py SHARE
"""

import os
import pty
import select
import sys
import tempfile
import time

LONGEST = 60
# Seconds without anything new, after which a shell has shown what it has to show.
QUIET = 3
START, END = "\x01", "\x05"  # where the cursor goes, as Emacs has it

# What is typed before the tab, and what the line becomes, but for a blank or a slash at its end.
TYPED = [
    ("camstream mod", "camstream models"),
    ("camstream models fe", "camstream models fetch"),
    ("camstream --colormap vir", "camstream --colormap viridis"),
    ("camstream --method=ss", "camstream --method=ss-cam"),
    ("camstream compare --methods cam,fea", "camstream compare --methods cam,features"),
    ("camstream help exit", "camstream help exit-codes"),
    ("camstream -m demo --layer block4/po", "camstream -m demo --layer block4/pool"),
    ("camstream --config onl", "camstream --config only.yaml"),
    ("camstream --config=onl", "camstream --config=only.yaml"),
    ("camstream -i dem", "camstream -i demo:"),
    ("camstream batch plan x --out-dir su", "camstream batch plan x --out-dir sub"),
]

SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], "source {share}/bash-completion/completions/camstream"),
    "zsh": (["zsh", "-f", "-i"],
            "fpath=({share}/zsh/*(/) $fpath); autoload -U compinit; compinit -u -d {home}/dump"),
    "fish": (["fish", "--private", "--no-config"], "source {share}/fish/vendor_completions.d/camstream.fish"),
}


class Terminal:
    """A shell on a terminal."""

    def __init__(self, words, home):
        self.process, self.end = pty.fork()
        if self.process == 0:
            os.chdir(home)
            os.environ.update(TERM="xterm", HOME=home, XDG_CONFIG_HOME=home, XDG_DATA_HOME=home)
            os.execvp(words[0], words)

    def send(self, text):
        os.write(self.end, text.encode())

    def drain(self, seconds):
        """Reads until nothing comes for a while."""
        while select.select([self.end], [], [], seconds)[0]:
            try:
                if not os.read(self.end, 65536):
                    return
            except OSError:
                return

    def close(self):
        os.close(self.end)
        os.waitpid(self.process, 0)


def wait_for(path):
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        if os.path.exists(path) and open(path, encoding="utf-8").read().endswith("\n"):
            return open(path, encoding="utf-8").read().rstrip("\n")
        time.sleep(0.05)
    raise SystemExit(f"test-completions: no answer within {LONGEST} s: {path}")


def main():
    share = os.path.abspath(sys.argv[1])
    faults = 0
    for shell, (words, setup) in SHELLS.items():
        with tempfile.TemporaryDirectory() as home:
            for name in ("only.yaml", "only.mp4"):
                open(os.path.join(home, name), "w", encoding="utf-8").close()
            os.mkdir(os.path.join(home, "sub"))
            terminal = Terminal(words, home)
            terminal.drain(QUIET)
            terminal.send(setup.format(share=share, home=home) + "\n")
            terminal.send("echo ready >ready\n")
            wait_for(os.path.join(home, "ready"))
            for number, (typed, wanted) in enumerate(TYPED):
                terminal.send(f"{typed}\t")
                terminal.drain(QUIET)
                # The line is written down, not run.
                terminal.send(f"{START}echo {END} >line{number}\n")
                line = wait_for(os.path.join(home, f"line{number}"))
                if line.rstrip("/") != wanted:
                    faults += 1
                    print(f"test-completions: {shell}: '{typed}' became '{line}', not '{wanted}'")
            terminal.close()
    if faults:
        raise SystemExit(f"test-completions: {faults} faults")
    print(f"test-completions: {len(TYPED)} words in each of {', '.join(SHELLS)}")


if __name__ == "__main__":
    main()
