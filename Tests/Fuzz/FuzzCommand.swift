import ArgumentParser
import Foundation
import FuzzTargets
import Glibc
import TestSupport

/// Gives damaged inputs to what reads them until the time is up, and stops at the first that crashes it, hangs it, breaks
/// what must hold or needs too much memory.
@main
struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz", abstract: "Damaged inputs for all that reads what comes from outside.")

    @Option(help: "Which reader: \(FuzzTargets.all.map { $0.name }.joined(separator: ", ")); all of them without it.")
    var target: [String] = []
    @Option(help: "How long for each.") var minutes = 10.0
    @Option(help: "The same seed gives the same inputs.") var seed: UInt64 = 1
    @Option(help: "The number of the first input.") var from: UInt64 = 0
    @Option(help: "Stop behind so many inputs; 1 leaves a crash to Swift's backtrace.") var count: UInt64 = .max
    @Option(help: "Folder for an input that brings the program down.") var out = "."
    @Option(help: "A file to read as it is, such as one that was kept.") var input: String?
    @Argument(help: "Files, or folders of them, to damage instead of the target's own.") var corpus: [String] = []

    /// A reader that takes more leaks.
    private static let megabytes = 3000

    func validate() throws {
        let names = FuzzTargets.all.map { $0.name }
        if let wrong = target.first(where: { !names.contains($0) }) {
            throw ValidationError("no target is called '\(wrong)'; there are \(names.joined(separator: ", "))")
        }
        if target.count != 1, input != nil || !corpus.isEmpty {
            throw ValidationError("files are for one --target")
        }
    }

    func run() throws {
        // One alone may show where it goes wrong: SWIFT_BACKTRACE=enable=yes.
        if count > 1, input == nil { Reproducer.arm(folder: out) }
        for type in FuzzTargets.all where target.isEmpty || target.contains(type.name) { try run(type) }
        print("fuzz: clean")
    }

    private func run(_ type: any FuzzTarget.Type) throws {
        let files = try (corpus.isEmpty ? type.corpus : corpus).flatMap { try Self.files($0, for: type) }.sorted()
        var target = try type.init(try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) })
        if let input {
            var noise = Noise(seed)
            return target.take(try Data(contentsOf: URL(fileURLWithPath: input)), &noise)
        }
        print("fuzz: \(type.name), \(files.count) files to damage, seed \(seed), for \(minutes) minutes")
        let (start, end) = (ContinuousClock.now, ContinuousClock.now + .seconds(minutes * 60))
        var number = from
        var report = start + .seconds(30)
        while number - from < count, ContinuousClock.now < end {
            // Each input has noise of its own, so that one alone can be made again.
            var noise = Noise(seed &* 0x9e37_79b9_7f4a_7c15 &+ number)
            let bytes = target.input(&noise)
            Reproducer.hold(bytes, number: number)
            Reproducer.limit(seconds: type.seconds)
            target.take(bytes, &noise)
            Reproducer.limit(seconds: 0)
            number += 1
            guard ContinuousClock.now >= report else { continue }
            report = ContinuousClock.now + .seconds(30)
            try say(type, number, target, since: start)
        }
        try say(type, number, target, since: start)
    }

    private func say(
        _ type: any FuzzTarget.Type, _ number: UInt64, _ target: any FuzzTarget, since start: ContinuousClock.Instant
    ) throws {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let used = Int(usage.ru_maxrss) / 1024
        let rate = Int(Double(number - from) / ((ContinuousClock.now - start) / .seconds(1)))
        print("\(type.name): \(number - from) inputs, \(rate) a second; \(target.depth); \(used) MB")
        fflush(nil)
        guard used < Self.megabytes else { throw ValidationError("more than \(Self.megabytes) MB in use") }
    }

    private static func files(_ path: String, for type: any FuzzTarget.Type) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return [path]
        }
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        let endings = type == ModelTarget.self ? [".onnx"] : [".yaml", ".yml", ".txt", ".json"]
        return names.filter { name in endings.contains { name.hasSuffix($0) } }.map { "\(path)/\($0)" }
    }
}
