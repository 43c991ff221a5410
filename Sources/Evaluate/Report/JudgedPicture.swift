import Foundation

/// What was found in one picture: a line of the journal.
package struct JudgedPicture: Codable, Sendable, Equatable {
    /// As the data have them.
    package let picture: String
    package let label: String
    /// Why nothing was found; nil: it was.
    package var problem: String?
    /// The class that was explained.
    package var explained: String?
    package var probability: Double?
    /// The most probable class, and whether that is the label's; nil: nobody knows which one that is.
    package var top: String?
    package var isRight: Bool?
    /// By the methods' keys.
    package var maps: [String: JudgedMap] = [:]

    package init(_ picture: LabelledPicture, problem: String? = nil) {
        (self.picture, label, self.problem) = (picture.name, picture.label, problem)
    }

    package var key: String { "\(picture)\0\(label)" }
}

/// What was found of one map.
package struct JudgedMap: Codable, Sendable, Equatable {
    /// By the metrics' keys; what is not known is missing.
    package var figures: [String: Double]
    /// Sweeps, packed.
    private let boxes: Data?
    private let mask: Data?
    /// By the keys of series, Float32, little-endian.
    private let curves: [String: Data]?

    package init(_ places: Whereabouts, others: MapFigures = MapFigures()) {
        figures = places.figures.merging(others.figures) { $1 }.filter(\.value.isFinite)
        let packed = others.curves.mapValues { Data(packing: $0.map(Float.init)) }
        curves = packed.isEmpty ? nil : packed
        boxes = places.boxes?.packed
        mask = places.mask?.packed
    }

    package var boxSweep: BoxSweep? { boxes.flatMap { BoxSweep(packed: $0) } }
    package var maskSweep: MaskSweep? { mask.flatMap { MaskSweep(packed: $0) } }

    /// nil where it was not measured, or something in it is no number.
    func curve(_ series: Series) -> [Float]? {
        guard let values = curves?[series.key]?.floats, values.count == series.positions.count,
            values.allSatisfy(\.isFinite)
        else { return nil }
        return values
    }
}

extension BoxSweep {
    /// Float32, little-endian, the largest's first.
    fileprivate var packed: Data { Data(packing: largest + best) }

    fileprivate init?(packed: Data) {
        guard packed.count == 8 * Self.thresholds else { return nil }
        let values = packed.floats
        self.init(largest: Array(values[..<Self.thresholds]), best: Array(values[Self.thresholds...]))
    }
}

extension MaskSweep {
    /// Overlaps, as those of boxes, then the counts, seven bits a byte, the highest bit set where more follow.
    fileprivate var packed: Data {
        var bytes = Data(packing: overlap)
        for count in object + background {
            var rest = count
            while rest >= 0x80 {
                bytes.append(UInt8(rest & 0x7f) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(rest))
        }
        return bytes
    }

    fileprivate init?(packed: Data) {
        let start = 4 * BoxSweep.thresholds
        guard packed.count > start else { return nil }
        var counts: [UInt32] = []
        var (count, shift): (UInt64, UInt64) = (0, 0)
        for byte in packed.dropFirst(start) {
            guard shift < 35 else { return nil }
            count |= UInt64(byte & 0x7f) << shift
            shift += 7
            guard byte & 0x80 == 0 else { continue }
            guard let whole = UInt32(exactly: count) else { return nil }
            counts.append(whole)
            (count, shift) = (0, 0)
        }
        guard counts.count == 2 * Self.bins, shift == 0 else { return nil }
        self.init(
            object: Array(counts[..<Self.bins]), background: Array(counts[Self.bins...]),
            overlap: packed.prefix(start).floats)
    }
}

extension Data {
    fileprivate init(packing values: [Float]) {
        self.init()
        for value in values { Swift.withUnsafeBytes(of: value.bitPattern.littleEndian) { append(contentsOf: $0) } }
    }

    fileprivate var floats: [Float] {
        let bytes = Array(self)
        return stride(from: 0, to: bytes.count - 3, by: 4).map { place in
            Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) })
        }
    }
}
