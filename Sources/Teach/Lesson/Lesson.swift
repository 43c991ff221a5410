import Infer
import Pipeline
import Serve

/// Classes and examples, and the rules for them. What it says is on the disk; features are in memory as well.
///
/// `@unchecked Sendable`, as it is used by one thread at a time: `Teacher` asks it on the thread "teach" alone.
final class Lesson: @unchecked Sendable {
    let file: SetFile
    let backbone: TaughtBackbone
    let limits: TeachLimits
    private let clock: any SystemClock
    private(set) var classes: [SetFile.Class]
    /// In the order in which they came.
    private(set) var examples: [SetFile.Example]
    /// What `undo` takes back.
    private(set) var undoes: String?
    /// Why the last change was not kept.
    private(set) var problem: String?
    /// Counts what may change a head: examples and classes, not names.
    private(set) var version = 0
    private var resemblance: Resemblance
    /// Of each class, its pictures that one step takes back.
    private var bursts: [Int: Burst] = [:]

    private struct Burst {
        let step: Int
        /// Microseconds of the monotonic clock.
        var last: Int64
    }

    /// Pictures with longer gaps are another step; microseconds.
    private static let longestGap: Int64 = 2_000_000

    init(
        _ file: SetFile, _ backbone: TaughtBackbone, limits: TeachLimits = TeachLimits(), clock: any SystemClock
    ) throws(TeachError) {
        (self.file, self.backbone, self.limits, self.clock) = (file, backbone, limits, clock)
        classes = try file.classes()
        examples = try file.examples(width: backbone.channels)
        resemblance = Resemblance(width: backbone.channels)
        let known = Set(classes.map(\.id))
        for example in examples {
            guard known.contains(example.classID) else {
                throw .damaged(path: file.files.examples, reason: "example \(example.id) has no class")
            }
            resemblance.note(example.features)
        }
        undoes = try describeNewestStep()
    }

    // MARK: Classes

    func addClass(named name: String) throws(TeachRefusal) -> Int {
        let name = try checked(name, for: nil)
        guard classes.count < limits.classes else {
            throw .conflict("there are \(classes.count) classes, and there may be no more")
        }
        return try change { () throws(TeachError) in
            let step = try file.begin(.newClass, name: name, depth: limits.steps)
            return try file.addClass(name, step: step)
        } then: { id in
            classes.append(SetFile.Class(id: id, name: name))
        }
    }

    func renameClass(_ id: Int, to name: String) throws(TeachRefusal) {
        let index = try index(ofClass: id)
        let name = try checked(name, for: id)
        let former = classes[index].name
        // Swift takes texts for equal that are spelled alike in different code points.
        guard Array(former.utf8) != Array(name.utf8) else { return }
        try change(affectsHead: false) { () throws(TeachError) in
            _ = try file.begin(.rename, classID: id, name: former, depth: limits.steps)
            try file.rename(id, to: name)
        } then: { _ in
            classes[index].name = name
        }
    }

    func removeClass(_ id: Int) throws(TeachRefusal) {
        let index = try index(ofClass: id)
        try change { () throws(TeachError) in
            let step = try file.begin(.removeClass, classID: id, name: classes[index].name, depth: limits.steps)
            try file.removeClass(id, step: step)
        } then: { _ in
            classes.remove(at: index)
            drop { $0.classID == id }
        }
    }

    /// Removes all classes but the empty "none", which is there afterwards in any case.
    func clear() throws(TeachRefusal) {
        let none = classes.first { $0.name.lowercased() == "none" }
        if classes.count == 1, none != nil, examples.isEmpty { return }
        try change { () throws(TeachError) in
            let step = try file.begin(.clear, depth: limits.steps)
            for gone in classes where gone.id != none?.id { try file.removeClass(gone.id, step: step) }
            guard let none else { return SetFile.Class(id: try file.addClass("none", step: step), name: "none") }
            try file.removeExamples(ofClass: none.id, step: step)
            return none
        } then: { none in
            classes = [none]
            drop { _ in true }
        }
    }

    // MARK: Examples

    /// Whether there is room for an example of a class, and it is there.
    func checkRoom(forClass id: Int) throws(TeachRefusal) {
        _ = try index(ofClass: id)
        guard examples.count < limits.examples else {
            throw .conflict("the set is full: there are \(examples.count) examples, and there may be no more")
        }
    }

    /// Whether a picture is nearly one that its class has; then holding a button goes on all the same.
    func known(_ picture: TaughtPicture, classID: Int) -> Int? {
        let ofClass = examples.lazy.reversed().filter { $0.classID == classID }
        guard let known = resemblance.known(picture.features, among: ofClass) else { return nil }
        bursts[classID]?.last = clock.monotonicTime
        return known.id
    }

