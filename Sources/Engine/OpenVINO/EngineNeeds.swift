import Foundation
package import Pipeline

/// What the engine takes beside the program, by measurement: its libraries, what it compiles, a stack a thread.
package enum EngineNeeds {
    /// Bytes of addresses for the smallest model on one core.
    private static let base = 208 << 20
    private static let perCore = 24 << 20
    /// A model's file is read, parsed and compiled.
    private static let timesModel = 3

    /// - Parameters:
    ///   - file: its weights may be elsewhere; then less is asked for than is needed.
    ///   - others: bytes that something else will take before.
    package static func check(model file: String, beside others: Int = 0) throws(LackOfResources) {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        var status = stat()
        let bytes = stat(file, &status) == 0 ? Int(status.st_size) : 0
        try Headroom.requireMemory(
            bytes: base + cores * perCore + timesModel * bytes + others, for: "for the inference engine")
        try Headroom.requireThreads(2 * cores + 8)
    }
}
