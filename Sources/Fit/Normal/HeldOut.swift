/// What models say of good pictures that they have not learnt.
struct HeldOut {
    struct Score: Sendable, Equatable {
        /// Its number.
        let example: Int
        /// The distance of its worst place.
        let score: Float
    }

    private(set) var scores: [Score] = []
    /// Distances of the pictures with the highest scores, to be shown.
    private(set) var maps: [Int: [Float]] = [:]
    /// Distances of some places of each.
    private var places: [Float] = []

    private static let placesOfEach = 256
    /// How many pictures are shown.
    static let shown = 8

    /// The highest first.
    var ordered: [Score] { scores.sorted { ($1.score, $0.example) < ($0.score, $1.example) } }

    /// The median of their places.
    var usual: Float {
        let sorted = places.sorted()
        return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }

    /// - Parameter learnt: examples that the run's memory is of.
    mutating func add(
        _ run: MapRun, _ list: DataList, _ examples: [Example], except learnt: Set<Int>,
        progress: @escaping @Sendable (Int, Int) -> Void
    ) throws {
        let others = examples.indices.filter { !learnt.contains($0) }
        let entries = Set(others.map { examples[$0].entry }).sorted()
        let numbers = Dictionary(grouping: examples.indices) { examples[$0].entry }
        var part = list
        part.entries = entries.map { list.entries[$0] }
        let found = Dictionary(grouping: try run(part, progress: progress), by: \.entry)
        for (position, entry) in entries.enumerated() {
            for (example, map) in zip(numbers[entry] ?? [], found[position] ?? []) where !learnt.contains(example) {
                scores.append(Score(example: example, score: map.score))
                maps[example] = map.distances
                let step = max(1, map.distances.count / Self.placesOfEach)
                places += stride(from: step / 2, to: map.distances.count, by: step).map { map.distances[$0] }
            }
        }
        let highest = Set(ordered.prefix(Self.shown).map(\.example))
        maps = maps.filter { highest.contains($0.key) }
    }
}
