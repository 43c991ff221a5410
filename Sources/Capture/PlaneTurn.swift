import Pipeline

extension Orientation {
    /// Writes a plane upright. Columns and rows trade their numbers where the picture is transposed.
    ///
    /// - Parameter bytesPerSample: 1 or 2.
    func turn(_ source: Plane, into target: Plane, bytesPerSample: Int) {
        if bytesPerSample == 1 {
            turn(source, into: target, of: UInt8.self)
        } else {
            turn(source, into: target, of: UInt16.self)
        }
    }

    private func turn<Sample: FixedWidthInteger>(_ source: Plane, into target: Plane, of: Sample.Type) {
        precondition(
            transposes
                ? target.width == source.height && target.height == source.width
                : target.width == source.width && target.height == source.height)
        if transposes {
            transpose(source, into: target, of: Sample.self)
        } else {
            mirror(source, into: target, of: Sample.self)
        }
    }

    private func mirror<Sample: FixedWidthInteger>(_ source: Plane, into target: Plane, of: Sample.Type) {
        let width = target.width
        for y in 0..<target.height {
            let from = source.row(flipsY ? source.height - 1 - y : y).assumingMemoryBound(to: Sample.self)
            let to = target.row(y).assumingMemoryBound(to: Sample.self)
            if flipsX {
                for x in 0..<width { to[x] = from[width - 1 - x] }
            } else {
                to.update(from: from, count: width)
            }
        }
    }

    /// Goes through the picture by squares that fit the first cache, and these by tiles that fit registers.
    private func transpose<Sample: FixedWidthInteger>(_ source: Plane, into target: Plane, of: Sample.Type) {
        let tile = 8 / MemoryLayout<Sample>.size
        let square = 64
        let (wholeWidth, wholeHeight) = (target.width / tile * tile, target.height / tile * tile)
        for squareY in stride(from: 0, to: wholeHeight, by: square) {
            for squareX in stride(from: 0, to: wholeWidth, by: square) {
                for y in stride(from: squareY, to: min(squareY + square, wholeHeight), by: tile) {
                    for x in stride(from: squareX, to: min(squareX + square, wholeWidth), by: tile) {
                        transposeTile(source, into: target, x, y, of: Sample.self)
                    }
                }
            }
        }
        transposeSamples(source, into: target, wholeWidth..<target.width, 0..<target.height, of: Sample.self)
        transposeSamples(source, into: target, 0..<wholeWidth, wholeHeight..<target.height, of: Sample.self)
    }

    /// The rest at the right and lower edges.
    private func transposeSamples<Sample: FixedWidthInteger>(
        _ source: Plane, into target: Plane, _ columns: Range<Int>, _ rows: Range<Int>, of: Sample.Type
    ) {
        for y in rows {
            let to = target.row(y).assumingMemoryBound(to: Sample.self)
            let column = flipsY ? source.width - 1 - y : y
            for x in columns {
                let row = flipsX ? source.height - 1 - x : x
                to[x] = source.row(row).assumingMemoryBound(to: Sample.self)[column]
            }
        }
    }

    /// The target's samples from (x, y) on: 8x8 of a byte, or 4x4 of two. Each row of the tile is one 64-bit word.
    @inline(__always)
    private func transposeTile<Sample: FixedWidthInteger>(
        _ source: Plane, into target: Plane, _ x: Int, _ y: Int, of: Sample.Type
    ) {
        let size = MemoryLayout<Sample>.size
        let tile = 8 / size
        let column = (flipsY ? source.width - tile - y : y) * size
        let rowStep = flipsX ? -source.bytesPerRow : source.bytesPerRow
        let from = source.start + (flipsX ? source.height - 1 - x : x) * source.bytesPerRow + column
        // A mirrored tile is read from its other end, so its rows are written from the last to the first.
        let firstRow = flipsY ? y + tile - 1 : y
        let to = target.start + firstRow * target.bytesPerRow + x * size
        let step = flipsY ? -target.bytesPerRow : target.bytesPerRow
        if size == 1 {
            var rows = SIMD8<UInt64>()
            for i in 0..<8 { rows[i] = (from + i * rowStep).loadUnaligned(as: UInt64.self) }
            let columns = transposed(rows)
            for i in 0..<8 { (to + i * step).storeBytes(of: columns[i], as: UInt64.self) }
        } else {
            var rows = SIMD4<UInt64>()
            for i in 0..<4 { rows[i] = (from + i * rowStep).loadUnaligned(as: UInt64.self) }
            let columns = transposed(rows)
            for i in 0..<4 { (to + i * step).storeBytes(of: columns[i], as: UInt64.self) }
        }
    }
}

/// Trades the upper right and lower left quarters of a square, given as its upper and lower halves: the step of the
/// recursive transposition (Warren, Hacker's Delight, 7-3), `shift` bits being half of a row's block.
@inline(__always)
private func trade<Half: SIMD<UInt64>>(_ upper: inout Half, _ lower: inout Half, _ shift: UInt64, _ mask: UInt64) {
    let difference = ((upper &>> shift) ^ lower) & mask
    lower ^= difference
    upper ^= difference &<< shift
}

/// 8x8 bytes, the first byte of a row being the lowest of its word.
@inline(__always)
private func transposed(_ rows: SIMD8<UInt64>) -> SIMD8<UInt64> {
    var (upper, lower) = (rows.lowHalf, rows.highHalf)
    trade(&upper, &lower, 32, 0x0000_0000_ffff_ffff)
    var first = SIMD4(lowHalf: upper.lowHalf, highHalf: lower.lowHalf)  // rows 0 1 4 5
    var second = SIMD4(lowHalf: upper.highHalf, highHalf: lower.highHalf)  // rows 2 3 6 7
    trade(&first, &second, 16, 0x0000_ffff_0000_ffff)
    var even = SIMD4(lowHalf: first.evenHalf, highHalf: second.evenHalf)  // rows 0 4 2 6
    var odd = SIMD4(lowHalf: first.oddHalf, highHalf: second.oddHalf)  // rows 1 5 3 7
    trade(&even, &odd, 8, 0x00ff_00ff_00ff_00ff)
    return SIMD8(even[0], odd[0], even[2], odd[2], even[1], odd[1], even[3], odd[3])
}

/// 4x4 samples of 16 bits.
@inline(__always)
private func transposed(_ rows: SIMD4<UInt64>) -> SIMD4<UInt64> {
    var (upper, lower) = (rows.lowHalf, rows.highHalf)
    trade(&upper, &lower, 32, 0x0000_0000_ffff_ffff)
    var even = SIMD2(upper[0], lower[0])
    var odd = SIMD2(upper[1], lower[1])
    trade(&even, &odd, 16, 0x0000_ffff_0000_ffff)
    return SIMD4(even[0], odd[0], even[1], odd[1])
}
