/// Something that happens before a camera. `GET /api/events`, the file of events, MQTT and hooks tell the same object;
/// docs/reference/events.md and docs/reference/event.schema.json describe it.
package struct CameraEvent: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// The picture shows another class, or none any more.
        case classChanged = "class"
        /// A thing that is followed came, or has gone.
        case appeared, gone
        /// One of the chosen classes, or a hook's, is there, or not any more.
        case seen, unseen
        /// The picture is on the other side of the threshold.
        case anomalous, normal
        /// No picture comes any more; pictures come again.
        case signalLost = "signal-lost"
        case signalFound = "signal-found"
    }

    package var event: Kind
    /// Its name; nil: the process's only one.
    package var camera: String?
    /// Of the capture, in seconds since 1970.
    package var time: Double
    /// Number and name of the class; nil: nothing is recognised, or it is of no class.
    package var classId: Int?
    package var label: String?
    /// 0...1; of an anomaly, how anomalous the picture is, with the threshold at 0.5.
    package var probability: Double?
    /// The class before.
    package var previous: String?
    /// How long what is over lasted: the class before, the stay of the class or thing, the time without pictures.
    package var seconds: Double?
    /// The thing's number over time.
    package var track: Int?
    /// `[x0, y0, x1, y1]` of the thing, in pixels of the input's picture.
    package var box: [Int]?

    package init(
        _ event: Kind, camera: String, time: Double, label: String? = nil, classId: Int? = nil,
        probability: Double? = nil, previous: String? = nil, seconds: Double? = nil, track: Int? = nil,
        box: [Int]? = nil
    ) {
        (self.event, self.camera, self.time) = (event, camera.isEmpty ? nil : camera, Self.rounded(time))
        (self.label, self.classId, self.probability) = (label, classId, probability.map(Self.rounded))
        (self.previous, self.seconds) = (previous, seconds.map(Self.rounded))
        (self.track, self.box) = (track, box)
    }

    /// One line of JSON, addresses without their secrets.
    package var json: String { Self.json(self) }

    /// What outlets send, written as an event is.
    package static func json(_ value: some Encodable) -> String {
        do { return Redaction.text(try JSONText.compact.text(value)) } catch {
            preconditionFailure("cannot be written as JSON: \(error)")
        }
    }

    /// Thousandths are enough for people and programs.
    package static func rounded(_ number: Double) -> Double { (number * 1000).rounded() / 1000 }
}
