@testable import Engine

/// Devices that end at the processor, which every machine has. A runtime from elsewhere may be for the processor alone.
enum Combinations {
    static let all = ["AUTO", "AUTO:CPU", "HETERO:CPU", "MULTI:CPU", "BATCH:CPU(2)"]
    static let areThere = (try? Core.shared())?.knows("AUTO") ?? false
}
