import Foundation

/// How a camera can be set: pixel format, size, rate.
package struct CameraMode: Equatable, Sendable, CustomStringConvertible {
    package let pixelFormat: CameraPixelFormat
    package let size: PictureSize
    /// nil: the driver does not tell.
    package let interval: FrameInterval?
    package let isConverted: Bool

    /// Such as "MJPG 1280x720 at 30 fps".
    package var description: String {
        let rate = interval.map { " at \(Self.short($0.rate)) fps" } ?? ""
        return "\(pixelFormat.name) \(size)\(rate)\(isConverted ? ", converted by libv4l2" : "")"
    }

    /// Two decimals at most.
    package static func short(_ rate: Double) -> String {
        let hundredths = Int((rate * 100).rounded())
        if hundredths % 100 == 0 { return "\(hundredths / 100)" }
        let fraction = hundredths % 100
        return "\(hundredths / 100)."
            + (fraction % 10 == 0 ? "\(fraction / 10)" : fraction < 10 ? "0\(fraction)" : "\(fraction)")
    }
}

/// What the user asks of a camera's mode; nil: chosen.
package struct ModeWish: Equatable, Sendable {
    package var size: PictureSize?
    /// Frames a second.
    package var rate: Double?
    package var pixelFormat: CameraPixelFormat?

    package init(size: PictureSize? = nil, rate: Double? = nil, pixelFormat: CameraPixelFormat? = nil) {
        self.size = size
        self.rate = rate
        self.pixelFormat = pixelFormat
    }
}

/// Which of a camera's modes to take. First that has what was asked for; then, as far as nothing was asked:
/// 1. a size from 640x480 up to the limit, else the largest below, else the smallest above;
/// 2. colour before grey, the camera's own formats before what libv4l2 converts;
/// 3. the highest rate up to 30 frames a second, to a whole frame a second; if one was asked for, the nearest;
/// 4. the largest size;
/// 5. raw before compressed, fewer bytes before more.
package struct ModeChoice {
    let wish: ModeWish
    /// Largest size that is taken unasked.
    let limit: PictureSize

    static let smallest = PictureSize(width: 640, height: 480)
    static let highestRate = 30.0

    /// - Parameter cores: of the machine. One core cannot classify, draw and encode more than 640x480 in time.
    package init(_ wish: ModeWish, cores: Int = ProcessInfo.processInfo.activeProcessorCount) {
        self.wish = wish
        limit = cores < 2 ? Self.smallest : PictureSize(width: 1280, height: 720)
    }

    /// - Returns: nil if none has the pixel format and the size that were asked for.
    package func best(of modes: [CameraMode]) -> CameraMode? {
        modes.filter(isAsked).min { rank($0).lexicographicallyPrecedes(rank($1)) }
    }

    private func isAsked(_ mode: CameraMode) -> Bool {
        (wish.pixelFormat ?? mode.pixelFormat) == mode.pixelFormat && (wish.size ?? mode.size) == mode.size
    }

    /// The lower, the better; what counts more comes first.
    private func rank(_ mode: CameraMode) -> [Int] {
        let isTooLarge = !mode.size.fits(in: limit)
        let isTooSmall = !Self.smallest.fits(in: mode.size)
        let rate = mode.interval?.rate ?? 0
        let sizeClass = wish.size != nil ? 0 : isTooLarge ? 2 : isTooSmall ? 1 : 0
        let missingRate =
            wish.rate.map { Int((abs(rate - $0) * 1000).rounded()) } ?? Int(max(0, Self.highestRate - rate.rounded()))
        let excessRate = wish.rate == nil ? Int(max(0, rate.rounded() - Self.highestRate)) : 0
        return [
            sizeClass, mode.pixelFormat.hasColour ? 0 : 1, mode.isConverted ? 1 : 0, missingRate,
            sizeClass == 2 ? mode.size.area : -mode.size.area, mode.pixelFormat.cost, excessRate,
        ]
    }

    /// Why a mode was taken, for the log.
    package func reason(for mode: CameraMode) -> String {
        var asked: [String] = []
        if wish.pixelFormat != nil { asked.append(mode.pixelFormat.name) }
        if let size = wish.size { asked.append("\(size)") }
        if let rate = wish.rate {
            let isNear = mode.interval.map { abs($0.rate - rate) <= rate / 100 } ?? false
            asked.append("\(CameraMode.short(rate)) fps\(isNear ? "" : ", of which this is the nearest")")
        }
        var rules: [String] = []
        if wish.rate == nil { rules.append("the fastest up to \(CameraMode.short(Self.highestRate)) fps") }
        if wish.size == nil { rules.append("the largest from \(Self.smallest) to \(limit)") }
        if wish.pixelFormat == nil { rules.append("raw before compressed") }
        let rule = rules.isEmpty ? "" : "\(asked.isEmpty ? "" : "; ")\(rules.joined(separator: ", then "))"
        return (asked.isEmpty ? "" : "asked for: \(asked.joined(separator: ", "))") + rule
    }
}
