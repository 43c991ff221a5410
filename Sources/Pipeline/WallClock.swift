import Glibc

/// Times of the clock on the wall, in words.
package enum WallClock {
    /// UTC, as containers' metadata want it: "2026-11-21T09:30:00.250000Z".
    package static func iso8601(_ wall: Int64) -> String {
        let (seconds, rest) = wall.quotientAndRemainder(dividingBy: 1_000_000)
        var time = time_t(seconds)
        var utc = tm()
        gmtime_r(&time, &utc)
        func digits(_ number: some BinaryInteger, _ count: Int) -> String {
            let text = "\(number)"
            return String(repeating: "0", count: max(count - text.count, 0)) + text
        }
        return "\(digits(Int(utc.tm_year) + 1900, 4))-\(digits(utc.tm_mon + 1, 2))-\(digits(utc.tm_mday, 2))"
            + "T\(digits(utc.tm_hour, 2)):\(digits(utc.tm_min, 2)):\(digits(utc.tm_sec, 2)).\(digits(rest, 6))Z"
    }
}
