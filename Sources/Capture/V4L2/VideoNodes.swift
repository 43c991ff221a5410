import CV4L2
import Foundation
import Glibc

/// Where the system keeps its cameras: nodes such as `/dev/video0`, and links to them that keep their name when a
/// camera gets another number.
package struct VideoNodes: Sendable {
    private let root: String

    /// - Parameter root: the folder of devices.
    package init(root: String = "/dev") { self.root = root }

    /// Paths of all nodes, by number.
    package var all: [String] {
        contents(of: root).compactMap { name -> (Int, String)? in
            guard name.hasPrefix("video"), let number = Int(name.dropFirst(5)) else { return nil }
            return (number, "\(root)/\(name)")
        }.sorted { $0.0 < $1.0 }.map(\.1)
    }

    /// Links to a node that udev made: by what the camera is, then by where it is plugged in.
    package func links(to node: String) -> [String] {
        ["by-id", "by-path"].flatMap { folder in
            contents(of: "\(root)/v4l/\(folder)").sorted().map { "\(root)/v4l/\(folder)/\($0)" }
        }.filter { Self.target(of: $0) == Self.target(of: node) }
    }

    /// The node that a path leads to; nil if there is none now.
    package static func target(of path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    static func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }

    /// Whether an input is meant to be a camera: a video node or a link to one, or a name where one would be.
    package static func isCamera(_ input: String) -> Bool {
        var status = stat()
        guard stat(input, &status) == 0 else {
            return errno != EACCES && (input.hasPrefix("/dev/video") || input.hasPrefix("/dev/v4l/"))
        }
        return status.st_mode & S_IFMT == S_IFCHR && shim_is_video_node(UInt64(status.st_rdev)) != 0
    }

    private func contents(of folder: String) -> [String] {
        // What cannot be read has no cameras for us.
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
