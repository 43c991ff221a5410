import Pipeline

/// How it is measured whether a class's probability depends on what is hot.
package struct DependenceSettings: Sendable, Equatable {
    /// Of the curves of insertion and deletion, from the whole picture to nothing of it.
    package var steps = 20
    /// Of places that stay, for ROAD.
    package var percentiles: [Double] = [20, 40, 60, 80]
    /// Deviation of what is added where ROAD has filled in, in the model's own units.
    package var noise: Float = 0.01
    /// Of the noise, and of the order of equally hot places.
    package var seed: UInt64 = 1

    package init() {}
}

/// Whether a class's probability in one picture depends on what one map says.
package struct DependenceFigures: Sendable, Equatable {
    package let insertion: PerturbationCurve
    package let deletion: PerturbationCurve
    package let road: RoadFigures
    /// Share of the probability that is lost where the picture is multiplied with the map.
    package let drop: Double
    /// Whether it becomes more probable.
    package let increases: Bool
    package let complexity: Double
    /// These three are nil where there was no second map.
    package let coherency: Double?
    package let adcc: Double?
    package let arcc: Double?
    /// Of the class in the picture.
    package let probability: Double
}

/// Measures maps of pictures at a classifier's input size. What does not depend on the picture is made once.
package struct DependenceMeasurement {
    private let settings: DependenceSettings
    private let order: HeatOrder
    /// Float `[channels, height, width]`.
    private let noise: [Float]

    package init(channels: Int, height: Int, width: Int, _ settings: DependenceSettings = DependenceSettings()) {
        precondition(settings.steps > 0 && settings.percentiles.allSatisfy { (0...100).contains($0) })
        self.settings = settings
        order = HeatOrder(area: height * width, seed: settings.seed)
        // Of different pictures and maps it is the same, so that their differences have no noise of their own.
        var normal = NormalNoise(seed: settings.seed, draw: 0)
        noise = (0..<channels * height * width).map { _ in settings.noise * normal.next() }
    }

    /// The curves of insertion and deletion, over the share of the places.
    package var series: [Series] {
        let shares = InsertionDeletion.counts(area: order.area, steps: settings.steps).map {
            Double($0) / Double(order.area)
        }
        return [
            Series("insertion", "Insertion: probability", over: "share of the image, the hottest first", at: shares),
            Series("deletion", "Deletion: probability", over: "share that is gone, the hottest first", at: shares),
        ]
    }

    /// Insertion and deletion alone, of several maps of one class in one picture.
    ///
    /// - Parameter maps: Float `[height, width]` each, 0...1.
    /// - Returns: in the maps' order.
    package func curves(
        _ picture: InputPicture, maps: [[Float]], classID: Int, _ scorer: some VariantScorer
    ) throws -> [(insertion: PerturbationCurve, deletion: PerturbationCurve)] {
        let blurred = picture.blurred
        let ends = CurveEnds(picture: picture, blurred: blurred)
        let kinds = maps.map {
            InsertionDeletion(picture, blurred: blurred, order: order($0), steps: settings.steps)
        }
        let found = try scorer.probabilities(of: [ends] + kinds, classID: classID)
        let end = ends.outcome(found[0])
        return zip(kinds, found.dropFirst()).map { $0.curves($1, ends: end) }
    }

    /// Measures several maps of one class in one picture, which share the model's batches.
    ///
    /// - Parameters:
    ///   - maps: Float `[height, width]` each, 0...1.
    ///   - mapAgain: makes the same kind of map of another picture, in the same way; nil where nobody can: then coherency is not
    ///     measured.
    /// - Returns: in the maps' order.
    package func callAsFunction(
        _ picture: InputPicture, maps: [[Float]], classID: Int, _ scorer: some VariantScorer,
        mapAgain: (_ map: Int, InputPicture) throws -> [Float]? = { _, _ in nil }
    ) throws -> [DependenceFigures] {
        let blurred = picture.blurred
        let ends = CurveEnds(picture: picture, blurred: blurred)
        var trials: [any VariantTrial] = [ends]
        var kinds: [(curves: InsertionDeletion, road: RemoveAndDebias)] = []
        for heat in maps {
            let curves = InsertionDeletion(picture, blurred: blurred, order: order(heat), steps: settings.steps)
            let road = RemoveAndDebias(picture, heat: heat, percentiles: settings.percentiles, noise: noise)
            kinds.append((curves, road))
            trials += [curves, road, MaskedPicture(picture: picture, heat: heat)] as [any VariantTrial]
        }
        let found = try scorer.probabilities(of: trials, classID: classID)
        let end = ends.outcome(found[0])
        var figures: [DependenceFigures] = []
        for (number, (heat, kind)) in zip(maps, kinds).enumerated() {
            let own = 1 + 3 * number
            let curves = kind.curves.curves(found[own], ends: end)
            let road = kind.road.outcome(found[own + 1])
            let masked = MaskedPicture.outcome(whole: end.picture, masked: found[own + 2].first!)
            let complexity = Composites.complexity(heat)
            let coherency = try mapAgain(number, picture.masked(by: heat)).map { Composites.coherency(heat, $0) }
            figures.append(
                DependenceFigures(
                    insertion: curves.insertion, deletion: curves.deletion, road: road, drop: masked.drop,
                    increases: masked.increases, complexity: complexity, coherency: coherency,
                    adcc: coherency.map {
                        Composites.adcc(coherency: $0, complexity: complexity, drop: masked.drop)
                    },
                    arcc: coherency.map {
                        Composites.arcc(coherency: $0, complexity: complexity, road: road.score)
                    },
                    probability: end.picture))
        }
        return figures
    }
}
