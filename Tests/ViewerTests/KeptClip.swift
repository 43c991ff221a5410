import Foundation
import Kept
import Pipeline
import TestSupport

/// Kept recordings that FFmpeg puts together, so that all is known of them: pictures that bear their number, heat that is made of
/// it, and a record that tells it.
enum KeptClip {
    static let (width, height) = (160, 96)
    static let grid = HeatGrid(
        of: Heatmap(height: 3, width: 4, values: Array(repeating: 0, count: 12), region: whole), pictureWidth: width,
        pictureHeight: height, columns: 4)
    static let whole = Region(x: 0, y: 0, width: Double(width), height: Double(height))

    struct Shape {
        var frames = 50
        /// Milliseconds of each picture; a variable rate, and a late start.
        var times: [Int] { (0..<frames).map { start + $0 * 40 + ($0 % 3) * 9 + $0 / 10 * 55 } }
        var start = 700
        var encoder = ["-c:v", "libx264", "-bf", "3", "-preset", "veryfast", "-pix_fmt", "yuv420p"]
        /// Input and codec options of a sound; none: it is silent.
        var sound: [String] = []
        /// Records that are not there.
        var lacksRecords: Set<Int> = []
        var ending = "mkv"
    }

    /// The heat of a place in a picture.
    static func heat(frame: Int, place: Int) -> UInt8 { UInt8((frame * 31 + place * 17) % 256) }

    /// What is said of a picture: another class from 20 on, a cut at 30, nothing recognised in 40...44.
    static func record(_ frame: Int) -> String {
        let id = frame < 20 ? 3 : 7
        var fields = [
            "\"frame\":\(frame)", "\"top\":[[\(id),0.8,0.75],[5,0.1]]", "\"heat\":[[\(id),0.8,0.75]]", "\"hot\":0.25",
        ]
        if frame == 0 { fields.append("\"labels\":{\"3\":\"</script><b>\\u2028tabby\",\"5\":\"fox\",\"7\":\"owl\"}") }
        if frame == 30 { fields.append("\"cut\":true") }
        if (40..<45).contains(frame) { fields.append("\"recognised\":false") }
        return "{\(fields.joined(separator: ","))}"
    }

    static func facts(video: Int = 0, heat: Int = 1, records: Int = 2, labels: Int = 3) -> KeptFacts {
        KeptFacts(
            camstream: "0.1.0", model: .init(name: "tiny", sha256: "abc"), width: width, height: height, video: video,
            labels: labels, records: records,
            heat: [
                .init(stream: heat, method: "cam", methodTitle: "CAM", layers: ["a"], region: whole, grid: grid)
            ], settings: ["overlay.colormap": .text("viridis"), "overlay.opacity": .number(0.4)])
    }

    /// - Returns: the file's path.
    static func make(_ shape: Shape = Shape(), named name: String = "clip", in folder: TemporaryFolder) throws -> String
    {
        let (pictures, heats) = (folder.file("pictures.mkv"), folder.file("heats.mkv"))
        var (video, heat): ([UInt8], [UInt8]) = ([], [])
        for frame in 0..<shape.frames {
            for _ in 0..<height {
                for x in 0..<width { video.append(frame >> (x * 8 / width) & 1 == 1 ? 220 : 30) }
            }
            for place in 0..<grid.width * grid.height { heat.append(self.heat(frame: frame, place: place)) }
        }
        try raw(video, "\(width)x\(height)", shape, shape.encoder, to: pictures, folder)
        try raw(heat, "\(grid.width)x\(grid.height)", shape, ["-c:v", "ffv1", "-level", "3"], to: heats, folder)
        let times = shape.times + [shape.times.last! + 40]
        var lines = ""
        for frame in 0..<shape.frames where !shape.lacksRecords.contains(frame) {
            lines += "\(frame + 1)\n\(clock(times[frame])) --> \(clock(times[frame + 1]))\n\(record(frame))\n\n"
        }
        try folder.write(lines.utf8, to: "records.srt")
        try folder.write("1\n\(clock(times[0])) --> \(clock(times[1]))\ntabby\n\n".utf8, to: "labels.srt")
        let path = folder.file("\(name).\(shape.ending)")
        // Whatever is read first: times stay as they are.
        var inputs = ["-copyts"]
        for file in [pictures, heats, folder.file("records.srt"), folder.file("labels.srt")] { inputs += ["-i", file] }
        var streams = ["-map", "0:v", "-map", "1:v", "-map", "2:s", "-map", "3:s"]
        if !shape.sound.isEmpty {
            inputs += ["-itsoffset", "\(Double(shape.start) / 1000 - 0.1)", "-f", "lavfi", "-i", "sine=duration=2"]
            streams += ["-map", "4:a"] + shape.sound
        }
        try FFmpegTool.run(
            inputs + streams
                + [
                    "-c:v", "copy", "-c:s", "copy", "-metadata", "CAMSTREAM=\(facts().line)", "-avoid_negative_ts",
                    "disabled", path,
                ])
        return path
    }

    private static func raw(
        _ bytes: [UInt8], _ size: String, _ shape: Shape, _ encoder: [String], to path: String,
        _ folder: TemporaryFolder
    ) throws {
        let file = try folder.write(bytes, to: "raw")
        let input = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", size, "-r", "25", "-i", file]
        // The time of picture N, as `Shape.times` has it.
        let time = "\(shape.start)+N*40+mod(N\\,3)*9+floor(N/10)*55"
        try FFmpegTool.run(
            input + ["-vf", "settb=1/1000,setpts=\(time)", "-fps_mode", "passthrough", "-enc_time_base", "1/1000"]
                + encoder
                + ["-copyts", "-avoid_negative_ts", "disabled", path])
    }

    private static func clock(_ milliseconds: Int) -> String {
        func padded(_ number: Int, _ digits: Int) -> String {
            String(repeating: "0", count: max(0, digits - "\(number)".count)) + "\(number)"
        }
        return "00:00:\(padded(milliseconds / 1000, 2)),\(padded(milliseconds % 1000, 3))"
    }
}
