import CFFmpeg
import Capture
import Foundation
import Pipeline
import TestSupport
import Testing

/// A copy of what a test needs of a frame.
struct Picture: Equatable {
    let index: Int
    let pts: Int64
    let duration: Int64
    let seconds: Double
    /// The planes, one after the other without gaps; samples as they lie in memory.
    let planes: [[UInt8]]

    var bytes: [UInt8] { planes.flatMap { $0 } }

    init(_ frame: borrowing Frame) throws {
        index = frame.index
        pts = frame.pts
        duration = frame.duration
        seconds = frame.seconds
        let layout = try #require(PixelLayout(frame.pixelFormat))
        var planes: [[UInt8]] = []
        for number in 0..<3 {
            let plane = frame.plane(number, layout)
            var bytes: [UInt8] = []
            for y in 0..<plane.height {
                bytes += UnsafeRawBufferPointer(start: plane.row(y), count: plane.width * layout.bytesPerSample)
            }
            planes.append(bytes)
        }
        self.planes = planes
    }

    /// The samples of a plane whose samples have two bytes.
    func words(_ plane: Int) -> [UInt16] {
        stride(from: 0, to: planes[plane].count, by: 2).map {
            UInt16(planes[plane][$0]) | UInt16(planes[plane][$0 + 1]) << 8
        }
    }
}

extension FileSource {
    convenience init(
        _ path: String, interrupt: Interrupt = Interrupt(), _ change: (inout CaptureConfig) -> Void = { _ in }
    )
        throws(CaptureError)
    {
        var config = CaptureConfig()
        config.input = path
        change(&config)
        try self.init(config, interrupt: interrupt)
    }
}

struct NoFrame: Error {}

extension FrameSource {
    /// `#require` cannot hold a frame.
    func firstFrame() throws -> Frame {
        guard let frame = try next() else { throw NoFrame() }
        return frame
    }

    /// All pictures; a test fails if one is not as `format` says.
    func readAll() throws -> [Picture] {
        var pictures: [Picture] = []
        while let frame = try next() {
            let isAsPromised =
                frame.width == format.width && frame.height == format.height
                && frame.pixelFormat == format.pixelFormat && frame.av.pointee.color_range == format.colour.range
                && frame.av.pointee.colorspace == format.colour.matrix
            #expect(isAsPromised)
            pictures.append(try Picture(frame))
        }
        return pictures
    }
}

/// Bytes of pictures as one stream, as `ffmpeg -f rawvideo` writes them.
func joined(_ pictures: [Picture]) -> [UInt8] { pictures.flatMap(\.bytes) }

func largestDifference(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard a.count == b.count else { return .max }
    return zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0
}

/// What `ffprobe` says of a file's frames or streams: whole numbers, one a line.
func probed(_ path: String, _ entries: String, stream: String = "v") throws -> [Int64] {
    try FFmpegTool.probe(["-select_streams", stream, "-show_entries", entries, path])
        .split(whereSeparator: \.isNewline).compactMap { Int64($0) }
}

/// A pipe through which a thread sends a file, and closes it. What is sent must be read, to its end.
func pipe(carrying path: String) throws -> Pipe {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let pipe = Pipe()
    let writer = pipe.fileHandleForWriting
    let thread = Thread {
        do {
            try writer.write(contentsOf: bytes)
            try writer.close()
        } catch {
            Issue.record(error)
        }
    }
    thread.start()
    return pipe
}
