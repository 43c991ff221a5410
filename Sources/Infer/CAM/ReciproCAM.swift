import ONNX
import Pipeline

/// Recipro-CAM: the score when the head sees a single place of the layer.
///
/// Byun and Lee 2022, arXiv:2209.14074, eq. 3: M(i, j) = y_c(head(A ⊙ 1_ij)), scaled from its lowest to its highest
/// place. y is the score before the softmax, which saturates: so, and only so, the map is CAM / (h · w) + b_c where the
/// head is a GAP head. (The authors' released code takes probabilities, OpenVINO XAI scores.)
///
/// Of a transformer's tokens, class and register tokens stay as they are.
struct ReciproCAM: CAMMethod {
    static let name = "reciprocam"
    static let title = "Recipro-CAM"
    static let needs = MethodNeeds.headPasses
    static let zero = ZeroLevel.lowest

    init(_ options: MethodOptions) {}

    func map(_ subject: Subject) throws(InferError) -> RawMap {
        try subject.mosaic([(0, 0, 1)], for: Self.title)
    }
}

extension Subject {
    /// The target's scores with all of the layer gone but the surroundings of one place, for each place.
    ///
    /// - Parameter kept: what is kept around a place: rows down, columns right, and the share.
    func mosaic(
        _ kept: [(row: Int, column: Int, share: Float)], for method: String
    ) throws(InferError) -> RawMap {
        let layer = shape
        let tensor = passes.tensor(of: self.layer)
        let scores = try probe(.head, layer.area, for: method) { place, memory in
            memory.update(repeating: 0)
            for index in 0..<layer.prefixCount { memory[index] = tensor[index] }
            let (row, column) = place.quotientAndRemainder(dividingBy: layer.width)
            for (down, right, share) in kept {
                let (row, column) = (row + down, column + right)
                guard (0..<layer.height).contains(row), (0..<layer.width).contains(column) else { continue }
                for channel in 0..<layer.channels {
                    let position = layer.position(channel: channel, place: row * layer.width + column)
                    memory[position] = share * tensor[position]
                }
            }
        }
        return RawMap(height: layer.height, width: layer.width, values: scores.logits(of: target))
    }
}

extension Layer {
    /// Where an element lies in the tensor.
    func position(channel: Int, place: Int) -> Int {
        switch layout {
        case .channelsFirst: channel * area + place
        case .channelsLast: place * channels + channel
        case .tokens(let prefix): (prefix + place) * channels + channel
        }
    }

    /// Elements of class and register tokens, which come first.
    var prefixCount: Int {
        switch layout {
        case .channelsFirst, .channelsLast: 0
        case .tokens(let prefix): prefix * channels
        }
    }
}
