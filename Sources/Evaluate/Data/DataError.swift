import Pipeline
import Reports

/// What is wrong with pictures that methods are to be judged by.
package enum DataError: Error, Equatable, CustomStringConvertible {
    case cannotRead(path: String, reason: String)
    case unknownLayout(path: String)
    case notLikeThis(path: String, layout: DataLayout, missing: String)
    case noPictures(path: String)
    case noBoxes(path: String)
    case line(path: String, line: Int, problem: String)
    case file(path: String, problem: String)
    case noNames(path: String)
    case nothingMatches(path: String, label: String, labels: Int, near: [String])
    case map(path: String, line: Int, problem: String)

    /// Whether an option is wrong rather than a file.
    package var isUsage: Bool {
        switch self {
        case .unknownLayout, .notLikeThis: true
        default: false
        }
    }

    package var description: String {
        switch self {
        case .cannotRead(let path, let reason): "\(path): \(reason)"
        case .unknownLayout(let path):
            "\(path): it is unclear how its images are labelled; there must be a folder for each class, XML files (voc), a JSON "
                + "file (coco), one beside each video (videos), labels/ and images/ (yolo), trimaps/ or masks/, or a CSV file; --layout names one"
        case .notLikeThis(let path, let layout, let missing):
            "\(path) is not laid out as \(layout.rawValue): \(missing)"
        case .noPictures(let path): "\(path): there is no image"
        case .noBoxes(let path): "\(path): no image that is there has a box"
        case .line(let path, let line, let problem): "\(path), line \(line): \(problem)"
        case .file(let path, let problem): "\(path): \(problem)"
        case .noNames(let path):
            "\(path): the classes have numbers and no names; put classes.txt (a name a line) or data.yaml (names:) beside the labels"
        case .nothingMatches(let path, let label, let labels, let near):
            "\(path): \(labels == 1 ? "its class" : "none of its \(labels) classes") is among the model's, such as "
                + "'\(Printable.beginning(label, upTo: 40))'"
                + (near.isEmpty ? "" : " (nearest: \(near.map { "'\($0)'" }.joined(separator: ", ")))")
                + "; --labels-map FILE says which is which (a line each: name,class), --target top needs none"
        case .map(let path, let line, let problem): "\(path), line \(line): \(problem)"
        }
    }
}
