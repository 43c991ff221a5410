import CBlend
import CFFmpeg
package import Pipeline

/// Makes small pictures larger by a whole factor before anything is drawn on them, so that labels can be read: each pixel
/// becomes a square, and the heat, which is drawn later, stays smooth. To be used from one thread.
package final class Enlarger: @unchecked Sendable {  // safe: one thread uses it at a time
    /// Pictures are small if their shorter side has so many pixels at most.
    package static let smallSide = 100
    /// What the shorter side has at least afterwards...
    package static let leastSide = 256
    /// ... unless the longer one would have more than this.
    private static let mostSide = 4096

    /// How many times as wide and high pictures become.
    package let factor: Int
    /// Of the pictures that come out.
    package let format: VideoFormat
    private let layout: PixelLayout
    private let pool: FramePool

    /// - Parameter leastSide: what the shorter side shall have at least.
    /// - Returns: nil where pictures of this format are large enough.
    package init?(_ input: VideoFormat, leastSide: Int = Enlarger.leastSide) throws(OverlayError) {
        let (shorter, longer) = (min(input.width, input.height), max(input.width, input.height))
        let factor = min((leastSide + shorter - 1) / shorter, Self.mostSide / longer)
        guard shorter <= Self.smallSide, factor > 1, let layout = PixelLayout(input.pixelFormat) else { return nil }
        self.layout = layout
        self.factor = factor
        var format = input
        (format.width, format.height) = (input.width * factor, input.height * factor)
        self.format = format
        do { pool = try FramePool(format) } catch { throw .outOfMemory(error) }
    }

    /// The same picture, larger, with its maps and boxes.
    package func enlarge(_ explained: consuming Explained) throws(OverlayError) -> Explained {
        let scale = Double(factor)
        var observations = explained.observations
        for index in observations.indices {
            observations[index].heatmap = observations[index].heatmap.scaled(x: scale, y: scale)
            observations[index].box = observations[index].box?.scaled(by: factor)
            observations[index].crop = observations[index].crop?.scaled(by: factor)
            // Its edges lie between pixels of the picture that was small.
            observations[index].hotBox = nil
        }
        return Explained(
            frame: try enlarge(explained.frame), top: explained.top, observations: observations,
            mapAge: explained.mapAge, isHeld: explained.isHeld, printed: explained.printed,
            isRecognised: explained.isRecognised,
            labelSwitches: explained.labelSwitches, beginsAnew: explained.beginsAnew,
            reading: explained.reading, boxes: explained.boxes.mapValues { $0.scaled(by: factor) },
            heat: explained.heat?.scaled(x: scale, y: scale), events: explained.events)
    }

    /// A new picture at the same time.
    package func enlarge(_ picture: borrowing Frame) throws(OverlayError) -> Frame {
        let output: Frame
        do { output = try pool.frame(timedLike: picture) } catch { throw .outOfMemory(error) }
        let source = Panel(picture, layout, width: picture.width, height: picture.height)
        let target = Panel(output, layout, width: format.width, height: format.height)
        for number in 0..<3 {
            if layout.bytesPerSample == 1 {
                repeatSamples(source.plane(number), target.plane(number), of: UInt8.self)
            } else {
                repeatSamples(source.plane(number), target.plane(number), of: UInt16.self)
            }
        }
        return output
    }

    /// Chroma planes of odd sizes may end within a repeated sample.
    private func repeatSamples<Sample>(_ from: cblend_target, _ to: cblend_target, of: Sample.Type) {
        let bytes = Int(to.width) * MemoryLayout<Sample>.stride
        for y in 0..<Int(to.height) {
            let row = UnsafeMutableRawPointer(to.start + y * Int(to.stride))
            if y % factor > 0 {
                row.copyMemory(from: row - Int(to.stride), byteCount: bytes)
                continue
            }
            let samples = UnsafeRawPointer(from.start + y / factor * Int(from.stride)).assumingMemoryBound(
                to: Sample.self)
            let target = row.assumingMemoryBound(to: Sample.self)
            for x in 0..<Int(to.width) { target[x] = samples[x / factor] }
        }
    }
}
