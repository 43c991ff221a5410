import Foundation
package import Serve
import Synchronization

/// A set that is taught, in memory: in place of a classifier that learns, for tests of the server and of its page.
///
/// From two classes with five examples each on a head holds, which is sure of the class that was taught last.
package final class TaughtInMemory: ServedTeaching {
    private struct Class: Equatable {
        let id: Int
        var name: String
        /// Newest first.
        var examples: [Int] = []
    }

    private struct Step {
        let what: String
        /// Examples that were taken one after the other are one.
        let takenFor: Int?
        var examples = 1
        let before: [Class]
    }

    private struct Content {
        var classes = [Class(id: 0, name: "none")]
        var nextClass = 1
        var nextExample = 1
        var steps: [Step] = []
        var thumbnails: [Int: [UInt8]] = [:]
        var head = TeachState.Head()
        var heads = 0
        var taughtLast: Int?
        var model = TeachState.Model()
        var problem: String?
        var isSame = false
        var refusal: TeachRefusal?
    }

    private let content = Mutex(Content())
    private let name: String
    private let maximumExamples: Int
    private let folder: URL
    /// nil: all is done at once.
    private let pause: (@Sendable (Duration) async -> Void)?
    private let picture: @Sendable (_ example: Int) -> [UInt8]
    /// Is told each new state.
    private let onChange: @Sendable (TeachState) -> Void
    private static let fewestExamples = 5

    package init(
        named name: String, maximumExamples: Int = 20_000, pause: (@Sendable (Duration) async -> Void)? = nil,
        picture: @escaping @Sendable (_ example: Int) -> [UInt8] = { Array("example \($0)".utf8) },
        onChange: @escaping @Sendable (TeachState) -> Void = { _ in }
    ) {
        (self.name, self.maximumExamples, self.pause) = (name, maximumExamples, pause)
        (self.picture, self.onChange) = (picture, onChange)
        folder = FileManager.default.temporaryDirectory.appending(path: "taught-\(UUID().uuidString)")
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    // MARK: What a test lets it do

    /// Whether the next pictures are nearly the same as what there is.
    package func setSame(_ isSame: Bool) { content.withLock { $0.isSame = isSame } }

    /// What changes are refused with; nil: they are not.
    package func refuse(_ refusal: TeachRefusal?) { content.withLock { $0.refusal = refusal } }

    package func setProblem(_ problem: String?) {
        content.withLock { $0.problem = problem }
        tell()
    }

    /// What the head says, the surest first; nil: there is none.
    package var scores: [(id: Int, label: String, probability: Double)]? {
        content.withLock { content in
            guard content.head.number != nil else { return nil }
            let known = content.classes.filter { $0.examples.count >= Self.fewestExamples }
            let others = 0.12 / Double(max(1, known.count - 1))
            return known.enumerated().map { index, one in
                (index, one.name, one.id == content.taughtLast ? 0.88 : others)
            }.sorted { $0.2 > $1.2 }
        }
    }

    // MARK: ServedTeaching

    package var state: TeachState { get async { now } }

    private var now: TeachState {
        content.withLock { content in
            TeachState(
                name: name, backbone: "imagenet",
                classes: content.classes.map { .init(id: $0.id, name: $0.name, examples: $0.examples.count) },
                maximumExamples: maximumExamples, fewestExamples: Self.fewestExamples,
                undoes: content.steps.last.map { step in
                    guard step.takenFor != nil else { return step.what }
                    return step.examples == 1
                        ? "an example of \(step.what)" : "\(step.examples) examples of \(step.what)"
                }, head: content.head, model: content.model, problem: content.problem)
        }
    }

    package func addClass(named name: String) async throws(TeachRefusal) -> Int {
        try await change { content throws(TeachRefusal) in
            try Self.checkNew(name, content.classes)
            content.steps.append(Step(what: "the class \(name)", takenFor: nil, before: content.classes))
            let id = content.nextClass
            content.nextClass += 1
            content.classes.append(Class(id: id, name: name))
            return id
        }
    }

    package func renameClass(_ id: Int, to name: String) async throws(TeachRefusal) {
        try await change { content throws(TeachRefusal) in
            let index = try Self.index(of: id, content.classes)
            let old = content.classes[index].name
            guard old != name else { return }
            try Self.checkNew(name, content.classes)
            content.steps.append(Step(what: "the name \(name)", takenFor: nil, before: content.classes))
            content.classes[index].name = name
        }
    }

    package func removeClass(_ id: Int) async throws(TeachRefusal) {
        try await change { content throws(TeachRefusal) in
            let index = try Self.index(of: id, content.classes)
            let what = "the removal of \(content.classes[index].name)"
            content.steps.append(Step(what: what, takenFor: nil, before: content.classes))
            content.classes.remove(at: index)
        }
    }

    package func take(forClass id: Int) async throws(TeachRefusal) -> TakenExample {
        await pause?(.milliseconds(40))
        return try await change { content throws(TeachRefusal) in
            let index = try Self.index(of: id, content.classes)
            if content.isSame, let known = content.classes[index].examples.first { return .known(id: known) }
            guard content.classes.map(\.examples.count).reduce(0, +) < maximumExamples else {
                throw .conflict("the set is full: it has \(maximumExamples) examples")
            }
            if content.steps.last?.takenFor == id {
                content.steps[content.steps.count - 1].examples += 1
            } else {
                content.steps.append(
                    Step(what: content.classes[index].name, takenFor: id, before: content.classes))
            }
            let example = content.nextExample
            content.nextExample += 1
            content.thumbnails[example] = picture(example)
            content.classes[index].examples.insert(example, at: 0)
            content.taughtLast = id
            return .added(id: example)
        }
    }

    package func examples(ofClass id: Int, from: Int, count: Int) async throws(TeachRefusal) -> [Int] {
        let classes = content.withLock { $0.classes }
        return Array(classes[try Self.index(of: id, classes)].examples.dropFirst(from).prefix(count))
    }

    package func removeExample(_ id: Int) async throws(TeachRefusal) {
        try await change { content throws(TeachRefusal) in
            guard let index = content.classes.firstIndex(where: { $0.examples.contains(id) }) else {
                throw .missing("there is no example \(id)")
            }
            let what = "the removal of an example of \(content.classes[index].name)"
            content.steps.append(Step(what: what, takenFor: nil, before: content.classes))
            content.classes[index].examples.removeAll { $0 == id }
        }
    }

    package func undo() async throws(TeachRefusal) {
        try await change { content throws(TeachRefusal) in
            guard let step = content.steps.popLast() else { throw .conflict("there is nothing to undo") }
            content.classes = step.before
        }
    }

    package func clear() async throws(TeachRefusal) {
        try await change { content throws(TeachRefusal) in
            content.steps.append(Step(what: "the clearing", takenFor: nil, before: content.classes))
            content.classes = [Class(id: 0, name: "none")]
        }
    }

    package func thumbnail(ofExample id: Int) async -> [UInt8]? { content.withLock { $0.thumbnails[id] } }

    package func makeModel() async throws(TeachRefusal) {
        try await change { content throws(TeachRefusal) in
            guard content.head.number != nil else { throw .conflict("nothing has been learnt yet") }
            guard !content.model.isBeingMade else { throw .conflict("a model is being made already") }
            content.model.isBeingMade = true
            content.model.step = "features, 24 of 60"
        }
        await later(.milliseconds(400)) { $0.model.step = "writing the report" }
        await later(.milliseconds(800)) { [folder, name] content in
            content.model = .init(madeAt: 1_800_000_000, accuracy: 0.9667)
            do {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                for file in TaughtFile.allCases {
                    try Data(Self.text(file, name).utf8).write(to: folder.appending(path: Self.name(file, name)))
                }
            } catch { content.model.problem = "\(error)" }
        }
    }

    package func made(_ file: TaughtFile) async -> (path: String, name: String)? {
        guard content.withLock({ $0.model.madeAt }) != nil else { return nil }
        let fileName = Self.name(file, name)
        return (folder.appending(path: fileName).path, fileName)
    }

    // MARK: -

    private static func name(_ file: TaughtFile, _ name: String) -> String {
        switch file {
        case .model: "\(name).onnx"
        case .report: "\(name).report.html"
        case .numbers: "\(name).report.json"
        }
    }

    private static func text(_ file: TaughtFile, _ name: String) -> String {
        switch file {
        // More than a piece, of a length that is no multiple of one.
        case .model: String(repeating: "a model, ", count: 50_000) + "and its end"
        case .report: "<!doctype html><title>\(name)</title><p>A report.<script>parent.broken = true</script>"
        case .numbers: #"{"format": 1}"#
        }
    }

    private static func checkNew(_ name: String, _ classes: [Class]) throws(TeachRefusal) {
        if classes.contains(where: { $0.name == name }) { throw .conflict("there is a class '\(name)' already") }
    }

    private static func index(of id: Int, _ classes: [Class]) throws(TeachRefusal) -> Int {
        guard let index = classes.firstIndex(where: { $0.id == id }) else { throw .missing("there is no class \(id)") }
        return index
    }

    private func tell() { onChange(now) }

    /// Changes the content, tells it, and has a head fitted where the examples are others.
    private func change<Result: Sendable>(
        _ act: (inout Content) throws(TeachRefusal) -> Result
    ) async throws(TeachRefusal) -> Result {
        var isOther = false
        let result = try content.withLock { content throws(TeachRefusal) in
            if let refusal = content.refusal { throw refusal }
            let before = content.classes
            let result = try act(&content)
            isOther = content.classes != before
            if isOther { content.head = Self.isEnough(content.classes) ? content.head : .init() }
            if isOther, Self.isEnough(content.classes) { content.head.isFitting = true }
            return result
        }
        tell()
        if isOther, content.withLock({ $0.head.isFitting }) {
            await later(.milliseconds(120)) { content in
                guard content.head.isFitting else { return }
                content.heads += 1
                content.head = .init(number: content.heads, milliseconds: 180)
            }
        }
        return result
    }

    private static func isEnough(_ classes: [Class]) -> Bool {
        classes.count { $0.examples.count >= fewestExamples } >= 2
    }

    private func later(_ time: Duration, _ act: @escaping @Sendable (inout Content) -> Void) async {
        guard let pause else {
            content.withLock { act(&$0) }
            tell()
            return
        }
        Task {
            await pause(time)
            content.withLock { act(&$0) }
            tell()
        }
    }
}
