import Glibc

/// Chooses the classes whose maps are drawn, so that they do not change from picture to picture.
///
/// Probabilities are smoothed over time. The first class holds its place until another one has been ahead of it by a margin
/// for a while. The others (in a grid) keep their places until one is ahead of its neighbour, or of the last of them, by
/// the margin.
package struct ShownClasses {
    /// Of the probabilities' smoothing while they change little, in seconds; of their speed; and how quickly the past is
    /// dropped as they change: τ and β as of `OneEuroFilter`.
    static let timeConstant = 0.1
    static let speedTimeConstant = 0.1
    static let beta: Float = 3
    /// A lead counts when the challenger's probability is so many times that of the class that it challenges.
    static let margin: Float = 1.25
    /// The clearer the lead and the surer the classifier, the shorter the while: seconds × ln(lead / margin) × p². Where
    /// the picture shows nothing that it knows, between two objects, its guesses at 0.2 do not replace each other before `longestWait`; an
    /// object that takes another one's place is named in 2 frames of 30 a second.
    static let patience: Float = 0.05
    /// Seconds after which any lead above the margin is enough.
    static let longestWait: Float = 0.5

    /// A third of the 0.2 that guesses have which do not replace each other before `longestWait`: a first class below it is
    /// there only because no other one is.
    package static let usualFloor = 0.07

    /// Below this smoothed probability the first class counts as not recognised, until it is `margin` times as probable.
    package let floor: Float
    package private(set) var isRecognised = true
    /// In their places; the first one is drawn where only one is.
    package private(set) var classes: [Int] = []
    /// Float `[classes]`.
    private var smoothed: [Float] = []
    /// The same, smoothed to tell how quickly they change.
    private var slow: [Float] = []
    /// Whether the first class is a user's choice.
    private var isChosen = false
    /// Of the challenger of the first class.
    private var merit: Float = 0
    private var secondsAhead: Float = 0

    package init(floor: Float = Float(usualFloor)) { self.floor = floor }

    /// Smoothed over time; 0 before the first picture.
    package func probability(of classID: Int) -> Float { smoothed.indices.contains(classID) ? smoothed[classID] : 0 }

    /// Whether another class comes close to the first one, or is ahead of it and has not been for long enough.
    package private(set) var isInDoubt = false

    /// - Parameters:
    ///   - probabilities: of this picture, Float `[classes]`.
    ///   - elapsed: seconds since the picture before.
    ///   - chosen: the first class, whatever is seen; nil: the most probable one.
    ///   - count: of the classes that are drawn.
    package mutating func update(_ probabilities: [Float], after elapsed: Double, chosen: Int?, count: Int) {
        if smoothed.count == probabilities.count {
            smooth(probabilities, after: elapsed)
        } else {
            smoothed.replace(with: probabilities)
            slow.replace(with: probabilities)
        }
        guard count > 0 else { return classes.removeAll(keepingCapacity: true) }
        defer { noteRecognition() }
        let isSame = isChosen == (chosen != nil) && (chosen == nil || classes.first == chosen)
        guard classes.count == min(count, smoothed.count), isSame else {
            return fill(first: chosen ?? (isChosen ? nil : classes.first), count, isChosen: chosen != nil)
        }
        if chosen == nil { challengeFirst(Float(elapsed)) } else { isInDoubt = false }
        challengeOthers()
    }

    /// After a cut or a gap nothing holds.
    package mutating func forget() {
        classes.removeAll(keepingCapacity: true)
        smoothed.removeAll(keepingCapacity: true)
        slow.removeAll(keepingCapacity: true)
        (isRecognised, isInDoubt) = (true, false)
        (merit, secondsAhead) = (0, 0)
    }

    /// Goes on with the classes of another list. One that comes was not seen until now; where the first one has gone, the
    /// most probable one takes its place.
    package mutating func renumber(_ numbers: Renumbering) {
        guard !smoothed.isEmpty else { return forget() }
        (smoothed, slow) = (numbers.moved(smoothed), numbers.moved(slow))
        let isFirstThere = classes.first.map { numbers[$0] != nil } ?? false
        classes = isFirstThere ? classes.compactMap { numbers[$0] } : []
    }

    private mutating func noteRecognition() {
        guard let first = classes.first else { return }
        isRecognised = smoothed[first] >= (isRecognised ? floor : floor * Self.margin)
    }

    /// A One-Euro filter, as that of the maps: where the probabilities flip to and fro, the past counts, and where another
    /// thing is seen at once, it does not.
    private mutating func smooth(_ probabilities: [Float], after elapsed: Double) {
        let share = Float(-expm1(-elapsed / Self.speedTimeConstant))
        var (way, sum): (Float, Float) = (0, 0)
        for classID in slow.indices {
            let change = share * (probabilities[classID] - slow[classID])
            slow[classID] += change
            way += abs(change)
            sum += smoothed[classID]
        }
        let past = Float(exp(-elapsed / Self.timeConstant)) * expf(-Self.beta * way / max(sum, .leastNormalMagnitude))
        for classID in smoothed.indices {
            smoothed[classID] = probabilities[classID] + past * (smoothed[classID] - probabilities[classID])
        }
    }

    /// Starts anew: the most probable classes behind the first one.
    private mutating func fill(first: Int?, _ count: Int, isChosen: Bool) {
        self.isChosen = isChosen
        (merit, secondsAhead) = (0, 0)
        classes.removeAll(keepingCapacity: true)
        if let first { classes.append(first) }
        while classes.count < min(count, smoothed.count), let next = strongestOutsider() { classes.append(next) }
    }

    private mutating func challengeFirst(_ elapsed: Float) {
        let held = classes[0]
        let challenger = strongest { $0 != held }
        isInDoubt = challenger.map { isAhead($0, of: held, by: 1 / Self.margin) } ?? false
        guard let challenger, isAhead(challenger, of: held) else {
            (merit, secondsAhead) = (0, 0)
            return
        }
        // The least positive number: a probability may be too small to be written as one.
        let lead = smoothed[challenger] / max(smoothed[held], .leastNormalMagnitude)
        merit += elapsed * logf(lead / Self.margin) * smoothed[challenger] * smoothed[challenger]
        secondsAhead += elapsed
        guard merit >= Self.patience || secondsAhead >= Self.longestWait else { return }
        (merit, secondsAhead) = (0, 0)
        classes[0] = challenger
        // The others keep their places as far as can be.
        if let place = classes.indices.dropFirst().first(where: { classes[$0] == challenger }) {
            classes[place] = held
        } else if let last = classes.indices.dropFirst().last, smoothed[held] > smoothed[classes[last]] {
            classes[last] = held
        }
    }

    private mutating func challengeOthers() {
        guard classes.count > 1 else { return }
        let last = classes.count - 1
        if let outsider = strongestOutsider(), isAhead(outsider, of: classes[last]) { classes[last] = outsider }
        for place in stride(from: last, to: 1, by: -1) where isAhead(classes[place], of: classes[place - 1]) {
            classes.swapAt(place, place - 1)
        }
    }

    private func isAhead(_ classID: Int, of other: Int, by margin: Float = Self.margin) -> Bool {
        smoothed[classID] > margin * smoothed[other]
    }

    private func strongestOutsider() -> Int? { strongest { !classes.contains($0) } }

    /// Of equal ones the lower number.
    private func strongest(where isCandidate: (Int) -> Bool) -> Int? {
        var best: Int?
        for classID in smoothed.indices {
            if let best, smoothed[classID] <= smoothed[best] { continue }
            if isCandidate(classID) { best = classID }
        }
        return best
    }
}
