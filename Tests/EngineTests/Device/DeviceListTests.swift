import Testing

@testable import Engine

/// Whether a device is there: on machines that are made up, and on this one.
struct DeviceListTests {
    private static let kinds: Set = ["CPU", "GPU", "NPU", "AUTO", "MULTI", "HETERO", "BATCH"]
    private let plain = DeviceList(present: ["CPU"], kinds: kinds)
    private let oneGPU = DeviceList(present: ["CPU", "GPU"], kinds: kinds)
    private let twoGPUs = DeviceList(present: ["CPU", "GPU.0", "GPU.1", "NPU"], kinds: kinds)

    private func problem(_ text: String, on list: DeviceList) throws -> String? {
        let device = try #require(Device(text))
        do throws(DeviceError) {
            try list.check(device)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(arguments: ["CPU", "AUTO", "AUTO:GPU,CPU", "AUTO:-GPU", "HETERO:CPU", "BATCH:CPU(4)", "MULTI:CPU"])
    func aProcessorIsAlwaysThere(text: String) throws {
        for list in [plain, oneGPU, twoGPUs] { #expect(try problem(text, on: list) == nil) }
    }

    @Test(arguments: ["GPU", "GPU.0", "AUTO:GPU", "HETERO:GPU,CPU", "BATCH:GPU(2)"])
    func aGraphicsProcessorIsThereWhereTheEngineListsIt(text: String) throws {
        #expect(try problem(text, on: oneGPU) == nil)
        #expect(try problem(text, on: twoGPUs) == nil)
        let missing = text.hasPrefix("AUTO") ? text : text.hasSuffix(".0") ? "GPU.0" : "GPU"
        #expect(
            try problem(text, on: plain)
                == "the device \(missing) is not there, or its driver is not; there are: CPU, AUTO")
    }

    @Test func theSecondOfAKindIsAskedForByItsNumber() throws {
        #expect(try problem("GPU.1", on: twoGPUs) == nil)
        #expect(
            try problem("GPU.1", on: oneGPU)
                == "the device GPU.1 is not there, or its driver is not; there are: CPU, GPU, AUTO")
        #expect(
            try problem("HETERO:GPU.2,CPU", on: twoGPUs)
                == "the device GPU.2 is not there, or its driver is not; there are: CPU, GPU.0, GPU.1, NPU, AUTO")
    }

    @Test(arguments: ["FOO", "FOO.1", "AUTO:FOO,CPU", "HETERO:CPU,FOO"])
    func whatTheEngineHasNoPluginForIsUnknown(text: String) throws {
        let device = text == "FOO.1" ? "FOO.1" : "FOO"
        #expect(
            try problem(text, on: twoGPUs)
                == "the inference engine knows no device \(device); there are: CPU, GPU.0, GPU.1, NPU, AUTO")
    }

    @Test func aRuntimeWithTheProcessorsPluginAloneSaysSo() throws {
        let bare = DeviceList(present: ["CPU"], kinds: ["CPU"])
        #expect(try problem("AUTO", on: bare) == "the inference engine knows no device AUTO; there are: CPU")
    }

    @Test func theEnginesOwnListHasTheProcessor() throws {
        let core = try Core.shared()
        #expect(core.devices.contains("CPU") && core.knows("CPU") && !core.knows("FOO"))
        #expect(throws: Never.self) { try core.check(.cpu) }
        let foo = try #require(Device("FOO"))
        let error = #expect(throws: DeviceError.self) { try core.check(foo) }
        #expect(error == .unknown("FOO", choices: core.devices + (core.knows("AUTO") ? ["AUTO"] : [])))
    }

    @Test(.enabled(if: Combinations.areThere), arguments: Combinations.all)
    func theEngineCombinesTheProcessorWithItself(text: String) throws {
        let device = try #require(Device(text))
        #expect(throws: Never.self) { try Core.shared().check(device) }
    }
}
