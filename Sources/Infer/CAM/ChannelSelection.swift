import Pipeline

/// Channels of a feature map that are looked at.
package enum ChannelSelection: Sendable, Equatable {
    /// From the first to the last, both included.
    case range(ClosedRange<Int>)
    /// Those with the greatest values: so many of them.
    case strongest(Int)

    /// - Parameter text: "435", "435-437" or "max:5".
    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        if text.hasPrefix("max:"), let count = Int(text.dropFirst(4)), count > 0 {
            self = .strongest(count)
        } else if parts.count <= 2, let first = parts[0], let last = parts[parts.count - 1], first >= 0, first <= last {
            self = .range(first...last)
        } else {
            return nil
        }
    }

    /// As settings write it.
    package var text: String {
        switch self {
        case .range(let range) where range.count == 1: "\(range.lowerBound)"
        case .range(let range): "\(range.lowerBound)-\(range.upperBound)"
        case .strongest(let count): "max:\(count)"
        }
    }
}

extension ChannelSelection: Decodable {
    package static let form = "a channel such as 435, a range such as 435-437, or the strongest ones as in max:5"

    package init(from decoder: any Decoder) throws {
        self = try decoder.setting(allowed: Self.form) { ChannelSelection($0) }
    }
}
