import ArgumentParser
import Foundation
import Infer
import MotionScenes

/// Times the motion search, and says how far off it is on pictures whose motion is known; the same for the vectors that
/// decoders hand over. Prints tables.
///
/// Allocations a picture: preload `Benchmarks/malloc_count.c`, and compare two runs with `--only search`, `--frames`.
@main
struct MotionBench: ParsableCommand {
    @Option(help: "Pictures that each case is timed on.")
    var frames = 200
    @Option(help: "'search', 'decoder' or 'all'.")
    var only = "all"

    func run() throws {
        if only != "decoder" { searchTable() }
        if only != "search" { try DecoderComparison.run() }
    }

    private static let cases: [MotionCase] = [
        .still(noise: 0), .still(noise: 8),
        .pan(0.25, 0.1), .pan(1.5, -0.75), .pan(1.5, -0.75, noise: 8), .pan(5.3, 2.2, noise: 4),
        .pan(14, -3.5, noise: 4), .pan(28, 0, noise: 4),
        .zoom(percent: 1, noise: 4), .zoom(percent: 3, noise: 4),
        .object(1, 0.5, noise: 4), .object(4, -2, noise: 4), .object(10, 0, noise: 4),
        .object(3, 0, background: (-2, 0), noise: 4),
    ]

    private func searchTable() {
        print("case | mean error | largest | object | background | ms, median | ms, 95 %")
        for var motion in Self.cases {
            (motion.width, motion.height, motion.channels) = (224, 224, 3)
            let pictures = (0..<4).map(motion.picture)
            guard let search = MotionSearch(width: 224, height: 224, channels: 3) else { continue }
            var field = search.makeField()
            var errors: [MotionCase.Error] = []
            for (number, picture) in pictures.enumerated() {
                picture.withUnsafeBytes { search.next($0, into: &field) }
                if number > 0 { errors.append(motion.error(of: field, at: number)) }
            }
            // There and back again.
            let milliseconds = Self.times(frames) { turn in
                let place = turn % 6
                pictures[place < 4 ? place : 6 - place].withUnsafeBytes { search.next($0, into: &field) }
            }
            let count = Float(errors.count)
            let figures = [
                errors.map(\.mean).reduce(0, +) / count, errors.map(\.largest).max() ?? 0,
                errors.map(\.meanOfObject).reduce(0, +) / count, errors.map(\.meanOfBackground).reduce(0, +) / count,
                Float(milliseconds[milliseconds.count / 2]), Float(milliseconds[milliseconds.count * 95 / 100]),
            ]
            print(motion.name, figures.map { String(format: "%.3f", $0) }.joined(separator: " | "), separator: " | ")
        }
    }

    /// Sorted milliseconds of each turn, without ten that warm up.
    static func times(_ turns: Int, _ work: (Int) -> Void) -> [Double] {
        let clock = ContinuousClock()
        var times: [Double] = []
        times.reserveCapacity(turns + 10)
        for turn in 0..<turns + 10 {
            let duration = clock.measure { work(turn) }.components
            times.append(Double(duration.seconds) * 1000 + Double(duration.attoseconds) / 1e15)
        }
        return times.dropFirst(10).sorted()
    }
}
