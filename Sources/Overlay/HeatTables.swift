import CBlend
import Pipeline

/// What each of 256 heats does to a sample, for each of three planes.
///
/// Every blend is affine in the sample, and so is the way from RGB to Y'CbCr: blending sample by sample gives what
/// blending in RGB would, up to rounding. Only clipping differs: where `add` leaves the range of samples, each plane
/// clips by itself, so very bright parts keep a tint of the heat where RGB would end in white.
final class HeatTables {
    enum Blend {
        case over(OverlayConfig.Blend, opacity: Double)
        /// The colours alone.
        case opaque
    }

    /// Three.
    let planes: UnsafeMutablePointer<cblend_table>
    /// For pictures in PQ, whose samples are not in steps that can be blended.
    let hdr: HDRTables?

    init(_ colormap: Colormap, _ blend: Blend, _ codes: CodeValues) {
        planes = .allocate(capacity: 3)
        if case .over = blend, let hdr = codes.hdr, hdr.transfer == .pq {
            self.hdr = HDRTables(colormap.entries, hdr, codes.coding) { heat, level in
                Self.step(blend, heat: heat, colour: level, black: 0)
            }
        } else {
            hdr = nil
        }
        let colours = colormap.entries.map(codes.samples)
        let black = codes.samples(.black)
        for plane in 0..<3 {
            let steps = colours.indices.map { i in
                Self.step(blend, heat: Double(i) / 255, colour: colours[i][plane], black: black[plane])
            }
            cblend_table_init(planes + plane, Int32(codes.bits), steps.map(\.multiplier), steps.map(\.addend))
        }
    }

    deinit { planes.deallocate() }

    private static func step(
        _ blend: Blend, heat: Double, colour: Double, black: Double
    ) -> (multiplier: Double, addend: Double) {
        switch blend {
        case .opaque: (0, colour)
        case .over(.mix, let opacity): (1 - opacity, opacity * colour)
        case .over(.add, let opacity): (1, opacity * (colour - black))
        case .over(.attention, let opacity): (1 - opacity * attention(heat), opacity * attention(heat) * colour)
        }
    }

    /// The share of the opacity that a heat gets: nothing below a tenth, where maps are hardly ever free of noise, then
    /// rising smoothly, so that the hot region has no hard edge.
    static func attention(_ heat: Double) -> Double {
        let x = min(max((heat - 0.1) / 0.6, 0), 1)
        return x * x * (3 - 2 * x)
    }
}
