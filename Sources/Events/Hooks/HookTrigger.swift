package import Pipeline

/// Tells when a hook fires for one camera: once as a class comes, however it flickers, or at each event of a kind. Its only clock is
/// the pictures' own time.
package struct HookTrigger: Sendable {
    package enum Firing: Sendable, Equatable {
        case begin(CameraEvent)
        /// The class is not there any more.
        case end(CameraEvent)
    }

    private let config: HookConfig
    private let camera: String
    /// Of a class; nil: it waits for events.
    private var presence: ClassPresence?

    package init(_ config: HookConfig, camera: String) {
        (self.config, self.camera) = (config, camera)
        if config.kind == nil { presence = ClassPresence(above: config.above, for: config.seconds) }
    }

    /// A picture was explained, or none comes any more.
    package mutating func note(_ seen: Sighting?, at time: Double) -> Firing? {
        guard isOfCamera, let label = config.label, presence != nil else { return nil }
        let change = seen.map { presence?.note($0.probability(of: label), at: time) } ?? presence?.end(at: time)
        guard let change = change ?? nil else { return nil }
        let event = CameraEvent(change, of: label, seen, camera: camera, at: time)
        return change == .came ? .begin(event) : .end(event)
    }

    package func note(_ event: CameraEvent) -> Firing? {
        guard isOfCamera, event.event == config.kind, config.label == nil || event.label == config.label else {
            return nil
        }
        return .begin(event)
    }

    private var isOfCamera: Bool { config.camera == nil || config.camera == camera }
}
