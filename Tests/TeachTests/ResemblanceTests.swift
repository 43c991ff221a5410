import TestSupport
import Testing

@testable import Teach

/// Which pictures are nearly the same.
struct ResemblanceTests {
    /// Features that have much in common, as those of one camera's pictures have, and something of their own.
    private func features(_ own: Int, strength: Float = 0.2) -> [Float] {
        var features = [Float](repeating: 1, count: 16)
        features[own] += strength * 4
        return features
    }

    private func example(_ features: [Float]) -> SetFile.Example {
        SetFile.Example(id: 1, classID: 1, step: 1, features: features)
    }

    @Test func whatAllPicturesHaveInCommonMakesNoTwoTheSame() {
        // Their cosine is 0.965 while no mean is known.
        let (one, other) = (features(3), features(7))
        var resemblance = Resemblance(width: 16)
        #expect(resemblance.known(other, among: [example(one)]) == nil)
        resemblance.note(one)
        #expect(resemblance.known(other, among: [example(one)]) == nil)
        #expect(resemblance.known(features(3, strength: 0.21), among: [example(one)]) != nil)
    }

    @Test func laterTheMeanTellsThemApart() {
        var resemblance = Resemblance(width: 16)
        for number in 0..<400 { resemblance.note(features(number % 16)) }
        #expect(resemblance.known(features(7), among: [example(features(3))]) == nil)
        #expect(resemblance.known(features(3, strength: 0.23), among: [example(features(3))]) != nil)
    }
}
