import Glibc

/// Which camera a run reads, to find it again when it was plugged out and in and has another number.
struct CameraIdentity {
    /// As the user named it.
    let path: String
    private let nodes: VideoNodes
    /// Links to it, when it was opened first. Not used where the user has named one: then that one is meant.
    private let links: [String]
    private let capability: CameraCapability

    init(_ path: String, _ capability: CameraCapability, _ nodes: VideoNodes) {
        self.path = path
        self.nodes = nodes
        self.capability = capability
        links = nodes.links(to: path)
    }

    /// Opens the camera wherever it is now.
    ///
    /// - Throws: why the path that the user named cannot be opened, if it is nowhere else either.
    func open(_ system: any VideoSystem) throws(VideoCallError) -> VideoDevice {
        if VideoNodes.isLink(path) { return try VideoDevice(path, .none, system) }
        for link in links {
            // The number behind it may have changed; what is plugged in at the same place may be another camera.
            if let device = opened(link, system, { $0.card == capability.card && $0.driver == capability.driver }) {
                return device
            }
        }
        for node in [path] + nodes.all.filter({ $0 != path }) {
            if let device = opened(node, system, { $0 == capability }) { return device }
        }
        _ = try VideoDevice(path, .none, system)
        // Another camera has got its number.
        throw VideoCallError(code: ENODEV, call: "open")
    }

    private func opened(
        _ path: String, _ system: any VideoSystem, _ isRight: (CameraCapability) -> Bool
    ) -> VideoDevice? {
        do throws(VideoCallError) {
            let device = try VideoDevice(path, .none, system)
            return isRight(try device.capability()) ? device : nil
        } catch { return nil }
    }
}
