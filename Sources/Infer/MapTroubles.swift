import Pipeline

/// Notes what is wrong with maps as they are made, and tells each kind of trouble once.
struct MapTroubles {
    /// What shows nothing of the map that was checked last, in a few words; nil: nothing is wrong.
    private(set) var last: String?

    private var told: Set<MapTrouble> = []
    private var warnings: [String]

    /// - Parameter warnings: what is to be told besides.
    init(_ warnings: [String]) { self.warnings = warnings }

    /// Makes all of a map numbers.
    mutating func check(_ map: inout RawMap, by method: any CAMMethod, layers: [String], label: String) {
        var found = MapTrouble(map, zero: type(of: method).zero)
        if type(of: method).mayBeEmpty, found != .notFinite { found = nil }
        last = found?.inFewWords
        guard let found else { return }
        if found == .notFinite { map.values = map.values.map { $0.isFinite ? $0 : 0 } }
        guard told.insert(found).inserted else { return }
        warnings.append(found.warning(type(of: method).title, layers: layers, label: label))
    }

    /// Since the last call.
    mutating func takeWarnings() -> [String] {
        defer { warnings = [] }
        return warnings
    }
}
