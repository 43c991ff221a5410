/// What the engine finds on a machine.
struct DeviceList: Sendable, Equatable {
    /// In its words: "CPU", and "GPU" where there is one, "GPU.0" and "GPU.1" where there are two.
    let present: [String]
    /// Kinds of devices, and ways to combine them, that it knows, whether there is such a device or not.
    let kinds: Set<String>

    /// - Throws: where a device that is named is not there. Of those that AUTO may choose from, one is enough.
    func check(_ device: Device) throws(DeviceError) {
        for kind in [device.kind] + device.members where !kinds.contains(Device.kind(of: kind)) {
            throw .unknown(kind, choices: choices)
        }
        let wanted = device.isCombination ? device.members : [device.kind]
        let missing = wanted.filter { !isPresent($0) }
        guard let first = missing.first, device.kind != "AUTO" || missing.count == wanted.count else { return }
        throw .absent(device.kind == "AUTO" ? device.name : first, choices: choices)
    }

    private func isPresent(_ device: String) -> Bool {
        let isNumbered = device.contains(".")
        return present.contains { name in
            name == device || (isNumbered ? "\(name).0" == device : Device.kind(of: name) == device)
        }
    }

    /// What may be named instead.
    private var choices: [String] { present + (kinds.contains("AUTO") ? ["AUTO"] : []) }
}

/// Why a device cannot be used; says which can.
package enum DeviceError: Error, Equatable, CustomStringConvertible {
    case unknown(String, choices: [String])
    case absent(String, choices: [String])

    package var description: String {
        switch self {
        case .unknown(let device, let choices):
            "the inference engine knows no device \(device); there are: \(choices.joined(separator: ", "))"
        case .absent(let device, let choices):
            "the device \(device) is not there, or its driver is not; there are: \(choices.joined(separator: ", "))"
        }
    }
}
