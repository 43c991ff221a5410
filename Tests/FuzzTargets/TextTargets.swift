import Capture
import Catalogue
import Encode
package import Foundation
import Infer
import Overlay
import Pipeline
import Serve
package import TestSupport

/// A model's card, as YAML: the bounds, the strict decoding, and what is checked of the values.
package struct CardTarget: FuzzTarget {
    package static let name = "card"
    package static var corpus: [String] {
        ["configs/models", "models", "Tests/Fixtures"].map { checkout.appending(path: $0).path }
    }

    private let mutator: TextMutator
    private var cards = 0

    package init(_ corpus: [Data]) {
        let more = [
            "a: &a [1, 2]\nb: *a\n? c\n: d\n", "labels: {0: cat, 1: dog}\n",
            "labels: [cat, dog]\ninput: {mean: 0.5, std: [1, 1, 1]}",
            "input: {size: [224, 224], resize: crop, crop-from: 256, range: [0, 255]}\nabout: {top-1: 70.0}\n",
        ]
        mutator = TextMutator(
            seeds: corpus.filter { $0.count < 1 << 16 } + more.map { Data($0.utf8) },
            words: [
                "name: ", "model: ", "input: ", "size: ", "layout: NCHW", "color: BGR", "range: ", "mean: ", "std: ",
                "resize: ",
                "crop", "crop-from: ", "interpolation: ", "labels: ", "layer: ", "output: ", "about: ", "top-1: ",
                "&a ", "*a", "<<: *a",
                "? ", "- ", "[", "]", "{", "}", "---\n", "...\n", "!!binary ", "!!int ", "!!set ", "%YAML 1.1\n", "| ",
                ">\n ", "~",
                "true", ".nan", ".inf", "2001-01-01", "0o7", "1:30:00",
            ])
    }

    package var depth: String { "\(cards) cards" }
    package func input(_ noise: inout Noise) -> Data { mutator.next(&noise) }

    package mutating func take(_ bytes: Data, _ noise: inout Noise) {
        do {
            let card = try YAMLFile.decode(ModelCard.self, text: bytes.asText, name: "fuzz")
            try card.validate()
            cards += 1
        } catch {
            Defect.unlessOneLine(error)
        }
    }
}

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
            overlay: {layout: grid, colormap: turbo, opacity: 0.5, labels: top5, box: true}
            encode: {output: 'rec/%Y-%m-%d/%H-%M-%S.mp4', segment: 10m, keep: 7d, max-bytes: 20G, options: {tune: film}}
            serve: {listen: '*:8090', quality: 80, max-clients: 9, allowed-hosts: [a.example], stale-after: 5}
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
        tried { try YAMLFile.decode(Section<OverlayConfig>.self, text: text, name: "fuzz").value.validate() }
        tried { try YAMLFile.decode(Section<EncodeConfig>.self, text: text, name: "fuzz").value.validate() }
        tried { try YAMLFile.decode(Section<ServeConfig>.self, text: text, name: "fuzz").value.validate() }
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
            "CaptureConfig": "capture", "InferConfig": "infer", "OverlayConfig": "overlay", "EncodeConfig": "encode",
        ]
        let sections = try decoder.container(keyedBy: Key.self)
        let key = Key(stringValue: names["\(Value.self)"] ?? "serve")!
        guard sections.contains(key) else { throw ConfigError.missing(key: key.stringValue) }
        value = try sections.decode(Value.self, forKey: key)
    }
}

