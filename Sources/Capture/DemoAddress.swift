import CFFmpeg
package import Demo

/// The input `demo:` with its settings, such as `demo:seconds=60,size=1920x1080,fps=25,seed=7`.
package struct DemoAddress: Sendable, Equatable {
    package var seconds = 10.0
    /// Whether it was given, and is not only the default.
    package private(set) var hasLength = false
    package var frameRate = FrameRate(frames: 30, seconds: 1)
    package var scene = SceneSettings()
    /// As it was written.
    let text: String

    /// Frames in seconds, both whole.
    package struct FrameRate: Sendable, Equatable {
        package let frames: Int32
        package let seconds: Int32
    }

    private enum Key: String, CaseIterable { case seconds, size, fps, seed, objects }

    private static let scheme = "demo:"

    /// Whether an input is of this kind, right or wrong.
    package static func isMeant(_ input: String) -> Bool { input.hasPrefix(scheme) }

    /// - Returns: nil for what is another kind of input.
    /// - Throws: `CaptureError.unknownDemoSetting` or `.badDemoSetting`.
    package init?(_ input: String) throws(CaptureError) {
        guard Self.isMeant(input) else { return nil }
        text = input
        for setting in input.dropFirst(Self.scheme.count).split(separator: ",") {
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = Key(rawValue: String(parts[0])) else {
                throw .unknownDemoSetting(name: String(parts[0]), allowed: Key.allCases.map(\.rawValue))
            }
            let value = parts.count > 1 ? String(parts[1]) : ""
            if let allowed = set(key, value) {
                throw .badDemoSetting(name: key.rawValue, value: value, allowed: allowed)
            }
        }
    }

    /// - Returns: what is allowed, where the value is not.
    private mutating func set(_ key: Key, _ value: String) -> String? {
        switch key {
        case .seconds:
            guard let number = Double(value), number > 0, number <= 86_400 else { return "above 0, at most 86400" }
            seconds = number
            hasLength = true
        case .size:
            var (width, height) = (Int32(0), Int32(0))
            guard av_parse_video_size(&width, &height, value) >= 0, SceneSettings.sides.contains(Int(width)),
                SceneSettings.sides.contains(Int(height))
            else {
                let (least, most) = (SceneSettings.sides.lowerBound, SceneSettings.sides.upperBound)
                return "WIDTHxHEIGHT, such as 1920x1080; \(least) to \(most) each"
            }
            (scene.width, scene.height) = (Int(width), Int(height))
        case .fps:
            var rate = AVRational()
            guard av_parse_video_rate(&rate, value) >= 0, (1...240).contains(av_q2d(rate)) else {
                return "1 to 240, also as 30000/1001"
            }
            frameRate = FrameRate(frames: rate.num, seconds: rate.den)
        case .seed:
            guard let number = UInt64(value) else { return "a whole number from 0 on" }
            scene.seed = number
        case .objects:
            let names = value.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
            guard names.allSatisfy(Drawing.names.contains) else {
                return "names of \(Drawing.names.joined(separator: ", ")), joined by +"
            }
            scene.objects = names
        }
        return nil
    }
}
