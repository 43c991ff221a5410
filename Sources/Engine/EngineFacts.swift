/// What the engine is, and what it can compute on and in.
package struct EngineFacts: Sendable {
    package struct Hardware: Sendable {
        /// As `--device` takes it.
        package let device: String
        /// The product's name; nil: the engine does not say.
        package let product: String?
        /// f32 first, where it has that.
        package let precisions: [String]
    }

    package let version: String
    package let hardware: [Hardware]

    /// - Throws: where the runtime's libraries are missing or broken.
    package init() throws(OpenVINOError) {
        let core = try Core.shared()
        version = Core.version
        hardware = core.devices.map { name in
            Hardware(
                device: name, product: core.property("FULL_DEVICE_NAME", of: name),
                precisions: Core.precisions(
                    capabilities: [core.property("OPTIMIZATION_CAPABILITIES", of: name)].compactMap(\.self)))
        }
    }
}
