/// Fills removed places so that each is the weighted mean of its eight neighbours: next to it 1/6, across 1/12.
///
/// Rong et al. 2022, arXiv:2202.00449, section 5.2. Of a place at the border, the weights of the neighbours that are there make
/// up its mean. Weights are the same both ways, so that the system, with known neighbours on its right side, is symmetric and
/// positive definite: conjugate gradients solve it for all channels at once, in memory that is proportional to the picture,
/// and `Multigrid` before each step keeps them at some ten steps however large the hole is. The authors' direct solver fills
/// in a matrix instead. Where nothing is known, all is the mean colour.
struct LinearImputation {
    /// Channels of a place: solved together, as the processor computes them.
    typealias Pixel = SIMD4<Float>

    static let beside: Float = 1 / 6
    static let across: Float = 1 / 12
    /// Of the right side's norm: pixels are then exact to about a thousandth of a step of 8 bits.
    private static let tolerance: Float = 1e-5
    private static let mostSteps = 200

    private let picture: InputPicture
    private let removed: [Bool]

    /// - Parameter removed: Bool `[height, width]`.
    init(_ picture: InputPicture, removed: [Bool]) {
        precondition(picture.channels <= Pixel.scalarCount && removed.count == picture.area)
        (self.picture, self.removed) = (picture, removed)
    }

    func callAsFunction() -> InputPicture {
        guard removed.contains(false) else {
            return picture.replacing([Float](repeating: 0, count: picture.values.count))
        }
        guard removed.contains(true) else { return picture }
        let finest = ImputationGrid(height: picture.height, width: picture.width)
        finest.setUp(removed: removed)
        let known = ImputationGrid.Vector(like: finest)
        for row in 0..<picture.height {
            for column in 0..<picture.width where !removed[row * picture.width + column] {
                known[finest.index(row, column)] = pixel(row * picture.width + column)
            }
        }
        let solution = solve(finest, finest.rightSide(known, removed: removed))
        var values = picture.values
        for row in 0..<picture.height {
            for column in 0..<picture.width where removed[row * picture.width + column] {
                let found = solution[finest.index(row, column)]
                for channel in 0..<picture.channels {
                    values[channel * picture.area + row * picture.width + column] = found[channel]
                }
            }
        }
        return picture.replacing(values)
    }

    private func pixel(_ place: Int) -> Pixel {
        var pixel = Pixel.zero
        for channel in 0..<picture.channels { pixel[channel] = picture.values[channel * picture.area + place] }
        return pixel
    }

    /// Conjugate gradients, channel by channel beside each other. Hestenes and Stiefel 1952, doi:10.6028/jres.049.044.
    private func solve(_ grid: ImputationGrid, _ rightSide: ImputationGrid.Vector) -> ImputationGrid.Vector {
        let multigrid = Multigrid(grid)
        let solution = ImputationGrid.Vector(like: grid)
        let residual = rightSide
        let product = ImputationGrid.Vector(like: grid)
        let goal = residual.dot(residual) * (Self.tolerance * Self.tolerance)
        var prepared = multigrid.apply(to: residual)
        let direction = ImputationGrid.Vector(like: grid)
        direction.set(prepared)
        var slope = residual.dot(prepared)
        for _ in 0..<Self.mostSteps {
            if all(residual.dot(residual) .<= goal) { break }
            grid.multiply(direction, into: product)
            let step = slope.divided(by: direction.dot(product))
            solution.add(direction, times: step)
            residual.add(product, times: -step)
            prepared = multigrid.apply(to: residual)
            let next = residual.dot(prepared)
            direction.scale(by: next.divided(by: slope), adding: prepared)
            slope = next
        }
        return solution
    }
}

extension SIMD4<Float> {
    /// 0 where there is nothing to divide: a channel that is solved.
    fileprivate func divided(by other: Self) -> Self {
        (self / other).replacing(with: 0, where: other .== 0)
    }
}

extension InputPicture {
    fileprivate func replacing(_ values: [Float]) -> InputPicture {
        InputPicture(channels: channels, height: height, width: width, values: values)
    }
}
