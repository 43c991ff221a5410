import Foundation
import Testing

@testable import Engine

/// What a device may be called.
struct DeviceTests {
    @Test(arguments: [
        "CPU", "GPU", "GPU.1", "NPU", "NPU.3720", "AUTO", "AUTO:GPU,CPU", "AUTO:-CPU", "HETERO:GPU.0,CPU", "MULTI:GPU",
        "BATCH:GPU(8)",
    ])
    func whatTheEngineCallsADeviceIsTaken(text: String) throws {
        let device = try #require(Device(text))
        #expect(device.name == text)
        #expect(Device(text.lowercased()) == device)
        #expect(try JSONDecoder().decode([Device].self, from: JSONEncoder().encode([device])) == [device])
    }

    @Test(arguments: [
        "", " ", "C PU", ":", "CPU:", "CPU:GPU", "CPU,GPU", "AUTO:", "AUTO:GPU,", "AUTO:GPU:CPU", "HETERO", "BATCH",
        "MULTI:-GPU", "BATCH:GPU()", "BATCH:GPU(0)", "1", "GPÜ", "GPU\n", "auto:(4)",
    ])
    func whatIsNoDeviceIsRefused(text: String) { #expect(Device(text) == nil) }

    @Test(arguments: [
        ("CPU", true), ("AUTO", true), ("AUTO:GPU", false), ("AUTO:GPU,CPU", true), ("HETERO:NPU,CPU", true),
        ("GPU", false), ("NPU", false), ("BATCH:CPU(4)", true),
    ])
    func whatMayTakeCoresFromTheOthersIsKnown(text: String, mayBeProcessor: Bool) throws {
        #expect(try #require(Device(text)).mayBeProcessor == mayBeProcessor)
    }
}
