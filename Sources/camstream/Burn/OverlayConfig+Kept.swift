import Encode
import Kept
import Overlay
import Pipeline

extension OverlayConfig {
    /// How a kept recording's run would have drawn. What this version does not know is left out, and so is a font's file: a
    /// recording from elsewhere names no files of this machine.
    init(of facts: KeptFacts) {
        self.init()
        for setting in Self.settings {
            guard let value = facts.settings["overlay.\(setting.key)"] else { continue }
            _ = setting.change(value, &self)
        }
        if namesFontFile { font = nil }
    }

    /// Whether what a detector finds can be kept as it is drawn: its boxes share one heat track.
    func checkTracksOfObjects(_ encode: EncodeConfig) throws(ConfigError) {
        guard encode.keepVideo, layout == .grid else { return }
        throw .outOfRange(
            key: "overlay.layout", value: layout.rawValue,
            allowed:
                "overlay, side-by-side or triple with --keep-video and a detector, as all of its boxes have one heat track"
        )
    }

    /// Whether the tracks of a kept recording are those of a layout.
    func checkTracks(of facts: KeptFacts) throws(ConfigError) {
        guard [.grid, .compare].contains(layout), OverlayConfig(of: facts).layout != layout else { return }
        let (word, tracks) = (layout.rawValue, facts.heat.count == 1 ? "one heat track" : "other heat tracks")
        throw .outOfRange(
            key: "overlay.layout", value: word,
            allowed: "overlay, side-by-side or triple, as this recording has \(tracks); "
                + "for \(word), make it with --keep-video --layout \(word)")
    }
}
