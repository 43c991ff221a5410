package import Pipeline

/// A thing that a detector found: `[class, score, left, top, right, bottom, number]` in JSON, the box in pixels of the upright
/// picture, its right and bottom edges beyond it; without the number where nobody follows objects.
package struct KeptObject: Codable, Sendable, Equatable {
    /// No run keeps more of a picture.
    static let most = 100

    package var id: Int
    package var score: Float
    /// As they stand in the file, whatever that is.
    package var corners: [Int]
    package var track: Int?

    package init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        (id, score) = (try list.decode(Int.self), try list.decode(Float.self))
        corners = try (0..<4).map { _ in try list.decode(Int.self) }
        track = try list.decodeIfPresent(Int.self)
    }

    /// Five decimals, as of all that is seen.
    package func encode(to encoder: any Encoder) throws {
        var list = encoder.unkeyedContainer()
        try list.encode(id)
        try list.encode((Double(score) * 100_000).rounded() / 100_000)
        for corner in corners { try list.encode(corner) }
        if let track { try list.encode(track) }
    }

    /// - Returns: nil: it is no thing with a box.
    init?(_ seen: Observation) {
        guard let box = seen.box else { return nil }
        (id, score, track) = (seen.prediction.classID, seen.prediction.probability, seen.track)
        corners = [box.x0, box.y0, box.x1, box.y1]
    }

    /// The part of the box that lies in a picture of a size; nil: there is none.
    package func box(width: Int, height: Int) -> PixelBox? {
        let box = PixelBox(
            x0: max(corners[0], 0), y0: max(corners[1], 0), x1: min(corners[2], width), y1: min(corners[3], height))
        return box.x0 < box.x1 && box.y0 < box.y1 ? box : nil
    }

    /// As it was observed, without a map: the heat of all things is one.
    func observation(width: Int, height: Int, _ prediction: (Int, Float) -> Prediction) -> Observation? {
        guard let box = box(width: width, height: height) else { return nil }
        let picture = Region(x: 0, y: 0, width: Double(width), height: Double(height))
        return Observation(
            prediction: prediction(id, score), heatmap: Heatmap(height: 1, width: 1, values: [0], region: picture),
            box: box, track: track)
    }
}
