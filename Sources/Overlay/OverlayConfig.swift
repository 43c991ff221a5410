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
        /// The picture with each method's heat over it, side by side; more than three in rows.
        case compare
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

    package static let settings: [SettingDescriptor<OverlayConfig>] = [
        .init(\.layout, "layout", .word, viewers: "Layout", "What a frame of the output shows."),
        .init(\.colormap, "colormap", .word, viewers: "Colours", "Colour map."),
        .init(\.blend, "blend", .word, viewers: "Blend", "How heat and picture are mixed."),
        .init(\.opacity, "opacity", .number(0...1, step: 0.05), viewers: "Opacity", "Opacity of the heat, 0 to 1."),
        .init(\.labels, "labels", .word, viewers: "Labels", "Which class names are written on the picture."),
        .init(
            \.box, "box", .flag, viewers: "Box",
            "Frame the hot region: the largest one above 20 % of the map's maximum."),
        .init(\.colourBar, "color-bar", .flag, "Show the colour bar."),
        .init(
            \.enlarge, "enlarge", .flag,
            "Make small pictures (up to 100 pixels) larger by a whole factor, to 256 pixels or more, so that labels fit."
        ),
        .init(
            \.font, "font", .optional(.text("a font's family or the path of its file") { !$0.isEmpty }),
            example: "DejaVu Sans", "A font's family or the path of its file; the system's sans-serif without it."),
    ]

    package init() {}

    package init(from decoder: any Decoder) throws { try Self.settings.decode(from: decoder, into: &self) }

    /// Whether the font is named by the path of its file.
    package var namesFontFile: Bool { font.map(Font.isPath) ?? false }

    package func validate() throws(ConfigError) { try Self.settings.check(self, in: "overlay") }
}
