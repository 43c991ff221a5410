#!/usr/bin/env bash
# Checks what is installed beside the program: the systemd units, the manual page, the example, and the removal of all
# of it. Called by `make test-packaging`, which builds first.
set -euo pipefail
cd "$(dirname "$0")/.."
highest_exposure=3  # of 10, as systemd-analyze counts
limit=$((highest_exposure * 10))

./scripts/apt-install.sh systemd mandoc man-db groff-base python3 zsh fish
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "test-packaging: $*" >&2
    exit 1
}

for prefix in /usr /opt/camera; do
    root=$work/root$prefix
    make --no-print-directory -o build install DESTDIR="$root" PREFIX=$prefix SYSCONFDIR=/etc >/dev/null
    units=$root$prefix/lib/systemd/system

    # The program is not where the unit says, but under the test's own root.
    mkdir -p "$work/units"
    for unit in camstream@.service camstream@.socket; do
        grep -q "$prefix/bin/camstream\|ListenStream" "$units/$unit" || fail "$unit does not follow PREFIX=$prefix"
        sed "s|=$prefix/bin/camstream|=$root&|; s|=$root=|=$root|" "$units/$unit" >"$work/units/$unit"
    done
    systemd-analyze verify --man=no "$work/units/camstream@front.service" "$work/units/camstream@front.socket" \
        >"$work/verify.log" 2>&1 || fail "systemd-analyze verify: $(cat "$work/verify.log")"
    [ ! -s "$work/verify.log" ] || fail "systemd-analyze verify: $(cat "$work/verify.log")"
    systemd-analyze security --offline=yes --no-pager --threshold=$limit "$units/camstream@.service" \
        >"$work/security.log" || fail "$(tail -1 "$work/security.log"), more than $highest_exposure"
    tail -1 "$work/security.log"

    # AUTO and what else combines devices comes with every runtime, beside the processor's own plugin.
    for plugin in auto hetero auto_batch '*_cpu'; do
        ls "$root$prefix"/lib/camstream/libopenvino_${plugin}_plugin.so >/dev/null || fail "no plugin $plugin is installed"
    done

    # The model that the set-up makes where there is a network, with what its licence asks for.
    if [ -e .deps/models/imagenet/imagenet.onnx ]; then
        for file in imagenet.onnx imagenet.yaml labels.txt COPYRIGHT README.md; do
            [ -s "$root$prefix/share/camstream/models/imagenet/$file" ] || fail "the model imagenet comes without $file"
        done
        "$root$prefix/bin/camstream" models | grep -q '^imagenet .*used without --model' || fail "imagenet is not the default"
    fi

    page=$root$prefix/share/man/man1/camstream.1
    mandoc -Tlint -Wwarning "$page" || fail "mandoc finds fault with the manual page"
    LC_ALL=C.UTF-8 MANROFFSEQ='' man --warnings -E UTF-8 -l "$page" >"$work/page.txt" 2>"$work/page.log"
    [ ! -s "$work/page.log" ] || fail "man: $(cat "$work/page.log")"
    PATH=$root$prefix/bin:$PATH python3 packaging/test-completions.py "$root$prefix/share" || fail "completions"

    # Every command and option that the program's help tells is in it.
    "$root$prefix/bin/camstream" --help | grep -oE '^  -[^ ]+.*' | grep -oE '(^| )--[a-z-]+' | sort -u |
        while read -r option; do
            grep -qE -- "$option( |,|$)" <(col -b <"$work/page.txt") || fail "$option is not in the manual page"
        done

    python3 packaging/check-links.py "$root$prefix/share/doc/camstream" || fail "links of the installed documentation"
    packaging/check-sbom.sh "$root$prefix/share/doc/camstream/camstream.spdx.json" || fail "the list of what it consists of"
    # Pages that the units and the manual name are among what is installed.
    cat "$units"/* "$work/page.txt" | grep -oE "$prefix/share/doc/camstream[A-Za-z0-9/._-]*" | sed 's/\.$//' | sort -u >"$work/named"
    [ -s "$work/named" ] || fail "neither units nor manual name a page"
    while read -r named; do [ -e "$root$named" ] || fail "$named is named, and not installed"; done <"$work/named"

    echo "mine" >"$root/etc/camstream/front.yaml"
    make --no-print-directory uninstall DESTDIR="$root" PREFIX=$prefix SYSCONFDIR=/etc >/dev/null
    left=$(cd "$root" && find . -type f -o -type l)
    [ "$left" = ./etc/camstream/front.yaml ] || fail "uninstall leaves or takes: $left"
done
echo "test-packaging: the units, the manual page and the example are in order"
