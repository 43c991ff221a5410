import CZlib

/// Compressed as browsers undo it with `DecompressionStream("deflate")` (RFC 1950).
func zlibCompressed(_ bytes: [UInt8]) -> [UInt8] {
    var size = compressBound(uLong(bytes.count))
    return [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
        let code = compress2(buffer.baseAddress, &size, bytes, uLong(bytes.count), 6)
        precondition(code == Z_OK, "zlib: \(code)")
        count = Int(size)
    }
}
