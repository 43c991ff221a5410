import Foundation
import TestSupport

/// Runs the program that was built with these tests, as a shell would.
struct Program {
    let status: Int32
    let standardOutput: String
    let standardError: String

    /// Runs to the end.
    ///
    /// - Parameter executable: by default the one that the build put beside the tests' own.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], executable: String? = nil
    ) throws -> Program {
        let running = try Running(arguments, environment: environment, executable: executable)
        return running.finish()
    }

    /// A run that can be watched and signalled.
    final class Running {
        private let process = Process()
        private let pipe = Pipe()
        private let output = Pipe()
        /// What was written to standard error so far.
        private(set) var text = ""

        init(
            _ arguments: [String], input: Any? = nil, environment: [String: String] = [:], executable: String? = nil
        ) throws {
            process.executableURL = executable.map { URL(fileURLWithPath: $0) } ?? Program.executable
            process.arguments = arguments
            process.standardOutput = output
            process.standardError = pipe
            process.standardInput = input ?? FileHandle.nullDevice
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            try process.run()
        }

        deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

        /// Reads standard error until it has a text. False if the program ended before.
        func wait(for part: String) -> Bool {
            while !text.contains(part) {
                let data = pipe.fileHandleForReading.availableData
                if data.isEmpty { return false }
                text += String(decoding: data, as: UTF8.self)
            }
            return true
        }

        /// What was written until now is not looked at any more.
        func forget() { text = "" }

        /// From now on nobody reads standard error; `status()` comes after it.
        func closeLog() { try? pipe.fileHandleForReading.close() }

        var isRunning: Bool { process.isRunning }

        /// Waits for the end, without what was written.
        func status() -> (code: Int32, isBySignal: Bool) {
            process.waitUntilExit()
            return (process.terminationStatus, process.terminationReason == .uncaughtSignal)
        }

        func signal(_ number: Int32) { kill(process.processIdentifier, number) }

        func finish() -> Program {
            text += String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            // A few lines, which fit into the pipe while it is not read.
            let lines = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return Program(
                status: process.terminationStatus, standardOutput: String(decoding: lines, as: UTF8.self),
                standardError: text)
        }
    }

    static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
        .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("camstream")
}
