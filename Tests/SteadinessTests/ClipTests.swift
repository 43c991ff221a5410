import CFFmpeg
import Demo
import Pipeline
import Testing

@testable import Steadiness

/// Pictures of 160x120 over the scene of `demo:`.
struct ClipTests {
    private func painter() throws -> ClipPainter {
        var settings = SceneSettings()
        (settings.width, settings.height) = (320, 240)
        let scene = try Scene(settings)
        var pixels = [UInt32](repeating: 0, count: 320 * 240)
        var stages: [Stage] = []
        for (seconds, object) in [(0.8, nil), (2.5, nil), (Scene.secondsPerObject, "sunflower")] {
            let stage = try pixels.withUnsafeMutableBytes { bytes in
                try scene.draw(at: seconds, into: bytes.baseAddress!, bytesPerRow: 1280)
                return try Stage(
                    pixels: bytes.baseAddress!, width: 320, height: 240, bytesPerRow: 1280, object: object,
                    largestSize: 120 * Clip.objectSize)
            }
            stages.append(stage)
        }
        return try ClipPainter(stages, width: 160, height: 120)
    }

    private func clip(_ subject: Clip.Subject) -> Clip {
        Clip.make(subject, plates: 3, plateWidth: 320, plateHeight: 240)
    }

    private func luma(_ frame: borrowing Frame) -> [[Double]] {
        let plane = frame.plane(0, PixelLayout(frame.pixelFormat)!)
        return (0..<plane.height).map { y in
            (0..<plane.width).map { Double(plane.row(y).load(fromByteOffset: $0, as: UInt8.self)) }
        }
    }

    /// The mean difference of two pictures, the earlier one moved.
    private func difference(_ before: [[Double]], _ now: [[Double]], _ motion: Motion) -> Double {
        var (sum, count) = (0.0, 0)
        for y in 4..<116 {
            for x in 4..<156 {
                guard let origin = motion.origin(of: SIMD2(Double(x) + 0.5, Double(y) + 0.5)) else { continue }
                let (u, v) = (origin.x - 0.5, origin.y - 0.5)
                guard u >= 0, v >= 0, u < 159, v < 119 else { continue }
                let (i, j) = (Int(u), Int(v))
                let (s, t) = (u - Double(i), v - Double(j))
                let moved =
                    (before[j][i] * (1 - s) + before[j][i + 1] * s) * (1 - t)
                    + (before[j + 1][i] * (1 - s) + before[j + 1][i + 1] * s) * t
                sum += abs(moved - now[y][x])
                count += 1
            }
        }
        return sum / Double(max(count, 1))
    }

    @Test(arguments: [Clip.Subject.pan, .zoom, .object])
    func theMotionThatIsToldIsTheMotionThatIsDrawn(subject: Clip.Subject) throws {
        let painter = try painter()
        let clip = clip(subject)
        // From a picture to one much later, so that the motion is large.
        let pair = Clip(subject: subject, shots: [clip.shots[30], clip.shots[42]])
        let motion = try #require(painter.motions(of: pair)[1])
        let pictures = try (0..<2).map { luma(try painter.frame($0, of: pair)) }
        let (moved, stood) = (
            difference(pictures[0], pictures[1], motion), difference(pictures[0], pictures[1], .still)
        )
        #expect(moved < 0.5 * stood, "\(moved) \(stood)")
        #expect(painter.motions(of: clip).dropFirst().allSatisfy { $0 != nil && $0 != .still })
    }

    @Test func theSensorsNoiseIsNewInEachPictureAndTheSameInEachRun() throws {
        let painter = try painter()
        let clip = clip(.still)
        let pictures = try [0, 1, 0].map { luma(try painter.frame($0, of: clip)) }
        #expect(pictures[0] == pictures[2] && pictures[0] != pictures[1])
        // The difference of two normal values with a deviation of 4 has a mean of 4 * 2 / sqrt(pi) = 4.5.
        let mean = difference(pictures[0], pictures[1], .still)
        #expect(mean > 3.8 && mean < 4.8, "\(mean)")
        #expect(painter.motions(of: clip).dropFirst().allSatisfy { $0 == .still })
    }

    @Test func stepsAndCutsAreWhereThePictureJumps() throws {
        let painter = try painter()
        #expect(clip(.step).jumps == [30] && clip(.cuts).jumps == [30])
        #expect(clip(.pan).jumps == [])
        for subject in [Clip.Subject.step, .cuts] {
            let motions = painter.motions(of: clip(subject))
            #expect(motions[29] == .still && motions[30] == nil && motions[31] == .still)
        }
        let boxes = painter.boxes(of: clip(.step))
        #expect(try #require(boxes[0]).x1 < 80 && (try #require(boxes[59])).x0 > 80)
        #expect(painter.boxes(of: clip(.cuts)).allSatisfy { $0 == nil })
    }
}
