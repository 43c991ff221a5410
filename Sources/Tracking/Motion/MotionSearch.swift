import CMotion

/// Finds how the picture moved since the one before, from the classifier's own small input: the camera's motion (shift,
/// zoom, turn) and that of objects in front of it.
///
/// A static picture with noise on it has exactly no motion. A change of brightness is none. After a cut, or where pictures
/// differ too much, nothing is known. Shifts of up to a quarter of the width are found. For one thread at a time; nothing
/// is allocated after `init`.
package final class MotionSearch {
    /// The part of the input that shows the picture, in pixels: inputs of another shape than the picture have borders.
    package struct Part: Sendable, Equatable {
        package let x: Int
        package let y: Int
        package let width: Int
        package let height: Int

        package init(x: Int, y: Int, width: Int, height: Int) {
            self.x = x
            self.y = y
            self.width = width
            self.height = height
        }
    }

    /// The grid of the fields.
    package let columns: Int
    package let rows: Int

    private let channels: Int
    private let bytesPerRow: Int
    private let inputCount: Int
    private let firstPixel: Int
    private let factor: Int
    private let inputSize: SIMD2<Float>
    private let version: cmotion_version

    private var current: LumaPyramid
    private var previous: LumaPyramid
    private var hasPrevious = false
    private let shifts: ShiftSearch
    private var camera = CameraMotion()
    private let cells: UnsafeMutableBufferPointer<CellMotion>
    private let motions: UnsafeMutableBufferPointer<SIMD2<Float>>
    private let numbers: UnsafeMutableBufferPointer<Float>

    /// - Parameters:
    ///   - width, height, channels: of the input, 8-bit `[height, width, channels]` with 1 or 3 channels.
    ///   - part: nil: all of it.
    /// - Returns: nil if the picture is too small to be searched, or far too narrow: less than 16 samples in a direction; and
    ///   if it is wider or higher than 8192.
    package convenience init?(width: Int, height: Int, channels: Int, part: Part? = nil) {
        self.init(width: width, height: height, channels: channels, part: part, version: cmotion_fastest())
    }

    /// - Parameter version: how the loops are compiled; all find the same.
    init?(width: Int, height: Int, channels: Int, part: Part?, version: cmotion_version) {
        precondition(channels == 1 || channels == 3)
        let part = part ?? Part(x: 0, y: 0, width: width, height: height)
        precondition(part.x >= 0 && part.y >= 0 && part.x + part.width <= width && part.y + part.height <= height)
        let longer = max(part.width, part.height)
        factor = (longer + Self.mostSamples - 1) / Self.mostSamples
        let plane = (width: part.width / factor, height: part.height / factor)
        guard min(plane.width, plane.height) >= CellMotion.patchSize, factor <= LumaPyramid.largestFactor
        else { return nil }
        self.channels = channels
        self.version = version
        bytesPerRow = width * channels
        inputCount = bytesPerRow * height
        firstPixel = part.y * bytesPerRow + part.x * channels
        inputSize = [Float(width), Float(height)]
        current = LumaPyramid(width: plane.width, height: plane.height, factor: factor)
        previous = LumaPyramid(width: plane.width, height: plane.height, factor: factor)
        shifts = ShiftSearch(width: Int(current.detail.width), height: Int(current.detail.height))
        let cellSize = Float(Self.samplesPerCell * factor)
        columns = max(1, Int((Float(width) / cellSize).rounded()))
        rows = max(1, Int((Float(height) / cellSize).rounded()))
        cells = .allocate(capacity: columns * rows)
        motions = .allocate(capacity: cells.count)
        motions.initialize(repeating: .zero)
        numbers = .allocate(capacity: cells.count)
        numbers.initialize(repeating: 0)
        for row in 0..<rows {
            for column in 0..<columns {
                let x = (Float(column) + 0.5) / Float(columns) * Float(width) - Float(part.x)
                let y = (Float(row) + 0.5) / Float(rows) * Float(height) - Float(part.y)
                cells.initializeElement(
                    at: row * columns + column,
                    to: CellMotion(middleX: x / Float(factor), middleY: y / Float(factor), plane: plane))
            }
        }
    }

    deinit {
        cells.deallocate()
        motions.deallocate()
        numbers.deallocate()
    }

    /// Of the longer side of the plane that is searched.
    private static let mostSamples = 128
    private static let samplesPerCell = 8
    /// A change of contrast that is made up for. The median of the cells is wrong by less where nothing changes.
    private static let smallestGain: Float = 0.04

    /// A field to be filled.
    package func makeField() -> MotionField { MotionField(columns: columns, rows: rows) }

    /// Forgets the picture before, after a cut or a gap.
    package func forget() {
        hasPrevious = false
        camera = CameraMotion()
        for index in cells.indices { cells[index].found = .zero }
    }

    /// Finds the motion from the picture of the call before to this one.
    ///
    /// - Parameters:
    ///   - input: 8-bit `[height, width, channels]`.
    ///   - field: made by `makeField()`; unknown for the first picture, and after a cut.
    package func next(_ input: UnsafeRawBufferPointer, into field: inout MotionField) {
        precondition(input.count == inputCount && (field.columns, field.rows) == (columns, rows))
        swap(&current, &previous)
        let pixels = input.baseAddress!.assumingMemoryBound(to: UInt8.self) + firstPixel
        current.fill(pixels, bytesPerRow: bytesPerRow, channels: channels, version)
        guard hasPrevious else {
            hasPrevious = true
            return field.setUnknown()
        }
        shifts.update(current: current.detail, previous: previous.detail, version)
        let shifts = (shifts.best * 4, shifts.second * 4)
        var search = PatchSearch(
            current: current, previous: previous, columns: columns, rows: rows, version: version)
        search.findCoarsely(cells, shifts)
        search.findFinely(cells, motions)
        let gain = search.exposure(cells, numbers)
        if abs(gain - 1) > Self.smallestGain {
            // Differences of exposure have pulled at the motion: once more, without them.
            search.gain = gain
            search.findCoarsely(cells, shifts)
            search.findFinely(cells, motions)
        }
        let fit = CameraFit(search, cells, numbers)
        camera = fit.camera(cells, shifts: shifts, before: camera)
        let isExplained = CellChoice(search: search, camera: camera, noise: fit.noise).choose(cells, numbers)
        guard isExplained else {
            // The picture stays, for the next one to be compared with.
            forget()
            hasPrevious = true
            return field.setUnknown()
        }
        write(&field)
    }

    private func write(_ field: inout MotionField) {
        field.isKnown = true
        let shares = Float(factor) / inputSize
        for index in cells.indices {
            let cell = cells[index]
            // A patch at the edge was moved inwards: what the camera does from there to the cell is added.
            let motion = cell.chosen + camera.at(cell.middle) - camera.at(cell.patchMiddle)
            let chosen = (cell.movesByItself ? motion : camera.at(cell.middle)) * shares
            field.set(index, dx: chosen.x, dy: chosen.y, confidence: cell.confidence)
        }
    }
}
