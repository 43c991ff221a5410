import CFFmpeg
import Pipeline
import Tracking

/// Reads the motion vectors that FFmpeg's decoders of H.264 and MPEG-1, -2 and -4 hand over with a picture, if they are
/// asked to, into a field.
///
/// An encoder's vectors are what was cheap to encode and not what moved, and FFmpeg doesn't say which earlier picture
/// they point at: see docs/concepts/motion.md for how far off they are. Vectors of bidirectional pictures are not used.
struct DecoderVectors {
    enum Reading {
        case known(MotionField)
        /// Nothing moves from somewhere else: a picture that was coded by itself, or a decoder that has no vectors.
        case none
        /// A picture between others in time, whose vectors point at pictures that are not its neighbours.
        case bidirectional
    }

    /// Places a cell, either way, at which the vectors are looked up: each counts by its block's size.
    private static let places = 6

    private let columns: Int
    private let rows: Int
    /// `[rows * places, columns * places]`, in pixels; not a number where no block has a vector.
    private var x: [Float]
    private var y: [Float]

    /// - Parameters:
    ///   - columns, rows: of the fields.
    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        x = [Float](repeating: .nan, count: columns * rows * Self.places * Self.places)
        y = [Float](repeating: .nan, count: x.count)
    }

    /// Medians of the vectors in each cell; a cell most of which has none is not known.
    ///
    /// - Parameters:
    ///   - region: the part of the picture that the field covers, in pixels.
    ///   - distance: pictures from the one that is pointed at to this one: 1, unless bidirectional ones lie between.
    mutating func read(_ picture: UnsafePointer<AVFrame>, region: Region, distance: Int = 1) -> Reading {
        precondition(distance > 0)
        guard picture.pointee.pict_type != AV_PICTURE_TYPE_B else { return .bidirectional }
        guard let side = av_frame_get_side_data(picture, AV_FRAME_DATA_MOTION_VECTORS),
            side.pointee.size >= MemoryLayout<AVMotionVector>.size
        else { return .none }
        for place in x.indices { x[place] = .nan }
        let count = Int(side.pointee.size) / MemoryLayout<AVMotionVector>.size
        side.pointee.data.withMemoryRebound(to: AVMotionVector.self, capacity: count) { vectors in
            for index in 0..<count where vectors[index].source < 0 { note(vectors[index], region) }
        }
        return field(
            scale: (1 / Float(region.width) / Float(distance), 1 / Float(region.height) / Float(distance)))
    }

    /// Writes a block's vector to the places that it covers.
    private mutating func note(_ vector: AVMotionVector, _ region: Region) {
        let (width, height) = (columns * Self.places, rows * Self.places)
        let (across, down) = (
            places(around: Int(vector.dst_x), Int(vector.w), from: region.x, region.width, width),
            places(around: Int(vector.dst_y), Int(vector.h), from: region.y, region.height, height)
        )
        let scale = vector.motion_scale > 0 ? Float(vector.motion_scale) : 1
        for row in down {
            for column in across {
                // The vector points back to where the block was.
                x[row * width + column] = -Float(vector.motion_x) / scale
                y[row * width + column] = -Float(vector.motion_y) / scale
            }
        }
    }

    /// The places whose middles a block covers.
    private func places(around middle: Int, _ size: Int, from start: Double, _ extent: Double, _ count: Int) -> Range<
        Int
    > {
        let step = extent / Double(count)
        func first(from position: Int) -> Int {
            max(0, min(count, Int(((Double(position) - start) / step - 0.5).rounded(.up))))
        }
        let left = middle - size / 2
        return first(from: left)..<max(first(from: left), first(from: left + size))
    }

    private func field(scale: (x: Float, y: Float)) -> Reading {
        var field = MotionField(columns: columns, rows: rows)
        var known = 0
        for cell in 0..<field.count {
            let horizontal = sorted(x, cell)
            let share = Float(horizontal.count) / Float(Self.places * Self.places)
            guard share >= 0.5 else {
                field.set(cell, dx: 0, dy: 0, confidence: 0)
                continue
            }
            known += 1
            field.set(
                cell, dx: scale.x * horizontal[horizontal.count / 2],
                dy: scale.y * sorted(y, cell)[horizontal.count / 2], confidence: share)
        }
        return known * 2 > field.count ? .known(field) : .none
    }

    /// What is known at the places of a cell.
    private func sorted(_ values: [Float], _ cell: Int) -> [Float] {
        let (row, column) = cell.quotientAndRemainder(dividingBy: columns)
        var numbers: [Float] = []
        for placeRow in row * Self.places..<(row + 1) * Self.places {
            for placeColumn in column * Self.places..<(column + 1) * Self.places {
                let place = placeRow * columns * Self.places + placeColumn
                if !x[place].isNaN { numbers.append(values[place]) }
            }
        }
        return numbers.sorted()
    }
}
