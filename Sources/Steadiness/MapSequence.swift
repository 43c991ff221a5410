package import Pipeline

/// What one way to make maps showed of a clip, picture by picture.
package struct MapSequence: Sendable, Equatable {
    package private(set) var maps: [Heatmap] = []
    /// What each picture says: of a classifier the class of its map, of a detector those of its boxes, in order of their numbers.
    package private(set) var classes: [[Int]] = []
    /// Numbers of the objects that are followed, of each picture; nil: of one of them nobody follows any.
    package private(set) var tracks: [[Int]]? = []
    /// Times of the pictures.
    package private(set) var seconds: [Double] = []

    package init() {}

    package mutating func append(_ map: Heatmap, _ classes: [Int], tracks: [Int]? = nil, seconds: Double) {
        maps.append(map)
        self.classes.append(classes)
        self.seconds.append(seconds)
        if let tracks { self.tracks?.append(tracks) } else { self.tracks = nil }
    }

    package var count: Int { maps.count }

    /// How many objects begin after the first picture; nil: nobody follows them, or there is none at all.
    package var objectsBegun: Int? {
        guard let tracks, let first = tracks.first else { return nil }
        let all = Set(tracks.joined())
        return all.isEmpty ? nil : all.subtracting(first).count
    }

    /// From the first picture to the end of the last one.
    var length: Double {
        guard count > 1 else { return 0 }
        return (seconds[count - 1] - seconds[0]) * Double(count) / Double(count - 1)
    }
}

/// What is known of a clip.
package struct ClipFacts: Sendable, Equatable {
    package var name: String
    package var width: Int
    package var height: Int
    /// Of each picture from the one before; nil: not known. Empty: of no picture.
    package var motions: [Motion?] = []
    /// Around the object in each picture, where one is; empty: of no picture.
    package var boxes: [PixelBox?] = []
    /// How often another object takes the place of the one before, and so another class the place of its class.
    package var objectChanges = 0
    /// Pictures before which all changes at once.
    package var jumps: [Int] = []
    /// Whether the jumps are cuts to another scene.
    package var jumpsAreCuts = false

    package init(name: String, width: Int, height: Int) {
        (self.name, self.width, self.height) = (name, width, height)
    }

    package init(_ clip: Clip, _ painter: ClipPainter) {
        self.init(name: clip.subject.rawValue, width: painter.format.width, height: painter.format.height)
        motions = painter.motions(of: clip)
        boxes = painter.boxes(of: clip)
        jumps = clip.jumps
        jumpsAreCuts = clip.subject == .cuts
    }

    var isStill: Bool { !motions.isEmpty && motions.dropFirst().allSatisfy { $0 == .still } }

    /// The last picture before each jump, and of all.
    package func settled(of count: Int) -> [Int] { jumps.map { $0 - 1 } + [count - 1] }
}
