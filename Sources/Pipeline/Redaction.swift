/// Takes secrets out of addresses. Whoever knows that a text is an address calls `address`; all that leaves the program
/// goes through `text`, which finds the rest.
///
/// Everything is a secret unless it is known to be none: all before `@`, and the value of each field whose key is not on
/// the list. Where a text may be read in two ways, such as a password with an unescaped `?`, more is taken out rather than
/// less. Secrets in the path, such as `/live/TOKEN/index.m3u8`, cannot be told from names.
package enum Redaction {
    static let mark = "***"

    /// Keys whose values are shown: what cameras, FFmpeg's protocols and file hosts call sizes, formats and times.
    private static let harmlessKeys: Set<String> = [
        "action", "advance_headers", "bitrate", "buffer_size", "camera", "channel", "codec", "compression",
        "connect_timeout", "download", "fifo_size", "format", "fps", "framerate", "h", "height", "latency", "listen",
        "listen_timeout", "localaddr", "localport", "max_age", "mode", "overrun_nonfatal", "pkt_size", "profile",
        "proto", "quality", "rate", "raw", "resolution", "reuse", "reuse_port", "rw_timeout", "size", "stimeout",
        "stream", "subtype", "t", "timeout", "transport", "transtype", "ttl", "unicast", "video", "videocodec", "w",
        "width",
    ]

    // MARK: - Addresses

    /// An address, or another text that stands where an address may stand, without its secrets. Paths stay as they are.
    package static func address(_ text: some StringProtocol) -> String {
        let text = String(text)
        let starts = starts(of: text)
        guard let first = starts.first else { return withoutScheme(text[...]) }
        var result = withoutScheme(text[..<first])
        for (start, end) in zip(starts, starts.dropFirst() + [text.endIndex]) { result += single(text[start..<end]) }
        return result
    }

    /// Where the addresses in a list such as `concat:http://a/b|http://c/d` begin.
    private static func starts(of text: String) -> [String.Index] {
        text.ranges(of: "://").compactMap { slashes in
            let start = text[..<slashes.lowerBound].lastIndex { !isOfScheme($0) }.map(text.index(after:))
            guard let start else { return text.startIndex }
            return "|, \t".contains(text[text.index(before: start)]) ? start : nil
        }
    }

    /// Also of schemes within schemes, such as `cache:http` and `subfile,,start,0,end,0,,:http`.
    private static func isOfScheme(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "+.-:_".contains(character))
    }

    /// One address with a scheme.
    private static func single(_ text: Substring) -> String {
        guard let slashes = text.firstRange(of: "://") else { return withoutScheme(text) }
        let scheme = withoutScheme(text[..<slashes.lowerBound]) + "://"
        let rest = text[slashes.upperBound...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        if let at = rest.lastIndex(of: "@") {
            // A password may hold what ends the host, and a field's value an "@": nobody can tell.
            if at > end, rest[..<at].contains(where: { "?#=&".contains($0) }) { return scheme + mark }
            let host = rest[rest.index(after: at)...]
            // udp://@239.0.0.1:1234 has no user.
            return scheme + (at == rest.startIndex ? "" : mark) + "@" + hostAndFields(host)
        }
        return scheme + hostAndFields(rest)
    }

    private static func hostAndFields(_ text: Substring) -> String {
        let end = text.firstIndex { "/?#".contains($0) } ?? text.endIndex
        // What is no host may be the beginning of user:password.
        guard isHost(text[..<end]) else { return mark }
        return text[..<end] + path(text[end...])
    }

    /// "host", "host:1234", "[::1]:80", or nothing.
    private static func isHost(_ text: Substring) -> Bool {
        if text == mark { return true }
        var rest = text
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return false }
            guard rest[..<end].dropFirst().allSatisfy({ $0.isHexDigit || ":.%".contains($0) || $0.isLetter }) else {
                return false
            }
            rest = rest[rest.index(after: end)...]
        } else {
            rest = rest.drop { $0.isLetter || $0.isNumber || "-._".contains($0) }
        }
        return rest.isEmpty || rest.first == ":" && rest.count <= 6 && rest.dropFirst().allSatisfy(\.isNumber)
    }

    /// A path with the fields behind it. Some cameras take fields in the path, too: `/user=admin_password=x_channel=1`.
    private static func path(_ text: Substring) -> String {
        let end = text.firstIndex { "?#".contains($0) } ?? text.endIndex
        var shown = ""
        for segment in text[..<end].split(separator: "/", omittingEmptySubsequences: false) {
            if !shown.isEmpty || segment.startIndex != text.startIndex { shown += "/" }
            guard isHarmless(segment) else {
                // Where it ends is not known: a value may hold a slash.
                return shown + segment.prefix { $0 != "=" && $0 != "%" } + "=" + mark
            }
            shown += segment
        }
        return shown + fields(text[end...])
    }

    /// Whether a part of a path has no field, or harmless ones only.
    private static func isHarmless(_ segment: Substring) -> Bool {
        guard segment.contains("=") || segment.lowercased().contains("%3d") else { return true }
        return segment.split { "&;,".contains($0) }.allSatisfy { field in
            !field.lowercased().contains("%3d") && (!field.contains("=") || Self.field(field) == field)
        }
    }

    /// `?a=1&b=2#c`, or nothing.
    private static func fields(_ text: Substring) -> String {
        var shown = ""
        var rest = text
        while let separator = rest.first {
            rest = rest.dropFirst()
            let field = rest.prefix { !"?#&;".contains($0) }
            shown += "\(separator)\(Self.field(field))"
            rest = rest[field.endIndex...]
        }
        return shown
    }

    private static func field(_ text: Substring) -> String {
        guard !text.isEmpty else { return "" }
        let key = text.prefix { $0 != "=" }
        let isKnown = harmlessKeys.contains(key.lowercased())
        guard key.endIndex < text.endIndex else { return isKnown ? String(text) : mark }
        let value = text[key.endIndex...].dropFirst()
        let isPlain = value.count <= 16 && value.allSatisfy { $0.isLetter || $0.isNumber || "-._:,+".contains($0) }
        if isKnown && isPlain { return String(text) }
        let isWord = key.count <= 32 && key.allSatisfy { $0.isLetter || $0.isNumber || "-._".contains($0) }
        return (isWord ? String(key) : mark) + "=" + mark
    }

    /// Of what has no scheme: an address of which that was forgotten, or a path.
    private static func withoutScheme(_ text: Substring) -> String {
        if ["./", "../", "~"].contains(where: text.hasPrefix) || text.hasPrefix("/") && !text.hasPrefix("//") {
            return String(text)
        }
        var (text, shown) = (text, "")
        if let at = text.lastIndex(of: "@"), text[..<at].contains(":") {
            shown = mark
            text = text[at...]
        }
        guard let question = text.firstIndex(of: "?"), text[question...].contains("=") else { return shown + text }
        return shown + text[..<question] + fields(text[question...])
    }

    // MARK: - Texts

    /// A text that leaves the program, without the secrets of the addresses in it.
    package static func text(_ text: String) -> String {
        guard mayHoldAddress(text) else { return text }
        var shown = ""
        var rest = text[...]
        var line = Line(rest)
        while !rest.isEmpty {
            shown += rest.prefix(while: isBetweenWords)
            rest = rest.drop(while: isBetweenWords)
            if rest.startIndex >= line.end { line = Line(rest) }
            let word = word(rest, line)
            let core = core(of: word)
            shown += word[..<core.startIndex]
            shown += core.contains("://") || core.contains("@") ? address(core) : String(core)
            shown += word[core.endIndex...]
            rest = rest[word.endIndex...]
        }
        return shown
    }

    private static func mayHoldAddress(_ text: String) -> Bool {
        let bytes = text.utf8
        return bytes.contains(UInt8(ascii: "@")) || bytes.firstRange(of: "://".utf8) != nil
    }

    private static func isBetweenWords(_ character: Character) -> Bool {
        character.isWhitespace || "\"'`<>\\".contains(character)
            || character.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    /// What is looked for once a line, not at each of its words: a text of others may have thousands.
    private struct Line {
        let end: String.Index
        let lastAt: String.Index?

        /// - Parameter rest: what the line begins.
        init(_ rest: Substring) {
            let line = rest.prefix { !$0.isNewline }
            (end, lastAt) = (line.endIndex, line.lastIndex(of: "@"))
        }
    }

    /// What comes up to the next space or quotation mark; further, where an address goes on behind it.
    private static func word(_ text: Substring, _ line: Line) -> Substring {
        let word = text.prefix { !isBetweenWords($0) }
        guard let slashes = word.firstRange(of: "://"), !word.contains("@") else { return word }
        let host = core(of: word)[slashes.upperBound...].prefix { !"/?#".contains($0) }
        // "user:pass word@host": what is no host is the beginning of a password with a space in it.
        guard let at = line.lastAt, at >= word.endIndex, !isHost(host) else { return word }
        return text[..<(text[at...].firstIndex(where: isBetweenWords) ?? text.endIndex)]
    }

    /// A word without the punctuation around it.
    private static func core(of word: Substring) -> Substring {
        var core = word.drop { "([{,;".contains($0) }
        let hasBracket = core.contains("[")
        while let last = core.last, ")}.,;:!".contains(last) || last == "]" && !hasBracket {
            core.removeLast()
        }
        return core
    }
}

/// An address without its secrets, for messages.
package func redacted(_ address: String) -> String { Redaction.address(address) }
