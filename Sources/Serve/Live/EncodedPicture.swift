package import NIOCore

/// A compressed picture, and the bytes that a multipart stream sends of it. All clients share them.
package struct EncodedPicture: Sendable {
    package let facts: PictureFacts
    /// Presentation time in the input, in seconds.
    package let presentationSeconds: Double
    /// From the capture to the compressed picture.
    package let latency: Duration
    /// When it was compressed, on the server's clock.
    package let readyAt: Duration
    /// Header block, JPEG, and the boundary after it.
    let part: ByteBuffer
    package let jpeg: ByteBuffer
    /// JPEG, the boundary after it, and the whole header block of the picture to come.
    let advancedPart: ByteBuffer

    init(
        _ jpeg: UnsafeRawBufferPointer, facts: PictureFacts, presentationSeconds: Double, latency: Duration,
        readyAt: Duration
    ) {
        self.facts = facts
        self.presentationSeconds = presentationSeconds
        self.latency = latency
        self.readyAt = readyAt
        var head = "Content-Type: image/jpeg\r\nContent-Length: \(jpeg.count)\r\n"
        head += "X-Timestamp: \(facts.timestamp)\r\n"
        for (name, value) in Self.headers(facts, presentationSeconds, latency) { head += "\(name): \(value)\r\n" }
        head += "\r\n"
        let advanced = Multipart.separator + Multipart.advanceHeader
        var bytes = ByteBuffer()
        bytes.reserveCapacity(head.utf8.count + jpeg.count + advanced.utf8.count)
        bytes.writeString(head)
        bytes.writeBytes(jpeg)
        bytes.writeString(advanced)
        let start = head.utf8.count
        part = bytes.getSlice(at: 0, length: start + jpeg.count + Multipart.separator.utf8.count)!
        self.jpeg = bytes.getSlice(at: start, length: jpeg.count)!
        advancedPart = bytes.getSlice(at: start, length: jpeg.count + advanced.utf8.count)!
    }

    /// The headers that a part of a stream and a snapshot have in common.
    var headers: [(name: String, value: String)] { Self.headers(facts, presentationSeconds, latency) }

    private static func headers(
        _ facts: PictureFacts, _ presentationSeconds: Double, _ latency: Duration
    ) -> [(name: String, value: String)] {
        var headers = [
            ("X-Camstream-Seq", "\(facts.sequence)"),
            ("X-Camstream-Latency-Ms", fixed(latency.inMilliseconds, digits: 1)),
            ("X-Camstream-Pts", fixed(presentationSeconds, digits: 6)),
        ]
        if facts.mapAge > .zero {
            headers.append(("X-Camstream-Map-Age-Ms", fixed(facts.mapAge.inMilliseconds, digits: 1)))
        }
        if let label = facts.label { headers.append(("X-Camstream-Label", label.asHeaderValue)) }
        if facts.isSlate { headers.append(("X-Camstream-Stale", "slate")) }
        return headers
    }
}

/// The framing of `multipart/x-mixed-replace`, as browsers, FFmpeg and go2rtc read it.
///
/// The boundary follows right after each picture, so that a browser need not wait for the next one to show it.
enum Multipart {
    static let contentType = "multipart/x-mixed-replace; boundary=frame"
    /// Before the first part.
    static let opening = "--frame\r\n"
    static let separator = "\r\n--frame\r\n"
    /// A header block that can be sent before its picture is known: without a length.
    static let advanceHeader = "Content-Type: image/jpeg\r\n\r\n"
}

/// A decimal number, independent of the locale.
func fixed(_ number: Double, digits: Int) -> String {
    guard number.isFinite else { return "0" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = (number.magnitude * scale).rounded()
    guard scaled < 9e18 else { return "0" }
    let units = String(Int64(scaled))
    let padded = String(repeating: "0", count: max(0, digits + 1 - units.count)) + units
    let sign = number < 0 && scaled > 0 ? "-" : ""
    return sign + padded.dropLast(digits) + (digits > 0 ? "." + padded.suffix(digits) : "")
}
