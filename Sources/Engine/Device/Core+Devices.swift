extension Core {
    /// - Throws: where a device that is named is not on this machine.
    package func check(_ device: Device) throws(DeviceError) {
        // To look for all the others takes a while, and the processor is always there.
        guard device != .cpu else { return }
        let kinds = ([device.kind] + device.members).map { Device.kind(of: $0) }
        try DeviceList(present: devices, kinds: Set(kinds + ["AUTO"]).filter(knows)).check(device)
    }

    /// What a device computes floats in, in the engine's words; f32 first, where it has that.
    package func precisions(on device: Device) -> [String] {
        Self.precisions(capabilities: hardware(of: device).compactMap { property("OPTIMIZATION_CAPABILITIES", of: $0) })
    }

    /// - Parameter capabilities: the engine's lists, such as "FP32 INT8 BIN EXPORT_IMPORT", one for each device.
    static func precisions(capabilities: [String]) -> [String] {
        let words = Set(capabilities.flatMap { $0.split { !$0.isLetter && !$0.isNumber } }.map(String.init))
        let known = [("FP32", "f32"), ("BF16", "bf16"), ("FP16", "f16")].filter { words.contains($0.0) }.map(\.1)
        return known.isEmpty ? ["f32"] : known
    }

    /// The device, and the products' names behind it: what is measured with one does not hold for another.
    func description(of device: Device) -> String {
        guard device != .cpu else { return device.name }
        let products = hardware(of: device).map { "\($0) \(property("FULL_DEVICE_NAME", of: $0) ?? "")" }
        return ([device.name] + products).joined(separator: ", ")
    }

    /// The single devices that may compute.
    private func hardware(of device: Device) -> [String] {
        guard device.isCombination else { return [device.kind] }
        return device.members.isEmpty ? devices : device.members
    }
}
