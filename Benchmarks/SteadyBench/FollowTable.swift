import CFFmpeg
import Foundation
import Infer
import MotionScenes
import Pipeline
import Tracking

/// Maps that are brought up to a later picture, between inferences and live.
struct FollowTable {
    let frames: Int
    /// nil: what needs one is left out.
    let model: String?

    func print() throws {
        Swift.print("ms, median (95 %)")
        var motion = MotionCase.object(4, -2, noise: 4)
        (motion.width, motion.height) = (224, 224)
        guard let search = MotionSearch(width: 224, height: 224, channels: 1) else { return }
        var field = search.makeField()
        for number in 0..<2 { motion.picture(number).withUnsafeBytes { search.next($0, into: &field) } }
        for size in [7, 13, 14, 224] {
            let prediction = Prediction(classID: 0, label: "", probability: 1)
            let heatmap = Heatmap(
                height: size, width: size, values: (0..<size * size).map { Float($0 % 97) / 97 },
                region: Region(x: 0, y: 0, width: 1280, height: 720))
            let maps = [Observation(prediction: prediction, heatmap: heatmap)]
            var laps = Laps(frames)
            for _ in 0..<frames + Laps.warmUp { _ = laps.time { maps.moved(by: field) } }
            Swift.print("a map of \(size)x\(size) moved | \(laps.text)")
        }
        if let model {
            Swift.print("live: a picture of 1280x720 scaled and searched | \(try noting(model).text)")
        }
    }

    private func noting(_ model: String) throws -> Laps {
        var laps = Laps(frames)
        let format = VideoFormat(
            width: 1280, height: 720, pixelFormat: AV_PIX_FMT_YUV420P, colour: ColourTags(),
            timeBase: AVRational(num: 1, den: 30))
        var config = InferConfig()
        config.model = model
        guard let tracker = try Explainer(config, format: format, mapCount: 1).makeTracker() else { return laps }
        var motion = MotionCase.object(4, -2, noise: 4)
        (motion.width, motion.height) = (1280, 720)
        let pool = try FramePool(format)
        let first = try Self.frame(pool, format, motion.picture(0), 0)
        let second = try Self.frame(pool, format, motion.picture(1), 1)
        for turn in 0..<frames + Laps.warmUp {
            try laps.time {
                _ = turn.isMultiple(of: 2) ? try tracker.note(first) : try tracker.note(second)
            }
        }
        return laps
    }

    private static func frame(
        _ pool: borrowing FramePool, _ format: VideoFormat, _ grey: [UInt8], _ index: Int
    ) throws -> Frame {
        let frame = try pool.frame(index: index, pts: Int64(index), duration: 1, timeBase: format.timeBase)
        for plane in 0..<3 {
            guard let target = shim_plane(frame.av, Int32(plane)) else { continue }
            let stride = Int(shim_bytes_per_row(frame.av, Int32(plane)))
            let (width, height) = plane == 0 ? (format.width, format.height) : (format.width / 2, format.height / 2)
            for y in 0..<height {
                if plane == 0 {
                    grey.withUnsafeBytes { _ = memcpy(target + y * stride, $0.baseAddress! + y * width, width) }
                } else {
                    memset(target + y * stride, 128, width)
                }
            }
        }
        return frame
    }
}
