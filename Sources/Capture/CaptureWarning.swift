package import Pipeline

/// What a user should know of an input that is read all the same. The caller logs it.
package enum CaptureWarning: Equatable, Sendable, CustomStringConvertible {
    /// Pictures are drawn on as if all their lines were of one moment.
    case interlaced
    /// The file asks for a turn by an angle that is not a right one; the nearest right angle is used.
    case oddRotation(degrees: Double)
    /// This frame has another size or pixel shape than the first one; such frames are fitted into it.
    case sizeChanged(frame: Int, from: String, to: String)
    /// Numbered pictures: this one is missing, and later ones are there.
    case missingPicture(name: String)
    /// Reading failed, or fewer pictures came than the file declares. Times in seconds; nil: not known.
    case endedEarly(at: Double, of: Double?, cause: FFmpegError?)
    /// The file's own time stamps jump, where it was spliced, or its recorder started again. In seconds: where in the output,
    /// and how far; less than 0: back.
    case timesJump(at: Double, by: Double)
    /// More jumps than were told one by one.
    case timesJumpOften(count: Int)
    /// Pictures of a camera that nobody had time for: the driver had no free buffer, or a newer one was there already.
    case dropped(missed: Int, superseded: Int)
    /// A stream in a codec that this FFmpeg doesn't know, which cannot be copied; or other pictures than the chosen ones.
    case streamLeftOut(number: Int, description: String, isPictures: Bool)
    /// A playlist names a file outside its own folder, which is not opened.
    case fileLeftOut(name: String)
    /// Pictures of a kept recording whose heat is not there.
    case withoutHeat(frames: Int, of: Int)

    package var description: String {
        switch self {
        case .interlaced:
            "the video is interlaced and is handled as if it were not: deinterlace it first for clean edges"
        case .oddRotation(let degrees):
            "the video asks for a turn by \(Self.oneDecimal(degrees)) degrees: turned to the nearest right angle"
        case .sizeChanged(let frame, let from, let to):
            "frame \(frame) is \(to) instead of \(from): such frames are fitted into the first one's size"
        case .missingPicture(let name):
            "\(name) is missing, though there are images with higher numbers: reading ends before it"
        case .endedEarly(let at, let of, let cause):
            "the input ends early, at \(Self.oneDecimal(at)) s\(of.map { " of \(Self.oneDecimal($0)) s" } ?? "")"
                + (cause.map { ": \($0)" } ?? "")
        case .timesJump(let at, let by):
            "the input's time stamps jump \(by < 0 ? "back" : "ahead") by \(Self.oneDecimal(by.magnitude)) s, "
                + "at \(Self.oneDecimal(at)) s: the output goes on without a gap, and maps and labels start afresh there"
        case .timesJumpOften(let count):
            "the input's time stamps jump \(count) more \(count == 1 ? "time" : "times"), handled in the same way"
        case .dropped(let missed, let superseded):
            "\(missed + superseded) frames of the camera were dropped (\(missed) by its driver, \(superseded) passed over for "
                + "a newer one): this machine was too slow for its rate. Ask for a lower one with --fps, or for a smaller --size"
        case .streamLeftOut(let number, let description, let isPictures):
            "stream \(number), \(description), is left out: "
                + (isPictures ? "only one video is read and written" : "FFmpeg does not know its codec")
        case .fileLeftOut(let name):
            "\(name) is left out: it is no file in the folder of the playlist that names it"
        case .withoutHeat(let frames, let of):
            "\(frames) of \(of) frames have no heat in the file, and are drawn without"
        }
    }

    private static func oneDecimal(_ value: Double) -> String {
        let tenths = (value * 10).rounded()
        guard tenths.magnitude < 1e15 else { return "\(value)" }
        return "\(Int(tenths) / 10 == 0 && tenths < 0 ? "-" : "")\(Int(tenths) / 10).\(abs(Int(tenths) % 10))"
    }
}
