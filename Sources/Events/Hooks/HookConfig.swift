package import Encode
package import Pipeline

/// What is done when something happens: an entry of the list `on` of a config file.
package struct HookConfig: Decodable, Sendable, Equatable {
    package enum Recording: String, Sendable, CaseIterable {
        case start, stop
        /// As long as the class is there.
        case `while`
    }

    package enum Action: Sendable, Equatable {
        /// A program and its arguments, and the seconds that it may take.
        case run([String], seconds: Double)
        /// The address that an event is posted to, and the file of the key that signs it.
        case post(String, secretFile: String?)
        /// The file that the picture is written to; strftime's letters and `{camera}` stand for time and camera.
        case snapshot(String)
        case record(Recording)
        /// `{camera}` stands for the camera in its path.
        case clip(ClipConfig)
    }

    /// The class that must be there; nil: any event of the kind.
    package var label: String?
    /// The kind of event; nil: the class is there.
    package var kind: CameraEvent.Kind?
    /// The only camera that it is about; nil: all.
    package var camera: String?
    /// How probable the class must be, and for how many seconds.
    package var above = 0.5
    package var seconds = 0.0
    package var action: Action

    package init(_ action: Action) { self.action = action }

    private enum Key: String, CodingKey, CaseIterable {
        case label = "class"
        case event, camera, above
        case seconds = "for"
        case action = "do"
    }
    private enum ActionKey: String, CodingKey, CaseIterable {
        case run, post, snapshot, record, clip
        case before, after, keep
        case maxBytes = "max-bytes"
        case seconds = "timeout"
        case secretFile = "secret-file"
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: Key.self)
        let place = ConfigError.shown(path: decoder.codingPath)
        guard fields.contains(.action) else { throw ConfigError.missing(key: "\(place).do") }
        action = try Self.action(try fields.superDecoder(forKey: .action))
        label = try fields.decodeIfPresent(String.self, forKey: .label)
        kind = try fields.decodeChoiceIfPresent(CameraEvent.Kind.self, forKey: .event)
        camera = try fields.decodeIfPresent(String.self, forKey: .camera)
        above = try fields.decodeIfPresent(Double.self, forKey: .above) ?? above
        if fields.contains(.seconds) {
            seconds = try fields.superDecoder(forKey: .seconds).setting(allowed: Self.timeForm, Self.seconds)
        }
        try check(place, hasTime: fields.contains(.above) || fields.contains(.seconds))
    }

    private static let timeForm = "a number of seconds such as 2s or 0.5s"

    private static func seconds(_ text: String) -> Double? {
        guard let number = Double(text.hasSuffix("s") ? text.dropLast() : text[...]), (0...86_400).contains(number)
        else {
            return nil
        }
        return number
    }

    private func check(_ place: String, hasTime: Bool) throws(ConfigError) {
        guard label != nil || kind != nil else { throw .missing(key: "\(place).class, or \(place).event,") }
        if label?.isEmpty == true {
            throw .outOfRange(key: "\(place).class", value: "", allowed: "the name of a class")
        }
        guard (0.01...1).contains(above) else {
            throw .outOfRange(key: "\(place).above", value: shortest(above), allowed: "0.01 to 1")
        }
        if kind != nil, hasTime {
            throw .misplaced(key: "\(place).above or for", advice: "it is for a class, and not for an event")
        }
        if kind != nil, action == .record(.while) {
            throw .outOfRange(key: "\(place).do.record", value: "while", allowed: "start, stop")
        }
    }

    private static func action(_ decoder: any Decoder) throws -> Action {
        let fields = try decoder.strictContainer(keyedBy: ActionKey.self)
        let place = ConfigError.shown(path: decoder.codingPath)
        let chosen = [ActionKey.run, .post, .snapshot, .record, .clip].filter(fields.contains)
        guard chosen.count == 1, let key = chosen.first else {
            throw ConfigError.outOfRange(
                key: place, value: chosen.map(\.rawValue).joined(separator: " and "),
                allowed: "one of run, post, snapshot, record, clip")
        }
        if key != .run, fields.contains(.seconds) {
            throw ConfigError.misplaced(key: "\(place).timeout", advice: "it is for run")
        }
        if key != .post, fields.contains(.secretFile) {
            throw ConfigError.misplaced(key: "\(place).secret-file", advice: "it is for post")
        }
        for other in [ActionKey.before, .after, .keep, .maxBytes] where key != .clip && fields.contains(other) {
            throw ConfigError.misplaced(key: "\(place).\(other.rawValue)", advice: "it is for clip")
        }
        switch key {
        case .run:
            let words = try fields.decode([String].self, forKey: .run)
            let limit = try fields.decodeIfPresent(Double.self, forKey: .seconds) ?? 10
            guard let program = words.first, program.hasPrefix("/"), !words.contains(where: { $0.contains("\0") })
            else {
                throw ConfigError.outOfRange(
                    key: "\(place).run", value: words.first ?? "",
                    allowed: "a program by its whole path and its arguments, such as [/usr/bin/logger, dog]")
            }
            guard (0.1...3600).contains(limit) else {
                throw ConfigError.outOfRange(
                    key: "\(place).timeout", value: shortest(limit), allowed: "0.1 to 3600 seconds")
            }
            return .run(words, seconds: limit)
        case .post:
            let address = try fields.decode(String.self, forKey: .post)
            guard ["http://", "https://"].contains(where: address.lowercased().hasPrefix), !address.contains("\0")
            else {
                throw ConfigError.outOfRange(
                    key: "\(place).post", value: address, allowed: "an address that begins with http:// or https://")
            }
            return .post(address, secretFile: try fields.decodeIfPresent(String.self, forKey: .secretFile))
        case .snapshot:
            let path = try fields.decode(String.self, forKey: .snapshot)
            guard ["jpg", "jpeg"].contains(path.split(separator: ".").last?.lowercased()), !path.contains("\0") else {
                throw ConfigError.outOfRange(
                    key: "\(place).snapshot", value: path,
                    allowed: "a file name that ends in .jpg, such as {camera}-%Y%m%d-%H%M%S.jpg")
            }
            return .snapshot(path)
        case .clip: return .clip(try clip(fields, place))
        default:
            guard let word = try fields.decodeChoiceIfPresent(Recording.self, forKey: .record) else {
                throw ConfigError.missing(key: "\(place).record")
            }
            return .record(word)
        }
    }

    private static func clip(_ fields: KeyedDecodingContainer<ActionKey>, _ place: String) throws -> ClipConfig {
        var clip = ClipConfig(path: try fields.decode(String.self, forKey: .clip))
        for (key, value, most) in [
            (ActionKey.before, \ClipConfig.before, 60), (.after, \.after, 600),
        ] as [(ActionKey, WritableKeyPath<ClipConfig, Double>, Double)] where fields.contains(key) {
            let form = "0s to \(Int(most))s"
            clip[keyPath: value] = try fields.superDecoder(forKey: key).setting(allowed: form) {
                seconds($0).flatMap { $0 <= most ? $0 : nil }
            }
        }
        clip.keep = try fields.decodeIfPresent(TimeSpan.self, forKey: .keep)
        clip.maxBytes = try fields.decodeIfPresent(DataSize.self, forKey: .maxBytes)
        do throws(EncodeError) {
            try clip.check()
        } catch {
            throw ConfigError.outOfRange(key: "\(place).clip", value: clip.path, allowed: "a file for clips (\(error))")
        }
        return clip
    }

    /// The clip that it writes of a camera, if it writes any.
    ///
    /// - Parameter camera: "": the only one.
    package func clip(of camera: String) -> ClipConfig? {
        guard case .clip(var clip) = action, self.camera == nil || self.camera == camera else { return nil }
        clip.path = clip.path.replacing("{camera}", with: CameraAccess.called(camera))
        return clip
    }

    /// Whether it takes pictures from the server.
    package var takesSnapshots: Bool { if case .snapshot = action { true } else { false } }

    /// Checks what one by itself cannot know.
    ///
    /// - Parameter cameras: names of all.
    package static func validate(_ hooks: [HookConfig], cameras: [String]) throws(ConfigError) {
        guard hooks.count <= 64 else {
            throw .outOfRange(key: "on", value: "\(hooks.count) entries", allowed: "up to 64")
        }
        for (index, hook) in hooks.enumerated() {
            guard let camera = hook.camera, !cameras.contains(camera) else { continue }
            throw .outOfRange(
                key: "on.\(index).camera", value: camera,
                allowed: cameras == [""]
                    ? "none, as there is one camera without a name" : cameras.joined(separator: ", "))
        }
    }
}
