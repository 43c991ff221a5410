package import Infer
import ONNX
import Pipeline

/// Makes a model of what good parts look like, from pictures of good parts alone: chooses rows of features to remember, and
/// finds from held-out pictures how far from these a good part may be. The same pictures give the same model.
///
/// PatchCore: Roth et al. 2022, arXiv:2106.08265; a picture's score is the maximum of its map, without their re-weighting.
package struct NormalFitting: Sendable {
    /// What is being done, for progress.
    package enum Step: Sendable, Equatable {
        case reading(done: Int, total: Int)
        /// Rows to remember, for what is held out and for the model.
        case choosing(done: Int, total: Int)
        case holdingOut(done: Int, total: Int)
        case testing(done: Int, total: Int)
        case drawing(done: Int, total: Int)
    }

    package let options: NormalOptions
    /// Good parts.
    package let list: DataList
    /// What it is tested on.
    let test: DataList?

    /// Reads what there is, without opening a picture.
    ///
    /// - Parameter paths: folders of pictures and clips, or files.
    /// - Throws: `FitError`.
    package init(_ paths: [String], _ options: NormalOptions) throws(FitError) {
        self.options = options
        list = try DataList(ofGoodParts: paths)
        test = try options.test.map { path throws(FitError) in try NormalTest.list(path) }
        if list.entries.count < FitError.fewest, list.entries.allSatisfy({ FrameSampler.isPicture($0.path) }) {
            throw .tooFewGood(count: list.entries.count, skipped: 0, example: nil)
        }
    }

    /// - Parameters:
    ///   - isCancelled: asked often, on any thread.
    ///   - progress: is told of each step, by any thread.
    /// - Throws: `FitError`, `HeadError`, `InferError`, `LackOfResources`.
    package func callAsFunction(
        _ backbone: PatchBackbone, isCancelled: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (Step) -> Void
    ) throws -> NormalFitted {
        let sample = try PatchSample(list, backbone, options, isCancelled: isCancelled) { done, total in
            progress(.reading(done: done, total: total))
        }
        guard sample.examples.count >= FitError.fewest else {
            throw FitError.tooFewGood(
                count: sample.examples.count, skipped: sample.skipped.count,
                example: sample.skipped.first.map { "\($0.name): \($0.reason)" })
        }
        let fifths = sample.fifths()
        let all = Set(sample.examples.indices)
        // Of a few frames all may be of one fifth.
        let learnt = (0..<5).map { part in all.filter { fifths[$0] != part } }.filter { !$0.isEmpty && $0 != all }
        let sets = learnt + [all]
        progress(.choosing(done: 0, total: sets.count))
        let memories = try PatchMemory.several(
            of: sample, sets, count: options.coreset, isCancelled: isCancelled,
            progress: { progress(.choosing(done: $0, total: sets.count)) })
        var held = HeldOut()
        for (part, learnt) in learnt.enumerated() {
            let run = try MapRun(
                backbone, comparingWith: memories[part], mostFrames: options.mostFrames, isCancelled: isCancelled)
            let before = held.scores.count
            try held.add(run, list, sample.examples, except: learnt) { done, _ in
                progress(.holdingOut(done: before + done, total: all.count))
            }
        }
        let memory = memories[learnt.count]
        let run = try MapRun(
            backbone, comparingWith: memory, mostFrames: options.mostFrames, isCancelled: isCancelled)
        let threshold = GoodThreshold(maxima: held.scores.map(\.score), usual: held.usual)
        let tested = try test.map { list in
            try NormalTest(list, path: options.test ?? "", run, threshold.scale) { done, total in
                progress(.testing(done: done, total: total))
            }
        }
        return NormalFitted(
            fitting: self, backbone: backbone, memory: memory, threshold: threshold, run: run,
            examples: sample.examples, places: sample.rows.count / sample.examples.count,
            skipped: sample.skipped + (tested?.skipped ?? []), held: held, test: tested)
    }
}
