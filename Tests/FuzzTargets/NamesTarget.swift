import Capture
package import Foundation
import Pipeline
package import TestSupport

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
