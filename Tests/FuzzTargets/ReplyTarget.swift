import Catalogue
package import Foundation
package import TestSupport

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
