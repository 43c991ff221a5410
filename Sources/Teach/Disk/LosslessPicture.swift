import CZlib

/// 8-bit pixels without loss: each less the one to the left of it, and zlib (RFC 1950), whose checksum finds damage.
enum LosslessPicture {
    /// - Parameters:
    ///   - pixels: `[height, width, colours]`.
    ///   - bytesPerRow: width · colours.
    static func compressed(_ pixels: [UInt8], bytesPerRow: Int, colours: Int) -> [UInt8] {
        var differences = pixels
        for start in stride(from: 0, to: pixels.count, by: bytesPerRow) {
            for place in start + colours..<max(start + colours, start + bytesPerRow) {
                differences[place] = pixels[place] &- pixels[place - colours]
            }
        }
        var size = compressBound(uLong(differences.count))
        return [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            let code = compress2(buffer.baseAddress, &size, differences, uLong(differences.count), 6)
            precondition(code == Z_OK, "zlib: \(code)")
            count = Int(size)
        }
    }

    /// - Parameter count: of the pixels' bytes.
    /// - Returns: nil where it is damaged, or of another size.
    static func pixels(_ compressed: [UInt8], count: Int, bytesPerRow: Int, colours: Int) -> [UInt8]? {
        var pixels = [UInt8](repeating: 0, count: count)
        var size = uLong(count)
        guard uncompress(&pixels, &size, compressed, uLong(compressed.count)) == Z_OK, size == count else { return nil }
        for start in stride(from: 0, to: count, by: bytesPerRow) {
            for place in start + colours..<max(start + colours, start + bytesPerRow) {
                pixels[place] &+= pixels[place - colours]
            }
        }
        return pixels
    }
}
