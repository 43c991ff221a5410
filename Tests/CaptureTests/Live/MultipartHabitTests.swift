import CFFmpeg
import Pipeline
import TestSupport
import Testing

@testable import Capture

/// Servers of Motion JPEG whose streams are not quite what they should be.
@Suite(.timeLimit(.minutes(30))) struct MultipartHabitTests {
    private static let picture = MotionJPEG.small

    private static func part(
        boundary: String? = "--frame", type: String = "image/jpeg", length: Int? = picture.count, line: String = "\r\n"
    ) -> [UInt8] {
        let lines =
            [boundary, "Content-Type: \(type)", length.map { "Content-Length: \($0)" }].compactMap(\.self) + ["", ""]
        return Array(lines.joined(separator: line).utf8) + picture
    }

    /// What comes behind the head, by the habit's name.
    private static let habits: [(name: String, bytes: [UInt8])] = [
        ("no first boundary", part(boundary: nil) + lineEnd + part() + lineEnd + part()),
        ("image/jpg", part(type: "image/jpg") + lineEnd + part(type: "image/jpg") + lineEnd + part(type: "image/jpg")),
        ("too long", twice(part(length: picture.count + 7)) + part(length: picture.count + 7)),
        ("too short", twice(part(length: picture.count - 7)) + part(length: picture.count - 7)),
        ("no length", twice(part(length: nil)) + part(length: nil)),
        ("line feeds", part(line: "\n") + [10] + part(line: "\n") + [10] + part(line: "\n")),
        ("no headers", picture + picture + picture),
    ]
    private static let lineEnd: [UInt8] = [13, 10]
    private static func twice(_ part: [UInt8]) -> [UInt8] { part + lineEnd + part + lineEnd }

    @Test(
        arguments: habits.map(\.name), ["multipart/x-mixed-replace;boundary=frame", "Multipart/Mixed; BOUNDARY=frame"])
    func theirPicturesAreRead(habit: String, type: String) throws {
        let bytes = try #require(Self.habits.first { $0.name == habit }).bytes
        let bench = try StreamBench { _, number in
            .steps([.bytes(LocalServer.endlessHead(type: type) + bytes), .silence {}])
        }
        let source = try bench.source()
        // The last one, too, though nothing follows it.
        #expect(try source.take(3).map(\.width) == [64, 64, 64])
        #expect(source is NetworkSource && source.drops == ["damaged": 0] && source.corruptPackets == 0)
        #expect(bench.signals.isEmpty && bench.server.requests.count == 1)
    }

    @Test func aStreamThatBreaksOffIsOpenedAgain() throws {
        let head = LocalServer.endlessHead(type: "multipart/x-mixed-replace;boundary=frame")
        let bench = try StreamBench { _, _ in .bytes(head + Self.habits[0].bytes) }
        let source = try bench.source()
        #expect(try source.take(6).map(\.pts) == [0, 1, 2, 1_000_000, 1_000_001, 1_000_002])
        #expect(bench.signals.first == .lost(since: StreamBench.at(0), cause: .ended(input: bench.address)))
    }

    @Test func streamsOfOtherThingsAreRefusedAtOnce() throws {
        let part = Self.part(type: "text/plain", length: 5000)
        let head = LocalServer.endlessHead(type: "multipart/x-mixed-replace;boundary=frame")
        let bench = try StreamBench { _, _ in .bytes(head + part + part) }
        #expect(throws: CaptureError.self) { _ = try bench.source() }
        #expect(bench.clock.seconds == 0)
    }
}
