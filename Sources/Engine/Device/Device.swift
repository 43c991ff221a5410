import Pipeline

/// What computes, as the engine names it: "CPU", "GPU", "GPU.1", "NPU", or devices that it chooses from or combines, such
/// as "AUTO", "AUTO:GPU,CPU", "HETERO:GPU,CPU" and "BATCH:GPU(8)".
package struct Device: Sendable, Hashable {
    package let name: String
    /// What stands before a colon: a device, or how those behind it are combined.
    let kind: String
    /// What stands behind a colon, without what is excluded ("AUTO:-GPU") and without sizes ("BATCH:GPU(8)").
    let members: [String]

    package static let cpu = Device("CPU")!

    /// How the engine combines devices; the first one chooses from all where none are named.
    private static let combinations: Set = ["AUTO", "MULTI", "HETERO", "BATCH"]

    /// - Parameter text: in upper or lower case. Whether the engine has such a device is not asked here.
    package init?(_ text: String) {
        name = text.uppercased()
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard let kind = parts.first.map(String.init), kind.wholeMatch(of: /[A-Z][A-Z0-9_.]*/) != nil else {
            return nil
        }
        self.kind = kind
        let named = parts.dropFirst().flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
        guard parts.count <= 2, named.allSatisfy({ $0.wholeMatch(of: /-?[A-Z][A-Z0-9_.]*(\([1-9][0-9]*\))?/) != nil })
        else { return nil }
        members = named.filter { !$0.hasPrefix("-") }.map { String($0.prefix { $0 != "(" }) }
        // One device is no combination, and a combination but AUTO is nothing without devices.
        guard Self.combinations.contains(kind) ? kind == "AUTO" || !members.isEmpty : parts.count == 1 else {
            return nil
        }
    }

    var isCombination: Bool { Self.combinations.contains(kind) }

    /// Whether the processor's cores may be what computes.
    var mayBeProcessor: Bool {
        isCombination && members.isEmpty || ([kind] + members).contains { Self.kind(of: $0) == "CPU" }
    }

    /// Whether requests may read constants where they lie in memory.
    var readsLentMemory: Bool { self == .cpu }

    /// Of one device: "GPU" of "GPU.1".
    static func kind(of device: String) -> String { String(device.prefix { $0 != "." }) }
}

extension Device: Codable {
    package static let form = "CPU, GPU, GPU.1, NPU, AUTO, or a list of the engine such as AUTO:GPU,CPU"

    package init(from decoder: any Decoder) throws {
        self = try decoder.setting(allowed: Self.form) { Device($0) }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
