/// An array in NumPy's format, version 1.0: a header that says type and shape, then the elements, row-major and
/// little-endian (numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
struct NPYArray {
    /// How Python finds it; the file of it in an archive is called "NAME.npy".
    let name: String
    /// Of an element, as NumPy writes it: "<f4".
    let type: String
    let shape: [Int]
    /// The elements.
    let bytes: [UInt8]

    var header: [UInt8] { Self.header(type: type, shape: shape) }

    /// - Parameter length: of all of the header, a multiple of 64; nil: as short as can be.
    static func header(type: String, shape: [Int], length: Int? = nil) -> [UInt8] {
        // As Python writes a tuple: one element has a comma behind it.
        let sizes = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
        let prefix: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
        let least = prefix.count + 2 + text.utf8.count + 1
        let length = length ?? (least + 63) / 64 * 64
        precondition(length >= least && length.isMultiple(of: 64) && length - prefix.count - 2 < 1 << 16)
        let padding = [UInt8](repeating: UInt8(ascii: " "), count: length - least)
        var header = prefix
        header.append(littleEndian: UInt16(length - prefix.count - 2))
        return header + Array(text.utf8) + padding + [UInt8(ascii: "\n")]
    }
}

extension NPYArray {
    init(_ name: String, _ values: [Float], shape: [Int]) {
        self.init(name: name, type: "<f4", shape: shape, bytes: values.littleEndianBytes)
    }

    init(_ name: String, _ values: [Double], shape: [Int]) {
        self.init(name: name, type: "<f8", shape: shape, bytes: values.littleEndianBytes)
    }

    init(_ name: String, _ values: [Int], shape: [Int]) {
        self.init(name: name, type: "<i8", shape: shape, bytes: values.map { Int64($0) }.littleEndianBytes)
    }

    /// Fixed numbers of UTF-32 characters, as many as the longest text has.
    ///
    /// - Parameter shape: empty: a single text.
    init(_ name: String, _ texts: [String], shape: [Int]) {
        let length = max(1, texts.map(\.unicodeScalars.count).max() ?? 0)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(texts.count * length * 4)
        for text in texts {
            for scalar in text.unicodeScalars { bytes.append(littleEndian: scalar.value) }
            bytes += [UInt8](repeating: 0, count: 4 * (length - text.unicodeScalars.count))
        }
        self.init(name: name, type: "<U\(length)", shape: shape, bytes: bytes)
    }
}

extension [UInt8] {
    mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}

extension Array where Element: BitwiseCopyable {
    /// As they lie in memory: all machines that this program runs on are little-endian.
    var littleEndianBytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}
