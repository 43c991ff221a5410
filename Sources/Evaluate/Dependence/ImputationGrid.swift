/// The equations of removed places on one grid: d_i x_i - Σ_j w_ij x_j, with j the eight neighbours.
///
/// Around the grid lies a margin of one place, so that every place has neighbours; those that are no unknowns have the weight
/// 0. Memory is of the class: it is lent to nobody.
final class ImputationGrid {
    typealias Pixel = LinearImputation.Pixel

    let height: Int
    let width: Int
    /// Places in a row with its margin.
    let pitch: Int
    /// Of all places with the margin.
    let count: Int
    /// d, and 1 / d; 0 where there is no unknown.
    let diagonal: UnsafeMutablePointer<Float>
    let inverse: UnsafeMutablePointer<Float>
    /// w to the right, below, below right, and below left.
    let right: UnsafeMutablePointer<Float>
    let below: UnsafeMutablePointer<Float>
    let belowRight: UnsafeMutablePointer<Float>
    let belowLeft: UnsafeMutablePointer<Float>
    private let memory: UnsafeMutablePointer<Float>

    init(height: Int, width: Int) {
        (self.height, self.width, pitch) = (height, width, width + 2)
        count = (height + 2) * (width + 2)
        memory = .allocate(capacity: 6 * count)
        memory.initialize(repeating: 0, count: 6 * count)
        (diagonal, inverse, right) = (memory, memory + count, memory + 2 * count)
        (below, belowRight, belowLeft) = (memory + 3 * count, memory + 4 * count, memory + 5 * count)
    }

    deinit { memory.deallocate() }

    func index(_ row: Int, _ column: Int) -> Int { (row + 1) * pitch + column + 1 }

    /// Writes the equations of a picture's removed places.
    ///
    /// - Parameter removed: Bool `[height, width]`.
    func setUp(removed: [Bool]) {
        let (beside, across) = (LinearImputation.beside, LinearImputation.across)
        func isRemoved(_ row: Int, _ column: Int) -> Bool {
            row < height && (0..<width).contains(column) && removed[row * width + column]
        }
        for row in 0..<height {
            for column in 0..<width where removed[row * width + column] {
                let place = index(row, column)
                let rows = (row > 0 ? 1 : 0) + (row < height - 1 ? 1 : 0)
                let columns = (column > 0 ? 1 : 0) + (column < width - 1 ? 1 : 0)
                // Of a picture of one place there is no mean; it is never asked for.
                diagonal[place] = beside * Float(rows + columns) + across * Float(rows * columns)
                right[place] = isRemoved(row, column + 1) ? beside : 0
                below[place] = isRemoved(row + 1, column) ? beside : 0
                belowRight[place] = isRemoved(row + 1, column + 1) ? across : 0
                belowLeft[place] = isRemoved(row + 1, column - 1) ? across : 0
            }
        }
        invertDiagonal()
    }

    func invertDiagonal() {
        for place in 0..<count { inverse[place] = diagonal[place] > 0 ? 1 / diagonal[place] : 0 }
    }

    /// What known neighbours add up to at each removed place.
    ///
    /// - Parameter known: the values of known places, 0 elsewhere.
    func rightSide(_ known: Vector, removed: [Bool]) -> Vector {
        let sums = Vector(like: self)
        for row in 0..<height {
            for column in 0..<width where removed[row * width + column] {
                let place = index(row, column)
                let next = known[place - 1] + known[place + 1] + known[place - pitch] + known[place + pitch]
                let diagonal =
                    known[place - pitch - 1] + known[place - pitch + 1] + known[place + pitch - 1]
                    + known[place + pitch + 1]
                sums[place] = next * LinearImputation.beside + diagonal * LinearImputation.across
            }
        }
        return sums
    }

    /// Σ_j w_ij x_j over the neighbours that come before a place, in the order of rows.
    @inline(__always)
    func before(_ x: UnsafePointer<Pixel>, _ place: Int) -> Pixel {
        let above = place - pitch
        return x[place - 1] * right[place - 1] + x[above] * below[above] + x[above - 1] * belowRight[above - 1]
            + x[above + 1] * belowLeft[above + 1]
    }

    /// The same over those that come after it.
    @inline(__always)
    func after(_ x: UnsafePointer<Pixel>, _ place: Int) -> Pixel {
        let under = place + pitch
        return x[place + 1] * right[place] + x[under] * below[place] + x[under + 1] * belowRight[place]
            + x[under - 1] * belowLeft[place]
    }

    func multiply(_ x: Vector, into product: Vector) {
        for row in 0..<height {
            let start = index(row, 0)
            for place in start..<start + width {
                product[place] =
                    x[place] * diagonal[place] - before(x.values, place) - after(x.values, place)
            }
        }
    }
}

extension ImputationGrid {
    /// A number for each place and channel.
    final class Vector {
        let values: UnsafeMutablePointer<Pixel>
        private let count: Int

        init(like grid: ImputationGrid) {
            count = grid.count
            values = .allocate(capacity: count)
            values.initialize(repeating: .zero, count: count)
        }

        deinit { values.deallocate() }

        @inline(__always)
        subscript(place: Int) -> Pixel {
            get { values[place] }
            set { values[place] = newValue }
        }

        func clear() { values.update(repeating: .zero, count: count) }
        func set(_ other: Vector) { values.update(from: other.values, count: count) }

        func dot(_ other: Vector) -> Pixel {
            var sum = Pixel.zero
            for place in 0..<count { sum += values[place] * other.values[place] }
            return sum
        }

        func add(_ other: Vector, times factor: Pixel) {
            for place in 0..<count { values[place] += other.values[place] * factor }
        }

        /// Multiplies, then adds.
        func scale(by factor: Pixel, adding other: Vector) {
            for place in 0..<count { values[place] = values[place] * factor + other.values[place] }
        }
    }
}
