package import Pipeline

extension CameraEvent {
    /// Its JSON schema, which docs/reference/event.schema.json has, too.
    package static let schema: JSONValue = Schemas.object(
        [
            "event": ["enum": .list(Kind.allCases.map { .text($0.rawValue) })],
            "camera": Schemas.text("The camera's name; not there where the process has only one, without a name."),
            "time": Schemas.number("Of the capture, in seconds since 1970."),
            "class_id": Schemas.count("The class's number."),
            "label": Schemas.text("The class's name; not there where nothing is recognised."),
            "probability": Schemas.number("0 to 1; of an anomaly, how anomalous the picture is: the threshold is 0.5."),
            "previous": Schemas.text("The class before."),
            "seconds": Schemas.number("How long what is over lasted: the class before, a stay, the lost signal."),
            "track": Schemas.count("Of a thing that is followed: its number over time."),
            "box": Schemas.list(of: Schemas.number("Of a thing: x0, y0, x1, y1, in pixels of the input's picture.")),
        ],
        optional: ["camera", "class_id", "label", "probability", "previous", "seconds", "track", "box"])
}
