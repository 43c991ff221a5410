package import Pipeline

/// What is drawn, and how.
package struct OverlayConfig: Decodable, Sendable, Equatable {
    package enum Layout: String, CaseIterable, Sendable {
        /// The picture with the heat over it.
        case overlay
        /// The picture | the overlay.
        case sideBySide = "side-by-side"
        /// The picture | the heat alone | the overlay.
        case triple
        /// The picture and five classes' overlays in two rows, at half size.
        case grid
    }

    package enum Blend: String, CaseIterable, Sendable {
        /// Opacity follows the heat: cold parts stay as they are.
        case attention
        /// opacity * heat + (1 - opacity) * picture.
        case mix
        /// picture + opacity * heat.
        case add
    }

    package enum Labels: String, CaseIterable, Sendable {
        case none, top1, top5
    }

    package var layout = Layout.overlay
    package var colormap = Colormap.turbo
    package var blend = Blend.attention
    /// 0...1; that of the hottest part where the opacity follows the heat.
    package var opacity = 0.6
    package var labels = Labels.top1
    /// Whether a box is drawn around the hot region.
    package var box = false
    package var colourBar = true
    /// Whether small pictures are made larger before anything is drawn on them.
    package var enlarge = true
    /// A font's family, or the path of its file; nil: the system's sans-serif.
    package var font: String?

    private enum Key: String, CodingKey, CaseIterable {
        case layout, colormap, blend, opacity, labels, box
        case colourBar = "color-bar"
        case enlarge, font
    }

    package init() {}

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.strictContainer(keyedBy: Key.self)
        layout = try fields.decodeChoiceIfPresent(Layout.self, forKey: .layout) ?? layout
        colormap = try fields.decodeChoiceIfPresent(Colormap.self, forKey: .colormap) ?? colormap
        blend = try fields.decodeChoiceIfPresent(Blend.self, forKey: .blend) ?? blend
        opacity = try fields.decodeIfPresent(Double.self, forKey: .opacity) ?? opacity
        labels = try fields.decodeChoiceIfPresent(Labels.self, forKey: .labels) ?? labels
        box = try fields.decodeIfPresent(Bool.self, forKey: .box) ?? box
        colourBar = try fields.decodeIfPresent(Bool.self, forKey: .colourBar) ?? colourBar
        enlarge = try fields.decodeIfPresent(Bool.self, forKey: .enlarge) ?? enlarge
        font = try fields.decodeIfPresent(String.self, forKey: .font) ?? font
    }

    package func validate() throws(ConfigError) {
        guard (0...1).contains(opacity) else {
            throw .outOfRange(key: "overlay.opacity", value: "\(opacity)", allowed: "0 to 1")
        }
        if let font, font.isEmpty {
            throw .outOfRange(key: "overlay.font", value: font, allowed: "a font's family or the path of its file")
        }
    }
}
