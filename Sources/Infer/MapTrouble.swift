import Pipeline

/// Why a map shows nothing, though it was made.
enum MapTrouble: Hashable {
    case oneCell
    case notFinite
    /// The same everywhere, as where the scores do not depend on the layer.
    case flat
    /// All of it speaks against the class.
    case against

    /// - Parameter zero: what is drawn as no heat.
    init?(_ map: RawMap, zero: ZeroLevel) {
        var (low, high) = (map.values.first ?? 0, map.values.first ?? 0)
        var isFinite = true
        for value in map.values {
            low = value < low ? value : low
            high = value > high ? value : high
            isFinite = isFinite && value.isFinite
        }
        if !isFinite {
            self = .notFinite
        } else if map.values.count == 1 {
            self = .oneCell
        } else if low == high {
            self = .flat
        } else if zero == .zero, high <= 0 {
            self = .against
        } else {
            return nil
        }
    }

    /// For the log.
    func warning(_ method: String, layers: [String], label: String) -> String {
        let map = "the \(method) map of '\(label)'\(layers.isEmpty ? "" : " at \(layers.joined(separator: ", "))")"
        let layer = "another --layer ('camstream layers' lists them)"
        return switch self {
        case .oneCell:
            "\(map) has one cell, so it says nothing of places: try --method gradcam and \(layer)"
        case .notFinite:
            "\(map) has values that are no finite numbers, which are drawn as no heat: try --precision f32, if it is not "
                + "so, or another --method or --model"
        case .flat:
            "\(map) is the same everywhere, so it shows no place: the class's score may not depend on it, or nothing is "
                + "active there; try \(layer), or another --method"
        case .against:
            "\(map) is nowhere above zero, so there is no heat: all of it speaks against the class; try \(layer), or another "
                + "--method"
        }
    }

    /// For a small panel.
    var inFewWords: String {
        switch self {
        case .oneCell: "one cell: no places"
        case .notFinite: "not finite"
        case .flat: "flat: no place"
        case .against: "all against: no heat"
        }
    }
}
