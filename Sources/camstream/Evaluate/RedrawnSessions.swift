import Evaluate
import Infer

/// The methods' sessions on a model as it is, and with layers drawn anew, all in the same precision.
struct RedrawnSessions {
    /// Labels of the layers, from the head to the picture.
    let layers: [String]
    let stages: RedrawnStages
    let own: [MethodSession]
    /// At each stage, with all layers until there drawn anew.
    let cascade: [[MethodSession]]
    /// With one layer drawn anew; none where one stage alone is looked at.
    let single: [[MethodSession]]

    /// Each stage takes two models' memory, and how much that is for all is limited.
    private static let mostBytes = 128 << 20
    private static let mostStages = 5

    /// - Parameter make: opens the sessions of a model for settings, in the methods' order.
    /// - Throws: `InferError`.
    init(
        _ model: RedrawableModel,
        _ make: (Range<Int>) throws(InferError) -> [MethodSession]
    ) throws(InferError) {
        layers = model.layers
        let most = min(Self.mostStages, Self.mostBytes / max(1, model.byteCount))
        stages = RedrawnStages(layers: layers.count, most: most)
        own = try make(0..<0)
        var (cascade, single): ([[MethodSession]], [[MethodSession]]) = ([], [])
        for count in stages.counts {
            cascade.append(try make(0..<count))
            if stages.counts.count > 1 { single.append(count == 1 ? cascade[0] : try make(count - 1..<count)) }
        }
        (self.cascade, self.single) = (cascade, single)
    }
}
