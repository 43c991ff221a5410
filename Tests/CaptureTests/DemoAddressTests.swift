import Demo
import Testing

@testable import Capture

struct DemoAddressTests {
    @Test func withoutSettingsItIsTenSecondsAt720p() throws {
        let address = try #require(try DemoAddress("demo:"))
        #expect(address.seconds == 10 && address.frameRate == DemoAddress.FrameRate(frames: 30, seconds: 1))
        #expect(address.scene == SceneSettings())
        #expect(address.scene.width == 1280 && address.scene.height == 720)
    }

    @Test func everySettingIsRead() throws {
        let text = "demo:seconds=0.5,size=640x361,fps=30000/1001,seed=18446744073709551615,objects=butterfly+stop-sign"
        let address = try #require(try DemoAddress(text))
        #expect(address.seconds == 0.5)
        #expect(address.frameRate == DemoAddress.FrameRate(frames: 30000, seconds: 1001))
        var scene = SceneSettings()
        (scene.width, scene.height, scene.seed, scene.objects) = (640, 361, .max, ["butterfly", "stop-sign"])
        #expect(address.scene == scene)
    }

    @Test(arguments: ["demo", "demo.mp4", "demo/a.mp4", "Demo:", "./demo:", "file:demo:", "-"])
    func otherInputsAreNone(input: String) throws {
        #expect(try DemoAddress(input) == nil)
    }

    @Test(arguments: [
        (
            "demo:speed=2",
            "demo: has no setting 'speed'; allowed: seconds, size, fps, seed, objects, as in demo:seconds=60,fps=25"
        ),
        (
            "demo:60",
            "demo: has no setting '60'; allowed: seconds, size, fps, seed, objects, as in demo:seconds=60,fps=25"
        ),
        ("demo:seconds", "demo: seconds cannot be ''; allowed: above 0, at most 86400"),
        ("demo:seconds=0", "demo: seconds cannot be '0'; allowed: above 0, at most 86400"),
        ("demo:seconds=nan", "demo: seconds cannot be 'nan'; allowed: above 0, at most 86400"),
        ("demo:seconds=86401", "demo: seconds cannot be '86401'; allowed: above 0, at most 86400"),
        ("demo:size=big", "demo: size cannot be 'big'; allowed: WIDTHxHEIGHT, such as 1920x1080; 16 to 8192 each"),
        ("demo:size=15x64", "demo: size cannot be '15x64'; allowed: WIDTHxHEIGHT, such as 1920x1080; 16 to 8192 each"),
        (
            "demo:size=64x8193",
            "demo: size cannot be '64x8193'; allowed: WIDTHxHEIGHT, such as 1920x1080; 16 to 8192 each"
        ),
        ("demo:fps=0.5", "demo: fps cannot be '0.5'; allowed: 1 to 240, also as 30000/1001"),
        ("demo:fps=241", "demo: fps cannot be '241'; allowed: 1 to 240, also as 30000/1001"),
        ("demo:seed=-1", "demo: seed cannot be '-1'; allowed: a whole number from 0 on"),
    ])
    func aMistakeIsToldWithWhatIsAllowed(input: String, message: String) {
        let error = #expect(throws: CaptureError.self) { try DemoAddress(input) }
        #expect(error?.description == message)
    }

    @Test(arguments: [
        "demo:objects=", "demo:objects=octopus", "demo:objects=butterfly+", "demo:objects=butterfly+Butterfly",
    ])
    func anUnknownObjectIsAnsweredWithTheKnownOnes(input: String) throws {
        let error = #expect(throws: CaptureError.self) { try DemoAddress(input) }
        let message = try #require(error?.description)
        #expect(message.contains(Drawing.names.joined(separator: ", ")))
        #expect(message.contains("'\(input.dropFirst("demo:objects=".count))'"))
    }
}
