import CFFmpeg
import CV4L2
import Pipeline
import TestSupport
import Testing

@testable import Capture

@Suite struct CameraSourceTests {
    @Test func framesHaveTheTimesAtWhichTheyWereTaken() throws {
        let bench = CameraBench(
            FakeCamera(),
            [
                (1, .picture(.init(age: 20_000))), (1.04, .picture(.init(age: 20_000))),
                (1.5, .picture(.init(age: 20_000))),
            ])
        let source = try bench.source()
        #expect(source.format.width == 640 && source.format.height == 480)
        #expect(source.format.pixelFormat == AV_PIX_FMT_YUV420P)
        #expect(source.format.timeBase.den == 1_000_000 && source.format.frameRate.num == 30)
        #expect(
            source.notes == [
                "camera Test Camera: YUYV 640x480 at 30 fps (the fastest up to 30 fps, then the largest from 640x480 to 1280x720, then raw before compressed)"
            ])
        var stamps: [CaptureTime?] = []
        var times: [Int64] = []
        while let frame = try source.next() {
            #expect(frame.index == times.count)
            times.append(frame.pts)
            stamps.append(frame.captured)
        }
        // Variable, as the camera gave them: in the dark it took its time.
        #expect(times == [0, 40_000, 500_000])
        #expect(
            stamps
                == [980_000, 1_020_000, 1_480_000].map {
                    CaptureTime(monotonic: 1_000_000_000 + $0, wall: 1_700_001_000_000_000 + $0)
                })
        #expect(source.framesRead == 3 && source.counters.taken == 3 && source.counters.guessedTimes == 0)
        #expect(source.takeWarnings().isEmpty)
    }

    @Test func whatPiledUpWhileTheOtherStagesWereOpenedIsSkipped() throws {
        let bench = CameraBench(
            FakeCamera(), [(0.2, .picture()), (0.3, .picture()), (5, .picture()), (5.1, .picture())])
        let source = try bench.source()
        bench.system.advance(seconds: 4)
        #expect(try source.times() == [0, 0.1])
        #expect(source.counters.taken == 2 && source.counters.superseded == 0 && source.counters.missed == 0)
    }

    @Test func theNewestPictureWins() throws {
        let bench = CameraBench(
            FakeCamera(), [(1, .picture())] + (1...5).map { (1 + Double($0) / 10, .picture()) } + [(3, .picture())])
        let source = try bench.source()
        #expect(try source.times(atMost: 1) == [0])
        bench.system.advance(seconds: 1)  // the pipeline was busy meanwhile
        #expect(try source.times() == [0.5, 2])
        #expect(source.counters.superseded == 4 && source.counters.taken == 7)
        #expect(source.takeWarnings() == [.dropped(missed: 0, superseded: 4)])
        #expect(source.takeWarnings().isEmpty)
    }

    @Test func picturesThatTheDriverHadNoBufferForAreCounted() throws {
        let bench = CameraBench(
            FakeCamera(),
            [(1, .picture()), (1.1, .picture(.init(gap: 3))), (1.2, .picture()), (1.3, .picture(.init(gap: 1)))])
        let source = try bench.source()
        #expect(try source.times() == [0, 0.1, 0.2, 0.3])
        #expect(source.counters.missed == 4 && source.isLive)
        #expect(source.drops == ["missed": 4, "damaged": 0, "superseded": 0])
        let warnings = source.takeWarnings()
        #expect(warnings == [.dropped(missed: 4, superseded: 0)])
        #expect(warnings[0].description.contains("4 frames of the camera were dropped (4 by its driver"))
    }

    @Test func aDriverThatNumbersFromTheStartAgainMissesNothing() throws {
        let bench = CameraBench(
            FakeCamera(),
            [(1, .picture(.init(gap: .max - 5))), (1.1, .picture()), (1.2, .picture(.init(gap: .max - 1)))])
        let source = try bench.source()
        #expect(try source.times().count == 3)
        #expect(source.counters.missed == 0)
    }

    @Test func damagedPicturesAreCountedAndSkipped() throws {
        let bench = CameraBench(
            FakeCamera(),
            [
                (1, .picture()), (1.1, .picture(.init(flags: V4L2_BUF_FLAG_ERROR | V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC))),
                (1.2, .picture(.init([UInt8](repeating: 0, count: 640 * 480 * 2 - 1)))), (1.3, .picture(.init([]))),
                (1.4, .picture()),
            ])
        let source = try bench.source()
        #expect(try source.times() == [0, 0.4])
        #expect(source.corruptPackets == 3 && source.framesRead == 2)
    }

    @Test func aDriverWithoutTimesGetsThoseOfDequeue() throws {
        let bench = CameraBench(
            FakeCamera(),
            [
                (1, .picture(.init(flags: V4L2_BUF_FLAG_TIMESTAMP_UNKNOWN))),
                (1.5, .picture(.init(flags: V4L2_BUF_FLAG_TIMESTAMP_COPY, age: 900_000_000))),
                (2, .picture(.init(age: -3_000_000))),
            ])
        let source = try bench.source()
        #expect(try source.times() == [0, 0.5, 1])
        #expect(source.counters.guessedTimes == 3)
    }

    @Test func interlacedPicturesAreToldOnce() throws {
        let bench = CameraBench(
            FakeCamera(), [(1, .picture(.init(isInterlaced: true))), (2, .picture(.init(isInterlaced: true)))])
        let source = try bench.source()
        #expect(try source.times().count == 2)
        #expect(source.takeWarnings() == [.interlaced])
    }

    @Test func theModeAndTheControlsAreSet() throws {
        let camera = FakeCamera([.init("YUYV", [("640x480", [30, 15]), ("320x240", [30])])]) {
            $0.controls = [.init("Brightness", id: 7)]
        }
        let bench = CameraBench(camera)
        let source = try bench.source {
            $0.size = PictureSize("640x480")
            $0.frameRate = 15
            $0.controls = [ControlSetting("brightness=99")!]
        }
        #expect(camera.set?.width == 640 && camera.rate.denominator == 15 * camera.rate.numerator)
        #expect(camera.controls[0].number == 99)
        #expect(source.codecName == "rawvideo" && source.name == "/dev/video0" && source.frameCountEstimate == nil)
        #expect(source.metadata["creation_time"] == "2023-11-14T22:30:00Z")
    }

    @Test func anInterruptEndsTheOpening() {
        let bench = CameraBench()
        bench.interrupt.raise()
        #expect(throws: CaptureError.interrupted) { try bench.source() }
        #expect(bench.system.openFiles == 0 && bench.system.mappedBuffers == 0)
    }

    @Test func aCameraThatStaysSilentIsNotOpened() throws {
        let system = ScriptedCamera(["/dev/video0": FakeCamera()])
        var config = CaptureConfig()
        config.input = "/dev/video0"
        config.timeout = 2.5
        let error = #expect(throws: CaptureError.self) {
            try CameraSource(config, interrupt: Interrupt(), system: system)
        }
        #expect(error == .camera(.silent(camera: "/dev/video0", seconds: 2.5)))
        #expect(system.seconds == 2.5)
    }

    @Test(arguments: [
        (VideoRequest.queryCapabilities, EIO, "/dev/video0: Input/output error (VIDIOC_QUERYCAP)."),
        (.queryCapabilities, ENOTTY, "/dev/video0 gives no video"),
        (.enumerateFormats, ENODEV, "/dev/video0 is gone"),
        (.enumerateFormats, ENOTTY, "/dev/video0 offers no pixel format that can be read, only none."),
        (.enumerateSizes, EIO, "/dev/video0: Input/output error (VIDIOC_ENUM_FRAMESIZES)."),
        (.enumerateIntervals, EIO, "/dev/video0: Input/output error (VIDIOC_ENUM_FRAMEINTERVALS)."),
        (.setFormat, EBUSY, "/dev/video0 is in use by another program. Close that first."),
        (.setFormat, EINVAL, "/dev/video0: Invalid argument (VIDIOC_S_FMT)."),
        (.setParameters, EIO, "/dev/video0: Input/output error (VIDIOC_S_PARM)."),
        (.requestBuffers, EBUSY, "/dev/video0 is in use by another program."),
        (.requestBuffers, ENOMEM, "/dev/video0: Cannot allocate memory (VIDIOC_REQBUFS)."),
        (.queryBuffer, EINVAL, "/dev/video0: Invalid argument (VIDIOC_QUERYBUF)."),
        (.queueBuffer, EIO, "/dev/video0: Input/output error (VIDIOC_QBUF)."),
        (.streamOn, ENOSPC, "/dev/video0: No space left on device (VIDIOC_STREAMON)."),
        (.dequeueBuffer, EIO, "/dev/video0: Input/output error (VIDIOC_DQBUF)."),
    ])
    func aCallThatFailsIsOneClearLineAndLeavesNothingOpen(request: VideoRequest, code: Int32, message: String) throws {
        let bench = CameraBench()
        bench.system.fail(request, with: code)
        let error = #expect(throws: CaptureError.self) { try bench.source() }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
        #expect(bench.system.openFiles == 0 && bench.system.mappedBuffers == 0)
    }

    /// Not all drivers know rates, events and time stamps.
    @Test(arguments: [VideoRequest.enumerateIntervals, .setParameters, .subscribeEvent, .queryControl, .streamOff])
    func aCallThatADriverNeedNotKnowMayFail(request: VideoRequest) throws {
        let bench = CameraBench(FakeCamera(), [(1, .picture())])
        bench.system.fail(request, with: ENOTTY)
        let source = try bench.source()
        #expect(try source.times().count == 1)
    }

    @Test(arguments: [
        (ENOENT, "/dev/video0: no such camera. Is it plugged in?"),
        (EACCES, "/dev/video0: this user may not use the camera. Join the group 'video'"),
        (ENODEV, "/dev/video0 is gone"), (EBUSY, "/dev/video0 is in use by another program"),
    ])
    func aCameraThatCannotBeOpenedIsOneClearLine(code: Int32, message: String) {
        let bench = CameraBench(FakeCamera { $0.openFailure = code })
        let error = #expect(throws: CaptureError.self) { try bench.source() }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
        #expect(error?.isUsage == false)
    }

    @Test func aNodeWithoutPicturesIsNoCamera() {
        let bench = CameraBench(FakeCamera { $0.flags = V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING })
        #expect(throws: CaptureError.camera(.notACamera(camera: "/dev/video0"))) { try bench.source() }
    }
}
