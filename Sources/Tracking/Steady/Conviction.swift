import Glibc

/// How much of full heat a class deserves by its probability, so that what the classifier does not see is not painted as
/// if it were there.
///
/// Raw maps cannot tell that by themselves, because their units differ: logits of one class (CAM), which softmax compares
/// with those of all others, a share of them (Grad-CAM and relatives), activations (Score-CAM, FEM), differences of scores
/// (Recipro-CAM, RISE), absolute gradients (saliency). The probability means the same with every method: the heat is that
/// of a map scaled to 1, times (1 + ln p / ln N)², N being the number of classes; 1 for p = 1, 0 for p = 1 / N, which is
/// what a classifier says that knows nothing. Of 1000 classes, 0.5 gives 0.81, 0.1 gives 0.44, 0.003 gives 0.03.
///
/// Scores that are sigmoids have no chance level of 1 / N, but what is not there has a small one, too.
struct Conviction {
    /// Less than this is no longer visible, and its reciprocal would grow without bound.
    static let least: Float = 0.01

    /// ln N; 0: the probability does not matter.
    private let logOfClasses: Float

    /// - Parameter isClassDiscriminative: whether the maps are about a class. A map of what is conspicuous in the picture is the same
    ///   for all of them, and always shown in full.
    init(classes: Int, isClassDiscriminative: Bool) {
        logOfClasses = isClassDiscriminative ? logf(Float(max(2, classes))) : 0
    }

    /// - Returns: `least`...1.
    func callAsFunction(_ probability: Float) -> Float {
        guard logOfClasses > 0 else { return 1 }
        guard probability > 0 else { return Self.least }
        let share = max(0, 1 + logf(probability) / logOfClasses)
        return min(1, max(Self.least, share * share))
    }
}
