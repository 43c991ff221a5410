import Kept
import Pipeline

/// What is told of each picture of a clip, column by column: small, as an hour has a hundred thousand of them, and the page wants
/// them all for its timeline.
///
/// Numbers are little-endian. The page's `clip.js` reads the columns in this order.
struct ClipTable {
    /// Of the most probable classes, so many.
    static let topCount = 5
    /// Units of a share or a probability.
    static let units: Float = 10_000
    /// Where there is no map to measure.
    static let noHot = UInt16.max
    /// Where there is no class.
    static let noClass: Int32 = -1

    /// Bits of a picture's flags; that of heat track t is `heat << t`.
    private enum Flag {
        static let record: UInt16 = 1
        static let recognised: UInt16 = 2
        static let held: UInt16 = 4
        /// Another class is drawn than before, or there is another thing.
        static let label: UInt16 = 8
        static let cut: UInt16 = 16
        static let heat: UInt16 = 256
    }

    private let tracks: Int
    /// From the picture before, in the clip's unit of time.
    private var steps: [UInt32] = []
    /// The number that the record has; -1: there is no record.
    private var frames: [Int32] = []
    private var flags: [UInt16] = []
    private var hot: [UInt16] = []
    /// Seconds by which the maps are older than the picture.
    private var ages: [Float] = []
    /// A column a heat track, then one for each of the most probable classes: the class, and its probability to be read.
    private var classes: [[Int32]]
    private var probabilities: [[UInt16]]
    /// The class that is drawn, and whether it is named.
    private var drawn: (id: Int, isRecognised: Bool)?
    /// Numbers of things that were there.
    private var seenObjects: Set<Int> = []

    init(tracks: Int) {
        self.tracks = tracks
        classes = Array(repeating: [], count: tracks + Self.topCount)
        probabilities = Array(repeating: [], count: tracks + Self.topCount)
    }

    var count: Int { frames.count }

    /// Adds the next picture.
    ///
    /// - Parameters:
    ///   - step: from the picture before, in the clip's unit of time.
    ///   - hasHeat: of each track.
    mutating func add(_ record: KeptRecord?, step: Int64, hasHeat: [Bool]) {
        steps.append(UInt32(clamping: step))
        frames.append(record.map { Int32(clamping: $0.frame) } ?? -1)
        ages.append(Float(min(max(record?.age ?? 0, 0), 86_400)))
        hot.append(record?.hot.map { Self.whole(Float($0)) } ?? Self.noHot)
        flags.append(flags(record, hasHeat))
        let seen = record.map { Array($0.heat.prefix(tracks)) } ?? []
        let top = record.map { Array($0.top.prefix(Self.topCount)) } ?? []
        for column in classes.indices {
            let list = column < tracks ? seen : top
            let place = column < tracks ? column : column - tracks
            let one = list.indices.contains(place) ? list[place] : nil
            classes[column].append(one.map { Int32(clamping: $0.id) } ?? Self.noClass)
            probabilities[column].append(one.map { Self.whole($0.printed ?? $0.p) } ?? 0)
        }
    }

    private mutating func flags(_ record: KeptRecord?, _ hasHeat: [Bool]) -> UInt16 {
        guard let record else { return 0 }
        var flags = Flag.record
        if record.recognised ?? true { flags |= Flag.recognised }
        if record.held ?? false { flags |= Flag.held }
        if record.cut ?? false { flags |= Flag.cut }
        if let objects = record.objects {
            // Things come and go in the same scene: what is new is told.
            let new = objects.compactMap(\.track).filter { seenObjects.insert($0).inserted }
            if !new.isEmpty, seenObjects.count > new.count { flags |= Flag.label }
        } else if let first = record.heat.first ?? record.top.first {
            let now = (id: first.id, isRecognised: record.recognised ?? true)
            if let drawn, drawn != now { flags |= Flag.label }
            drawn = now
        }
        for (track, isThere) in hasHeat.enumerated() where isThere { flags |= Flag.heat << UInt16(track) }
        return flags
    }

    /// A share or a probability in the table's units.
    static func whole(_ share: Float) -> UInt16 {
        // Written so that NaN becomes 0.
        share > 0 ? UInt16((min(share, 1) * units).rounded()) : 0
    }

    /// All columns, one behind the other.
    var bytes: [UInt8] {
        // Those of four bytes first, so that the page may read all where they lie.
        steps.bytes + frames.bytes + ages.map(\.bitPattern).bytes + classes.flatMap(\.bytes) + flags.bytes
            + hot.bytes + probabilities.flatMap(\.bytes)
    }
}

extension Array where Element: FixedWidthInteger {
    /// As the page reads them: little-endian.
    var bytes: [UInt8] { map(\.littleEndian).withUnsafeBytes { [UInt8]($0) } }
}
