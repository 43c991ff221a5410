package import Foundation
import Infer
import Pipeline
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
