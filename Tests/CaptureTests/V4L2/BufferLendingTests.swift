import CFFmpeg
import Glibc
import Pipeline
import TestSupport
import Testing

@testable import Capture

/// Whose turn a buffer is: the driver's, or a frame's.
@Suite struct BufferLendingTests {
    private static let planar = [FakeCamera.Format("YU12", [("64x48", [30])])]

    /// Frames are not copyable: a test keeps them in boxes.
    private final class Kept {
        var frame: Frame?
        init(_ frame: consuming Frame?) { self.frame = consume frame }
        var av: UnsafeMutablePointer<AVFrame>? { frame?.av }
        var firstByte: UInt8? { frame?.av.pointee.data.0?.pointee }
        func free() { frame = nil }
    }

    private func bench(pictures: Int, _ change: (FakeCamera) -> Void = { _ in }) -> CameraBench {
        CameraBench(FakeCamera(Self.planar, change), (0..<pictures).map { (1 + Double($0) / 10, .picture()) })
    }

    @Test func aFrameLiesInTheDriversMemoryAndGoesBackWhenItIsFreed() throws {
        let bench = bench(pictures: 3)
        let source = try bench.source()
        #expect(bench.system.queuedBuffers == 8)  // the first picture is not kept
        let one = Kept(try source.next())
        #expect(bench.system.queuedBuffers == 7)
        let two = Kept(try source.next())
        #expect(bench.system.queuedBuffers == 6)
        #expect(one.firstByte == 1 && two.firstByte == 2)
        one.free()
        #expect(bench.system.queuedBuffers == 7)
        two.free()
        #expect(bench.system.queuedBuffers == 8 && bench.system.doubleQueues == 0)
    }

    @Test func aReferenceKeepsTheBufferUntilTheLastIsFreed() throws {
        let bench = bench(pictures: 1)
        let source = try bench.source()
        let kept = Kept(try source.next())
        var reference = av_frame_clone(try #require(kept.av))
        kept.free()
        #expect(bench.system.queuedBuffers == 7)
        av_frame_free(&reference)
        #expect(bench.system.queuedBuffers == 8 && bench.system.doubleQueues == 0)
    }

    @Test func theLastBuffersStayWithTheDriver() throws {
        let bench = bench(pictures: 12)
        let source = try bench.source()
        let kept = try (0..<12).map { _ in Kept(try source.next()) }
        #expect(kept.map(\.firstByte) == (1...12).map { UInt8($0) })
        // Six are lent, all later ones are copies.
        #expect(bench.system.queuedBuffers == 2 && source.counters.missed == 0)
        for frame in kept { frame.free() }
        #expect(bench.system.queuedBuffers == 8 && bench.system.doubleQueues == 0)
    }

    @Test(arguments: [1, 2, 3])
    func aDriverWithFewBuffersIsNotStarved(count: Int) throws {
        let bench = bench(pictures: 5) { $0.mostBuffers = count }
        let source = try bench.source()
        let kept = try (0..<5).map { _ in Kept(try source.next()) }
        #expect(kept.map(\.firstByte) == [1, 2, 3, 4, 5])
    }

    @Test func framesOutliveTheCamera() throws {
        let bench = CameraBench(
            FakeCamera(Self.planar), [(1, .picture()), (1.1, .picture()), (2, .unplug("/dev/video0"))], rest: 20)
        var source: CameraSource? = try bench.source()
        let kept = [Kept(try source?.next()), Kept(try source?.next())]
        let isOver = try source?.next() == nil
        // Frames that wait somewhere must not keep the device, or it could not be opened again.
        #expect(isOver && bench.system.openFiles == 0 && bench.system.mappedBuffers == 0)
        #expect(bench.system.detachedBuffers == 2)
        source = nil
        #expect(kept.map(\.firstByte) == [1, 2])
        kept[0].free()
        #expect(bench.system.detachedBuffers == 1 && kept[1].firstByte == 2)
        kept[1].free()
        #expect(bench.system.detachedBuffers == 0 && bench.system.doubleQueues == 0)
    }

    @Test func nothingIsLeftOpenAfterManyLosses() throws {
        let losses = (1...200).flatMap { number in
            [(Double(number) * 3, ScriptedCamera.Event.failure(EIO)), (Double(number) * 3 + 2, .picture())]
        }
        let bench = CameraBench(FakeCamera(Self.planar), [(1, .picture())] + losses)
        var source: CameraSource? = try bench.source()
        #expect(try source?.times(atMost: 201).count == 201)
        #expect(bench.system.openFiles == 1 && bench.system.mappedBuffers == 8)
        source = nil
        #expect(bench.system.openFiles == 0 && bench.system.mappedBuffers == 0)
    }
}
