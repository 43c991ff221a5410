/// Features to learn from, ordered by fold, so that each fold's rows lie together and nothing is copied for it.
final class TrainingRows: Sendable {
    let width: Int
    let classes: Int
    /// `[count, width]`, row-major.
    let values: [Float]
    /// Class of each row.
    let labels: [Int]
    /// Example of each row, by its position among those that the fitter was given.
    let examples: [Int]
    /// Share of the row in its example: 1 / its views. All examples weigh the same, however many views they have.
    let viewShares: [Float]
    /// What the row counts in the loss: its share, times its class's weight.
    let weights: [Float]
    /// Where each fold's rows are; those of no fold, which are always learnt, come last.
    let folds: [Range<Int>]
    /// The first row of each example of a fold, which is the picture as it is.
    let plainRows: [[Int]]

    var count: Int { labels.count }

    /// - Parameters:
    ///   - chosen: rows of the table to use, ascending.
    ///   - foldOf: fold of each example; `count` for none.
    ///   - classWeights: `[classes]`.
    /// - Throws: `HeadError.notFinite`.
    init(
        _ table: FeatureTable, rows chosen: [Int], _ labelled: [LabelledExample], classes: Int, foldOf: [Int],
        folds count: Int, classWeights: [Double]
    ) throws(HeadError) {
        let width = table.width
        var byFold = [[Int]](repeating: [], count: count + 1)
        var views = [Int](repeating: 0, count: labelled.count)
        for row in chosen {
            let example = table.examples[row]
            byFold[foldOf[example]].append(row)
            views[example] += 1
        }
        var values: [Float] = []
        values.reserveCapacity(chosen.count * width)
        var (labels, examples): ([Int], [Int]) = ([], [])
        var (viewShares, weights): ([Float], [Float]) = ([], [])
        var ranges: [Range<Int>] = []
        var plainRows: [[Int]] = []
        var isSeen = [Bool](repeating: false, count: labelled.count)
        for rows in byFold {
            let start = labels.count
            var plain: [Int] = []
            for row in rows {
                let example = table.examples[row]
                if !isSeen[example] { plain.append(labels.count) }
                isSeen[example] = true
                values.append(contentsOf: table[row])
                labels.append(labelled[example].label)
                examples.append(example)
                viewShares.append(1 / Float(views[example]))
                weights.append(Float(classWeights[labelled[example].label]) / Float(views[example]))
            }
            ranges.append(start..<labels.count)
            plainRows.append(plain)
        }
        if let place = values.withUnsafeBufferPointer({ $0.firstIndex { !$0.isFinite } }) {
            throw .notFinite(example: examples[place / width])
        }
        (self.width, self.classes, self.values) = (width, classes, values)
        (self.labels, self.examples, self.viewShares, self.weights) = (labels, examples, viewShares, weights)
        (folds, self.plainRows) = (ranges, plainRows)
    }

    /// All rows but those of a fold; nil: all.
    func ranges(without fold: Int?) -> [Range<Int>] {
        guard let fold else { return [0..<count] }
        return [0..<folds[fold].lowerBound, folds[fold].upperBound..<count].filter { !$0.isEmpty }
    }
}
