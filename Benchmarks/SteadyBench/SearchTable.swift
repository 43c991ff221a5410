import Foundation
import MotionScenes
import Tracking

/// The motion search: how far it is off, and how long it takes.
enum SearchTable {
    private static let cases: [MotionCase] = [
        .still(noise: 0), .still(noise: 8),
        .pan(0.25, 0.1), .pan(1.5, -0.75), .pan(1.5, -0.75, noise: 8), .pan(5.3, 2.2, noise: 4),
        .pan(14, -3.5, noise: 4), .pan(28, 0, noise: 4),
        .zoom(percent: 1, noise: 4), .zoom(percent: 3, noise: 4),
        .object(1, 0.5, noise: 4), .object(4, -2, noise: 4), .object(10, 0, noise: 4),
        .object(3, 0, background: (-2, 0), noise: 4),
    ]

    static func print(frames: Int) {
        Swift.print("case | mean error | largest | object | background | ms, median | ms, 95 %")
        for var motion in cases {
            (motion.width, motion.height, motion.channels) = (224, 224, 3)
            let pictures = (0..<4).map(motion.picture)
            guard let search = MotionSearch(width: 224, height: 224, channels: 3) else { continue }
            var field = search.makeField()
            var errors: [MotionCase.Error] = []
            for (number, picture) in pictures.enumerated() {
                picture.withUnsafeBytes { search.next($0, into: &field) }
                if number > 0 { errors.append(motion.error(of: field, at: number)) }
            }
            var laps = Laps(frames)
            for turn in 0..<frames + Laps.warmUp {
                pictures[backAndForth(turn, 4)].withUnsafeBytes { picture in
                    laps.time { search.next(picture, into: &field) }
                }
            }
            let count = Float(errors.count)
            let figures = [
                errors.map(\.mean).reduce(0, +) / count, errors.map(\.largest).max() ?? 0,
                errors.map(\.meanOfObject).reduce(0, +) / count, errors.map(\.meanOfBackground).reduce(0, +) / count,
                Float(laps.median), Float(laps.value(atShare: 0.95)),
            ]
            Swift.print(
                motion.name, figures.map { String(format: "%.3f", $0) }.joined(separator: " | "), separator: " | ")
        }
    }
}

/// There and back again through some pictures, so that neighbours in time are neighbours in the scene.
func backAndForth(_ turn: Int, _ count: Int) -> Int {
    let place = turn % (2 * count - 2)
    return place < count ? place : 2 * count - 2 - place
}
