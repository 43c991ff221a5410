import Fit
import Infer
import Pipeline
import Serve
import Synchronization

/// Fits the head anew whenever what is taught has changed, on a thread of its own. The newest state wins: what came while one
/// was being fitted is fitted once, afterwards.
final class HeadKeeper: Sendable {
    /// Fits a head; see `HeadFitter.refit`.
    typealias Fit =
        @Sendable (
            _ features: FeatureTable, _ examples: [LabelledExample], _ classes: Int, _ former: HeadFit?,
            _ isCancelled: @escaping @Sendable () -> Bool
        ) throws(HeadError) -> HeadFit

    /// What is to be learnt: classes with enough examples, and theirs.
    struct Material: Sendable {
        let classIDs: [Int]
        let names: [String]
        let examples: [SetFile.Example]
        /// Equal where nothing but names differs.
        let version: Int
        /// When it changed; microseconds of the monotonic clock.
        let changed: Int64
    }

    private struct State {
        var wanted: Material?
        var isFitting = false
        var isClosed = false
        /// Raised where the head that is being fitted is not to hold.
        var epoch = 0
        var number = 0
        var head: TaughtHead?
        /// What the head was made of.
        var fitted: (fit: HeadFit, classIDs: [Int], version: Int)?
        var milliseconds: Double?
        var problem: String?
    }

    private let state = Mutex(State())
    private let thread: StageThread
    private let width: Int
    private let fit: Fit
    private let clock: any SystemClock
    /// After each change of `head` or `told`, on the thread that made it.
    private let onChange: @Sendable () -> Void

    static let problem = "two classes with \(TeachLimits.fewest) examples each are needed"

    /// One thread, so that the camera keeps the others.
    static let usualFit: Fit = { (features, examples, classes, former, isCancelled) throws(HeadError) in
        try HeadFitter(classes: classes, options: HeadFitOptions(threads: 1)).refit(
            features, examples, from: former, isCancelled: isCancelled)
    }

    init(
        width: Int, clock: any SystemClock, fit: @escaping Fit, onChange: @escaping @Sendable () -> Void
    ) throws(LackOfResources) {
        thread = try StageThread("fit")
        (self.width, self.clock, self.fit, self.onChange) = (width, clock, fit, onChange)
    }

    /// The head that holds.
    var head: TaughtHead? { state.withLock { $0.head } }

    /// For people.
    var told: TeachState.Head {
        state.withLock {
            TeachState.Head(
                number: $0.head?.number, isFitting: $0.isFitting, milliseconds: $0.milliseconds, problem: $0.problem)
        }
    }

    /// Learns what there is now. Returns at once.
    func learn(_ material: Material) {
        let begins = state.withLock { state -> Bool in
            guard !state.isClosed else { return false }
            guard material.classIDs.count >= 2 else {
                state.epoch += 1
                (state.wanted, state.head, state.fitted, state.milliseconds) = (nil, nil, nil, nil)
                state.problem = Self.problem
                return false
            }
            if let fitted = state.fitted, fitted.classIDs == material.classIDs, let head = state.head {
                if head.labels != material.names {
                    state.number += 1
                    state.head = TaughtHead(
                        number: state.number, labels: material.names, weights: head.weights, bias: head.bias)
                }
                if fitted.version == material.version, !state.isFitting { return false }
            }
            state.wanted = material
            defer { state.isFitting = true }
            return !state.isFitting
        }
        if begins { thread.run { [weak self] in self?.work() } }
    }

    /// Nothing is fitted any more. Returns at once.
    func close() {
        state.withLock {
            $0.isClosed = true
            $0.wanted = nil
        }
    }

    /// Blocks until all is fitted that was to be.
    func wait() { _ = thread.wait() }

    private func work() {
        while let (material, former, epoch) = next() {
            let isCancelled: @Sendable () -> Bool = { [weak self] in
                self?.state.withLock { $0.isClosed || $0.epoch != epoch } ?? true
            }
            let result: Result<HeadFit, HeadError>
            do throws(HeadError) {
                result = .success(try fitted(material, former, isCancelled))
            } catch {
                result = .failure(error)
            }
            hold(result, material, epoch)
            onChange()
        }
    }

    private func next() -> (Material, HeadFit?, epoch: Int)? {
        state.withLock { state in
            guard let material = state.wanted else {
                state.isFitting = false
                return nil
            }
            state.wanted = nil
            let former = state.fitted.map { fitted in
                fitted.fit.rearranged(material.classIDs.map { fitted.classIDs.firstIndex(of: $0) })
            }
            return (material, former, state.epoch)
        }
    }

    private func fitted(
        _ material: Material, _ former: HeadFit?, _ isCancelled: @escaping @Sendable () -> Bool
    ) throws(HeadError) -> HeadFit {
        let labels = Dictionary(uniqueKeysWithValues: material.classIDs.enumerated().map { ($1, $0) })
        var features = FeatureTable(width: width)
        features.reserveCapacity(rows: material.examples.count)
        var examples: [LabelledExample] = []
        for (row, example) in material.examples.enumerated() {
            features.append(example.features, example: row)
            examples.append(LabelledExample(label: labels[example.classID]!, group: example.step))
        }
        return try fit(features, examples, material.classIDs.count, former, isCancelled)
    }

    /// Lets a head hold, unless what it was fitted to is gone.
    private func hold(_ result: Result<HeadFit, HeadError>, _ material: Material, _ epoch: Int) {
        let now = clock.monotonicTime
        state.withLock { state in
            // The last one is seen to have ended together with its head.
            if state.wanted == nil { state.isFitting = false }
            guard !state.isClosed, state.epoch == epoch else { return }
            switch result {
            case .success(let fit):
                state.fitted = (fit, material.classIDs, material.version)
                // A class that was removed or added meanwhile: the next head follows at once.
                if let wanted = state.wanted, wanted.classIDs != material.classIDs { return }
                state.number += 1
                state.head = TaughtHead(
                    number: state.number, labels: state.wanted?.names ?? material.names, weights: fit.weights,
                    bias: fit.bias)
                state.milliseconds = Double(now - material.changed) / 1000
                state.problem = nil
            case .failure(.cancelled): break
            case .failure(let error): state.problem = "\(error)"
            }
        }
    }
}
