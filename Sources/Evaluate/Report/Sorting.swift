import Pipeline

extension Evaluation {
    /// Puts pictures together: those that thresholds are chosen on, and the others in the groups that are drawn.
    struct Sorting {
        let layout: TallyLayout
        /// Of each method, for each group.
        private(set) var tallies: [[Tally]]
        /// Of each method.
        private(set) var tuning: [Tally]
        private(set) var tuned = 0
        private(set) var extremes: [(best: [Extreme], worst: [Extreme])]
        let lead: Metric?
        /// What is told picture by picture, of the first pictures.
        let scattered: [Metric]
        private(set) var pictures: [String] = []
        /// Of each scattered metric, for each method and picture.
        private(set) var points: [[[Double]]]

        private let methods: [RunFacts.Method]
        private let groups: [Int]
        private let isTuning: [Bool]
        private var rightOnes: [(right: Int, known: Int)]
        private var number = 0
        private var tested = 0
        private let seed: UInt64

        private static let mostExtremes = 4
        private static let mostPoints = 500

        init(_ layout: TallyLayout, _ facts: RunFacts, judged: Int, _ options: Options) {
            (self.layout, methods, seed) = (layout, facts.methods, facts.seed)
            // One picture at least stays to be judged.
            let chosen = min(Int((options.tuneShare * Double(judged)).rounded(.up)), judged - 1)
            var random = SplitMix64(facts.seed ^ 0x7475_6e65)
            var isTuning = [Bool](repeating: false, count: judged)
            if options.tuneShare > 0 {
                for picture in random.order(of: judged).prefix(chosen) { isTuning[picture] = true }
            }
            self.isTuning = isTuning
            groups = Bootstrap.groups(of: isTuning.count { !$0 }, seed: facts.seed)
            let count = (groups.max() ?? 0) + 1
            tallies = methods.map { _ in [Tally](repeating: Tally(layout), count: count) }
            tuning = methods.map { _ in Tally(layout) }
            extremes = methods.map { _ in ([], []) }
            rightOnes = [(Int, Int)](repeating: (0, 0), count: count)
            let lead = [.energyInMask, .energyInBox].first(where: layout.means.contains) ?? layout.means.first
            scattered = [lead, .insertion].enumerated().compactMap { place, metric in
                metric.flatMap { layout.means.contains($0) && (place == 0 || $0 != lead) ? $0 : nil }
            }
            points = scattered.map { _ in facts.methods.map { _ in [] } }
            self.lead = lead
        }

        var groupCount: Int { rightOnes.count }

        /// The next one.
        mutating func add(_ picture: JudgedPicture) {
            defer { number += 1 }
            let isTuning = isTuning[number]
            let group = isTuning ? 0 : groups[tested]
            if isTuning {
                tuned += 1
            } else {
                tested += 1
                if let isRight = picture.isRight {
                    rightOnes[group].known += 1
                    if isRight { rightOnes[group].right += 1 }
                }
            }
            if !isTuning, pictures.count < Self.mostPoints { scatter(picture) }
            for (place, method) in methods.enumerated() {
                guard let map = picture.maps[method.key] else { continue }
                if isTuning {
                    tuning[place].add(map.figures, boxes: map.boxSweep, mask: map.maskSweep, curve: map.curve)
                } else {
                    tallies[place][group].add(
                        map.figures, boxes: map.boxSweep, mask: map.maskSweep, curve: map.curve)
                    note(picture, map, place)
                }
            }
        }

        private mutating func scatter(_ picture: JudgedPicture) {
            pictures.append(picture.picture)
            for (number, metric) in scattered.enumerated() {
                for (place, method) in methods.enumerated() {
                    points[number][place].append(picture.maps[method.key]?.figures[metric.key] ?? .nan)
                }
            }
        }

        private mutating func note(_ picture: JudgedPicture, _ map: JudgedMap, _ place: Int) {
            guard let lead, let figure = map.figures[lead.key] else { return }
            let extreme = Extreme(
                picture: picture.picture, label: picture.label, figure: figure, explained: picture.explained ?? "",
                probability: picture.probability ?? 0)
            func insert(_ list: inout [Extreme], _ isBefore: (Double, Double) -> Bool) {
                let position = list.firstIndex { isBefore(figure, $0.figure) } ?? list.count
                list.insert(extreme, at: position)
                if list.count > Self.mostExtremes { list.removeLast() }
            }
            insert(&extremes[place].best, lead.higherIsBetter ? (>) : (<))
            insert(&extremes[place].worst, lead.higherIsBetter ? (<) : (>))
        }

        /// How often the classifier is right.
        func accuracy(_ options: Options) -> Estimate? {
            guard rightOnes.contains(where: { $0.known > 0 }) else { return nil }
            let metric = Metric("right", "right", "")
            let layout = TallyLayout(means: [metric], hasBoxes: false, hasMasks: false)
            let tallies = rightOnes.map { group in
                var tally = Tally(layout)
                for picture in 0..<group.known {
                    tally.add([metric.key: picture < group.right ? 1 : 0], boxes: nil, mask: nil)
                }
                return tally
            }
            let known = rightOnes.reduce(0) { $0 + $1.known }
            let bootstrap = Bootstrap(groups: tallies.count, draws: options.draws, seed: seed)
            return Estimate(
                Double(rightOnes.reduce(0) { $0 + $1.right }) / Double(known),
                draws: bootstrap.figures(tallies, at: nil).map { $0[0] })
        }
    }
}
