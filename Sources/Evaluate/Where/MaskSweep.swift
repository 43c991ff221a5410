/// How heat lies on the object's pixels, threshold by threshold: what PxAP (Choe et al. 2020, arXiv:2001.07437, section 3.2) is
/// added up from over all pictures, and the overlap of what is hot with the object.
package struct MaskSweep: Sendable, Equatable {
    /// Pixels of the object, and others, by their heat: UInt32 `[bins]`, bin k from k/1000 on, as the authors' code has them.
    package let object: [UInt32]
    package let background: [UInt32]
    /// Intersection over union with the object of what is hotter than each threshold of `BoxSweep`, Float `[thresholds]`.
    package let overlap: [Float]

    /// Of width 0.001 below 1; then 1 itself, and one that stays empty.
    package static let bins = 1002

    init(object: [UInt32], background: [UInt32], overlap: [Float]) {
        (self.object, self.background, self.overlap) = (object, background, overlap)
    }

    /// - Parameter mask: of the field's size.
    package init(_ field: HeatField, _ mask: TrueMask) {
        precondition(field.width == mask.width && field.height == mask.height)
        var object = [UInt32](repeating: 0, count: Self.bins)
        var background = object
        var (hit, missed) = ([Int](repeating: 0, count: 256), [Int](repeating: 0, count: 256))
        for (heat, pixel) in zip(field.values, mask.pixels) {
            switch pixel {
            case .object:
                object[Self.bin(heat)] += 1
                hit[Int(UInt8(heat * 255))] += 1
            case .background:
                background[Self.bin(heat)] += 1
                missed[Int(UInt8(heat * 255))] += 1
            case .ignored: break
            }
        }
        (self.object, self.background) = (object, background)
        let all = hit.reduce(0, +)
        var (inside, outside) = (0, 0)
        var overlap = [Float](repeating: 0, count: BoxSweep.thresholds)
        for level in (0..<BoxSweep.thresholds).reversed() {
            inside += hit[level + 1]
            outside += missed[level + 1]
            overlap[level] = all + outside > 0 ? Float(inside) / Float(all + outside) : 0
        }
        self.overlap = overlap
    }

    private static func bin(_ heat: Float) -> Int {
        let heat = Double(heat)
        var bin = Int(heat * 1000)
        // The product may be a hair off; the edges decide.
        if heat < Double(bin) * 0.001 { bin -= 1 }
        if bin < 999, heat >= Double(bin + 1) * 0.001 { bin += 1 }
        return bin
    }

    /// The area under precision over recall, pixels of all pictures together.
    ///
    /// - Parameters:
    ///   - object: `[bins]`; at least one pixel.
    ///   - background: `[bins]`.
    package static func averagePrecision(
        object: some RandomAccessCollection<Float>, background: some RandomAccessCollection<Float>
    ) -> Double {
        let all = object.reduce(0) { $0 + Double($1) }
        guard all > 0 else { return .nan }
        var (hits, misses, area) = (0.0, 0.0, 0.0)
        for (hit, miss) in zip(object.reversed(), background.reversed()) {
            hits += Double(hit)
            misses += Double(miss)
            if hits + misses > 0 { area += hits / (hits + misses) * Double(hit) / all }
        }
        return area
    }
}
