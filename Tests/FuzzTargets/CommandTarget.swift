import Events
package import Foundation
package import TestSupport

/// What a broker asks of a camera.
package struct CommandTarget: FuzzTarget {
    package static let name = "command"

    private let mutator = TextMutator(
        seeds: [#"{"class": "dog"}"#, #"{"recording": true, "class": "cat"}"#].map { Data($0.utf8) },
        words: [
            #""class": "#, #""recording": "#, "true", "null", "1e999", #""\\ud800""#, "{", "}", "[", "]", ",", "\u{0}",
        ])
    private var commands = 0

    package init(_ corpus: [Data]) {}
    package var depth: String { "\(commands) commands" }
    package func input(_ noise: inout Noise) -> Data { mutator.next(&noise) }

    package mutating func take(_ bytes: Data, _ noise: inout Noise) {
        switch MQTTCommand.changes(Array(bytes)) {
        case .success(let changes):
            Defect.unless(changes.allSatisfy { ["infer.class", "recording"].contains($0.key) }, "another setting")
            commands += 1
        case .failure(let fault): Defect.unlessOneLine(fault)
        }
    }
}