/// A model's metadata: cards, ONNX's own keys, and what exporters write, in JSON and Python's literals.
package struct MetadataTarget: FuzzTarget {
    package static let name = "metadata"

    private let mutator: TextMutator
    private var cards = 0
    private var literals = 0
    private static let keys = [
        MetadataCard.cardKey, "Image.BitmapPixelFormat", "Image.NominalPixelRange", "names", "imgsz", "task",
        "label_names",
        "id2label", "mean", "std", "input_size", "crop_pct", "interpolation", "pretrained_cfg", "image_size",
        "resample",
        "do_normalize", "rescale_factor",
    ]

    package init(_ corpus: [Data]) {
        let seeds = [
            "{0: 'tench', 1: 'goldfish', 2: 'it\\'s'}", "{\"0\": \"tench\", \"1\": [\"n01440764\", \"tench\"]}",
            "[224, 224]",
            "(0.485, 0.456, 0.406)", "['a', 'b', None, True, 1e-3]",
            "{\"id2label\": {\"0\": \"a\"}, \"label2id\": {\"a\": 0}}",
            "classify", "Bgr8", "NominalRange_0_255", "{'size': {'height': 224, 'width': 224}}", "0.875", "bicubic",
            "3",
            "labels: [a, b]\ninput: {mean: [0, 0, 0]}", "\"\\u00e9\\ud83d\\ude00\\n\"", "b'bytes'", "u'text' r'raw'",
            "{'a': {'b': [{}]}}",
        ]
        mutator = TextMutator(
            seeds: corpus + seeds.map { Data($0.utf8) },
            words: [
                "{", "}", "[", "]", "(", ")", ",", ":", "'", "\"", "'''", "None", "True", "null", "\\u", "\\ud800",
                "\\x", "\\N{", "\\777", "0:", "b'",
                "\"0\": ", "id2label", "names", "size", "nan", "Infinity", "-",
            ])
    }

    package var depth: String { "\(cards) without an error, \(literals) literals" }
    package func input(_ noise: inout Noise) -> Data { mutator.next(&noise) }

    package mutating func take(_ bytes: Data, _ noise: inout Noise) {
        let text = bytes.asText
        do {
            _ = try Literal(text)
            literals += 1
        } catch {
            Defect.unlessOneLine(error)
            Defect.unless(
                (0...text.utf8.count).contains(error.position), "an error at \(error.position) of \(text.utf8.count)")
        }
        var metadata: [String: String] = [:]
        for _ in 0..<Int.random(in: 1...3, using: &noise) { metadata[Self.keys.randomElement(using: &noise)!] = text }
        do {
            let size = Bool.random(using: &noise) ? [224, 224] : nil
            let card = try MetadataCard(metadata, model: "fuzz", size: size)
            for note in card.notes {
                Defect.unless(note.utf8.count < 100_000, "an endless note: \(note.prefix(300))")
            }
            cards += 1
        } catch {
            Defect.unlessOneLine(error)
        }
    }
}

/// A file of labels.
package struct LabelsTarget: FuzzTarget {
    package static let name = "labels"

    private let mutator: TextMutator
    private var lists = 0

    package init(_ corpus: [Data]) {
        let seeds = [
            "tench\ngoldfish\n", "n01440764 tench, Tinca tinca\nn01443537 goldfish\n", "0 tench\n1: goldfish\n2;x",
            "[\"tench\", \"goldfish\"]",
            "{\"0\": [\"n01440764\", \"tench\"], \"1\": [\"n01443537\", \"goldfish\"]}",
            "{\"tench\": 0, \"goldfish\": 1}",
            "{\"id2label\": {\"1\": \"goldfish\", \"0\": \"tench\"}}", "\u{feff}a\r\nb\r\n\r\n", "[background]\ncat\n",
        ]
        mutator = TextMutator(
            seeds: corpus + seeds.map { Data($0.utf8) },
            words: [
                "\n", "\r\n", "\u{2028}", "n01440764 ", "0: ", "1 ", "[", "]", "{", "}", "\"", ",", "id2label",
                "labels", "name",
            ])
    }

    package var depth: String { "\(lists) lists" }
    package func input(_ noise: inout Noise) -> Data { mutator.next(&noise) }

    package mutating func take(_ bytes: Data, _ noise: inout Noise) {
        for isJSON in [false, true] {
            do {
                let names = try LabelText.names(in: bytes.asText, isJSON: isJSON)
                Defect.unless(names.count <= bytes.count + 1, "\(names.count) names from \(bytes.count) bytes")
                let trouble = LabelText.tooLong(names)
                Defect.unless(
                    trouble.map { !$0.contains("\n") && $0.utf8.count < 10_000 } ?? true, "a message of several lines")
                lists += 1
            } catch {
                Defect.unlessOneLine(error)
            }
        }
    }
}

