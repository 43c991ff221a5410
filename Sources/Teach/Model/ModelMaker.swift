import Encode
import Fit
import Foundation
import Glibc
import Pipeline
import Serve
import Synchronization

/// Makes the model of a set in the background, one at a time, and keeps its files beside the set.
final class ModelMaker: Sendable {
    private let files: SetFiles
    private let folder: TeachFolder
    private let clock: any SystemClock
    private let make: Teacher.Make
    private let onChange: @Sendable () -> Void
    private let thread: StageThread
    private let state: Mutex<TeachState.Model>
    private let isClosed = Atomic(false)

    /// - Parameter facts: of the set, among them what is known of the model that is there.
    init(
        _ files: SetFiles, _ folder: TeachFolder, clock: any SystemClock, facts: [String: String],
        make: @escaping Teacher.Make, onChange: @escaping @Sendable () -> Void
    ) throws(LackOfResources) {
        // The camera goes first.
        thread = try StageThread("make", niceness: 10)
        (self.files, self.folder, self.clock, self.make, self.onChange) = (files, folder, clock, make, onChange)
        var model = TeachState.Model()
        if let written = Self.written(files.made(.model).path) {
            model.madeAt = facts["model.made"].flatMap { Double($0) }
            model.accuracy = facts["model.accuracy"].flatMap { Double($0) }
            // A killed process may have put a newer one in place, of which the set does not know.
            if model.madeAt.map({ written - $0 > Self.longestDelay }) ?? true {
                (model.madeAt, model.accuracy) = (written, nil)
            }
        }
        state = Mutex(model)
    }

    /// From when the model's file is whole until it is told when it was made; seconds.
    private static let longestDelay = 60.0

    /// When a file was written, in seconds since 1970; nil: there is none.
    private static func written(_ path: String) -> Double? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
    }

    /// For people.
    var told: TeachState.Model { state.withLock { $0 } }

    /// - Returns: nil: there is none, or none that was put in place whole.
    func made(_ file: TaughtFile) -> (path: String, name: String)? {
        guard told.madeAt != nil else { return nil }
        let made = files.made(file)
        return FileManager.default.fileExists(atPath: made.path) ? made : nil
    }

    /// Begins with what is on the disk now. Returns at once.
    ///
    /// - Parameter keep: is given what is known of the model, to keep it with the set.
    /// - Throws: `.conflict` while one is being made.
    func begin(keep: @escaping @Sendable ([(key: String, value: String)]) -> Void) throws(TeachRefusal) {
        let set: TaughtSet
        do throws(TeachError) { set = try TaughtSet.read(files) } catch { throw .storage("\(error)") }
        let begins = state.withLock { state in
            guard !state.isBeingMade, !isClosed.load(ordering: .acquiring) else { return false }
            (state.isBeingMade, state.step, state.problem) = (true, "reading", nil)
            return true
        }
        guard begins else { throw .conflict("a model is being made already") }
        thread.run { [self] in work(set.examples, keep) }
    }

    /// What is being made is given up. Waits for it a while.
    func close() {
        isClosed.store(true, ordering: .releasing)
        _ = thread.wait(within: .seconds(5))
    }

    /// Blocks until what was begun is done; for tests.
    func wait() { _ = thread.wait() }

    private func work(
        _ examples: TaughtExamples, _ keep: @Sendable ([(key: String, value: String)]) -> Void
    ) {
        do {
            let made = try make(
                examples, { [weak self] step in self?.tell(step) },
                { [weak self] in self?.isClosed.load(ordering: .acquiring) ?? true })
            if isClosed.load(ordering: .acquiring) { return }
            try put(made.numbers, .numbers)
            try put(made.page, .report)
            // The last: whoever sees the model has its report.
            try put(made.model, .model)
            let now = Double(clock.wallTime) / 1e6
            keep([("model.made", "\(now)"), ("model.accuracy", made.accuracy.map { "\($0)" } ?? "")])
            state.withLock { $0 = TeachState.Model(madeAt: now, accuracy: made.accuracy) }
        } catch {
            if isClosed.load(ordering: .acquiring) { return }
            state.withLock { ($0.isBeingMade, $0.step, $0.problem) = (false, nil, "\(error)") }
        }
        onChange()
    }

    private func tell(_ step: String) {
        let isNew = state.withLock { state in
            guard state.isBeingMade, state.step != step else { return false }
            state.step = step
            return true
        }
        if isNew { onChange() }
    }

    private func put(_ bytes: [UInt8], _ file: TaughtFile) throws(EncodeError) {
        let whole = try WholeFile(files.made(file).path, replacing: true)
        chmod(whole.temporaryPath, 0o600)
        try whole.append(bytes)
        try whole.putInPlace()
    }
}
