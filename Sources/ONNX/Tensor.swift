import Foundation

/// A constant of the graph: an initialiser, or the value of a Constant node. Elements stay as stored until asked for.
package struct Tensor: Sendable {
    package let name: String
    package let shape: [Int]
    /// Nil for a type that is newer than this program.
    package let elementType: ElementType?
    private let proto: Onnx_TensorProto

    /// Nil if it has a defect.
    init?(_ proto: Onnx_TensorProto) {
        guard Self.defect(of: proto) == nil else { return nil }
        name = proto.name
        shape = proto.dims.map { Int($0) }
        elementType = ElementType(rawValue: Int(proto.dataType))
        self.proto = proto
    }

    /// The elements as Float, row-major; integers are converted. Nil for strings, complex and packed types.
    package func floats() -> [Float]? {
        switch elementType {
        case .float32: proto.hasRawData ? raw(UInt32.self) { Float(bitPattern: $0) } : proto.floatData
        case .float64:
            proto.hasRawData ? raw(UInt64.self) { Float(Double(bitPattern: $0)) } : proto.doubleData.map { Float($0) }
        case .float16: halves.map { Float(float16: $0) }
        case .bfloat16: halves.map { Float(bitPattern: UInt32($0) << 16) }
        default: integers()?.map { Float($0) }
        }
    }

    /// The elements as Int, row-major. Nil for types that are no integers of at least 8 bits.
    package func integers() -> [Int]? {
        switch elementType {
        case .int64:
            proto.hasRawData ? raw(UInt64.self) { Int(Int64(bitPattern: $0)) } : proto.int64Data.map { Int($0) }
        case .int32: proto.hasRawData ? raw(UInt32.self) { Int(Int32(bitPattern: $0)) } : small
        case .int16: proto.hasRawData ? raw(UInt16.self) { Int(Int16(bitPattern: $0)) } : small
        case .uint16: proto.hasRawData ? raw(UInt16.self) { Int($0) } : small
        case .int8: proto.hasRawData ? raw(UInt8.self) { Int(Int8(bitPattern: $0)) } : small
        case .uint8, .bool: proto.hasRawData ? raw(UInt8.self) { Int($0) } : small
        default: nil
        }
    }

    /// Integers of up to 32 bits that stand one by one.
    private var small: [Int] { proto.int32Data.map { Int($0) } }

    /// 16-bit patterns; where they stand one by one, each is the low half of a 32-bit integer.
    private var halves: [UInt16] {
        proto.hasRawData ? raw(UInt16.self) { $0 } : proto.int32Data.map { UInt16(truncatingIfNeeded: $0) }
    }

    /// Raw data is little-endian on every machine.
    private func raw<Stored: FixedWidthInteger, Result>(
        _: Stored.Type, _ convert: (Stored) -> Result
    ) -> [Result] {
        proto.rawData.withUnsafeBytes { bytes in
            let size = MemoryLayout<Stored>.size
            let count = bytes.count / size
            return [Result](unsafeUninitializedCapacity: count) { results, filled in
                while filled < count {
                    let stored = bytes.loadUnaligned(fromByteOffset: filled * size, as: Stored.self)
                    results.initializeElement(at: filled, to: convert(Stored(littleEndian: stored)))
                    filled += 1
                }
            }
        }
    }
}

extension Tensor {
    /// Elements of a tensor with these dimensions; nil if one is negative or the product does not fit an Int.
    static func count(_ dims: [Int64]) -> Int? {
        var count = 1
        for dim in dims {
            guard dim >= 0, case (let product, let overflow) = count.multipliedReportingOverflow(by: Int(dim)),
                !overflow
            else { return nil }
            count = product
        }
        return count
    }

    /// Bytes of `dims` elements in raw form; nil as for `count`, and for types without one.
    static func rawBytes(_ dims: [Int64], _ type: Int32) -> Int? {
        guard let count = count(dims), let bits = ElementType(rawValue: Int(type))?.bits,
            case (let total, let overflow) = count.multipliedReportingOverflow(by: bits), !overflow,
            total <= Int.max - 7
        else { return nil }
        return (total + 7) / 8
    }

    /// What is wrong with how a tensor is stored, or nil. External data must have been read before.
    static func defect(of proto: Onnx_TensorProto) -> String? {
        guard let count = count(proto.dims) else { return "has the impossible shape \(proto.dims)" }
        guard let type = ElementType(rawValue: Int(proto.dataType)) else { return nil }
        if proto.hasRawData {
            guard let bytes = rawBytes(proto.dims, proto.dataType), bytes == proto.rawData.count else {
                return "\(proto.dims) \(type) has \(proto.rawData.count) bytes of data, which does not fit"
            }
            return nil
        }
        let stored: Int
        switch type {
        case .float32: stored = proto.floatData.count
        case .float64: stored = proto.doubleData.count
        case .int64: stored = proto.int64Data.count
        case .int32, .int16, .uint16, .int8, .uint8, .bool, .float16, .bfloat16: stored = proto.int32Data.count
        default: return nil
        }
        return stored == count ? nil : "\(proto.dims) \(type) has \(stored) elements of data, which does not fit"
    }
}

extension Float {
    /// Value of an IEEE half. `Float16` itself is missing from Swift on some of the platforms.
    init(float16 bits: UInt16) {
        let sign = UInt32(bits & 0x8000) << 16
        let magnitude = UInt32(bits & 0x7fff)
        // The exponent is moved by multiplying, which makes halves below the normal range come out right, too.
        var value = Float(bitPattern: magnitude << 13) * Float(bitPattern: UInt32(254 - 15) << 23)
        if magnitude >= 0x7c00 { value = Float(bitPattern: 0x7f80_0000 | (magnitude & 0x3ff) << 13) }
        self = Float(bitPattern: value.bitPattern | sign)
    }
}
