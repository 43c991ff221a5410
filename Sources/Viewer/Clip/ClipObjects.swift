import Kept
import Pipeline

/// The things that were found in each picture of a clip, column by column, as `ClipTable`. The page's `data.js` reads the columns
/// in this order.
struct ClipObjects {
    private let width: Int
    private let height: Int
    /// Of each picture.
    private var counts: [UInt32] = []
    /// Of all things, one picture's behind those of the one before: class, number (-1: none), score, and corners in pixels.
    private var classes: [Int32] = []
    private var tracks: [Int32] = []
    private var scores: [UInt16] = []
    private var corners: [UInt16] = []

    /// - Parameter width: of the pictures, as `height`.
    init(width: Int, height: Int) { (self.width, self.height) = (width, height) }

    /// Adds the next picture's things; those outside of it are left out.
    mutating func add(_ objects: [KeptObject]) {
        let count = classes.count
        for object in objects {
            guard let box = object.box(width: width, height: height) else { continue }
            classes.append(Int32(clamping: object.id))
            tracks.append(object.track.map { Int32(clamping: $0) } ?? -1)
            scores.append(ClipTable.whole(object.score))
            corners += [box.x0, box.y0, box.x1, box.y1].map { UInt16(clamping: $0) }
        }
        counts.append(UInt32(classes.count - count))
    }

    /// All columns, one behind the other, those of four bytes first.
    var bytes: [UInt8] {
        counts.bytes + classes.bytes + tracks.bytes + scores.bytes + corners.bytes
    }
}
