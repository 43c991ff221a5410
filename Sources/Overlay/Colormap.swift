/// The colour maps, by OpenCV's names where it has them: 256 sRGB colours from no evidence (0) to the strongest (255).
package enum Colormap: String, CaseIterable, Sendable {
    case jet, rainbow, hsv, autumn, bone, cool, hot, ocean, parula, pink, spring, summer, winter
    case magma, inferno, plasma, viridis, cividis, twilight
    case twilightShifted = "twilight-shifted"
    case turbo, deepgreen

    /// 256 colours: a published table, or a formula.
    ///
    /// Formulas are those of MATLAB and GNU Octave. OpenCV keeps most of them as 64 samples and interpolates, so next to a
    /// kink, and where `pink` is steep, its entries lie up to 10 levels beside the formula's.
    package var entries: [RGB] {
        switch self {
        case .magma: Self.decode(ColormapTables.magma)
        case .inferno: Self.decode(ColormapTables.inferno)
        case .plasma: Self.decode(ColormapTables.plasma)
        case .viridis: Self.decode(ColormapTables.viridis)
        case .cividis: Self.decode(ColormapTables.cividis)
        case .twilight: Self.decode(ColormapTables.twilight)
        case .twilightShifted: Self.shifted(Self.decode(ColormapTables.twilight))
        case .turbo: Self.decode(ColormapTables.turbo)
        case .parula: Self.decode(ColormapTables.parula)
        case .jet: Self.formula { x in RGB(1.5 - abs(4 * x - 3), 1.5 - abs(4 * x - 2), 1.5 - abs(4 * x - 1)) }
        case .hsv: Self.formula { x in RGB(abs(6 * x - 3) - 1, 2 - abs(6 * x - 2), 2 - abs(6 * x - 4)) }
        case .rainbow: Self.formula(Self.rainbow)
        case .autumn: Self.formula { x in RGB(1, x, 0) }
        case .spring: Self.formula { x in RGB(1, x, 1 - x) }
        case .summer: Self.formula { x in RGB(x, 0.5 + x / 2, 0.4) }
        case .winter: Self.formula { x in RGB(0, x, 1 - x / 2) }
        case .cool: Self.formula { x in RGB(x, 1 - x, 1) }
        // Octave's breaks at 2/5 and 4/5; `bone` and `pink` are built on MATLAB's, at 3/8 and 6/8.
        case .hot: Self.formula { x in RGB(2.5 * x, 2.5 * x - 1, 5 * x - 4) }
        case .bone: Self.formula(Self.bone)
        case .pink: Self.formula(Self.pink)
        case .ocean: Self.formula { x in RGB(3 * x - 2, 1.5 * x - 0.5, x) }
        case .deepgreen: Self.formula { x in RGB(3 * x - 2, x, 1.5 * x - 0.5) }
        }
    }

    /// - Parameter colour: of a position in the map, 0...1.
    private static func formula(_ colour: (Double) -> RGB) -> [RGB] { (0..<256).map { colour(Double($0) / 255) } }

    /// Red, yellow and green in the lower three fifths, then blue and violet.
    private static func rainbow(_ x: Double) -> RGB {
        switch x {
        case ..<0.4: RGB(1, 2.5 * x, 0)
        case ..<0.6: RGB(3 - 5 * x, 1, 0)
        case ..<0.8: RGB(0, 4 - 5 * x, 5 * x - 3)
        default: RGB((10 * x - 8) / 3, 0, 1)
        }
    }

    private static func matlabHot(_ x: Double) -> RGB { RGB(8 * x / 3, 8 * x / 3 - 1, 4 * x - 3) }

    private static func bone(_ x: Double) -> RGB {
        let hot = matlabHot(x)
        return RGB((7 * x + hot.blue) / 8, (7 * x + hot.green) / 8, (7 * x + hot.red) / 8)
    }

    private static func pink(_ x: Double) -> RGB {
        let hot = matlabHot(x)
        return RGB(
            ((2 * x + hot.red) / 3).squareRoot(), ((2 * x + hot.green) / 3).squareRoot(),
            ((2 * x + hot.blue) / 3).squareRoot())
    }

    /// `twilight` from its dark middle, and the other way round.
    private static func shifted(_ entries: [RGB]) -> [RGB] {
        (entries[128...] + entries[..<128]).reversed()
    }

    private static func decode(_ digits: String) -> [RGB] {
        let nibbles = digits.utf8.map { Int($0 <= 0x39 ? $0 - 0x30 : $0 - 0x57) }
        let channels = stride(from: 0, to: nibbles.count, by: 2).map { i in
            Double(nibbles[i] * 16 + nibbles[i + 1]) / 255
        }
        return stride(from: 0, to: channels.count, by: 3).map { i in
            RGB(channels[i], channels[i + 1], channels[i + 2])
        }
    }
}

/// A colour as sRGB code values, 0...1.
package struct RGB: Sendable, Equatable {
    package let red: Double
    package let green: Double
    package let blue: Double

    /// Clips to 0...1.
    package init(_ red: Double, _ green: Double, _ blue: Double) {
        self.red = min(max(red, 0), 1)
        self.green = min(max(green, 0), 1)
        self.blue = min(max(blue, 0), 1)
    }

    package static let black = RGB(0, 0, 0)
    package static let white = RGB(1, 1, 1)
}
