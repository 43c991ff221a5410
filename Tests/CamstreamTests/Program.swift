import Foundation
import TestSupport

/// Runs the program that was built with these tests, as a shell would.
struct Program {
    let status: Int32
    let standardError: String

    /// Runs to the end.
    static func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Program {
        let running = try Running(arguments, environment: environment)
        return running.finish()
    }

    /// A run that can be watched and signalled.
    final class Running {
        private let process = Process()
        private let pipe = Pipe()
        /// What was written to standard error so far.
        private(set) var text = ""

        init(_ arguments: [String], input: Pipe? = nil, environment: [String: String] = [:]) throws {
            process.executableURL = Program.executable
            process.arguments = arguments
            process.standardError = pipe
            process.standardInput = input ?? FileHandle.nullDevice
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            try process.run()
        }

        /// Reads standard error until it has a text. False if the program ended before.
        func wait(for part: String) -> Bool {
            while !text.contains(part) {
                let data = pipe.fileHandleForReading.availableData
                if data.isEmpty { return false }
                text += String(decoding: data, as: UTF8.self)
            }
            return true
        }

        func signal(_ number: Int32) { kill(process.processIdentifier, number) }

        func finish() -> Program {
            text += String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return Program(status: process.terminationStatus, standardError: text)
        }
    }

    /// The build puts it beside the tests' own executable.
    private static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
        .resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("camstream")
}
