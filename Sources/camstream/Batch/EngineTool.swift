import Batch
import Foundation
import Glibc

/// A program of an engine, such as sbatch, looked for in PATH.
struct EngineTool {
    private let path: String
    private let name: String

    /// - Returns: nil: there is none.
    init?(_ name: String, _ environment: [String: String] = ProcessInfo.processInfo.environment) {
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        guard let folder = folders.first(where: { access("\($0)/\(name)", X_OK) == 0 }) else { return nil }
        (path, self.name) = ("\(folder)/\(name)", name)
    }

    /// What it prints to standard output; its messages go where ours do, unless nobody wants them.
    ///
    /// - Throws: `BatchError.toolFailed`.
    func output(_ arguments: [String], isQuiet: Bool = false) throws(BatchError) -> String {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        if isQuiet { process.standardError = FileHandle.nullDevice }
        do { try process.run() } catch { throw .toolFailed(name: name, exit: 126) }
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            throw .toolFailed(name: name, exit: process.terminationStatus)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
