/// What a map explains: a weighted sum of elements of the model's output, Σ_i w_i · y_i, with y before any softmax or sigmoid.
///
/// A class's score is one element with the weight 1 (pytorch-grad-cam's `ClassifierOutputTarget`); what sets a class apart
/// from another is the difference of two. It is linear in y, and so are gradients, the maps of a head's rows and sums of
/// probed scores: methods know nothing of classes.
package struct ExplanationTarget: Sendable, Hashable {
    package struct Term: Sendable, Hashable {
        /// Position in the output, row-major.
        package let element: Int
        package let weight: Float
    }

    /// By their elements, each once, without those that weigh nothing.
    package let terms: [Term]

    /// - Parameter weights: by element.
    package init(_ weights: [Int: Float]) {
        terms = weights.filter { $0.value != 0 }.sorted { $0.key < $1.key }.map {
            Term(element: $0.key, weight: $0.value)
        }
    }

    /// One element: of a classifier's output, a class's score.
    package static func score(_ element: Int) -> ExplanationTarget { ExplanationTarget([element: 1]) }

    /// How far one element is above another: what speaks for the one and against the other.
    package static func difference(_ element: Int, from other: Int) -> ExplanationTarget {
        score(element) - score(other)
    }

    package static func + (one: ExplanationTarget, other: ExplanationTarget) -> ExplanationTarget {
        ExplanationTarget(one.weights.merging(other.weights, uniquingKeysWith: +))
    }

    package static func - (one: ExplanationTarget, other: ExplanationTarget) -> ExplanationTarget { one + -1 * other }

    package static func * (factor: Float, target: ExplanationTarget) -> ExplanationTarget {
        ExplanationTarget(target.weights.mapValues { factor * $0 })
    }

    /// Whether it takes anything off: then it is a comparison by itself.
    package var isContrast: Bool { terms.contains { $0.weight < 0 } }

    /// Its gradient with respect to the output.
    ///
    /// - Parameter count: of the output's elements.
    /// - Returns: Float `[count]`.
    package func seed(_ count: Int) -> [Float] {
        var seed = [Float](repeating: 0, count: count)
        for term in terms { seed[term.element] = term.weight }
        return seed
    }

    /// Σ_i w_i · y_i.
    ///
    /// - Parameter scores: y, Float, the whole output.
    package func value<Scores: RandomAccessCollection>(of scores: Scores) -> Float
    where Scores.Element == Float, Scores.Index == Int {
        terms.reduce(0) { $0 + $1.weight * scores[scores.startIndex + $1.element] }
    }

    private var weights: [Int: Float] {
        Dictionary(uniqueKeysWithValues: terms.map { ($0.element, $0.weight) })
    }
}
