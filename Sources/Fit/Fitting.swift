package import Infer

/// Makes a classifier of pictures: computes their features, holds some of them out, fits a dense layer to the others, and
/// tests it. All is synchronous; the same pictures give the same result.
package struct Fitting: Sendable {
    /// What is being done, for progress.
    package enum Step: Sendable, Equatable {
        case reading(done: Int, total: Int)
        case comparing
        /// Shares of the work that is done.
        case validating(Double)
        case fitting(Double)
        case drawing(done: Int, total: Int)
    }

    package let options: FitOptions
    /// What is learnt from.
    package let list: DataList
    /// What it is tested on, where others are given.
    package let test: DataList?
    /// The pictures of what was taught live; nil: all are files.
    let taught: TaughtExamples?

    /// Reads what there is, without opening a picture.
    ///
    /// - Parameter photos: a folder of class folders, or a table.
    /// - Throws: `FitError`.
    package init(_ photos: String, _ options: FitOptions) throws(FitError) {
        self.options = options
        taught = nil
        list = try DataList(path: photos)
        let classes = list.classes
        test = try options.test.map { path throws(FitError) in
            try DataList(path: path, isTest: true).withClasses(classes, path: path)
        }
        // A clip has many pictures, but what is surely too little is told at once.
        for (label, name) in classes.enumerated() {
            let files = list.entries.filter { $0.label == label }
            guard files.count < FitError.fewest, files.allSatisfy({ FrameSampler.isPicture($0.path) }) else { continue }
            throw tooFew(name, files.count, [])
        }
    }

    /// What was taught live.
    ///
    /// - Throws: `FitError`, and what reading a picture throws.
    package init(_ taught: TaughtExamples, _ options: FitOptions) throws {
        self.options = options
        self.taught = taught
        (list, test) = (try DataList(taught), nil)
    }

    /// - Parameters:
    ///   - isCancelled: asked often, on any thread.
    ///   - progress: is told of each step, by any thread.
    /// - Throws: `FitError`, `HeadError` (`.cancelled`), `InferError`, `LackOfResources`, and what reading a taught picture
    ///   throws.
    package func callAsFunction(
        _ backbone: Backbone, isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (Step) -> Void
    ) throws -> Fitted {
        let compiled = try backbone.compile()
        let views = options.views(forFiles: list.entries.count)
        let total = list.entries.count + (test?.entries.count ?? 0)
        let learnt = try Extraction(
            list, backbone, compiled, options.extraction(views: views), taught: taught, isCancelled: isCancelled
        ) { done, _ in
            progress(.reading(done: done, total: total))
        }
        try check(learnt)
        let before = list.entries.count
        let others = try test.map { test in
            try Extraction(
                test, backbone, compiled, options.extraction(views: 1), isCancelled: isCancelled
            ) { done, _ in
                progress(.reading(done: before + done, total: total))
            }
        }
        if let path = options.test, others?.examples.isEmpty == true { throw FitError.noTest(path: path) }

        progress(.comparing)
        var wholes = learnt.wholes
        var groups = learnt.examples.map(\.group)
        if let others {
            let first = (groups.max() ?? 0) + 1
            for (row, example) in others.examples.enumerated() {
                wholes.append(others.features[row], example: learnt.examples.count + row)
                groups.append(first + example.group)
            }
        }
        let duplicates = try NearDuplicates(wholes, groups: groups)
        let examples = learnt.examples + (others?.examples ?? [])
        let labelled = zip(examples, duplicates.groups).map { LabelledExample(label: $0.label, group: $1) }
        let lesson = Array(labelled[..<learnt.examples.count])
        var head = HeadFitOptions()
        if let l2 = options.l2 { head.strengths = [l2] }
        let fitter = HeadFitter(classes: list.classes.count, options: head)

        let isParted = test == nil && options.validate == nil
        let split = Split(lesson, heldOutShare: isParted ? options.testShare : 0)
        var answers: [Evaluation.Answer] = []
        if let folds = options.validate {
            answers = try validate(fitter, learnt.features, lesson, folds) { progress(.validating($0)) }
        }
        let fit = try fitter.fit(
            learnt.rows(ofExamples: split.training), split.training.map { lesson[$0] },
            progress: { progress(.fitting($0)) }, isCancelled: isCancelled)
        let tested = others == nil ? split.heldOut : Array(learnt.examples.count..<examples.count)
        if !tested.isEmpty {
            answers = Evaluation.answers(
                scores: fit.scores(wholes.rows(tested)), labels: tested.map { labelled[$0].label },
                classes: list.classes.count, examples: tested)
        }
        return Fitted(
            fitting: self, backbone: backbone, head: fit, wholes: wholes, views: views, examples: examples,
            learnt: learnt.examples.count, skipped: learnt.skipped + (others?.skipped ?? []), labelled: labelled,
            split: split, duplicates: duplicates,
            evaluation: answers.isEmpty ? nil : Evaluation(answers, classes: list.classes.count))
    }

    private func validate(
        _ fitter: HeadFitter, _ features: FeatureTable, _ labelled: [LabelledExample], _ folds: Int,
        progress: (Double) -> Void
    ) throws -> [Evaluation.Answer] {
        do throws(HeadError) {
            return try CrossValidation.answers(fitter, features, labelled, folds: folds, progress: progress)
        } catch .emptyClass(let label) {
            throw FitError.oneGroup(name: list.classes[label])
        }
    }

    private func check(_ learnt: Extraction) throws(FitError) {
        for (label, name) in list.classes.enumerated() {
            let count = learnt.examples.count { $0.label == label }
            if count < FitError.fewest { throw tooFew(name, count, learnt.skipped(ofClass: label, in: list)) }
        }
    }

    private func tooFew(_ name: String, _ count: Int, _ skipped: [SkippedFile]) -> FitError {
        .tooFew(
            name: name, count: count, skipped: skipped.count,
            example: skipped.first.map { "\($0.name): \($0.reason)" })
    }
}
