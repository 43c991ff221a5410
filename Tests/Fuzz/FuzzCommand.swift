import ArgumentParser
import Foundation
import Glibc
import TestSupport

/// Gives damaged models to the ONNX reader and the gradient's builder until the time is up, and stops at the first that
/// crashes, hangs or needs too much memory.
@main
struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz-onnx", abstract: "Damaged models for the ONNX reader and the gradient's builder.")

    @Option(help: "How long.") var minutes = 10.0
    @Option(help: "The same seed gives the same models.") var seed: UInt64 = 1
    @Option(help: "The number of the first model.") var from: UInt64 = 0
    @Option(help: "Stop behind so many models; 1 leaves a crash to Swift's backtrace.") var count: UInt64 = .max
    @Option(help: "Folder for a model that brings the program down.") var out = "."
    @Argument(help: "Files, or folders of models, to damage.") var corpus: [String]

    /// A reader that takes longer hangs, and one that takes more leaks.
    private static let secondsForOne: UInt32 = 20
    private static let megabytes = 3000

    func run() throws {
        let files = try corpus.flatMap { try Self.models($0) }.sorted()
        let mutator = Mutator(try files.map { try Data(contentsOf: URL(fileURLWithPath: $0)) })
        print("fuzz-onnx: \(files.count) models to damage, seed \(seed), for \(minutes) minutes")
        // One alone may show where it goes wrong: SWIFT_BACKTRACE=enable=yes.
        if count > 1 { Reproducer.arm(folder: out) }
        var exercise = Exercise()
        let end = ContinuousClock.now + .seconds(minutes * 60)
        var number = from
        while number - from < count, ContinuousClock.now < end {
            // Each model has noise of its own, so that one alone can be made again.
            var noise = Noise(seed &* 0x9e37_79b9_7f4a_7c15 &+ number)
            let bytes = mutator.next(&noise)
            Reproducer.hold(bytes, number: number)
            alarm(Self.secondsForOne)
            exercise.run(bytes, &noise)
            alarm(0)
            number += 1
            if number % 10_000 == 0 { try report(number, exercise) }
        }
        try report(number, exercise)
        print("fuzz-onnx: clean")
    }

    private func report(_ number: UInt64, _ exercise: Exercise) throws {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let used = Int(usage.ru_maxrss) / 1024
        print(
            "\(number - from) models: \(exercise.models) read, with \(exercise.layers) layers; \(exercise.paths) paths, "
                + "\(exercise.gradients) gradients; \(used) MB")
        fflush(nil)
        guard used < Self.megabytes else { throw ValidationError("more than \(Self.megabytes) MB in use") }
    }

    private static func models(_ path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return [path]
        }
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.filter { $0.hasSuffix(".onnx") }.map { "\(path)/\($0)" }
    }
}

/// Keeps the model at hand, and writes it to a file when a signal ends the program.
enum Reproducer {
    private static let room = 1 << 22
    nonisolated(unsafe) private static let bytes = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: 16)
    nonisolated(unsafe) private static var length = 0
    nonisolated(unsafe) private static var number: UInt64 = 0
    nonisolated(unsafe) private static var path: UnsafeMutablePointer<CChar>?
    /// What is said, with room for two numbers.
    nonisolated(unsafe) private static var message = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 1)

    static func arm(folder: String) {
        path = strdup("\(folder)/fuzz-crash.onnx")
        let text = "fuzz-onnx: signal         at model                     ; the model is in fuzz-crash.onnx\n"
        message = .allocate(byteCount: text.utf8.count, alignment: 1)
        message.copyBytes(from: text.utf8)
        for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM] {
            signal(number) { Reproducer.write($0) }
        }
    }

    static func hold(_ data: Data, number: UInt64) {
        length = min(room, data.count)
        data.withUnsafeBytes { from in
            if let start = from.baseAddress { bytes.copyMemory(from: start, byteCount: length) }
        }
        Reproducer.number = number
    }

    /// Nothing but system calls.
    private static func write(_ signal: Int32) {
        let file = open(path!, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        _ = Glibc.write(file, bytes, length)
        close(file)
        digits(UInt64(signal), endingAt: 24)
        digits(number, endingAt: 53)
        _ = Glibc.write(2, message.baseAddress, message.count)
        _exit(1)
    }

    private static func digits(_ value: UInt64, endingAt end: Int) {
        var (rest, place) = (value, end)
        repeat {
            message[place] = 48 + UInt8(rest % 10)
            rest /= 10
            place -= 1
        } while rest > 0
    }
}
