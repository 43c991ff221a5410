import CFFmpeg
import Testing

@testable import Capture

@Suite struct ModeChoiceTests {
    /// Modes as "YUYV 640x480 30,15", several separated by ";".
    private static func modes(_ text: String) -> [CameraMode] {
        text.split(separator: ";").flatMap { line in
            let words = line.split(separator: " ").map(String.init)
            let name = words[0].replacing("*", with: "")
            let rates: [FrameInterval?] =
                words.count > 2 ? words[2].split(separator: ",").map { FrameInterval(rate: Double($0)!) } : [nil]
            return rates.map {
                CameraMode(
                    pixelFormat: CameraPixelFormat(named: name)!, size: PictureSize(words[1])!, interval: $0,
                    isConverted: words[0].hasSuffix("*"))
            }
        }
    }

    private static func best(_ text: String, _ wish: ModeWish = ModeWish(), cores: Int = 2) -> String? {
        ModeChoice(wish, cores: cores).best(of: modes(text))?.description
    }

    private static let webcam = """
        YUYV 160x120 30,15;YUYV 640x480 30,15;YUYV 1280x720 10,5;YUYV 1920x1080 5;\
        MJPG 160x120 30;MJPG 640x480 60,30;MJPG 1280x720 60,30,15;MJPG 1920x1080 30
        """

    @Test(arguments: [
        (webcam, "MJPG 1280x720 at 30 fps"),  // the rate first, then the size
        ("YUYV 640x480 30;MJPG 640x480 30", "YUYV 640x480 at 30 fps"),  // raw where the rate is the same
        ("YUYV 640x480 15;MJPG 640x480 30", "MJPG 640x480 at 30 fps"),
        ("MJPG 1280x720 30;H264 1280x720 30", "MJPG 1280x720 at 30 fps"),
        ("YUYV 1280x720 29.97;YUYV 640x480 30", "YUYV 1280x720 at 29.97 fps"),  // a hair's breadth of rate is none
        ("YUYV 320x240 30;YUYV 640x480 5", "YUYV 640x480 at 5 fps"),
        ("YUYV 160x120 30;YUYV 352x288 30", "YUYV 352x288 at 30 fps"),  // all too small: the largest
        ("YUYV 3840x2160 30;YUYV 1920x1080 30", "YUYV 1920x1080 at 30 fps"),  // all too large: the smallest
        ("GREY 1280x720 30;YUYV 640x480 15", "YUYV 640x480 at 15 fps"),
        ("GREY 640x400 30", "GREY 640x400 at 30 fps"),
        ("YU12* 1280x720 30;MJPG 640x480 15", "MJPG 640x480 at 15 fps"),  // nothing converted where not needed
        ("YUYV 640x480 60,50", "YUYV 640x480 at 50 fps"),  // more than 30 is only work
        ("YUYV 1920x1080", "YUYV 1920x1080"),
        ("RGB3 640x480 30;NV12 640x480 30;YUYV 640x480 30", "NV12 640x480 at 30 fps"),
    ])
    func unaskedTheBestModeIsTaken(modes: String, best: String) {
        #expect(Self.best(modes) == best)
    }

    @Test func oneCoreGetsASmallerPicture() {
        #expect(Self.best(Self.webcam, cores: 1) == "YUYV 640x480 at 30 fps")
    }

    @Test(arguments: [
        (ModeWish(size: PictureSize("1920x1080")), "MJPG 1920x1080 at 30 fps"),
        (ModeWish(pixelFormat: CameraPixelFormat(named: "yuyv")), "YUYV 640x480 at 30 fps"),
        (ModeWish(rate: 60), "MJPG 1280x720 at 60 fps"),
        (
            ModeWish(size: PictureSize("1280x720"), pixelFormat: CameraPixelFormat(named: "YUYV")),
            "YUYV 1280x720 at 10 fps"
        ),
        (ModeWish(size: PictureSize("1280x720"), rate: 5), "YUYV 1280x720 at 5 fps"),
        (ModeWish(size: PictureSize("640x480"), rate: 24), "YUYV 640x480 at 30 fps"),
    ])
    func whatIsAskedForGoesBeforeTheRules(wish: ModeWish, best: String) {
        #expect(Self.best(Self.webcam, wish) == best)
    }

    @Test func theReasonTellsWhatWasAskedAndWhatWasChosen() throws {
        let modes = Self.modes(Self.webcam)
        let unasked = ModeChoice(ModeWish(), cores: 2)
        #expect(
            unasked.reason(for: try #require(unasked.best(of: modes)))
                == "the fastest up to 30 fps, then the largest from 640x480 to 1280x720, then raw before compressed")
        let asked = ModeChoice(ModeWish(size: PictureSize("640x480"), rate: 24), cores: 2)
        #expect(
            asked.reason(for: try #require(asked.best(of: modes)))
                == "asked for: 640x480, 24 fps, of which this is the nearest; raw before compressed")
        let all = ModeChoice(
            ModeWish(size: PictureSize("640x480"), rate: 15, pixelFormat: CameraPixelFormat(named: "YUYV")), cores: 2)
        #expect(all.reason(for: try #require(all.best(of: modes))) == "asked for: YUYV, 640x480, 15 fps")
    }

    @Test func thereIsNoBestOfNothing() {
        #expect(ModeChoice(ModeWish()).best(of: []) == nil)
    }

    @Test(arguments: [("YUV420", "YU12"), ("rgb24", "RGB3"), ("mjpeg", "MJPG"), ("H.264", "H264"), ("gray", "GREY")])
    func formatsHaveTheNamesThatPeopleKnow(name: String, letters: String) {
        #expect(CameraPixelFormat(named: name)?.name == letters)
    }

    @Test func fourLettersAreV4L2sNumber() {
        // linux/videodev2.h: v4l2_fourcc('Y', 'U', 'Y', 'V')
        #expect(CameraPixelFormat(named: "YUYV")?.fourCC == 0x5659_5559)
        for format in CameraPixelFormat.all {
            #expect(CameraPixelFormat(fourCC: format.fourCC) == format)
            #expect(CameraPixelFormat.letters(of: format.fourCC) == format.name)
        }
        #expect(CameraPixelFormat.letters(of: 0x2036_3159 | 1 << 31) == "Y16-BE")
        #expect(CameraPixelFormat(named: "XVID") == nil)
    }

    @Test(arguments: ["1280", "x", "0x5", "1280x720x3", "-1x5", "70000x2", "1280 x 720"])
    func aSizeIsWidthTimesHeight(text: String) {
        #expect(PictureSize(text) == nil)
        #expect(PictureSize("1280X720") == PictureSize(width: 1280, height: 720))
    }

    @Test(arguments: [(30.0, "30"), (29.97, "29.97"), (7.5, "7.5"), (12.345, "12.35"), (1.05, "1.05")])
    func ratesAreWrittenShort(rate: Double, text: String) {
        #expect(CameraMode.short(rate) == text)
    }
}
