#!/usr/bin/env bash
# Installs the completions of a built program, where the shells look for them. usage: completions.sh PROGRAM SHARE ZSH
# ZSH is the folder below SHARE/zsh, since packages have one of their own.
set -euo pipefail
program=$1 share=$2 zsh=$3
place() {
    mkdir -p "$(dirname "$share/$2")"
    "$program" --generate-completion-script "$1" >"$share/$2"
    chmod 644 "$share/$2"
}
place bash bash-completion/completions/camstream
place zsh "zsh/$zsh/_camstream"
place fish fish/vendor_completions.d/camstream.fish
