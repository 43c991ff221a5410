import Pipeline
import Tracking

/// What the classifier said of the last picture that it looked at: for later ones that are the same but for noise or motion.
struct LastInference {
    /// On the trail of motion; nil: it is not on it.
    let number: Int?
    let seconds: Double
    /// Float `[classes]`, before the activation.
    let logits: [Float]
    /// As the methods made them, before any filter.
    private(set) var maps: [Key: Map] = [:]

    struct Key: Hashable {
        let classID: Int
        /// The method's number.
        let method: Int
    }

    struct Map {
        let map: RawMap
        /// The target's value.
        let score: Float?
    }

    init(number: Int?, seconds: Double, logits: UnsafeBufferPointer<Float>) {
        (self.number, self.seconds, self.logits) = (number, seconds, Array(logits))
    }

    mutating func keep(_ map: RawMap, score: Float?, ofClass classID: Int, method: Int) {
        maps[Key(classID: classID, method: method)] = Map(map: map, score: score)
    }

    /// Whether all of these have a map of each method.
    func hasMaps(of classes: [Int], methods: Int) -> Bool {
        classes.allSatisfy { classID in
            (0..<methods).allSatisfy { maps[Key(classID: classID, method: $0)] != nil }
        }
    }
}

extension RawMap {
    /// Where the picture has moved since.
    ///
    /// - Parameter field: nil: nobody knows; it stays where it is.
    func moved(by field: MotionField?) -> RawMap {
        guard let field, !field.isIdentity else { return self }
        var result = self
        result.values = [Float](unsafeUninitializedCapacity: values.count) { moved, count in
            values.withUnsafeBufferPointer { values in
                field.warp(
                    values, height: height, width: width,
                    into: UnsafeMutableBufferPointer(rebasing: moved[..<values.count]))
            }
            count = values.count
        }
        return result
    }
}
