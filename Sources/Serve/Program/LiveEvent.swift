package import Pipeline

/// What clients of `GET /api/events` are told as it happens.
package enum LiveEvent: Sendable, Equatable {
    /// All is new: the program started, or goes on with another model or input.
    case state(LiveState)
    /// A picture was finished.
    case frame(FrameEvent)
    /// So many frames were lost, and why.
    case dropped(count: Int, reason: String)
    /// No picture comes any more; `since` in seconds since 1970.
    case lost(since: Double)
    /// Pictures come again.
    case found
    /// Something happened to a thing that is followed.
    case object(ObjectEvent)
    /// Something happened before the camera.
    case happening(CameraEvent)
    /// Settings have other values now.
    case settings([SettingChange])
    case recording(LiveState.Recording)
    /// Examples, classes or the head changed.
    case teach(TeachState)

    package struct FrameEvent: Codable, Sendable, Equatable {
        package var sequence: Int
        /// Presentation time in the input, in seconds.
        package var time: Double
        package var framesPerSecond: Double
        package var latencyMs: Double
        /// How much older than the picture its maps are; 0 where they are its own.
        package var mapAgeMs: Double
        package var top: [ClassScore]
        /// Whether the picture names what it shows.
        package var isRecognised: Bool

        package init(
            sequence: Int, time: Double, framesPerSecond: Double, latencyMs: Double, mapAgeMs: Double = 0,
            top: [ClassScore], isRecognised: Bool = true
        ) {
            self.sequence = sequence
            self.time = time
            self.framesPerSecond = framesPerSecond
            self.latencyMs = latencyMs
            self.mapAgeMs = mapAgeMs
            self.top = top
            self.isRecognised = isRecognised
        }
    }

    package var name: String {
        switch self {
        case .state: "state"
        case .frame: "frame"
        case .dropped: "dropped"
        case .lost: "lost"
        case .found: "found"
        case .object: "object"
        case .happening: "event"
        case .settings: "settings"
        case .recording: "recording"
        case .teach: "teach"
        }
    }

    /// The event's `data`: one line of JSON.
    var data: String {
        switch self {
        case .state(let state): JSON.text(state)
        case .frame(let event): JSON.text(event)
        case .dropped(let count, let reason):
            JSON.text(["count": JSONValue.number(Double(count)), "reason": .text(reason)])
        case .lost(let since): JSON.text(["since": since])
        case .found: "{}"
        case .object(let event):
            JSON.text(
                ["event": JSONValue.text(event.kind), "id": .number(Double(event.track)), "label": .text(event.label)])
        case .happening(let event): event.json
        case .settings(let changes):
            JSON.text(Dictionary(changes.map { ($0.key, $0.value) }) { _, last in last })
        case .recording(let recording): JSON.text(recording)
        case .teach(let state): JSON.text(state)
        }
    }
}
