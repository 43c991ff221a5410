import Pipeline

/// JSON schemas of what the API answers. They are strict, so that a member of `LiveState`, `LiveEvent` or `Setting` that is
/// missing here fails the tests.
enum Schemas {
    static func reference(_ name: String) -> JSONValue { ["$ref": .text("#/components/schemas/\(name)")] }

    static let all: [String: JSONValue] = [
        "Problem": object(
            [
                "error": text("What is wrong, in one line."), "key": text("Of the setting that cannot be so."),
                "value": [:], "allowed": text("What the setting may be."),
            ], optional: ["key", "value", "allowed"]),
        "State": object([
            "live": reference("Live"), "settings": values,
            "server": object(
                [
                    "clients": count("Clients of the stream."), "maximum_clients": count("Clients that it takes."),
                    "is_read_only": flag("Whether nothing can be changed."),
                    "age_ms": number("Age of the newest frame; placeholder frames do not count."),
                ], optional: ["age_ms"]),
        ]),
        "CameraList": object(["cameras": list(of: reference("Camera"))]),
        "Camera": object(
            [
                "name": text("Of its routes, below /cameras/."),
                "is_required": flag("Whether the process is not ready while this camera is not."),
                "is_ready": flag("Whether it is ready."), "problems": list(of: text("Why it is not.")),
                "clients": count("Clients of its stream."),
                "age_ms": number("Age of the newest frame; placeholder frames do not count."),
                "live": reference("Live"),
            ], optional: ["age_ms"]),
        "Live": object(
            [
                "program": text("Name and version."), "source": text("Where the frames come from."),
                "model": text("What classifies them."), "width": count("Pixels, as served."),
                "height": count("Pixels, as served."), "frames_per_second": number("As served."),
                "latency_ms": number("From a picture's capture until it is finished."),
                "map_age_ms": number("How much older than the newest picture its maps are."),
                "signal": object([
                    "is_present": flag("Whether pictures come."), "since": number("Since when; seconds since 1970."),
                ]),
                "frames": object([
                    "captured": count("written + dropped + in_flight"), "written": count(""), "in_flight": count(""),
                    "dropped": ["type": "object", "additionalProperties": count("By reason.")],
                ]),
                "recording": reference("Recording"), "pushes": list(of: reference("Push")),
                "outlets": list(of: reference("Outlet")), "top": top, "is_recognised": isRecognised,
            ], optional: ["model", "recording", "outlets"]),
        "Push": object(
            [
                "target": text("Where the picture is sent to; passwords are taken out."),
                "is_connected": flag("Whether it is."), "since": number("Since when; seconds since 1970."),
                "connections": count("How often it was connected."), "pictures": count("Sent."),
                "bytes": count("Sent."),
                "dropped": ["type": "object", "additionalProperties": count("By reason.")],
                "problem": text("Why it is not connected."),
            ], optional: ["problem"]),
        "Outlet": object(
            [
                "name": ["enum": ["mqtt", "hooks"]], "is_connected": flag("Whether what it leads to is there."),
                "waiting": count("What has not gone out yet."), "sent": count("What has gone out."),
                "lost": count("What there was no room or no time for."), "problem": text("Why it does not work."),
            ], optional: ["problem"]),
        "Recording": object(
            [
                "is_active": flag("Whether it is being recorded."), "file": text("What is written."),
                "seconds": number("Written so far."), "bytes": count("Written so far."),
                "problem": text("Why it pauses, such as a full disk."),
            ], optional: ["file", "problem"]),
        "ClassScore": object(
            [
                "id": count("The class's number."), "label": text("Its name."), "probability": number("0 to 1."),
                "track": count("Of a thing that is followed: its number over time."),
                "box": list(of: number("Of a thing: x0, y0, x1, y1, in pixels of the input's picture.")),
                "found": text("Of a thing whose class is what a classifier says: the detector's class."),
            ], optional: ["track", "box", "found"]),
        "Setting": object(
            [
                "key": text("As in config files."), "title": text("What the page calls it."),
                "help": text("One sentence."), "type": ["enum": ["toggle", "number", "choice"]],
                "value": value, "is_pending": flag("Whether it is asked for and does not hold yet; else not there."),
                "problem": text("Why what was asked for last cannot be."), "minimum": number(""), "maximum": number(""),
                "step": number(""),
                "unit": text(""),
                "choices": choices, "choice_count": count("All choices; api/choices finds those that are not sent."),
            ], optional: ["is_pending", "problem", "minimum", "maximum", "step", "unit", "choices", "choice_count"]),
        "ChoiceList": object([
            "key": text("The setting's."), "count": count("How many match."), "choices": choices,
        ]),
        "SettingList": object(["settings": list(of: reference("Setting"))]),
        "SettingValues": object(["settings": values]),
        "Event": CameraEvent.schema,
        // The `data` of each kind of event.
        "Events": object([
            "state": reference("Live"),
            "frame": object([
                "sequence": count("Counts the pictures, as X-Camstream-Seq does."),
                "time": number("Presentation time in the input, in seconds."), "frames_per_second": number(""),
                "latency_ms": number("From the capture until the picture is finished."),
                "map_age_ms": number("How much older than the picture its maps are."), "top": top,
                "is_recognised": isRecognised,
            ]),
            "dropped": object(["count": count("Frames that were lost."), "reason": text("Why.")]),
            "lost": object(["since": number("Seconds since 1970.")]),
            "found": object([:]),
            "object": object([
                "event": ["enum": ["began", "named", "lost", "found", "ended"]],
                "id": count("The thing's number over time."),
                "label": text("Its class."),
            ]),
            "event": reference("Event"),
            "settings": values,
            "recording": reference("Recording"), "teach": reference("TeachState"),
        ]),
    ].merging(teaching) { first, _ in first }

    private static let value: JSONValue = ["type": ["string", "number", "boolean"]]
    private static let values: JSONValue = ["type": "object", "additionalProperties": value]
    private static let choices = list(
        of: object(["value": text("What is sent."), "title": text("For people.")]))
    private static let isRecognised = flag(
        "Whether the picture names what it shows: false where nothing is recognised.")
    private static let top = list(of: reference("ClassScore"))

    static func object(_ members: [String: JSONValue], optional: Set<String> = []) -> JSONValue {
        let required = members.keys.filter { !optional.contains($0) }.sorted()
        return [
            "type": "object", "additionalProperties": .flag(false), "properties": .object(members),
            "required": .list(required.map { .text($0) }),
        ]
    }

    static func list(of elements: JSONValue) -> JSONValue { ["type": "array", "items": elements] }
    static func text(_ help: String) -> JSONValue { described("string", help) }
    static func number(_ help: String) -> JSONValue { described("number", help) }
    static func flag(_ help: String) -> JSONValue { described("boolean", help) }

    static func count(_ help: String) -> JSONValue {
        ["type": "integer", "minimum": .number(0), "description": .text(help)]
    }

    static func count(_ help: String, in range: ClosedRange<Int>) -> JSONValue {
        [
            "type": "integer", "minimum": .number(Double(range.lowerBound)),
            "maximum": .number(Double(range.upperBound)), "description": .text(help),
        ]
    }

    private static func described(_ type: String, _ help: String) -> JSONValue {
        ["type": .text(type), "description": .text(help)]
    }
}
