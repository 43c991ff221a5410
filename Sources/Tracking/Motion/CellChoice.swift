import CMotion

/// Decides for each cell between the whole picture's motion, its own and its neighbours'.
///
/// The camera's motion holds unless a cell's picture speaks against it, by more than noise can, so that nothing moves in a
/// still picture, and flat patches go with the rest.
struct CellChoice {
    let search: PatchSearch
    let camera: CameraMotion
    /// Squared grey levels a sample.
    let noise: Float

    /// By how much a cell's own motion must explain its patch better: in squared standard deviations of a sample, where a
    /// neighbour moves alike, and where none does.
    private static let (withNeighbour, alone): (Float, Float) = (40, 160)
    /// Samples.
    private static let smallestDifference: Float = 0.15
    /// Share of the error that a cell's own motion may leave: a search through noise finds some that fits a little better.
    private static let mostOfError: Float = 0.75
    /// Share of a patch's texture that it may leave, noise and all: texture must stand out from noise.
    private static let mostOfTexture: Float = 0.3
    /// The same without noise: what an object uncovers was nowhere before, and has no motion.
    private static let mostUnexplained: Float = 0.15

    /// Fills `chosen`, `movesByItself` and `confidence`.
    ///
    /// - Parameter gains: scratch, as many as there are cells.
    /// - Returns: whether what was found explains the picture: not after a cut.
    func choose(
        _ cells: UnsafeMutableBufferPointer<CellMotion>, _ gains: UnsafeMutableBufferPointer<Float>
    ) -> Bool {
        for index in cells.indices { gains[index] = gain(cells[index]) }
        for index in cells.indices {
            let least = hasNeighbourAlike(index, cells, gains) ? Self.withNeighbour : Self.alone
            cells[index].movesByItself = gains[index] > least
            cells[index].chosen =
                cells[index].movesByItself ? cells[index].found : camera.at(cells[index].patchMiddle)
        }
        for _ in 0..<3 { fillBetween(cells) }
        return setConfidences(cells)
    }

    /// How much better a cell's own motion explains its patch than the camera's.
    private func gain(_ cell: CellMotion) -> Float {
        let expected = camera.at(cell.patchMiddle)
        let difference = cell.found - expected
        guard cell.isInPicture, cell.wasInside,
            max(abs(difference.x), abs(difference.y)) > Self.smallestDifference,
            let error = search.error(cell, at: expected), cell.foundError < Self.mostOfError * error,
            cell.foundError < Self.mostOfTexture * 2 * cell.texture.energy,
            unexplained(cell.foundError) < Self.mostUnexplained * 2 * cell.texture.energy
        else { return 0 }
        return (error - cell.foundError) / noise
    }

    /// What noise does not explain of a patch's error.
    private func unexplained(_ error: Float) -> Float { max(0, error - 2 * noise * CellMotion.samples) }

    private func hasNeighbourAlike(
        _ index: Int, _ cells: UnsafeMutableBufferPointer<CellMotion>, _ gains: UnsafeMutableBufferPointer<Float>
    ) -> Bool {
        var found = false
        forEachNeighbour(of: index) { other in
            let difference = cells[other].found - cells[index].found
            if gains[other] > Self.withNeighbour, max(abs(difference.x), abs(difference.y)) < 1 { found = true }
        }
        return found
    }

    /// A cell most of whose neighbours move by themselves goes with them, if its own picture has nothing against it: the
    /// flat inside of a moving object.
    private func fillBetween(_ cells: UnsafeMutableBufferPointer<CellMotion>) {
        for index in cells.indices where cells[index].isInPicture && !cells[index].movesByItself {
            var (sum, moving, neighbours) = (SIMD2<Float>.zero, 0, 0)
            forEachNeighbour(of: index) { other in
                neighbours += 1
                if cells[other].movesByItself {
                    moving += 1
                    sum += cells[other].chosen
                }
            }
            guard moving * 2 > neighbours else { continue }
            let mean = sum / Float(moving)
            guard let theirs = search.error(cells[index], at: mean),
                let cameras = search.error(cells[index], at: cells[index].chosen),
                theirs <= cameras + 10 * noise
            else { continue }
            cells[index].chosen = mean
            cells[index].movesByItself = true
        }
    }

    private func forEachNeighbour(of index: Int, _ body: (Int) -> Void) {
        let (row, column) = (index / search.columns, index % search.columns)
        for y in max(0, row - 1)...min(search.rows - 1, row + 1) {
            for x in max(0, column - 1)...min(search.columns - 1, column + 1) where (y, x) != (row, column) {
                body(y * search.columns + x)
            }
        }
    }

    /// 1 less the share of a patch that its motion leaves unexplained, beyond noise.
    private func setConfidences(_ cells: UnsafeMutableBufferPointer<CellMotion>) -> Bool {
        var (sum, weights): (Float, Float) = (0, 0)
        for index in cells.indices {
            cells[index].confidence = 1
            guard cells[index].isInPicture, let match = search.match(cells[index], at: cells[index].chosen)
            else { continue }
            let all = cells[index].texture.energy + match.energy + noise * CellMotion.samples
            cells[index].confidence = max(0, 1 - unexplained(match.error) / all)
            let weight = min(100 * CellMotion.samples, cells[index].texture.energy + match.energy)
            sum += weight * cells[index].confidence
            weights += weight
        }
        return weights <= noise * CellMotion.samples || sum / weights > Self.leastConfidence
    }

    /// Mean over the picture.
    private static let leastConfidence: Float = 0.6
}
