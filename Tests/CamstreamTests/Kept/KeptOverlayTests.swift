import ArgumentParser
import Capture
import Encode
import Kept
import Live
import Overlay
import Pipeline
import Testing

@testable import camstream

/// Which style a kept recording is drawn in.
@Suite struct KeptOverlayTests {
    private func facts(_ settings: [String: JSONValue], tracks: Int = 1) -> KeptFacts {
        let map = Heatmap(
            height: 1, width: 1, values: [0], region: Region(x: 0, y: 0, width: 64, height: 48))
        let track = KeptFacts.HeatTrack(
            stream: 1, method: "cam", methodTitle: "CAM", layers: [], region: map.region,
            grid: HeatGrid(of: map, pictureWidth: 64, pictureHeight: 48))
        return KeptFacts(
            camstream: "0.1.0", model: .init(name: "m", sha256: "00"), width: 64, height: 48, video: 0, labels: 2,
            records: 3, heat: Array(repeating: track, count: tracks), settings: settings)
    }

    @Test func theRunsOwnStyleIsTaken() {
        let config = OverlayConfig(
            of: facts([
                "overlay.colormap": .text("jet"), "overlay.opacity": .number(0.25), "overlay.box": .flag(true),
                "overlay.font": .text("DejaVu Serif"),
            ]))
        var expected = OverlayConfig()
        (expected.colormap, expected.opacity, expected.box) = (.jet, 0.25, true)
        expected.font = "DejaVu Serif"
        #expect(config == expected)
    }

    @Test func whatIsUnknownOrImpossibleIsLeftOut() {
        let config = OverlayConfig(
            of: facts([
                "overlay.colormap": .text("of the future"), "overlay.opacity": .number(7), "overlay.glow": .flag(true),
                "overlay.layout": .number(1), "infer.method": .text("cam"),
            ]))
        #expect(config == OverlayConfig())
    }

    @Test(arguments: ["/dev/zero", "../font", "evil.ttf"]) func aFontThatARecordingNamesIsNotOpened(_ path: String) {
        #expect(OverlayConfig(of: facts(["overlay.font": .text(path)])).font == nil)
    }

    @Test func whatIsGivenGoesBeforeTheRunsOwnStyle() throws {
        let command = try #require(
            try BurnCommand.parseAsRoot([
                "clip.mkv", "-o", "out.mkv", "--colormap", "viridis", "--no-box", "--font", "Sans", "--quality", "80",
                "--no-copy-streams",
            ]) as? BurnCommand)
        let own: [String: JSONValue] = [
            "overlay.colormap": .text("jet"), "overlay.box": .flag(true), "overlay.blend": .text("mix"),
        ]
        let config = command.settings(over: facts(own))
        #expect(config.overlay.colormap == .viridis && !config.overlay.box && config.overlay.blend == .mix)
        #expect(config.overlay.font == "Sans" && config.encode.quality == 80 && !config.encode.copyStreams)
        #expect(config.capture.input == "clip.mkv" && config.encode.output == "out.mkv")
        #expect(command.settings(over: nil).overlay.blend == OverlayConfig().blend)
    }

    @Test func layoutsOfSeveralMapsNeedTheirOwnTracks() throws {
        func check(_ layout: OverlayConfig.Layout, _ own: String, tracks: Int) throws(ConfigError) {
            var config = OverlayConfig()
            config.layout = layout
            try config.checkTracks(of: facts(["overlay.layout": .text(own)], tracks: tracks))
        }
        for layout in [OverlayConfig.Layout.overlay, .sideBySide, .triple] { try check(layout, "grid", tracks: 5) }
        try check(.grid, "grid", tracks: 5)
        try check(.compare, "compare", tracks: 2)
        #expect(throws: ConfigError.self) { try check(.grid, "overlay", tracks: 1) }
        #expect(throws: ConfigError.self) { try check(.compare, "grid", tracks: 5) }
        #expect(throws: ConfigError.self) { try check(.grid, "compare", tracks: 2) }
    }
}
