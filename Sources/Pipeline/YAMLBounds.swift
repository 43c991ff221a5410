import CYaml

/// What a YAML text may be, looked at before anything is made of it.
///
/// A few aliases of aliases stand for more values than a machine can hold, and a key that is such a value is compared
/// with others for ever. So the parser's events are counted first, each alias with all that it stands for.
enum YAMLBounds {
    /// Of the text, in bytes.
    static let largestText = 4 << 20
    /// Keys and values, with those that aliases stand for.
    static let mostNodes = 200_000
    static let mostAliases = 1000
    /// How deep lists and keys with values are nested, through aliases, too.
    static let greatestDepth = 32

    /// What is not YAML at all passes: the parser says what is wrong with it.
    static func check(_ text: String) throws(ConfigError) {
        guard text.utf8.count <= largestText else {
            throw .excessive(problem: "it is longer than \(largestText >> 20) MiB")
        }
        var events = Events(text)
        var count = YAMLCount()
        while let event = events.next() { try count.take(event) }
    }

    /// What a text consists of, in its order, up to the end of the first document or to what is not YAML.
    private struct Events: ~Copyable {
        private let text: UnsafeMutableBufferPointer<UInt8>
        private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        private var isOver = false

        init(_ text: String) {
            self.text = .allocate(capacity: text.utf8.count)
            _ = self.text.initialize(from: text.utf8)
            guard yaml_parser_initialize(parser) == 1 else {
                isOver = true
                return
            }
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, self.text.baseAddress, self.text.count)
        }

        deinit {
            yaml_parser_delete(parser)
            parser.deallocate()
            text.deallocate()
        }

        mutating func next() -> YAMLCount.Event? {
            while !isOver {
                var event = yaml_event_t()
                guard yaml_parser_parse(parser, &event) == 1 else { break }
                defer { yaml_event_delete(&event) }
                let mark = YAMLCount.Mark(line: event.start_mark.line + 1, column: event.start_mark.column + 1)
                switch event.type {
                case YAML_STREAM_START_EVENT, YAML_DOCUMENT_START_EVENT: continue
                case YAML_SCALAR_EVENT:
                    return .init(kind: .scalar, anchor: Self.name(event.data.scalar.anchor), mark: mark)
                case YAML_ALIAS_EVENT:
                    return .init(kind: .alias, anchor: Self.name(event.data.alias.anchor), mark: mark)
                case YAML_SEQUENCE_START_EVENT:
                    return .init(kind: .list, anchor: Self.name(event.data.sequence_start.anchor), mark: mark)
                case YAML_MAPPING_START_EVENT:
                    return .init(kind: .mapping, anchor: Self.name(event.data.mapping_start.anchor), mark: mark)
                case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return .init(kind: .end, anchor: nil, mark: mark)
                default: isOver = true
                }
            }
            isOver = true
            return nil
        }

        private static func name(_ anchor: UnsafeMutablePointer<yaml_char_t>?) -> String? {
            anchor.map { String(cString: $0) }
        }
    }
}

/// Counts a YAML text's values as if each alias were written out.
private struct YAMLCount {
    struct Mark {
        let line, column: Int
    }

    struct Event {
        enum Kind { case scalar, alias, list, mapping, end }
        let kind: Kind
        let anchor: String?
        let mark: Mark
    }

    /// A value that has an anchor: what an alias of it costs.
    private struct Cost {
        let nodes, depth: Int
    }

    /// A list, or keys with values, whose end has not come.
    private struct Open {
        let isMapping: Bool
        let anchor: String?
        let nodesBefore: Int
        var expectsKey: Bool
        /// Of what is in it.
        var depth = 0
    }

    private var nodes = 0
    private var aliases = 0
    private var open: [Open] = []
    private var costs: [String: Cost] = [:]

    mutating func take(_ event: Event) throws(ConfigError) {
        if event.kind == .end {
            guard let done = open.popLast() else { return }
            let depth = done.depth + 1
            if let anchor = done.anchor { costs[anchor] = Cost(nodes: nodes - done.nodesBefore, depth: depth) }
            if let last = open.indices.last { open[last].depth = max(open[last].depth, depth) }
            return
        }
        if let last = open.indices.last, open[last].isMapping {
            guard !open[last].expectsKey || event.kind == .scalar else {
                throw refusal(event.mark, "a key must be one word, and no list, no keys with values and no alias")
            }
            open[last].expectsKey.toggle()
        }
        let before = nodes
        nodes += 1
        switch event.kind {
        case .scalar:
            if let anchor = event.anchor { costs[anchor] = Cost(nodes: 1, depth: 0) }
        case .alias:
            aliases += 1
            guard aliases <= YAMLBounds.mostAliases else {
                throw refusal(event.mark, "there are more than \(YAMLBounds.mostAliases) aliases")
            }
            let cost = event.anchor.flatMap { costs[$0] }
            nodes += cost?.nodes ?? 0
            try checkDepth(open.count + (cost?.depth ?? 0), event.mark)
            if let last = open.indices.last { open[last].depth = max(open[last].depth, cost?.depth ?? 0) }
        case .list, .mapping:
            let isMapping = event.kind == .mapping
            open.append(Open(isMapping: isMapping, anchor: event.anchor, nodesBefore: before, expectsKey: isMapping))
            try checkDepth(open.count, event.mark)
        case .end: break
        }
        guard nodes <= YAMLBounds.mostNodes else {
            throw refusal(
                event.mark, "there are more than \(YAMLBounds.mostNodes) values, counting what aliases stand for")
        }
    }

    private func checkDepth(_ depth: Int, _ mark: Mark) throws(ConfigError) {
        guard depth <= YAMLBounds.greatestDepth else {
            throw refusal(mark, "it is nested more than \(YAMLBounds.greatestDepth) deep")
        }
    }

    private func refusal(_ mark: Mark, _ problem: String) -> ConfigError {
        .excessive(problem: "line \(mark.line), column \(mark.column): \(problem)")
    }
}
