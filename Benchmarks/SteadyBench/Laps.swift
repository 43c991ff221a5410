import Foundation

/// Milliseconds of one part of the work, picture by picture, without the first ones. It is the thread's own time on its
/// core, to which other programs add little.
struct Laps {
    /// Pictures that are not counted: the median filter's window is full after them.
    static let warmUp = 60

    private(set) var milliseconds: [Double] = []
    private var skipped = 0

    /// - Parameter count: pictures that will be counted.
    init(_ count: Int) { milliseconds.reserveCapacity(count) }

    /// The sums of several parts, picture by picture.
    init(sumOf parts: [Laps]) {
        milliseconds = parts[0].milliseconds.indices.map { picture in
            parts.reduce(0) { $0 + $1.milliseconds[picture] }
        }
    }

    mutating func time<Result>(_ work: () throws -> Result) rethrows -> Result {
        let begin = Self.now()
        let result = try work()
        let end = Self.now()
        if skipped < Self.warmUp { skipped += 1 } else { milliseconds.append(end - begin) }
        return result
    }

    var median: Double { value(atShare: 0.5) }

    /// - Parameter share: 0..<1 of the pictures took less.
    func value(atShare share: Double) -> Double {
        let rank = Int(share * Double(milliseconds.count))
        // Counted and not sorted, which allocates: more pictures shall make no more calls.
        return milliseconds.first { value in
            milliseconds.count { $0 < value } <= rank && rank < milliseconds.count { $0 <= value }
        } ?? .nan
    }

    /// Median, and in brackets what 95 % stay below.
    var text: String { String(format: "%.4f (%.4f)", median, value(atShare: 0.95)) }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }
}
