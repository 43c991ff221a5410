/// Whether a picture is nearly one that its class has already: by the cosine of their features, seen from the mean of all
/// that were taught.
///
/// The first pictures say little of a mean: the mean of two frames of one scene is that scene, and from there any two frames
/// look different. So it counts as if a number of pictures had been seen whose features are zeros: early on, the cosine is
/// that of the features as they are. What all pictures have in common is in it then, which makes any two of them alike, and so
/// they must be the more alike to be the same.
struct Resemblance {
    private var sum: [Double]
    private var count = 0

    /// From which cosine on a picture is known. At 0.97 the noise of a still camera makes new examples, and at 0.95 every second
    /// of eight frames a second is new while a camera pans (EfficientNet-Lite0).
    static let threshold: Float = 0.95
    /// The same of features as they are.
    private static let firstThreshold: Float = 0.99
    /// How many pictures of zeros count.
    private static let zeros = 20.0
    /// Of a class, how many are compared.
    private static let newest = 100

    init(width: Int) { sum = [Double](repeating: 0, count: width) }

    mutating func note(_ features: [Float]) { add(features, 1) }
    mutating func forget(_ features: [Float]) { add(features, -1) }

    private mutating func add(_ features: [Float], _ sign: Double) {
        count += sign > 0 ? 1 : -1
        for place in sum.indices { sum[place] += sign * Double(features[place]) }
    }

    /// The first of a class's examples, from the newest on, that a picture is nearly the same as.
    ///
    /// - Parameter examples: the newest first.
    func known(_ features: [Float], among examples: some Sequence<SetFile.Example>) -> SetFile.Example? {
        let share = 1 / (Double(count) + Self.zeros)
        let threshold = Self.threshold + (Self.firstThreshold - Self.threshold) * Float(Self.zeros * share)
        let mean = sum.map { Float($0 * share) }
        func seen(_ features: [Float]) -> (direction: [Float], length: Float) {
            var direction = features
            var squares: Float = 0
            for place in direction.indices {
                direction[place] -= mean[place]
                squares += direction[place] * direction[place]
            }
            return (direction, squares.squareRoot())
        }
        let picture = seen(features)
        return examples.prefix(Self.newest).first { example in
            let other = seen(example.features)
            var product: Float = 0
            for place in mean.indices { product += picture.direction[place] * other.direction[place] }
            let lengths = picture.length * other.length
            return lengths == 0 ? features == example.features : product >= threshold * lengths
        }
    }
}
