import CV4L2
import Capture
import Foundation
import TestSupport
import Testing

@testable import camstream

/// `camstream devices`: the lists of scripted cameras, and the built program.
@Suite(.runsProgram, .timeLimit(.minutes(30))) struct DevicesCommandTests {
    private let folder: TemporaryFolder
    private let entries: [CameraDescription.Entry]

    init() throws {
        let folder = try TemporaryFolder()
        for number in 0..<4 { try folder.write([], to: "video\(number)") }
        try FileManager.default.createDirectory(atPath: folder.file("v4l/by-id"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("v4l/by-id/usb-Test-index0"), withDestinationPath: "../../video0")
        let webcam = FakeCamera([
            .init("YUYV", [("640x480", [30, 15]), ("1280x720", [10])]),
            .init("NV12", [("640x480", [30, 15]), ("1280x720", [10])]), .init("MJPG", [("1280x720", [30])]),
            .init("Y16 ", [("640x480", [30])]),
        ]) {
            $0.controls = [
                .init("Brightness", id: 1, V4L2_CTRL_TYPE_INTEGER, -64...64, number: 12),
                .init(
                    "Power Line Frequency", id: 2, V4L2_CTRL_TYPE_MENU, 0...2,
                    menu: [0: "Disabled", 1: "50 Hz", 2: "60 Hz"], number: 1),
                .init("Exposure", id: 3, V4L2_CTRL_TYPE_INTEGER, 1...5000, flags: V4L2_CTRL_FLAG_INACTIVE, number: 157),
            ]
        }
        let metadata = FakeCamera { $0.flags = V4L2_CAP_META_CAPTURE | V4L2_CAP_STREAMING }
        let grabber = FakeCamera([.init("UYVY", from: "48x32", to: "1920x1080", step: "2x2")]) {
            $0.card = "Grabber"
            $0.bus = "pci-2"
        }
        let locked = FakeCamera { $0.openFailure = EACCES }
        let cameras = [webcam, metadata, grabber, locked].enumerated().map {
            (folder.file("video\($0.offset)"), $0.element)
        }
        self.folder = folder
        entries = CameraDescription.all(
            ScriptedCamera(Dictionary(uniqueKeysWithValues: cameras)), VideoNodes(root: folder.path))
    }

    @Test func aCameraIsListedWithAllThatItOffers() throws {
        try #require(entries.count == 3)
        let text = DeviceTable(entries[0]).text
        let expected = """
            \(folder.file("video0"))  Test Camera
              driver   fake, usb-1
              links    \(folder.file("v4l/by-id/usb-Test-index0"))
              default  MJPG 1280x720 at 30 fps

              FORMAT     SIZE      FRAMES A SECOND
              YUYV NV12  640x480   30 15
                         1280x720  10
              MJPG       1280x720  30
              Not read by camstream: Y16

              CONTROL               TYPE  VALUE  DEFAULT  ALLOWED
              brightness            int   12     -64      -64 to 64
              power_line_frequency  menu  1      0        0 (Disabled), 1 (50 Hz), 2 (60 Hz)
              exposure              int   157    1        1 to 5000 (inactive)
            """
        #expect(text == expected, "\(text)")
    }

    @Test func rangesAndLockedCamerasAreListed() throws {
        try #require(entries.count == 3)
        let text = DeviceTable(entries[1]).text
        #expect(text.contains("  default  UYVY 1280x720 at 30 fps\n"))
        #expect(text.hasSuffix("  FORMAT  SIZE                FRAMES A SECOND\n  UYVY    48x32 to 1920x1080  1 to 60"))
        let locked = DeviceTable(entries[2]).text
        #expect(locked.hasPrefix("\(folder.file("video3"))\n  ") && locked.contains("group 'video'"))
    }

    @Test func theListIsJSONForPrograms() throws {
        let parsed = try JSONSerialization.jsonObject(with: Data(try DeviceJSON(entries).text.utf8))
        let cameras = try #require(parsed as? [[String: Any]])
        #expect(cameras.map { $0["path"] as? String } == [0, 2, 3].map { folder.file("video\($0)") })
        let webcam = cameras[0]
        #expect(webcam["card"] as? String == "Test Camera" && webcam["driver"] as? String == "fake")
        #expect(webcam["links"] as? [String] == [folder.file("v4l/by-id/usb-Test-index0")])
        let mode = try #require(webcam["default"] as? [String: Any])
        #expect(mode["format"] as? String == "MJPG" && mode["width"] as? Int == 1280 && mode["fps"] as? Double == 30)
        let formats = try #require(webcam["formats"] as? [[String: Any]])
        #expect(formats.map { $0["name"] as? String } == ["YUYV", "NV12", "MJPG", "Y16"])
        #expect(formats.map { $0["usable"] as? Bool } == [true, true, true, false])
        let sizes = try #require(formats[0]["sizes"] as? [[String: Any]])
        #expect(sizes.map { $0["width"] as? Int } == [640, 1280] && sizes[0]["rates"] as? [Double] == [30, 15])
        let controls = try #require(webcam["controls"] as? [[String: Any]])
        #expect(controls[0]["min"] as? Int == -64 && controls[0]["value"] as? Int == 12)
        #expect(
            (controls[1]["menu"] as? [[String: Any]])?.map { $0["name"] as? String } == ["Disabled", "50 Hz", "60 Hz"])
        #expect(controls.map { $0["inactive"] as? Bool } == [false, false, true])
        let range = try #require((cameras[1]["formats"] as? [[String: Any]])?.first?["sizes"] as? [[String: Any]])
        #expect(range[0]["largest"] as? [Int] == [1920, 1080] && range[0]["slowest"] as? Double == 1)
        #expect((cameras[2]["problem"] as? String)?.contains("may not use the camera") == true)
    }

    @Test func theProgramPrintsItsListAsJSON() throws {
        let run = try Program.run(["devices", "--json"])
        #expect(run.status == 0, "\(run.standardError)")
        let parsed = try JSONSerialization.jsonObject(with: Data(run.standardOutput.utf8))
        #expect(parsed is [Any])
    }

    @Test func aCameraThatIsNotThereIs65() throws {
        let run = try Program.run(["-i", "/dev/video63", "-m", Fixtures.model("gap_gemm"), "-o", folder.file("o.mp4")])
        #expect(run.status == 65)
        #expect(run.standardError.contains("error: /dev/video63: no such camera."), "\(run.standardError)")
    }

    @Test(arguments: [
        (["--size", "640"], "--size"), (["--control", "brightness"], "--control"),
        (["--pixel-format", "XVID"], "--pixel-format cannot be 'XVID'; allowed: YU12, NV12,"),
        (["--size", "640x480"], "error: --size cannot stand here: it is for cameras such as /dev/video0, and"),
        (["--control", "brightness=3"], "error: --control cannot stand here: it is for cameras"),
    ])
    func aWrongCameraOptionIs64(options: [String], part: String) throws {
        let clip = try Clips.photo.get()
        let run = try Program.run(["-i", clip, "-m", Fixtures.model("gap_gemm"), "-o", folder.file("o.png")] + options)
        #expect(run.status == 64 && run.standardError.contains(part), "\(run.standardError)")
    }
}
