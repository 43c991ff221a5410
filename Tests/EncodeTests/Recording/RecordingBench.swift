import CFFmpeg
import Foundation
import Pipeline
import Synchronization
import TestSupport

@testable import Encode

/// A folder, a recorder's events, and a camera of numbered pictures whose clock is the test's.
final class RecordingBench {
    let folder: TemporaryFolder
    let pictures: TestPictures
    let events = Events()
    /// 2026-11-21 12:00:00 UTC, when the camera's clock says 0.
    static let noon: Int64 = 1_795_262_400

    final class Events: Sendable {
        private let list = Mutex<[RecordingEvent]>([])
        func append(_ event: RecordingEvent) { list.withLock { $0.append(event) } }
        var all: [RecordingEvent] { list.withLock { $0 } }
    }

    init(width: Int = 64, height: Int = 48, frameRate: Int32 = 25, folder: TemporaryFolder? = nil) throws {
        self.folder = try folder ?? TemporaryFolder()
        pictures = try Self.pictures(width: width, height: height, frameRate: frameRate)
    }

    static func pictures(width: Int, height: Int, frameRate: Int32 = 25) throws -> TestPictures {
        try TestPictures(
            width: width, height: height, timeBase: AVRational(num: 1, den: 1_000_000),
            frameRate: AVRational(num: frameRate, den: 1))
    }

    func config(_ name: String) -> EncodeConfig { .fast(folder.file(name)) }

    /// A recorder that has been started. Tests' disks may be small.
    func recorder(
        _ config: EncodeConfig, room: DiskRoom = DiskRoom(least: 0, toBegin: 0), isStarted: Bool = true
    ) throws -> EncodedRecording {
        let recorder = try EncodedRecording(config, room: room) { [events] in events.append($0) }
        if isStarted { recorder.start() }
        return recorder
    }

    /// A picture that bears its number as bars.
    func frame(_ index: Int, at seconds: Double, _ pictures: TestPictures) throws -> Frame {
        let time = Int64((seconds * 1_000_000).rounded())
        return try pictures.frame(
            index: index, pts: 5_000_000 + time, duration: 40_000, wall: Self.noon * 1_000_000 + time
        ) { plane, x, _ in
            plane > 0 ? 128 : index >> (x * Self.bars / pictures.format.width) & 1 == 1 ? 220 : 30
        }
    }

    /// Shows the recorder such a picture.
    @discardableResult
    func show(_ index: Int, at seconds: Double, to recorder: EncodedRecording, _ other: TestPictures? = nil) throws
        -> Recorder.Outcome
    {
        let pictures = other ?? pictures
        return recorder.write(try frame(index, at: seconds, pictures), pictures.format)
    }

    /// Shows pictures at the rate of 25.
    func show(_ indices: Range<Int>, to recorder: EncodedRecording) throws {
        for index in indices { try show(index, at: Double(index) / 25, to: recorder) }
    }

    /// The numbers that a file's pictures bear.
    static func numbers(_ file: DecodedFile) -> [Int] {
        file.pictures.map { picture in
            (0..<bars).reduce(0) { number, bar in
                let x = (2 * bar + 1) * picture.width / (2 * bars)
                return number | (picture.bytes[picture.height / 2 * picture.width + x] > 125 ? 1 << bar : 0)
            }
        }
    }

    private static let bars = 8

    /// Paths of the hidden files of a kind.
    func hidden(_ ending: String = "rec") throws -> [String] {
        try folder.contents().filter { $0.hasPrefix(".") && $0.hasSuffix(".\(ending)") }.map(folder.file)
    }

    /// What a killed process leaves of a recording.
    func leaveOrphan(of name: String, pictures count: Int) throws {
        let other = try RecordingBench()
        let recorder = try other.recorder(other.config(name.split(separator: "/").last.map(String.init) ?? name))
        try other.show(0..<count, to: recorder)
        let recording = try Data(contentsOf: URL(fileURLWithPath: try other.hidden()[0]))
        let target = folder.file(name)
        try recording.write(to: URL(fileURLWithPath: "\(target.folder)/.\(target.fileName).999999999-0.rec"))
    }
}

/// The boxes at the top of an MP4 file: kinds and positions.
func topBoxes(_ bytes: [UInt8]) -> [(kind: String, range: Range<Int>)] {
    var boxes: [(String, Range<Int>)] = []
    var start = 0
    while start + 8 <= bytes.count {
        let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        guard length >= 8 else { break }
        boxes.append((String(decoding: bytes[start + 4..<start + 8], as: UTF8.self), start..<start + length))
        start += length
    }
    return boxes
}