    /// - Parameters:
    ///   - pixels: compressed (`LosslessPicture`).
    ///   - thumbnail: a JPEG.
    func add(
        _ features: [Float], pixels: [UInt8], thumbnail: [UInt8], classID: Int
    ) throws(TeachRefusal) -> Int {
        try checkRoom(forClass: classID)
        try makeRoom(for: 4 * features.count + pixels.count + thumbnail.count)
        let now = clock.monotonicTime
        // Others may teach other classes at the same time, so that it need not be the newest step.
        let burst = bursts[classID].flatMap { now - $0.last <= Self.longestGap ? $0 : nil }
        let open = bursts
        let (id, step) = try change { () throws(TeachError) in
            let step =
                if let burst { burst.step } else {
                    try file.begin(.examples, classID: classID, depth: limits.steps)
                }
            let id = try file.addExample(
                features, classID: classID, step: step, pixels: pixels, thumbnail: thumbnail)
            return (id, step)
        } then: { id, step in
            let example = SetFile.Example(id: id, classID: classID, step: step, features: features)
            examples.append(example)
            resemblance.note(features)
        }
        bursts = open
        bursts[classID] = Burst(step: step, last: now)
        return id
    }

    func removeExample(_ id: Int) throws(TeachRefusal) {
        guard let example = examples.first(where: { $0.id == id }) else {
            throw .missing("there is no example \(id)")
        }
        try change { () throws(TeachError) in
            let step = try file.begin(.removeExample, classID: example.classID, depth: limits.steps)
            try file.removeExample(id, step: step)
        } then: { _ in
            drop { $0.id == id }
        }
    }

    /// Numbers of a class's examples, the newest first.
    func examples(ofClass id: Int, from: Int, count: Int) throws(TeachRefusal) -> [Int] {
        _ = try index(ofClass: id)
        guard from >= 0, count >= 0 else { throw .invalid("from and count are 0 or more") }
        return examples.lazy.reversed().filter { $0.classID == id }.dropFirst(from).prefix(count).map(\.id)
    }

    func thumbnail(_ id: Int) throws(TeachError) -> [UInt8]? {
        examples.contains { $0.id == id } ? try file.thumbnail(id) : nil
    }

    // MARK: Undo

    func undo() throws(TeachRefusal) {
        guard undoes != nil else { throw .conflict("there is nothing to undo") }
        let width = backbone.channels
        try change { () throws(TeachError) in
            guard let step = try file.newestStep() else { return nil }
            let revived = try file.examples(removedBy: step.id, width: width)
            try file.takeBack(step)
            return (step, revived, try file.classes())
        } then: { (result: (SetFile.Step, [SetFile.Example], [SetFile.Class])?) in
            guard let (step, revived, present) = result else { return }
            classes = present
            drop { $0.step == step.id }
            for example in revived { resemblance.note(example.features) }
            if !revived.isEmpty { examples = (examples + revived).sorted { $0.id < $1.id } }
        }
    }

    private func describeNewestStep() throws(TeachError) -> String? {
        guard let step = try file.newestStep() else { return nil }
        let now = classes.first { $0.id == step.classID }?.name
        let name = step.name ?? now ?? "a class"
        switch step.kind {
        case .examples:
            let count = examples.lazy.filter { $0.step == step.id }.count
            return "\(count) \(count == 1 ? "example" : "examples") of \(name)"
        case .newClass: return "the new class \(name)"
        case .rename: return "the name \(now ?? "") in place of \(name)"
        case .removeClass: return "the removal of \(name)"
        case .removeExample: return "the removal of an example of \(name)"
        case .clear: return "the removal of everything"
        }
    }

    // MARK: Rules

    private func index(ofClass id: Int) throws(TeachRefusal) -> Int {
        guard let index = classes.firstIndex(where: { $0.id == id }) else { throw .missing("there is no class \(id)") }
        return index
    }

    /// - Parameter id: of the class that shall have the name; nil: a new one.
    private func checked(_ name: String, for id: Int?) throws(TeachRefusal) -> String {
        let name = try ClassName.checked(name)
        if let other = classes.first(where: { $0.id != id && ClassName.isSame($0.name, name) }) {
            throw .conflict("there is a class \(other.name) already")
        }
        return name
    }

    /// What could be undone gives way to what is new.
    private func makeRoom(for bytes: Int) throws(TeachRefusal) {
        func isRoom() throws(TeachRefusal) -> Bool {
            do throws(TeachError) { return try file.bytes() + bytes <= limits.bytes } catch { throw kept(error) }
        }
        if try isRoom() { return }
        try change(affectsHead: false) { () throws(TeachError) in
            try file.forget(keeping: 0)
        } then: { _ in
        }
        guard try isRoom() else {
            throw .conflict(
                "the set is full: it takes \(limits.bytes / 1_000_000) MB on the disk, and may take no more")
        }
    }

    /// Changes the disk, and then memory: both, or nothing.
    @discardableResult
    private func change<Result>(
        affectsHead: Bool = true, _ disk: () throws(TeachError) -> Result, then memory: (Result) -> Void
    ) throws(TeachRefusal) -> Result {
        do throws(TeachError) {
            let result = try file.database.transaction(disk)
            memory(result)
            problem = nil
            // What comes now is another step.
            bursts = [:]
            if affectsHead { version += 1 }
            undoes = try describeNewestStep()
            // No harm is done where that fails.
            try? file.shrink()
            return result
        } catch {
            throw kept(error)
        }
    }

    private func kept(_ error: TeachError) -> TeachRefusal {
        note(error)
        return .storage("\(error)")
    }

    /// Keeps an error for the state.
    func note(_ error: TeachError) { problem = "\(error)" }

    private func drop(_ isGone: (SetFile.Example) -> Bool) {
        for example in examples where isGone(example) { resemblance.forget(example.features) }
        examples.removeAll(where: isGone)
    }
}
