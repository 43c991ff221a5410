/// A shell's script, which asks the program itself, so that it knows what the program knows.
enum CompletionScript: String, CaseIterable {
    case bash, zsh, fish

    var text: String {
        let text =
            switch self {
            case .bash: Self.bashText
            case .zsh: Self.zshText
            case .fish: Self.fishText
            }
        return text.replacing("@ASK@", with: "camstream \(CompletionCommand.word)")
    }

    /// Bash splits words at '=' and ':', too, so they are put together again, and what it will not replace is cut off.
    private static let bashText = #"""
        # Completion of camstream for bash.
        _camstream() {
            local rest=${COMP_LINE:0:COMP_POINT} words=() word blank i
            for ((i = 0; i <= COMP_CWORD; i++)); do
                blank=${rest%%[![:space:]]*}
                rest=${rest#"$blank"}
                word=${COMP_WORDS[i]}
                [[ $i -eq $COMP_CWORD ]] && word=$rest
                if [[ $i -gt 0 && -z $blank ]]; then words[-1]+=$word; else words+=("$word"); fi
                rest=${rest#"$word"}
            done
            words=("${words[@]//[\"\'\\]/}")
            local current=${words[-1]} cut=
            [[ $current == *[=:]* ]] && cut=${current%"${current##*[=:]}"}
            [[ $COMP_WORDBREAKS == *:* || $cut != *: ]] || cut=
            [[ $COMP_WORDBREAKS == *=* || $cut != *= ]] || cut=
            local value=$current
            [[ $value == --*=* ]] && value=${value#*=}
            local line ending endings found
            COMPREPLY=()
            while IFS= read -r line; do
                case $line in
                :files*)
                    compopt -o filenames
                    endings=${line#:files}
                    while IFS= read -r found; do COMPREPLY+=("$found"); done < <(
                        if [[ -z $endings ]]; then compgen -f -- "$value"; else compgen -d -- "$value"; fi
                        for ending in $endings; do compgen -f -X "!*.$ending" -- "$value"; done
                    )
                    ;;
                :folders)
                    compopt -o filenames
                    while IFS= read -r found; do COMPREPLY+=("$found"); done < <(compgen -d -- "$value")
                    ;;
                :goes-on) compopt -o nospace ;;
                *)
                    line=${line%%$'\t'*}
                    COMPREPLY+=("${line#"$cut"}")
                    ;;
                esac
            done < <(@ASK@ "${words[@]:1}" 2>/dev/null)
        }
        complete -F _camstream camstream
        """#

    private static let zshText = #"""
        #compdef camstream
        # Completion of camstream for zsh.
        _camstream() {
            local line word
            local -a found shown goes
            local -a lines=("${(@f)$(@ASK@ "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
            [[ ${lines[(r):goes-on]} == :goes-on ]] && goes=(-S '')
            for line in $lines; do
                [[ $line == :* ]] && continue
                word=${line%%$'\t'*}
                found+=("$word")
                if [[ $line == *$'\t'* ]]; then shown+=("$word  -- ${line#*$'\t'}"); else shown+=("$word"); fi
            done
            local result=1
            (( ${#found} )) && compadd -l -d shown "${goes[@]}" -- "${found[@]}" && result=0
            for line in $lines; do
                case $line in
                :files)
                    compset -P '--*='
                    _files && result=0
                    ;;
                :files*)
                    compset -P '--*='
                    _files -g "*.(${(j:|:)${=line#:files }})(-.)" && result=0
                    ;;
                :folders)
                    compset -P '--*='
                    _files -/ && result=0
                    ;;
                esac
            done
            return result
        }
        if [[ $zsh_eval_context == *loadautofunc ]]; then _camstream "$@"; else compdef _camstream camstream; fi
        """#

    private static let fishText = #"""
        # Completion of camstream for fish.
        function __camstream_complete
            set -l before (commandline -opc)
            set -l current (commandline -ct)
            set -l value (string replace -r -- '^--[^=]*=' '' $current)
            set -l prefix (string match -r -- '^--[^=]*=' $current)
            for line in (@ASK@ $before[2..-1] "$current" 2>/dev/null)
                switch $line
                    case ':files' ':folders' ':files *'
                        for found in (__fish_complete_path $value)
                            set -l path (string split -m 1 \t -- $found)[1]
                            set -l ending (string match -r -- '[^.]*$' $path)
                            set -l wanted (string split ' ' -- $line)[2..-1]
                            if test "$line" = ':files'; or contains -- "$ending" '' $wanted; or string match -q -- '*/' $path
                                echo "$prefix$found"
                            end
                        end
                    case ':*'
                    case '*'
                        echo $line
                end
            end
        end
        complete -c camstream -f -a '(__camstream_complete)'
        """#
}