/// The list of recordings that may be deleted: what is read is what is written.
package struct RecordingsTarget: FuzzTarget {
    package static let name = "recordings"

    private let mutator: TextMutator
    private var entries = 0

    package init(_ corpus: [Data]) {
        let seed = """
            # Recordings that camstream wrote; --keep and --max-bytes delete no others.
            4096 1795959265 2026-11-29/20-00-00.mp4
            116173 1795959300? 2026-11-29/20-10-00.mp4
            0 0 a b  c.mp4
            4096 1795959265 2026-11-29/20-00-00.mp4

            """
        mutator = TextMutator(
            seeds: corpus + [Data(seed.utf8)], words: ["\n", "? ", " ", "#", "../", "/", "-1 ", "4096 ", ".mp4"])
    }

    package var depth: String { "\(entries) entries" }
    package func input(_ noise: inout Noise) -> Data { mutator.next(&noise) }

    package mutating func take(_ bytes: Data, _ noise: inout Noise) {
        let read = RecordingList.entries(bytes.asText)
        Defect.unless(read.allSatisfy { $0.bytes >= 0 }, "less than no bytes")
        Defect.unless(Set(read.map(\.relativePath)).count == read.count, "a name that counts twice")
        Defect.unless(RecordingList.entries(read.map(\.line).joined()) == read, "it is read otherwise than written")
        entries += read.count
    }
}

/// What a mirror answers: the head of a download.
package struct ReplyTarget: FuzzTarget {
    package static let name = "reply"

    private let mutator: TextMutator
    private var known = 0

    package init(_ corpus: [Data]) {
        let seed = """
            HTTP/1.1 206 Partial Content\r
            Content-Range: bytes 500-999/1000\r
            ETag: "abc"\r
            Last-Modified: Wed, 21 Oct 2015 07:28:00 GMT\r
            HTTP/2 200\r
            Content-Length: 1000\r
            etag: W/"x"\r

            """
        mutator = TextMutator(
            seeds: corpus + [Data(seed.utf8)],
            words: [
                "HTTP/1.1 200 OK\r\n", "HTTP/", "Content-Range: ", "bytes ", "-", "/", "*", "Content-Length: ",
                "ETag: ", ":", "W/",
            ])
    }

    package var depth: String { "\(known) lengths" }
    package func input(_ noise: inout Noise) -> Data { mutator.next(&noise) }

    package mutating func take(_ bytes: Data, _ noise: inout Noise) {
        var response = Response()
        for line in bytes.asText.split(separator: "\n", omittingEmptySubsequences: false) { response.take(line + "\n") }
        if response.total != nil || response.start != nil { known += 1 }
    }
}

/// Names and addresses from anywhere on their way to a log, and the lists of FFmpeg that name files.
package struct NamesTarget: FuzzTarget {
    package static let name = "names"

    private let mutator: TextMutator
    private var names = 0

    package init(_ corpus: [Data]) {
        let seeds = [
            "rtsp://user:secret@192.168.1.20:554/stream1?channel=1&token=abc#x",
            "srt://h:9?passphrase=secret&mode=caller",
            "concat:http://a:b@h/a|http://c:d@h/b", "cannot open rtsp://u:p@h/: Connection refused",
            "http://[::1]:80/a?b=c",
            "rtsp://h/user=admin_password=x_channel=1_stream=0.sdp", "frames/%05d.png",
            "demo:seconds=60,size=1920x1080",
            "ffconcat version 1.0\nfile 'it'\\''s one.ts'\nfile a\\ b.ts\n# file x\n",
            "x\u{1b}]52;c;eA==\u{7}\r\ncamstream: error: forged",
        ]
        mutator = TextMutator(
            seeds: corpus + seeds.map { Data($0.utf8) },
            words: [
                "://", "@", ":", "?", "&", "=", "#", "user:", "password=", "token=", "psw=", "channel=", "|", "concat:",
                "crypto:", "file ",
                "%40", "%3a", "http://", "rtsp://", "\\", "[", "]",
            ])
    }

    package var depth: String { "\(names) names of files" }
    package func input(_ noise: inout Noise) -> Data { mutator.next(&noise) }

    package mutating func take(_ bytes: Data, _ noise: inout Noise) {
        let text = bytes.asText
        let line = Printable.line(text)
        Defect.unless(
            !line.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\t" },
            "a control character in \(line.debugDescription.prefix(500))")
        Defect.unless(Printable.line(line) == line, "what is printable is changed")
        Defect.unless(redacted(text).utf8.count <= text.utf8.count * 3 + 100, "a redaction that grows")
        _ = Redaction.text(text)
        names += ConcatList.names(in: text).count
    }
}
