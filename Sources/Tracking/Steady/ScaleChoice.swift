import Pipeline

/// Which values of the maps are drawn as no heat and as full heat.
package enum ScaleChoice: Sendable, Equatable {
    /// No evidence, and the strongest place of each frame.
    case frame
    /// What the frames before had, and how sure the classifier is: see `RunningScale`.
    case running
    /// These values, in the unit of the method's maps, whatever comes.
    case fixed(low: Float, high: Float)

    /// - Parameter text: "frame", "running", or such as "fixed:0,12".
    package init?(_ text: String) {
        switch text {
        case "frame": self = .frame
        case "running": self = .running
        default:
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let numbers = parts.last?.split(separator: ",", omittingEmptySubsequences: false).map {
                Float($0.drop { $0 == " " })
            }
            guard parts.count == 2, parts[0] == "fixed", let numbers, numbers.count == 2,
                let low = numbers[0], let high = numbers[1], low.isFinite, high.isFinite, low < high
            else { return nil }
            self = .fixed(low: low, high: high)
        }
    }

    /// As settings write it.
    package var text: String {
        switch self {
        case .frame: "frame"
        case .running: "running"
        case .fixed(let low, let high): "fixed:\(low),\(high)"
        }
    }
}

extension ScaleChoice: Decodable {
    package static let form = "frame, running, or fixed:LO,HI with LO below HI, such as fixed:0,12"

    package init(from decoder: any Decoder) throws {
        self = try decoder.setting(allowed: Self.form) { ScaleChoice($0) }
    }
}
