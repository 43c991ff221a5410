import COpenVINO

/// A failed call of OpenVINO's C API: which one, and the engine's own words.
package struct OpenVINOError: Error, Equatable, CustomStringConvertible {
    package let function: String
    package let status: Int32
    /// The last message of the engine, without its source locations; may be several lines.
    package let message: String

    /// Whether the system gave the engine no memory, or no thread, which needs some, too.
    package var isLack: Bool { Self.wordsOfLack.contains { message.contains($0) } }

    /// Those of C++, of the system and of the engine itself; they say little to others.
    private static let wordsOfLack = [
        "bad_alloc", "Cannot allocate memory", "Resource temporarily unavailable", "failed to map segment",
        "can't alloc", "Failed to allocate",
    ]

    /// The message's most telling line: an item of its summary, else the first that is no heading.
    package var description: String {
        if isLack { return "there is not enough memory for the inference engine; use a smaller model, or allow more" }
        let lines = message.split(separator: "\n").map { $0.trimmingSpaces() }.filter { !$0.isEmpty }
        if let reason = Self.unconverted(message) { return reason }
        let item = lines.first { $0.hasPrefix("-- ") }.map { String($0.dropFirst(3)) }
        return item ?? lines.first { !$0.hasSuffix(":") } ?? lines.first ?? "\(function) failed with status \(status)"
    }

    /// Of operators that the engine cannot take, the first, by its name in the model, and what the engine says of it.
    private static func unconverted(_ message: String) -> String? {
        let mark = " with a message:"
        let lines = message.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { $0.hasPrefix("-- ") && $0.hasSuffix(mark) }) else { return nil }
        let section = lines[(start + 1)...].prefix { !$0.isEmpty && !$0.hasPrefix("-- ") && !$0.hasPrefix("Summary:") }
        guard let reason = section.last?.trimmingSpaces() else { return nil }
        let name = section.first?.firstMatch(of: /ONNX node '<Node\((.*?)\): (.*?)>'/)
        let label = name.map { "\($0.1) '\($0.2)'" } ?? String(lines[start].dropFirst(3).dropLast(mark.count))
        return "\(label): \(reason)"
    }

    static func check(_ status: ov_status_e, _ function: String) throws(OpenVINOError) {
        guard status != OK else { return }
        let text = ov_get_last_err_msg().map { String(cString: $0) } ?? ""
        throw OpenVINOError(function: function, status: status.rawValue, message: withoutLocations(text))
    }

    /// Calls a function that makes a handle, and returns it.
    static func make(
        _ function: String, _ body: (UnsafeMutablePointer<OpaquePointer?>) -> ov_status_e
    ) throws(OpenVINOError) -> OpaquePointer {
        var handle: OpaquePointer?
        try check(body(&handle), function)
        guard let handle else { throw OpenVINOError(function: function, status: 0, message: "no result") }
        return handle
    }

    /// Drops the lines that only name places in the engine's source, such as
    /// "Exception from src/inference/src/cpp/core.cpp:97:" and "Check 'x' failed at src/y.cpp:12:".
    private static func withoutLocations(_ text: String) -> String {
        text.split(separator: "\n")
            .filter { line in
                let isLocation = line.hasPrefix("Exception from ") || line.hasPrefix("Check '")
                return !(isLocation && (line.hasSuffix(":") || line.hasSuffix(": ")))
            }
            .joined(separator: "\n")
    }
}

extension StringProtocol {
    fileprivate func trimmingSpaces() -> String {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        return String(self[start...])
    }
}
