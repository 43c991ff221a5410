import Capture
import Detect
import Encode
import Events
package import Foundation
import Infer
import Overlay
import Pipeline
import Serve
package import TestSupport

/// A config file's sections.
package struct SettingsTarget: FuzzTarget {
    package static let name = "settings"
    package static var corpus: [String] { [checkout.appending(path: "configs").path] }

    private let mutator: TextMutator
    private var sections = 0

    package init(_ corpus: [Data]) {
        let whole = """
            capture: {input: 'rtsp://u:p@192.168.1.20/x', timeout: 10, live: true, controls: {brightness: 128}}
            infer: {model: m.onnx, method: gradcam, layer: [a, b], class: 285, scale: 'fixed:0,1', smoothing: 0.4}
            detect: {min-score: 0.5, max-boxes: 7, overlap: 0.6, track: off, heat: dwell}
            overlay: {layout: grid, colormap: turbo, opacity: 0.5, labels: top5, box: true}
            encode: {output: 'rec/%Y-%m-%d/%H-%M-%S.mp4', segment: 10m, keep: 7d, max-bytes: 20G, options: {tune: film}}
            serve: {listen: '*:8090', quality: 80, max-clients: 9, allowed-hosts: [a.example], stale-after: 5}
            events: {file: e.jsonl, classes: [dog, cat]}
            mqtt: {url: 'mqtts://b', user: u, password-file: p, snapshots: true, discovery: homeassistant}
            on:
              - {class: dog, for: 2s, above: 0.6, camera: door, do: {run: [/bin/bell, loud], timeout: 3}}
              - {event: appeared, class: fox, do: {clip: '{camera}/%F.mp4', before: 3s, keep: 7d, max-bytes: 1G}}
              - {event: signal-lost, do: {post: 'https://h/x', secret-file: key}}
              - {class: cat, do: {snapshot: '{camera}.jpg'}}
              - {class: cat, do: {record: while}}
            """
        mutator = TextMutator(
            seeds: corpus.filter { $0.count < 1 << 16 } + [Data(whole.utf8)],
            words: [
                "input: ", "size: ", "fps: ", "controls: ", "timeout: ", "live: ", "wait: ", "model: ", "method: ",
                "class: ", "smoothing: ",
                "scale: fixed:0,1", "motion: ", "layout: ", "colormap: ", "opacity: ", "labels: ", "output: ",
                "segment: 1h30m", "keep: ",
                "max-bytes: 1K", "options: ", "listen: '[::]:1'", "max-clients: ", "token-file: ", "allowed-hosts: ",
                "stale-after: ", "&a ",
                "*a", "? ", "- ", "[", "]", "{", "}", "%Y/", "%d", "rtsp://u:p@h/", "demo:seed=1",
                "class: dog", "event: appeared", "do: ", "clip: a%F.mp4", "before: 3s", "after: -1s", "record: while",
                "run: [/x]", "post: https://h", "snapshot: a.jpg", "timeout: 1e9", "url: mqtt://b:1", "qos: 2",
            ])
    }

    package var depth: String { "\(sections) sections" }
    package func input(_ noise: inout Noise) -> Data { mutator.next(&noise) }

    /// Each section of the text by itself, as if it were the file.
    package mutating func take(_ bytes: Data, _ noise: inout Noise) {
        let text = bytes.asText
        func tried(_ read: () throws -> Void) {
            do {
                try read()
                sections += 1
            } catch {
                Defect.unlessOneLine(error)
            }
        }
        tried { try YAMLFile.decode(Section<CaptureConfig>.self, text: text, name: "fuzz").value.validate() }
        tried { try YAMLFile.decode(Section<InferConfig>.self, text: text, name: "fuzz").value.validate() }
        tried { try YAMLFile.decode(Section<DetectConfig>.self, text: text, name: "fuzz").value.validate() }
        tried { try YAMLFile.decode(Section<OverlayConfig>.self, text: text, name: "fuzz").value.validate() }
        tried { try YAMLFile.decode(Section<EncodeConfig>.self, text: text, name: "fuzz").value.validate() }
        tried { try YAMLFile.decode(Section<ServeConfig>.self, text: text, name: "fuzz").value.validate() }
        tried { _ = try YAMLFile.decode(Section<EventsConfig>.self, text: text, name: "fuzz") }
        tried { try YAMLFile.decode(Section<MQTTConfig>.self, text: text, name: "fuzz").value.validate() }
        tried {
            let hooks = try YAMLFile.decode(Section<[HookConfig]>.self, text: text, name: "fuzz").value
            try HookConfig.validate(hooks, cameras: ["door"])
        }
    }
}

/// The section of a config file that has a stage's settings, whatever its name.
private struct Section<Value: Decodable>: Decodable {
    let value: Value

    private struct Key: CodingKey {
        let stringValue: String
        init?(stringValue: String) { self.stringValue = stringValue }
        var intValue: Int? { nil }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let names = [
            "CaptureConfig": "capture", "InferConfig": "infer", "DetectConfig": "detect", "OverlayConfig": "overlay",
            "EncodeConfig": "encode", "EventsConfig": "events", "MQTTConfig": "mqtt", "Array<HookConfig>": "on",
        ]
        let sections = try decoder.container(keyedBy: Key.self)
        let key = Key(stringValue: names["\(Value.self)"] ?? "serve")!
        guard sections.contains(key) else { throw ConfigError.missing(key: key.stringValue) }
        value = try sections.decode(Value.self, forKey: key)
    }
}
