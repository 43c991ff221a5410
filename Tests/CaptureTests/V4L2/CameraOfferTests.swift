import CFFmpeg
import CV4L2
import Pipeline
import TestSupport
import Testing

@testable import Capture

/// What a camera says that it offers, through the ioctls.
@Suite struct CameraOfferTests {
    private func chosen(_ camera: FakeCamera, _ wish: ModeWish = ModeWish()) throws -> ChosenMode {
        let device = try VideoDevice("/dev/video0", .none, ScriptedCamera(["/dev/video0": camera]))
        return try ChosenMode(device, ModeChoice(wish, cores: 2))
    }

    @Test func listedSizesAndRatesAreFound() throws {
        let camera = FakeCamera([
            .init("YUYV", [("640x480", [30, 15]), ("1280x720", [10])]), .init("MJPG", [("1280x720", [30])]),
            .init("Y16 ", [("640x480", [30])]),
        ])
        let device = try VideoDevice("/dev/video0", .none, ScriptedCamera(["/dev/video0": camera]))
        let formats = try device.formats()
        #expect(formats.map(\.name) == ["YUYV", "MJPG", "Y16"])
        #expect(formats.map(\.pixelFormat?.name) == ["YUYV", "MJPG", nil])
        #expect(formats[0].sizes == .list([PictureSize("640x480")!, PictureSize("1280x720")!]))
        #expect(
            try device.rates(of: formats[0].fourCC, PictureSize("640x480")!)
                == .list([FrameInterval(1, 30), FrameInterval(1, 15)]))
        #expect(try chosen(camera).mode.description == "MJPG 1280x720 at 30 fps")
    }

    @Test func ofARangeTheLimitIsTakenOrWhatIsAskedFor() throws {
        let camera = FakeCamera([.init("UYVY", from: "48x32", to: "1920x1080", step: "16x8")])
        #expect(try chosen(camera).mode.description == "UYVY 1280x720 at 30 fps")
        let wish = ModeWish(size: PictureSize("320x240"), rate: 12.5)
        #expect(try chosen(camera, wish).mode.description == "UYVY 320x240 at 12.5 fps")
        #expect(try chosen(camera, ModeWish(rate: 100)).mode.interval?.rate == 60)
        #expect(
            throws: CameraError.noSuchSize(
                camera: "/dev/video0", wanted: PictureSize("321x240")!, pixelFormat: nil,
                offered: ["48x32 to 1920x1080 in steps of 16x8"])
        ) { try chosen(camera, ModeWish(size: PictureSize("321x240"))) }
    }

    @Test func aDriverThatListsNoSizesIsAskedWhatItWouldSet() throws {
        let camera = FakeCamera([.init("YUYV")]) { $0.onlySize = (720, 576) }
        #expect(try chosen(camera).mode.description == "YUYV 720x576")
    }

    @Test func convertedFormatsAreTakenOnlyWhereNoneOfTheCamerasOwnCanBeRead() throws {
        let own = FakeCamera([
            .init("YUYV", [("640x480", [30])]), .init("RGB3", [("1280x720", [30])], isEmulated: true),
        ])
        let straight = try chosen(own)
        #expect(straight.mode.description == "YUYV 640x480 at 30 fps" && straight.device.conversion == .none)
        let odd = FakeCamera([
            .init("P207", [("352x288", [30])]), .init("RGB3", [("352x288", [30])], isEmulated: true),
        ])
        let converted = try chosen(odd)
        #expect(converted.mode.description == "RGB3 352x288 at 30 fps, converted by libv4l2")
        #expect(converted.device.conversion == .byLibrary)
    }

    @Test func whatIsNotOfferedIsAnErrorThatListsWhatIs() {
        let camera = FakeCamera([
            .init("YUYV", [("640x480", [30]), ("800x600", [30])]), .init("MJPG", [("640x480", [30])]),
        ])
        func error(_ wish: ModeWish) -> String? {
            #expect(throws: CameraError.self) { try chosen(camera, wish) }?.description
        }
        #expect(
            error(ModeWish(pixelFormat: CameraPixelFormat(named: "NV12")))
                == "/dev/video0 does not offer the pixel format NV12, but YUYV, MJPG. `camstream devices` lists the sizes of each format."
        )
        #expect(
            error(ModeWish(size: PictureSize("1280x720")))
                == "/dev/video0 does not offer 1280x720, but 640x480, 800x600. `camstream devices` lists the sizes of each format."
        )
        #expect(
            error(ModeWish(size: PictureSize("800x600"), pixelFormat: CameraPixelFormat(named: "MJPG")))
                == "/dev/video0 does not offer 800x600 in MJPG, but 640x480. `camstream devices` lists the sizes of each format."
        )
        let none = FakeCamera([.init("Z16 ", [("640x480", [30])])])
        #expect(
            throws: CameraError.noUsableFormat(camera: "/dev/video0", offered: ["Z16"])
        ) { try chosen(none) }
    }

    @Test func colourSpacesOfTheDriverBecomeTags() throws {
        func tags(_ colorspace: v4l2_colorspace, _ format: String = "YUYV") throws -> [UInt32] {
            let camera = FakeCamera([.init(format, [("640x480", [30])])]) { $0.colorspace = colorspace }
            let device = try VideoDevice("/dev/video0", .none, ScriptedCamera(["/dev/video0": camera]))
            let colour = try CameraFormat(setting: try chosen(camera).mode, of: device).colour
            return [
                colour.range.rawValue, colour.matrix.rawValue, colour.primaries.rawValue, colour.transfer.rawValue,
            ]
        }
        // ITU-T H.273's numbers; range 1: limited, 2: full.
        #expect(try tags(V4L2_COLORSPACE_SRGB) == [1, 6, 1, 13])
        #expect(try tags(V4L2_COLORSPACE_REC709) == [1, 1, 1, 1])
        #expect(try tags(V4L2_COLORSPACE_SMPTE170M) == [1, 6, 6, 1])
        #expect(try tags(V4L2_COLORSPACE_JPEG) == [2, 6, 1, 13])
        #expect(try tags(V4L2_COLORSPACE_BT2020) == [1, 9, 9, 1])
        #expect(try tags(V4L2_COLORSPACE_DEFAULT) == [1, 2, 2, 2])
        #expect(try tags(V4L2_COLORSPACE_SRGB, "RGB3") == [2, 2, 1, 13])
    }
}
