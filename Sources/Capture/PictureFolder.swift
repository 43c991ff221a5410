import Foundation
import Glibc

/// A folder that is named as an input: numbered pictures are a video, and anything else is none.
struct PictureFolder {
    private let path: String
    private let names: [String]

    init(_ path: String) {
        self.path = path
        names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { !$0.hasPrefix(".") }
    }

    /// Such as "frames/%05d.png".
    ///
    /// - Throws: what the folder holds instead.
    func pattern() throws(CaptureError) -> String {
        let pictures = names.filter { Self.pictures.contains(Self.fileExtension($0)) }
        let videos = names.count { Self.videos.contains(Self.fileExtension($0)) }
        guard pictures.count > videos else {
            if videos > 0 { throw .folderOfVideos(input: path, count: videos) }
            throw .isDirectory(input: path)
        }
        // A percent sign would be a part of the pattern.
        guard let pattern = Self.pattern(pictures), !path.contains("%") else {
            throw .folderOfPictures(input: path, count: pictures.count)
        }
        return "\(path)\(path.hasSuffix("/") ? "" : "/")\(pattern)"
    }

    /// What all names are, but for their numbers; nil: they differ in more than that.
    private static func pattern(_ names: [String]) -> String? {
        let numbered = names.compactMap { name in
            name.matches(of: /[0-9]+/).last.map { match in
                (before: name[..<match.range.lowerBound], digits: match.output, behind: name[match.range.upperBound...])
            }
        }
        guard let first = numbered.first, numbered.count == names.count,
            numbered.allSatisfy({ $0.before == first.before && $0.behind == first.behind })
        else { return nil }
        // Numbers that begin with zeros all have the same width, at least those that are short.
        let width = numbered.filter { $0.digits.hasPrefix("0") }.map(\.digits.count).min() ?? 1
        let text = "\(first.before)%\(width > 1 ? "0\(width)" : "")d\(first.behind)"
        guard let pattern = NumberPattern(text), names.allSatisfy({ pattern.number(of: $0) != nil }) else { return nil }
        return text
    }

    private static func fileExtension(_ name: String) -> String {
        name.contains(".") ? name.split(separator: ".").last?.lowercased() ?? "" : ""
    }

    private static let pictures: Set = [
        "avif", "bmp", "jp2", "jpe", "jpeg", "jpg", "pgm", "png", "pnm", "ppm", "tga", "tif", "tiff", "webp",
    ]
    private static let videos: Set = [
        "3gp", "avi", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf", "ogv", "ts", "webm", "wmv",
    ]
}
