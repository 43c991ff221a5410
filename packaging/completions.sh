#!/usr/bin/env bash
# Installs the completions of a built program, where the shells look for them. usage: completions.sh PROGRAM SHARE
set -euo pipefail
program=$1 share=$2
place() {
    mkdir -p "$(dirname "$share/$2")"
    "$program" --generate-completion-script "$1" >"$share/$2"
    chmod 644 "$share/$2"
}
place bash bash-completion/completions/camstream
place zsh zsh/vendor-completions/_camstream
place fish fish/vendor_completions.d/camstream.fish
