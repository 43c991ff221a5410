import Fit
import Infer
import Pipeline
import Serve
import Synchronization
import TestSupport

@testable import Teach

/// A teacher with a clock, a timer and a fit of the test's own.
final class Classroom: Sendable {
    let home: TemporaryFolder
    let clock = ManualClock()
    /// What the timer was asked to do.
    let timers = Mutex<[@Sendable () -> Void]>([])
    let states = Mutex<[TeachState]>([])
    private let count = Mutex(0)

    init(_ home: TemporaryFolder? = nil) throws { self.home = try home ?? TemporaryFolder() }

    var folder: TeachFolder { TeachFolder(path: home.file("teach")) }
    var file: String { home.file("teach/desk/examples.sqlite") }

    static let backbone = TaughtBackbone(
        name: "tiny", model: "/models/tiny.onnx", card: nil, sha256: String(repeating: "a", count: 64), width: 12,
        height: 8, colour: .rgb, preprocessing: "none", channels: 16)

    func teacher(
        _ name: String = "desk", backbone: TaughtBackbone = Classroom.backbone, limits: TeachLimits = TeachLimits(),
        fit: @escaping HeadKeeper.Fit = HeadKeeper.usualFit,
        make: @escaping Teacher.Make = { _, _, _ in Classroom.made }
    ) throws(TeachError) -> Teacher {
        try Teacher(
            folder, named: name, backbone: backbone, limits: limits, clock: clock, fit: fit,
            after: { [weak self] _, action in self?.timers.withLock { $0.append(action) } }, make: make,
            onChange: { [weak self] state in self?.states.withLock { $0.append(state) } })
    }

    static let made = MadeModel(
        model: Array("model".utf8), page: Array("page".utf8), numbers: Array("numbers".utf8), accuracy: 0.75)

    /// A picture unlike all others, near those of the same kind.
    func picture(kind: Int = 0) -> TaughtPicture {
        let number = count.withLock { count in
            count += 1
            return count
        }
        var noise = SplitMix64(UInt64(number))
        var features = (0..<16).map { _ in Float(noise.next() >> 40) / Float(1 << 23) - 1 }
        features[kind] += 2
        let pixels = (0..<12 * 8 * 3).map { UInt8(truncatingIfNeeded: $0 * 7 + number) }
        return TaughtPicture(features: features, pixels: pixels, seconds: Double(number))
    }

    /// Asks for a picture, and brings it.
    @discardableResult
    func teach(_ teacher: Teacher, _ classID: Int, _ picture: TaughtPicture? = nil) async throws(TeachRefusal)
        -> TakenExample
    {
        let picture = picture ?? self.picture(kind: classID % 16)
        let asked = Task { () -> Result<TakenExample, TeachRefusal> in
            do throws(TeachRefusal) {
                return .success(try await teacher.take(forClass: classID))
            } catch {
                return .failure(error)
            }
        }
        // Until it waits, or was refused before.
        let isDone = Atomic(false)
        let watch = Task {
            _ = await asked.value
            isDone.store(true, ordering: .releasing)
        }
        while !teacher.wantsPicture, !isDone.load(ordering: .acquiring) { await Task.yield() }
        if teacher.wantsPicture { teacher.take(picture) }
        await watch.value
        return try await asked.value.get()
    }

    func teach(_ teacher: Teacher, _ classID: Int, count: Int) async throws(TeachRefusal) {
        for _ in 0..<count { try await teach(teacher, classID) }
    }

    /// More than a burst's longest gap passes.
    func pause() { clock.advance(seconds: 3) }
}

extension TeachState {
    /// Such as "none 0, cup 5".
    var summary: String { classes.map { "\($0.name) \($0.examples)" }.joined(separator: ", ") }
}
