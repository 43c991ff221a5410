import CFFmpeg
import Pipeline

@testable import Overlay

/// The overlay the long way: each sample's pixel to RGB, blended there, and back, all in double precision.
///
/// Written from ITU-T H.273 and the blends' definitions, so that it shares nothing with the code under test but the
/// colour map and the curve of `attention`.
struct BlendReference {
    let format: VideoFormat
    let layout: PixelLayout
    let config: OverlayConfig
    let heatmap: Heatmap

    let maximum: Double
    private let unit: Double
    private let entries: [SIMD3<Double>]
    /// Kr, Kb.
    private let shares: (Double, Double)

    init(_ format: VideoFormat, _ layout: PixelLayout, _ config: OverlayConfig, _ heatmap: Heatmap) {
        self.format = format
        self.layout = layout
        self.config = config
        self.heatmap = heatmap
        maximum = Double(1 << layout.bitsPerSample) - 1
        unit = Double(1 << (layout.bitsPerSample - 8))
        entries = config.colormap.entries.map { SIMD3($0.red, $0.green, $0.blue) }
        switch format.colour.matrix {
        case AVCOL_SPC_SMPTE170M: shares = (0.299, 0.114)
        case AVCOL_SPC_BT2020_NCL: shares = (0.2627, 0.0593)
        default: shares = (0.2126, 0.0722)
        }
    }

    /// Three samples, in the order of the planes, to RGB 0...1.
    func rgb(_ samples: SIMD3<Double>) -> SIMD3<Double> {
        if layout.isRGB { return SIMD3(samples.z, samples.x, samples.y) / maximum }
        let isFull = format.colour.range == AVCOL_RANGE_JPEG
        let y = isFull ? samples.x / maximum : (samples.x / unit - 16) / 219
        let cb = isFull ? (samples.y - 128 * unit) / maximum : (samples.y / unit - 128) / 224
        let cr = isFull ? (samples.z - 128 * unit) / maximum : (samples.z / unit - 128) / 224
        let (kr, kb) = shares
        let red = y + 2 * (1 - kr) * cr
        let blue = y + 2 * (1 - kb) * cb
        return SIMD3(red, (y - kr * red - kb * blue) / (1 - kr - kb), blue)
    }

    func samples(_ rgb: SIMD3<Double>) -> SIMD3<Double> {
        if layout.isRGB { return SIMD3(rgb.y, rgb.z, rgb.x) * maximum }
        let isFull = format.colour.range == AVCOL_RANGE_JPEG
        let (kr, kb) = shares
        let y = kr * rgb.x + (1 - kr - kb) * rgb.y + kb * rgb.z
        let cb = (rgb.z - y) / (2 * (1 - kb))
        let cr = (rgb.x - y) / (2 * (1 - kr))
        if isFull { return SIMD3(y, cb, cr) * maximum + SIMD3(0, 128, 128) * unit }
        return SIMD3(16 + 219 * y, 128 + 224 * cb, 128 + 224 * cr) * unit
    }

    func blend(_ rgb: SIMD3<Double>, entry: Int) -> SIMD3<Double> {
        let colour = entries[entry]
        switch config.blend {
        case .mix: return colour * config.opacity + rgb * (1 - config.opacity)
        case .add: return rgb + colour * config.opacity
        case .attention:
            let opacity = config.opacity * HeatTables.attention(Double(entry) / 255)
            return colour * opacity + rgb * (1 - opacity)
        }
    }

    /// The table entries that a sample may have: one, or two where its heat lies within 1/50 of the border between them.
    func entries(plane: Int, x: Int, y: Int) -> ClosedRange<Int>? {
        guard let heat = heat(plane: plane, x: x, y: y) else { return nil }
        return max(Int((heat * 255 - 0.02).rounded()), 0)...min(Int((heat * 255 + 0.02).rounded()), 255)
    }

    /// Bilinear between half-pixel centres, at the sample's own place; nil beside the map.
    private func heat(plane: Int, x: Int, y: Int) -> Double? {
        let isChroma = plane > 0 && !layout.isRGB
        let (across, down) = isChroma ? (1 << layout.log2ChromaWidth, 1 << layout.log2ChromaHeight) : (1, 1)
        let location = format.colour.chromaLocation
        let left = location == AVCHROMA_LOC_CENTER ? Double(across) / 2 : 0.5
        let top = location == AVCHROMA_LOC_TOPLEFT ? 0.5 : Double(down) / 2
        let region = heatmap.region
        let u = (Double(x * across) + left - region.x) / region.width
        let v = (Double(y * down) + top - region.y) / region.height
        guard (0..<1).contains(u), (0..<1).contains(v) else { return nil }
        func nodes(_ position: Double, _ count: Int) -> (Int, Int, Double) {
            let node = min(max(position * Double(count) - 0.5, 0), Double(count - 1))
            return (Int(node), min(Int(node) + 1, count - 1), node - Double(Int(node)))
        }
        let (x0, x1, fx) = nodes(u, heatmap.width)
        let (y0, y1, fy) = nodes(v, heatmap.height)
        func value(_ x: Int, _ y: Int) -> Double { Double(heatmap.values[y * heatmap.width + x]) }
        let upper = value(x0, y0) * (1 - fx) + value(x1, y0) * fx
        let lower = value(x0, y1) * (1 - fx) + value(x1, y1) * fx
        return upper * (1 - fy) + lower * fy
    }
}
