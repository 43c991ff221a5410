/// What is wrong with a measurement of steadiness that is asked for: wrong usage, but for a video that is too short.
enum SteadyError: Error, Equatable, CustomStringConvertible {
    case notAReport(path: String)
    case notAPicture(path: String)
    case live(input: String)
    case tooShort(input: String, frames: Int)
    case boxesOfDrawn(input: String)
    case boxOutside(path: String, frame: Int)

    var description: String {
        switch self {
        case .notAReport(let path): "cannot write a report into \(path): give --out a name that ends in .json"
        case .notAPicture(let path): "cannot draw into \(path): give --picture a name that ends in .png or .jpg"
        case .live(let input): "\(input) is live: record it first, so that all settings see the same pictures"
        case .tooShort(let input, let frames):
            "\(input) ended after \(frames) frame\(frames == 1 ? "" : "s"): steadiness needs two at least"
        case .boxesOfDrawn(let input): "--boxes is for videos: the boxes of \(input) are known or there are none"
        case .boxOutside(let path, let frame):
            "\(path): the box of frame \(frame) is not [x0, y0, x1, y1] with x0 < x1 and y0 < y1"
        }
    }
}
