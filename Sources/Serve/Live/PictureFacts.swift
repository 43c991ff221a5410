/// What is told with a picture.
package struct PictureFacts: Sendable, Equatable {
    /// Counts the pictures; never falls.
    package var sequence: Int
    /// Wall time of the capture, since 1970-01-01 00:00 UTC.
    package var capturedAt: Duration
    /// From the capture to `LiveFeed.publish`.
    package var latency: Duration
    /// How much older than the picture its maps are.
    package var mapAge: Duration
    /// What the picture shows; nil: not known.
    package var label: String?
    /// Whether this is no camera picture but a slate that says why there is none.
    package var isSlate: Bool

    package init(
        sequence: Int, capturedAt: Duration, latency: Duration, mapAge: Duration = .zero, label: String? = nil,
        isSlate: Bool = false
    ) {
        self.sequence = sequence
        self.capturedAt = capturedAt
        self.latency = latency
        self.mapAge = mapAge
        self.label = label
        self.isSlate = isSlate
    }

    /// "seconds.microseconds", as MJPEG servers write it.
    var timestamp: String {
        let (seconds, attoseconds) = capturedAt.components
        let microseconds = String(attoseconds / 1_000_000_000_000)
        return "\(seconds)." + String(repeating: "0", count: 6 - microseconds.count) + microseconds
    }
}

extension String {
    /// As a header's value: what is not printable ASCII, and "%", as "%" and two hexadecimal digits for each byte.
    var asHeaderValue: String {
        var text = ""
        for byte in utf8 {
            if (0x20..<0x7f).contains(byte), byte != UInt8(ascii: "%") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = Array("0123456789ABCDEF")
                text += ["%", digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return text
    }
}
