import Detect
import Pipeline

/// What one way to make maps shows of a picture.
struct Look {
    /// As it is drawn.
    let heatmap: Heatmap
    /// What is explained, each with its own map; of a classifier one class, of a detector its boxes, best first.
    let things: [Observation]

    init(_ things: [Observation], heatmap: Heatmap) { (self.things, self.heatmap) = (things, heatmap) }

    /// What the picture says: the classes in order of their numbers, each as often as it is there.
    var classes: [Int] { things.map(\.prediction.classID).sorted() }
    /// Numbers of the objects; nil: nobody follows them.
    var tracks: [Int]? { things.contains { $0.box != nil && $0.track == nil } ? nil : things.compactMap(\.track) }

    /// The thing that another look shows, too: a box of the same class, more than half of whose area and the other's they share.
    func same(as other: Observation) -> Observation? {
        guard let box = other.box.map(Region.init) else { return things.first }
        let near = things.filter { $0.prediction.classID == other.prediction.classID }.compactMap { seen in
            seen.box.map { (seen, Region($0).overlap(with: box)) }
        }
        return near.max { $0.1 < $1.1 }.flatMap { $0.1 > 0.5 ? $0.0 : nil }
    }
}
