package import Pipeline

/// Loops by hand: in a debug build, ranges and closures of the standard library took a tenth of all tests' time.
extension Plane {
    /// Writes `sample(x, y)` everywhere.
    ///
    /// - Parameter bytesPerSample: 1 or 2.
    package func fill(_ bytesPerSample: Int, _ sample: (_ x: Int, _ y: Int) -> Int) {
        var y = 0
        while y < height {
            let bytes = row(y).assumingMemoryBound(to: UInt8.self)
            let words = row(y).assumingMemoryBound(to: UInt16.self)
            var x = 0
            while x < width {
                if bytesPerSample == 2 { words[x] = UInt16(sample(x, y)) } else { bytes[x] = UInt8(sample(x, y)) }
                x += 1
            }
            y += 1
        }
    }

    /// `[y][x]`.
    package func samples(_ bytesPerSample: Int) -> [[Int]] {
        var rows: [[Int]] = []
        var y = 0
        while y < height {
            let bytes = row(y).assumingMemoryBound(to: UInt8.self)
            let words = row(y).assumingMemoryBound(to: UInt16.self)
            rows.append(
                [Int](unsafeUninitializedCapacity: width) { values, count in
                    while count < width {
                        values[count] = bytesPerSample == 2 ? Int(words[count]) : Int(bytes[count])
                        count += 1
                    }
                })
            y += 1
        }
        return rows
    }
}
