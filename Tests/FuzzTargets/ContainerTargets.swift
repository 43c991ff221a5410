import Capture
import Encode
package import Foundation
package import TestSupport

/// Recordings that a killed process has left: where a torn index begins.
package struct BoxesTarget: FuzzTarget {
    package static let name = "boxes"

    private let mutator: TextMutator
    private var torn = 0

    package init(_ corpus: [Data]) {
        func box(_ kind: String, _ content: Int, wide: Bool = false) -> Data {
            let length = content + (wide ? 16 : 8)
            var head = Data()
            for shift in [24, 16, 8, 0] { head.append(UInt8(truncatingIfNeeded: (wide ? 1 : length) >> shift)) }
            head += kind.utf8
            if wide {
                for shift in stride(from: 56, through: 0, by: -8) {
                    head.append(UInt8(truncatingIfNeeded: length >> shift))
                }
            }
            return head + Data(repeating: 7, count: content)
        }
        let seeds = [
            box("ftyp", 16) + box("moov", 40) + box("moof", 60) + box("mdat", 100) + box("moof", 60).prefix(20),
            box("ftyp", 16) + box("mdat", 64, wide: true) + box("mfra", 30),
            box("ftyp", 16) + Data(repeating: 0, count: 64),
        ]
        mutator = TextMutator(
            seeds: corpus + seeds,
            words: [
                "ftyp", "moov", "moof", "mdat", "mfra", "free", "\0\0\0\0", "\0\0\0\u{1}", "\0\0\0\u{8}",
                "\u{7f}\u{7f}\u{7f}\u{7f}",
            ])
    }

    package var depth: String { "\(torn) torn" }
    package func input(_ noise: inout Noise) -> Data { mutator.next(&noise) }

    package mutating func take(_ bytes: Data, _ noise: inout Noise) {
        var reads = 0
        let start = TornIndex.start(in: bytes.count) { count, position in
            reads += 1
            Defect.unless((0..<bytes.count).contains(position), "reads at \(position) of \(bytes.count)")
            return Array(bytes[position..<min(bytes.count, position + count)])
        }
        Defect.unless(reads <= bytes.count / 8 + 1, "\(reads) boxes in \(bytes.count) bytes")
        guard let start else { return }
        torn += 1
        Defect.unless((8..<bytes.count).contains(start), "cut at \(start) of \(bytes.count)")
        // What is left is whole.
        let left = TornIndex.start(in: start) { Array(bytes[$1..<min(start, $1 + $0)]) }
        Defect.unless(left == nil, "torn after the cut")
    }
}

/// A network camera's motion JPEG.
package struct MultipartTarget: FuzzTarget {
    package static let name = "multipart"

    private let mutator: TextMutator
    private var pictures = 0
    private var lost = 0

    package init(_ corpus: [Data]) {
        let picture: [UInt8] =
            [
                0xff, 0xd8, 0xff, 0xe0, 0, 6, 1, 2, 3, 4, 0xff, 0xda, 0, 4, 1, 2, 9, 0xff, 0, 8, 0xff, 0xd0, 7, 0xff,
                0xd9,
            ]
        func part(_ headers: String) -> Data { Data("--frame\r\n\(headers)\r\n".utf8) + picture + "\r\n".utf8 }
        let seeds = [
            part("Content-Type: image/jpeg\r\nContent-Length: 25\r\n")
                + part("Content-Type: image/jpeg\r\nContent-Length: 25\r\n"),
            part("") + part("Content-Type: image/jpg\r\n"), Data(picture + picture),
            part("Content-Type: text/plain\r\nContent-Length: 9\r\n") + part("Content-Length: 2000000000\r\n"),
        ]
        mutator = TextMutator(
            seeds: corpus + seeds,
            words: ["--frame\r\n", "\r\n\r\n", "Content-Length: ", "Content-Type: ", "image/jpeg", "text/html", "\n"])
    }

    package var depth: String { "\(pictures) pictures" }
    package func input(_ noise: inout Noise) -> Data { mutator.next(&noise) }

    package mutating func take(_ bytes: Data, _ noise: inout Noise) {
        var splitter = MultipartSplitter()
        var rest = Array(bytes)[...]
        var taken = 0
        while !rest.isEmpty {
            let piece = Array(rest.prefix(Int.random(in: 1...max(1, bytes.count), using: &noise)))
            rest = rest.dropFirst(piece.count)
            piece.withUnsafeBufferPointer { splitter.append($0) }
            while let picture = splitter.next() {
                taken += picture.count
                pictures += 1
                Defect.unless(!picture.isEmpty, "an empty picture")
                Defect.unless(taken <= bytes.count, "\(taken) bytes of pictures from \(bytes.count)")
            }
        }
    }
}
