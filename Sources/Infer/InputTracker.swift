package import Pipeline
import Synchronization
package import Tracking

/// Scales a live stream's pictures to the classifier's input and follows them: once for all that want to know, the
/// explainer and whoever brings its maps up to later pictures. For one thread, which may be another one than theirs.
package final class InputTracker: @unchecked Sendable {  // safe: one thread uses it at a time
    private let preprocess: Preprocess
    private let pictures: PictureTracker
    private let trail: MotionTrail
    private let pool: InputPool

    /// - Parameter pictures: must have a trail.
    init?(_ preprocess: Preprocess, _ input: ModelInput, _ pictures: PictureTracker) {
        guard let trail = pictures.trail else { return nil }
        self.trail = trail
        self.pictures = pictures
        self.preprocess = preprocess
        pool = InputPool(byteCount: input.width * input.height * input.channels)
    }

    /// Looks at the next picture.
    package func note(_ frame: borrowing Frame) throws(InferError) -> TrackedInput {
        let block = pool.take()
        do throws(FFmpegError) {
            try preprocess.fill(block.bytes, from: frame)
        } catch {
            throw .picture(error)
        }
        return TrackedInput(pictures.note(UnsafeRawBufferPointer(block.bytes), part: frame.part), block, pool)
    }

    /// What comes next does not follow from what was.
    package func forget() { pictures.forget() }

    package func makeFollower() -> MapFollower { MapFollower(trail) }
}

/// A picture as the classifier sees it, and where it stands among the others. Its memory is used again for a later one.
package final class TrackedInput: Sendable {
    package let mark: PictureMark
    private let block: InputBlock
    private let pool: InputPool

    fileprivate init(_ mark: PictureMark, _ block: InputBlock, _ pool: InputPool) {
        self.mark = mark
        self.block = block
        self.pool = pool
    }

    deinit { pool.giveBack(block) }

    /// - Parameter tensor: of the same size.
    func copy(to tensor: UnsafeMutableRawBufferPointer) {
        precondition(tensor.count == block.bytes.count)
        tensor.copyMemory(from: UnsafeRawBufferPointer(block.bytes))
    }
}

/// 8-bit `[height, width, channels]`. Sole owner of its memory.
private final class InputBlock: @unchecked Sendable {  // safe: nobody writes to it once it is handed on
    let bytes: UnsafeMutableRawBufferPointer

    init(byteCount: Int) { bytes = .allocate(byteCount: byteCount, alignment: 64) }

    deinit { bytes.deallocate() }
}

/// Blocks of one size that are used again.
private final class InputPool: Sendable {
    private let byteCount: Int
    private let free = Mutex<[InputBlock]>([])

    init(byteCount: Int) { self.byteCount = byteCount }

    func take() -> InputBlock { free.withLock { $0.popLast() } ?? InputBlock(byteCount: byteCount) }

    func giveBack(_ block: InputBlock) { free.withLock { $0.append(block) } }
}

extension MotionTrail {
    /// The trail of a classifier's pictures.
    ///
    /// - Returns: nil if the picture is too small to be searched.
    convenience init?(_ input: ModelInput, _ geometry: InputGeometry) {
        let part = MotionSearch.Part(
            x: geometry.targetX, y: geometry.targetY, width: geometry.targetWidth, height: geometry.targetHeight)
        guard
            let search = MotionSearch(width: input.width, height: input.height, channels: input.channels, part: part)
        else { return nil }
        self.init(search)
    }
}
