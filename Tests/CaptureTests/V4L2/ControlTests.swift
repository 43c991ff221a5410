import CV4L2
import Foundation
import TestSupport
import Testing

@testable import Capture

@Suite struct ControlTests {
    private let camera = FakeCamera {
        $0.controls = [
            .init("Brightness", id: 1, V4L2_CTRL_TYPE_INTEGER, -64...64, step: 4, number: 12),
            .init(
                "Power Line Frequency", id: 2, V4L2_CTRL_TYPE_MENU, 0...3, menu: [0: "Disabled", 1: "50 Hz", 3: "Auto"]),
            .init("White Balance, Automatic", id: 3, V4L2_CTRL_TYPE_BOOLEAN, 0...1, number: 1),
            .init("Link Frequency", id: 4, V4L2_CTRL_TYPE_INTEGER_MENU, 0...1, menu: [0: "400000", 1: "800000"]),
            .init("Exposure Time", id: 5, V4L2_CTRL_TYPE_INTEGER64, 0...(1 << 40), number: 1 << 33),
            .init("Title", id: 6, V4L2_CTRL_TYPE_STRING, 2...8),
            .init("Channels", id: 7, V4L2_CTRL_TYPE_BITMASK, 0...0x8000_0003, number: -0x8000_0000),
            .init("Do It", id: 8, V4L2_CTRL_TYPE_BUTTON, 0...0),
            .init("Temperature", id: 9, flags: V4L2_CTRL_FLAG_READ_ONLY, number: 41),
            .init("Gone", id: 10, flags: V4L2_CTRL_FLAG_DISABLED),
            .init("User Controls", id: 11, V4L2_CTRL_TYPE_CTRL_CLASS, 0...0),
            .init("Focus", id: 12, flags: V4L2_CTRL_FLAG_INACTIVE),
        ]
    }

    private func device() throws -> VideoDevice {
        try VideoDevice("/dev/video0", .none, ScriptedCamera(["/dev/video0": camera]))
    }

    /// Sets and gives the driver's number.
    private func set(_ text: String, id: UInt32) throws -> Int64? {
        try device().apply([try #require(ControlSetting(text))])
        return camera.controls.first { $0.id == id }?.number
    }

    @Test func allControlsAreListedWithTheirValues() throws {
        let controls = try device().controls()
        #expect(
            controls.map(\.name) == [
                "brightness", "power_line_frequency", "white_balance_automatic", "link_frequency", "exposure_time",
                "title", "channels", "do_it", "temperature", "focus",
            ])
        #expect(
            controls.map { $0.kind.rawValue } == [
                "int", "menu", "bool", "intmenu", "int64", "str", "bitmask", "button", "int", "int",
            ])
        #expect(
            controls.map { $0.value?.description ?? "-" } == [
                "12", "0", "1", "0", "8589934592", "", "2147483648", "-", "41", "0",
            ])
        #expect(
            controls[1].menu == [
                .init(number: 0, name: "Disabled"), .init(number: 1, name: "50 Hz"), .init(number: 3, name: "Auto"),
            ])
        #expect(controls[3].menu.map(\.name) == ["400000", "800000"])
        #expect(controls[8].isReadOnly && controls[9].isInactive)
    }

    @Test func controlsAreSetByName() throws {
        #expect(try set("brightness=-8", id: 1) == -8)
        #expect(try set(" Power Line Frequency = 50 hz", id: 2) == 1)
        #expect(try set("power_line_frequency=3", id: 2) == 3)
        #expect(try set("white_balance_automatic=off", id: 3) == 0)
        #expect(try set("link_frequency=800000", id: 4) == 1)
        #expect(try set("exposure_time=1099511627776", id: 5) == 1 << 40)
        #expect(try set("channels=0x80000001", id: 7).map { UInt32(truncatingIfNeeded: $0) } == 0x8000_0001)
        #expect(try set("do_it=1", id: 8) == 1)
        #expect(try set("focus=7", id: 12) == 7)
        _ = try set("title=Porch", id: 6)
        #expect(camera.controls.first { $0.id == 6 }?.text == "Porch")
    }

    @Test func controlsAreSetInTheOrderGiven() throws {
        let system = ScriptedCamera(["/dev/video0": camera])
        let settings = ["brightness=4", "power_line_frequency=1", "brightness=8"].compactMap { ControlSetting($0) }
        try VideoDevice("/dev/video0", .none, system).apply(settings)
        #expect(system.calls.filter { $0 == "VIDIOC_S_EXT_CTRLS" }.count == 3)
        #expect(camera.controls[0].number == 8)
    }

    @Test(arguments: [
        (
            "brightness=65",
            "brightness of /dev/video0 cannot be '65'; allowed: -64 to 64 in steps of 4. `camstream devices` lists its controls."
        ),
        (
            "brightness=3",
            "brightness of /dev/video0 cannot be '3'; allowed: -64 to 64 in steps of 4. `camstream devices` lists its controls."
        ),
        (
            "brightness=much",
            "brightness of /dev/video0 cannot be 'much'; allowed: -64 to 64 in steps of 4. `camstream devices` lists its controls."
        ),
        (
            "power_line_frequency=60 Hz",
            "power_line_frequency of /dev/video0 cannot be '60 Hz'; allowed: 0 (Disabled), 1 (50 Hz), 3 (Auto). `camstream devices` lists its controls."
        ),
        (
            "white_balance_automatic=2",
            "white_balance_automatic of /dev/video0 cannot be '2'; allowed: 0 or 1. `camstream devices` lists its controls."
        ),
        (
            "title=x",
            "title of /dev/video0 cannot be 'x'; allowed: a text of 2 to 8 bytes. `camstream devices` lists its controls."
        ),
        (
            "channels=4",
            "channels of /dev/video0 cannot be '4'; allowed: bits of 0x80000003. `camstream devices` lists its controls."
        ),
        ("temperature=3", "temperature of /dev/video0 can only be read. Leave it out."),
        ("zoom=3", "/dev/video0 has no control 'zoom'. `camstream devices` lists its controls."),
    ])
    func whatAControlCannotBeIsToldWithItsRange(setting: String, message: String) throws {
        let error = #expect(throws: CameraError.self) { try set(setting, id: 1) }
        #expect(error?.description == message)
        #expect(error?.isUsage == true)
    }

    @Test func aRefusalOfTheDriverIsTold() throws {
        let system = ScriptedCamera(["/dev/video0": camera])
        system.fail(.setControls, with: EBUSY)
        let error = #expect(throws: CameraError.self) {
            try VideoDevice("/dev/video0", .none, system).apply([ControlSetting("brightness=8")!])
        }
        #expect(
            error?.description
                == "/dev/video0 refused brightness=8: Device or resource busy (VIDIOC_S_EXT_CTRLS). Some controls need another one to be set first."
        )
    }

    @Test(arguments: ["brightness", "=3", "brightness=", "  =  "])
    func aSettingIsANameAndAValue(text: String) {
        #expect(ControlSetting(text) == nil)
    }
}
