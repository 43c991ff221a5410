/// The plain picture of what lights up: the mean of some channels of a feature map, whatever the class.
///
/// With `.strongest`, the channels that reach the greatest values in this picture are averaged.
struct FeatureView: EvidenceMethod {
    static let name = "features"
    static let title = "Features"
    static let isClassDiscriminative = false
    static let needs: MethodNeeds = []

    private let selection: ChannelSelection

    init(_ options: MethodOptions) { selection = options.channels }

    func map(_ evidence: Evidence) -> [Float] {
        var weights = [Float](repeating: 0, count: evidence.channels)
        let channels = selected(evidence)
        for channel in channels { weights[channel] = 1 / Float(channels.count) }
        return evidence.weightedSum(weights)
    }

    private func selected(_ evidence: Evidence) -> [Int] {
        switch selection {
        case .range(let range): return range.filter { $0 < evidence.channels }
        case .strongest(let count):
            let peaks = (0..<evidence.channels).map { evidence.activations(ofChannel: $0).max()! }
            // By number where they are equal, so that the same picture gives the same map.
            return Array(peaks.indices.sorted { (peaks[$0], $1) > (peaks[$1], $0) }.prefix(count))
        }
    }
}
