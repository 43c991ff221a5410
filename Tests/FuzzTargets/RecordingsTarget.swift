import Encode
package import Foundation
package import TestSupport

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
