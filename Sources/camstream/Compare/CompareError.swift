/// What is wrong with a comparison that is asked for: all of these are wrong usage.
enum CompareError: Error, Equatable, CustomStringConvertible {
    case noMethod(name: String, near: [String], all: [String])
    case nothingNamed(option: String)
    case noTime(text: String)
    /// `end`: of the video, in seconds.
    case beyondEnd(input: String, end: Double)
    case onePicture(input: String)
    case timeOfLive(input: String)
    case notAPicture(path: String)
    /// No box; `asked`: of the class that was named.
    case nothingFound(minScore: Double, asked: String?)

    var description: String {
        switch self {
        case .noMethod(let name, let near, let all):
            "no method is called '\(name)'; "
                + (near.isEmpty
                    ? "there are: \(all.joined(separator: ", "))"
                    : "did you mean \(near.map { "'\($0)'" }.joined(separator: ", "))?")
        case .nothingNamed(let option):
            "\(option) names nothing: give names with commas between them, or leave it away"
        case .noTime(let text):
            "--at cannot be '\(text)'; allowed: seconds such as 12.5, or HH:MM:SS"
        case .beyondEnd(let input, let end):
            "\(input) ends at \(Self.rounded(end)) s: give an earlier time with --at"
        case .onePicture(let input):
            "\(input) is a single image: leave --at away"
        case .timeOfLive(let input):
            "\(input) is live: leave --at away, and its next image is taken"
        case .nothingFound(let minScore, let asked):
            "the detector finds no \(asked.map { "'\($0)'" } ?? "object") with a score of \(minScore) or more: lower --min-score, "
                + "or take another image"
        case .notAPicture(let path):
            "cannot write a sheet into \(path): give --out a name that ends in .png or .jpg"
        }
    }

    /// To hundredths.
    private static func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }
}
