import CFFmpeg
import Foundation
import Glibc
import Pipeline
import TestSupport
import Testing

@testable import Capture

/// A camera that goes, and comes back.
@Suite struct CameraLossTests {
    private static func at(_ seconds: Double) -> CaptureTime {
        CaptureTime(monotonic: 1_000_000_000 + Int64(seconds * 1e6), wall: 1_700_001_000_000_000 + Int64(seconds * 1e6))
    }

    @Test func anUnpluggedCameraIsFoundAtItsNewNumberAndTheRecordingGoesOnAtTheTrueTime() throws {
        let again = FakeCamera()
        let folder = try TemporaryFolder()
        let (old, new) = (folder.file("video0"), folder.file("video3"))
        try folder.write([], to: "video0")
        let bench = CameraBench(
            FakeCamera(),
            [
                (1, .picture()), (2, .unplug(old)), (4.5, .action { rename(old, new) }), (4.5, .plug(new, again)),
                (5.3, .picture()), (5.5, .picture()),
            ])
        let system = bench.system
        system.rename("/dev/video0", to: old)
        let source = try bench.source(old, nodes: VideoNodes(root: folder.path))
        #expect(try source.times() == [0, 4.3, 4.5])
        #expect(
            bench.signals == [
                .lost(since: Self.at(1), cause: .camera(.unplugged(camera: old))), .found(input: new, after: 4.3),
            ])
        #expect(system.openFiles == 1 && system.mappedBuffers == 8)
    }

    @Test func aCameraThatIsAwayIsLookedForLessAndLessOften() throws {
        let bench = CameraBench(FakeCamera(), [(1, .picture()), (1.5, .unplug("/dev/video0"))], rest: 60)
        let source = try bench.source()
        #expect(try source.times() == [0])
        let attempts = bench.system.openings.dropFirst().filter { $0.path == "/dev/video0" }.map(\.seconds)
        // Each attempt tries the known number last, to tell why; only the first of a pair counts.
        var times: [Double] = []
        for time in attempts where times.last != time { times.append(time) }
        #expect(times.prefix(12) == [2.5, 3.5, 4.5, 5.5, 6.5, 11.5, 16.5, 21.5, 26.5, 31.5, 41.5, 51.5])
        #expect(bench.signals == [.lost(since: Self.at(1), cause: .camera(.unplugged(camera: "/dev/video0")))])
        #expect(source.framesRead == 1)
    }

    @Test func aSilentCameraIsOpenedAnew() throws {
        let bench = CameraBench(FakeCamera(), [(1, .picture()), (6, .picture())])
        let source = try bench.source { $0.timeout = 2 }
        #expect(try source.times() == [0, 5])
        #expect(
            bench.signals == [
                .lost(since: Self.at(1), cause: .camera(.silent(camera: "/dev/video0", seconds: 2))),
                .found(input: "/dev/video0", after: 5),
            ])
    }

    @Test(arguments: [EIO, ENODEV, EPROTO])
    func aStreamThatFailsIsOpenedAnew(code: Int32) throws {
        let bench = CameraBench(FakeCamera(), [(1, .picture()), (2, .failure(code)), (3.2, .picture())])
        let source = try bench.source()
        #expect(try source.times(atMost: 2) == [0, 2.2])
        #expect(bench.signals.count == 2)
        #expect(bench.system.calls.filter { $0 == "VIDIOC_STREAMON" }.count == 2)
    }

    @Test func theNextLossStartsTheAttemptsFromTheBeginning() throws {
        let losses = [2.0, 4, 6, 8, 10, 12, 14].flatMap { time in
            [(time, ScriptedCamera.Event.failure(EIO)), (time + 1.5, .picture())]
        }
        let bench = CameraBench(FakeCamera(), [(1, .picture())] + losses)
        let source = try bench.source()
        // Had the waits grown, the later pictures would have been missed.
        #expect(try source.times(atMost: 8) == [0, 2.5, 4.5, 6.5, 8.5, 10.5, 12.5, 14.5])
    }

    @Test func aCameraInUseElsewhereIsWaitedFor() throws {
        let camera = FakeCamera()
        let bench = CameraBench(
            camera,
            [
                (1, .picture()), (1.5, .action { camera.busy = EBUSY }), (2, .failure(EIO)),
                (4.5, .action { camera.busy = nil }), (6.5, .picture()),
            ])
        let source = try bench.source()
        #expect(try source.times(atMost: 2) == [0, 5.5])
        #expect(bench.signals.count == 2)
    }

    @Test func anInterruptEndsTheWaitForALostCamera() throws {
        let bench = CameraBench(FakeCamera(), [(1, .picture()), (2, .unplug("/dev/video0"))], rest: 30)
        let source = try bench.source()
        #expect(try source.times() == [0])
        let isOver = try source.next() == nil
        #expect(isOver && bench.system.openFiles == 0)
    }

    @Test func anotherCameraAtTheSameNumberIsNotTaken() throws {
        let other = FakeCamera { $0.card = "Other Camera" }
        let bench = CameraBench(
            FakeCamera(),
            [(1, .picture()), (2, .unplug("/dev/video0")), (2.1, .plug("/dev/video0", other)), (3, .picture())],
            rest: 30)
        let source = try bench.source()
        #expect(try source.times() == [0])
        #expect(bench.system.openFiles == 0)
    }

    /// A camera with a link of udev, which is plugged into another socket and gets another number. Times and signals.
    ///
    /// - Parameter input: what of the folder the user names.
    private func replugged(_ input: String) throws -> (times: [Double], last: SignalChange?, path: String) {
        let folder = try TemporaryFolder()
        let link = folder.file("v4l/by-id/usb-Test")
        try FileManager.default.createDirectory(atPath: folder.file("v4l/by-id"), withIntermediateDirectories: true)
        for name in ["video0", "video5"] { try folder.write([], to: name) }
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "../../video0")
        let bench = CameraBench(
            FakeCamera(),
            [
                (1, .picture()), (2, .unplug(folder.file("video0"))),
                (
                    2.5,
                    .action {
                        unlink(link)
                        symlink("../../video5", link)
                    }
                ), (2.5, .plug(folder.file("video5"), FakeCamera { $0.bus = "usb-2" })), (3.5, .picture()),
            ])
        bench.system.rename("/dev/video0", to: folder.file("video0"))
        let source = try bench.source(folder.file(input), nodes: VideoNodes(root: folder.path))
        return (try source.times(), bench.signals.last, link)
    }

    @Test(arguments: ["v4l/by-id/usb-Test", "video0"])
    func aLinkByIdLeadsToTheCameraWhateverItsNumberAndSocket(input: String) throws {
        let (times, last, link) = try replugged(input)
        #expect(times == [0, 2.5])
        #expect(last == .found(input: link, after: 2.5))
    }

    @Test func aSignalOfAnotherSizeIsFittedIntoTheFirst() throws {
        let camera = FakeCamera { $0.onlySize = (640, 480) }
        let bench = CameraBench(camera, [(1, .picture()), (2, .newSize(320, 180)), (2.5, .picture())])
        let source = try bench.source()
        var widths: [Int] = []
        while let frame = try source.next() { widths.append(frame.width) }
        #expect(widths == [640, 640])
        #expect(source.takeWarnings() == [.sizeChanged(frame: 1, from: "640x480", to: "320x180")])
        #expect(bench.signals.isEmpty)  // nothing was lost
    }

    @Test func aCameraThatComesBackWithoutItsModeIsStillRead() throws {
        let again = FakeCamera([.init("NV12", [("320x240", [10])])])
        let bench = CameraBench(
            FakeCamera([.init("YUYV", [("640x480", [30])])]),
            [(1, .picture()), (2, .unplug("/dev/video0")), (2.1, .plug("/dev/video0", again)), (3.5, .picture())])
        let source = try bench.source { $0.size = PictureSize("640x480") }
        #expect(try source.times() == [0, 2.5])
    }

    @Test func theLossAndTheReturnReadWell() throws {
        let lost = SignalChange.lost(
            since: CaptureTime(monotonic: 0, wall: 1_700_000_621_000_000),
            cause: .camera(.unplugged(camera: "/dev/video0")))
        // 22:23:41 UTC; the hour is the local one.
        let pattern = try Regex(
            "no signal since [0-9]{2}:[0-9]{2}:41: /dev/video0 is gone: .* Waiting for it to come back\\.")
        #expect(lost.description.wholeMatch(of: pattern) != nil, "\(lost)")
        #expect(
            SignalChange.found(input: "/dev/video1", after: 12.4).description
                == "the signal is back after 12 s, from /dev/video1")
    }
}
