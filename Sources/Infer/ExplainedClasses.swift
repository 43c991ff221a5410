import ONNX
import Pipeline
import Tracking

/// Which classes of a picture are explained, what of each, and what is said of them: from the scores of this picture and of
/// those before it.
struct ExplainedClasses {
    private(set) var known: KnownClasses
    var names: ClassNames { known.names }
    /// The class that others are told apart from; nil: none.
    let versus: Int?
    /// How often the class of the drawn map, and the most probable one, have changed.
    private(set) var churn = LabelChurn()
    /// Of the picture that was read last.
    private var scores: Scores
    private var shown: ShownClasses

    /// - Parameter floor: as of `ShownClasses`.
    init(_ known: KnownClasses, versus: Int?, floor: Float) {
        (self.known, self.versus) = (known, versus)
        scores = Scores(classes: known.count)
        shown = ShownClasses(floor: known.reading == .share ? min(floor, Self.leastShare) : floor)
    }

    /// A class that has less of the picture than this is not named. Where nobody cares for less, nobody does here.
    private static let leastShare: Float = 0.005

    /// Of a segmentation, what is nothing of the others: it has most of the picture and is not what anybody looks for.
    private var hidden: Set<Int> { known.reading == .share && known.count > 1 ? known.negatives : [] }

    /// The same with a newer head for the same classes.
    mutating func know(_ new: KnownClasses) { known = new }

    /// The same with other classes.
    ///
    /// - Parameter numbers: where those of before stand now, and go on; nil: nothing of before holds.
    mutating func know(_ new: KnownClasses, _ numbers: Renumbering?) {
        let (churn, shown) = (churn, shown)
        self = ExplainedClasses(new, versus: nil, floor: shown.floor)
        guard let numbers else { return }
        (self.churn, self.shown) = (churn, shown)
        self.churn.renumber(numbers)
        self.shown.renumber(numbers)
    }

    /// Forgets earlier pictures.
    mutating func forget() { shown.forget() }

    /// Whether the next pictures may decide which class is shown.
    var isInDoubt: Bool { shown.isInDoubt }

    /// Takes a picture's scores.
    ///
    /// - Parameter logits: Float `[classes]`, before the activation.
    /// - Returns: the most probable classes, five at most; nil where a score is no number.
    mutating func read(_ logits: UnsafeBufferPointer<Float>) -> [Int]? {
        switch (known.reading, known.activation) {
        case (.share, _), (.anomaly, _): scores.setPlain(logits)
        case (.none, _), (.objects, _): scores.setCertain()
        case (.probability, .sigmoid): scores.setSigmoid(logits)
        case (.probability, .softmax), (.probability, .none): scores.setSoftmax(logits)
        }
        return scores.areFinite ? scores.top(5, without: hidden) : nil
    }

    /// The chosen class first, then the most probable ones: of this picture alone where nothing is smoothed.
    ///
    /// - Parameters:
    ///   - top: what `read` returned.
    ///   - elapsed: seconds since the picture before.
    mutating func choose(among top: [Int], _ settings: MapSettings, after elapsed: Double) -> [Int] {
        let classes = chosen(among: top, settings, after: elapsed)
        if settings.explainedClass == nil, let first = classes.first {
            churn.note(shown: first, raw: top[0])
        } else {
            churn.pause()
        }
        return classes
    }

    private mutating func chosen(among top: [Int], _ settings: MapSettings, after elapsed: Double) -> [Int] {
        guard settings.isSmoothed else {
            shown.forget()
            guard let explainedClass = settings.explainedClass else { return Array(top.prefix(settings.mapCount)) }
            return Array(([explainedClass] + top.filter { $0 != explainedClass }).prefix(settings.mapCount))
        }
        var probabilities = scores.probabilities
        for classID in hidden { probabilities[classID] = 0 }
        shown.update(
            probabilities, after: elapsed, chosen: settings.explainedClass, count: settings.mapCount)
        return shown.classes
    }

    /// The class's score, less that of the one that it is told apart from; that one's own is explained alone.
    func target(ofClass classID: Int) -> ExplanationTarget {
        guard let versus, versus != classID else { return .score(classID) }
        return .difference(classID, from: versus)
    }

    func prediction(_ classID: Int) -> Prediction {
        Prediction(classID: classID, label: names.shown[classID], probability: scores.probabilities[classID])
    }

    /// The probabilities that are printed, smoothed; none where nothing is.
    func printed(_ classIDs: [Int], _ settings: MapSettings) -> [Int: Float] {
        guard settings.isSmoothed else { return [:] }
        let all = classIDs + (versus.map { [$0] } ?? [])
        return Dictionary(all.map { ($0, shown.probability(of: $0)) }) { first, _ in first }
    }

    /// Whether a class stands for nothing of the others, and nobody asked for it.
    private func isNothing(_ classID: Int, _ settings: MapSettings) -> Bool {
        settings.explainedClass == nil && known.negatives.contains(classID)
    }

    /// Whether its map is shown without heat: where the picture is of nothing, nothing in it is hot. Where classes are shown
    /// beside each other, each has its own.
    func isCold(_ classID: Int, _ settings: MapSettings) -> Bool {
        settings.mapCount == 1 && isNothing(classID, settings)
    }

    /// Who asks for a class wants to know its probability, however small. A class that stands for nothing is nothing to name.
    ///
    /// - Parameter drawn: the first class.
    func isRecognised(_ drawn: Int, _ settings: MapSettings) -> Bool {
        if settings.explainedClass != nil || known.reading == .none || known.reading == .anomaly { return true }
        if isNothing(drawn, settings) { return false }
        guard settings.isSmoothed, settings.mapCount > 0 else { return scores.probabilities[drawn] >= shown.floor }
        return shown.isRecognised
    }
}
