import Foundation
import Overlay
import Pipeline
import Testing

struct OverlayConfigTests {
    private struct File: Decodable { let overlay: OverlayConfig }

    private func decode(_ text: String) throws -> OverlayConfig {
        try JSONDecoder().decode(File.self, from: Data(text.utf8)).overlay
    }

    @Test func everythingMayBeLeftOut() throws {
        #expect(try decode(#"{"overlay": {}}"#) == OverlayConfig())
        let config = OverlayConfig()
        #expect(config.layout == .overlay && config.colormap == .turbo && config.blend == .attention)
        #expect(config.labels == .top1 && config.colourBar && config.enlarge && !config.box && config.font == nil)
        #expect(throws: Never.self) { try config.validate() }
    }

    @Test func everythingMayBeSaid() throws {
        let config = try decode(
            """
            {"overlay": {"layout": "side-by-side", "colormap": "twilight-shifted", "blend": "mix", "opacity": 0.5,
             "labels": "top5", "box": true, "color-bar": false, "enlarge": false, "font": "DejaVu Sans"}}
            """)
        #expect(config.layout == .sideBySide && config.colormap == .twilightShifted && config.blend == .mix)
        #expect(config.opacity == 0.5 && config.labels == .top5 && config.box && !config.colourBar && !config.enlarge)
        #expect(config.font == "DejaVu Sans")
    }

    @Test(arguments: [
        (
            #"{"overlay": {"alhpa": 1}}"#,
            "unknown setting 'overlay.alhpa'; allowed here: layout, colormap, blend, opacity, "
                + "labels, box, color-bar, enlarge, font"
        ),
        (
            #"{"overlay": {"blend": "ad"}}"#,
            "overlay.blend cannot be 'ad'; did you mean 'add'? Allowed: attention, mix, add"
        ),
        (
            #"{"overlay": {"layout": "4x4"}}"#,
            "overlay.layout cannot be '4x4'; allowed: overlay, side-by-side, triple, grid, compare"
        ),
    ])
    func misspeltSettingIsNamed(_ text: String, _ message: String) {
        #expect {
            _ = try decode(text)
        } throws: {
            "\($0)" == message
        }
    }

    @Test(arguments: [-0.1, 1.1, .nan])
    func opacityOutOfRangeIsNamed(_ opacity: Double) {
        var config = OverlayConfig()
        config.opacity = opacity
        #expect(throws: ConfigError.outOfRange(key: "overlay.opacity", value: "\(opacity)", allowed: "0 to 1")) {
            try config.validate()
        }
    }

    @Test func packedPicturesAreRefused() {
        #expect(throws: OverlayError.unsupportedFormat(name: "rgb24")) {
            _ = try Painter(OverlayConfig(), input: videoFormat("rgb24", width: 64, height: 64))
        }
    }
}
