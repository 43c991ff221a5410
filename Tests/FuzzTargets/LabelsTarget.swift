package import Foundation
import Infer
package import TestSupport

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
