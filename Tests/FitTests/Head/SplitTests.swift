import Testing

@testable import Fit

struct SplitTests {
    /// - Parameter groups: of each class, the sizes of its groups.
    private static func examples(_ groups: [[Int]]) -> [LabelledExample] {
        var (examples, group) = ([LabelledExample](), 0)
        for (label, sizes) in groups.enumerated() {
            for size in sizes {
                examples += [LabelledExample](repeating: LabelledExample(label: label, group: group), count: size)
                group += 1
            }
        }
        return examples
    }

    private static func counts(_ part: [Int], _ examples: [LabelledExample]) -> [Int] {
        let classes = examples.map(\.label).max()! + 1
        return (0..<classes).map { label in part.count { examples[$0].label == label } }
    }

    private static func ones(_ count: Int) -> [Int] { [Int](repeating: 1, count: count) }

    @Test(arguments: [(5, 1), (6, 1), (8, 2), (10, 2), (50, 10), (103, 21)])
    func eachClassGivesItsShare(count: Int, heldOut: Int) {
        let examples = Self.examples([Self.ones(count), Self.ones(count)])
        let split = Split(examples, heldOutShare: 0.2)
        #expect(Self.counts(split.heldOut, examples) == [heldOut, heldOut])
        #expect((split.training + split.heldOut).sorted() == Array(examples.indices))
        #expect(split.unmeasured.isEmpty)
    }

    @Test func aGroupIsOnOneSide() {
        let examples = Self.examples([[10, 10, 4, 30, 7] + Self.ones(9), [5, 5, 5, 5, 5], [12, 40]])
        let split = Split(examples, heldOutShare: 0.2)
        let sides = [split.training, split.heldOut].map { Set($0.map { examples[$0].group }) }
        #expect(sides[0].isDisjoint(with: sides[1]))
        #expect(Self.counts(split.heldOut, examples).allSatisfy { $0 > 0 })
        #expect(Self.counts(split.training, examples).allSatisfy { $0 > 0 })
        #expect(Self.counts(split.heldOut, examples)[1] == 5)
    }

    @Test func aClassOfTwoClipsIsTestedOnTheShorterOne() {
        let examples = Self.examples([[40, 30], [25, 60]])
        #expect(Self.counts(Split(examples, heldOutShare: 0.2).heldOut, examples) == [30, 25])
    }

    @Test func aClassOfOneClipIsLearntAndToldAsUnmeasured() {
        let examples = Self.examples([[40], Self.ones(20)])
        for share in [0.2, 0.7] {
            let split = Split(examples, heldOutShare: share)
            #expect(Self.counts(split.training, examples)[0] == 40)
            #expect(split.unmeasured == [0])
        }
    }

    @Test func picturesThatTwoClassesShareStayTogether() {
        // A near-duplicate of class 1 in class 0's only clip.
        var examples = Self.examples([[20], Self.ones(10)])
        examples[25] = LabelledExample(label: 1, group: examples[0].group)
        let split = Split(examples, heldOutShare: 0.2)
        #expect(split.training.contains(25))
        #expect(Self.counts(split.heldOut, examples)[1] > 0)
    }

    @Test func nothingIsHeldOutForAShareOfZero() {
        let examples = Self.examples([Self.ones(5), Self.ones(5)])
        let split = Split(examples, heldOutShare: 0)
        #expect(split.heldOut.isEmpty)
        #expect(split.unmeasured == [0, 1])
    }

    @Test func theSameExamplesAreSplitTheSameAndAnotherSeedSplitsThemOtherwise() {
        let examples = Self.examples([Self.ones(30), Self.ones(30)])
        #expect(Split(examples, heldOutShare: 0.2) == Split(examples, heldOutShare: 0.2))
        #expect(Split(examples, heldOutShare: 0.2) != Split(examples, heldOutShare: 0.2, seed: 1))
    }

    @Test func foldsAreOfOneSizeAndHoldEachClassAlike() {
        let examples = Self.examples([Self.ones(23), Self.ones(11), Self.ones(6), Self.ones(7)])
        let parts = GroupedParts.assign(examples, shares: [Double](repeating: 0.2, count: 5), seed: 0)
        let folds = (0..<5).map { fold in examples.indices.filter { parts[$0] == fold } }
        #expect(folds.allSatisfy { (9...10).contains($0.count) }, "\(folds.map(\.count))")
        for label in 0..<4 {
            let counts = folds.map { Self.counts($0, examples)[label] }
            #expect(counts.max()! - counts.min()! <= 1, "\(counts)")
        }
    }

    @Test func noExamplesAreNoSplit() {
        #expect(Split([], heldOutShare: 0.2).training.isEmpty)
    }
}
