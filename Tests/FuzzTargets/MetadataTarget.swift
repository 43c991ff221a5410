package import Foundation
import Infer
import Pipeline
package import TestSupport

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
