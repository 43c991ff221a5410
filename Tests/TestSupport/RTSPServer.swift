import Foundation

/// An RTSP server (RFC 2326) on a free port of this machine with one H.264 stream, which sends RTP through the connection
/// itself, as a test wants.
package final class RTSPServer: Sendable {
    package enum Reply: Sendable {
        /// What DESCRIBE is refused with, such as "404 Not Found".
        case refusal(String)
        /// DESCRIBE is sent there.
        case redirect(String)
        /// What happens after PLAY; then the connection is closed.
        case stream([LocalServer.Step])
        /// Nothing is answered until the client goes.
        case silence(meanwhile: @Sendable () -> Void)
    }

    private let listener: Listener

    /// - Parameter answer: gets how many connections came before.
    package init(_ answer: @escaping @Sendable (Int) -> Reply) throws {
        let listener = try Listener()
        self.listener = listener
        let thread = Thread {
            var number = 0
            while let connection = listener.connection() {
                connection.converse(answer(number))
                number += 1
            }
        }
        thread.start()
    }

    deinit { listener.stop() }

    /// - Parameter login: goes before the host, such as "user:password@".
    package func address(login: String = "") -> String { "rtsp://\(login)127.0.0.1:\(listener.port)/stream" }
}

extension Connection {
    fileprivate func converse(_ reply: RTSPServer.Reply) {
        if case .silence(let action) = reply { return perform(.silence(meanwhile: action)) }
        while true {
            let lines = receiveHead().components(separatedBy: "\r\n")
            guard let method = lines[0].split(separator: " ").first else { return }
            let number = lines.first { $0.hasPrefix("CSeq:") } ?? "CSeq: 0"
            switch (method, reply) {
            case ("DESCRIBE", .refusal(let status)): return answer(status, [number])
            case ("DESCRIBE", .redirect(let address)): return answer("302 Found", [number, "Location: \(address)"])
            case ("DESCRIBE", _):
                let description =
                    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=Test\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
                    + "a=rtpmap:96 H264/90000\r\na=control:track1\r\n"
                answer("200 OK", [number, "Content-Type: application/sdp"], description)
            case ("SETUP", _):
                answer("200 OK", [number, "Session: 1", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"])
            case ("PLAY", .stream(let steps)):
                answer("200 OK", [number, "Session: 1"])
                for step in steps { perform(step) }
                return
            default: answer("200 OK", [number, "Public: DESCRIBE, SETUP, PLAY, TEARDOWN"])
            }
        }
    }

    private func answer(_ status: String, _ headers: [String], _ body: String = "") {
        let lines = ["RTSP/1.0 \(status)"] + headers + ["Content-Length: \(body.utf8.count)", "", body]
        send(Array(lines.joined(separator: "\r\n").utf8))
    }
}

/// H.264 as RTP packets (RFC 6184, a NAL unit each) within RTSP (RFC 2326, 10.12).
package enum RTPStream {
    /// - Parameter stream: H.264 with start codes (Annex B), whose NAL units are small and pictures one slice each.
    /// - Parameter start: time of the first picture, in 1/90000 s; the others follow at 25 a second.
    /// - Returns: for each picture what is sent for it.
    package static func pictures(_ stream: [UInt8], start: UInt32) -> [[UInt8]] {
        var pictures: [[UInt8]] = []
        var current: [UInt8] = []
        var sequence: UInt16 = 0
        for unit in units(stream) {
            // ITU-T H.264, 7.4.1: 1 and 5 are slices; what comes before one belongs to its picture.
            let isSlice = [1, 5].contains(unit[0] & 0x1f)
            let time = start &+ UInt32(pictures.count) * 3600
            let header: [UInt8] =
                [0x80, (isSlice ? 0x80 : 0) | 96, UInt8(sequence >> 8), UInt8(sequence & 0xff)]
                + (0..<4).map { UInt8(truncatingIfNeeded: time >> (24 - 8 * $0)) } + [0, 0, 0, 1]
            let size = header.count + unit.count
            current += [0x24, 0, UInt8(size >> 8), UInt8(size & 0xff)] + header + unit
            sequence &+= 1
            if isSlice {
                pictures.append(current)
                current = []
            }
        }
        return pictures
    }

    private static func units(_ stream: [UInt8]) -> [ArraySlice<UInt8>] {
        var starts: [Int] = []
        for i in stream.indices.dropLast(3) where stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1 {
            starts.append(i + 3)
        }
        return zip(starts, starts.dropFirst().map { $0 - 3 } + [stream.count]).map { start, end in
            // The first zero of a long start code is none of the unit's.
            let unit = stream[start..<end]
            return (unit.last == 0 ? unit.dropLast() : unit)[...]
        }.map { ArraySlice(Array($0)) }
    }
}
