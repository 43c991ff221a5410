import Foundation
import MotionScenes
import Pipeline
import Tracking

/// What a picture costs that makes its map steady: cuts, classes, filter and scale; and the motion that they follow.
struct SteadyTable {
    let frames: Int

    private static let sizes = [7, 13, 14, 224]
    private static let classes = 1000
    private static let rate = 30.0

    func print() {
        Swift.print("an object that moves over a still ground, 30 pictures a second, 1 map; ms, median (95 %)")
        Swift.print("map | filter | heat | heat, past moved | picture without search | picture with search")
        var shared: Parts?
        for size in Self.sizes {
            for filter in MapFilter.allCases {
                let parts = measure(size, filter)
                Swift.print(
                    "\(size)x\(size)", filter.rawValue, parts.heat.text, parts.movedHeat.text,
                    Laps(sumOf: [parts.cut, parts.classes, parts.heat]).text,
                    Laps(sumOf: [parts.cut, parts.classes, parts.search, parts.find, parts.movedHeat]).text,
                    separator: " | ")
                shared = shared ?? parts
            }
        }
        guard let shared else { return }
        Swift.print("scene cut | \(shared.cut.text)")
        Swift.print("choice of 1 class of \(Self.classes) | \(shared.classes.text)")
        Swift.print("choice of 5 classes | \(shared.fiveClasses.text)")
        Swift.print("motion search | \(shared.search.text)")
        Swift.print("adding a step of motion | \(shared.find.text)")
    }

    private struct Parts {
        var cut, classes, fiveClasses, search, find, heat, movedHeat: Laps

        init(_ count: Int) {
            cut = Laps(count)
            classes = Laps(count)
            fiveClasses = Laps(count)
            search = Laps(count)
            find = Laps(count)
            heat = Laps(count)
            movedHeat = Laps(count)
        }
    }

    private func measure(_ size: Int, _ filter: MapFilter) -> Parts {
        var parts = Parts(frames)
        var motion = MotionCase.object(4, -2, noise: 4)
        (motion.width, motion.height, motion.channels) = (224, 224, 3)
        let pictures = (0..<4).map(motion.picture)
        guard let search = MotionSearch(width: 224, height: 224, channels: 3) else { return parts }
        let trail = MotionTrail(search)
        var route = trail.makeRoute()
        let settings = MapSettings(filter: filter, smoothing: 0.4)
        var still = SteadyMaps(settings, MapTraits(), classes: Self.classes)
        var moved = SteadyMaps(settings, MapTraits(), classes: Self.classes)
        var (cut, shown, fiveShown) = (SceneCut(), ShownClasses(), ShownClasses())
        var random = SystemRandomNumberGenerator()
        let maps = (0..<6).map { Self.map(size, $0, &random) }
        let probabilities = (0..<6).map { _ in Self.probabilities(&random) }
        var map = RawMap(height: size, width: size, values: [Float](repeating: 0, count: size * size))
        for turn in 0..<frames + Laps.warmUp {
            let (seconds, before) = (Double(turn) / Self.rate, Double(turn - 1) / Self.rate)
            let picture = pictures[backAndForth(turn, 4)]
            let number = picture.withUnsafeBytes { input in parts.search.time { trail.note(input) } }
            picture.withUnsafeBytes { input in
                _ = parts.cut.time { cut.isCut(input, explained: trail.explainedShare) }
            }
            let now = probabilities[turn % 6]
            parts.classes.time { shown.update(now, after: 1 / Self.rate, chosen: nil, count: 1) }
            parts.fiveClasses.time { fiveShown.update(now, after: 1 / Self.rate, chosen: nil, count: 5) }
            let isKnown = parts.find.time { route.find(from: max(0, number - 1), to: number) }
            map.values.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: maps[turn % 6]) }
            _ = parts.heat.time { still.heat(&map, of: .score(0), probability: 0.8, at: seconds) }
            map.values.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: maps[turn % 6]) }
            let field = isKnown ? PictureMotion(field: route.field, since: before) : nil
            _ = parts.movedHeat.time {
                moved.heat(&map, of: .score(0), probability: 0.8, at: seconds, after: field)
            }
        }
        return parts
    }

    /// A hot spot and noise, in logits.
    private static func map(_ size: Int, _ number: Int, _ random: inout some RandomNumberGenerator) -> [Float] {
        (0..<size * size).map { cell in
            let x = (Float(cell % size) + 0.5) / Float(size) - 0.5 - Float(number) / 100
            let y = (Float(cell / size) + 0.5) / Float(size) - 0.4
            return 12 * exp(-10 * (x * x + y * y)) - 2 + Float.random(in: -1...1, using: &random)
        }
    }

    /// One likely class, and noise.
    private static func probabilities(_ random: inout some RandomNumberGenerator) -> [Float] {
        var values = (0..<classes).map { _ in Float.random(in: 0...0.0005, using: &random) }
        values[281] = 0.7
        return values
    }
}
