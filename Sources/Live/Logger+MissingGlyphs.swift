package import Logging
package import Overlay
import Synchronization

extension Logger {
    /// What was told of fonts, so that a live run that opens its pipeline again does not tell it again.
    private static let told = Mutex<Set<String>>([])

    /// Tells once which characters of the names no font has, and where to get one.
    package func warnOfMissingGlyphs(_ names: [String], _ config: OverlayConfig) {
        // A font that is not there is the painter's error, not this one's.
        guard let remark = try? MissingGlyphs.remark(names, font: config.font),
            Self.told.withLock({ $0.insert(remark).inserted })
        else { return }
        warning("\(remark)")
    }
}
