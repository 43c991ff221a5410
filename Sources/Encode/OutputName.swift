import CLinux
import Glibc

/// The one rule for names that files are given: a free name is taken; a regular file is replaced if that is asked for; a
/// link to one stays, and what it leads to is replaced. All else is refused: folders, devices and pipes, links to nothing,
/// and links that the system keeps, such as `/dev/stdout`, which lead to what others have open.
enum OutputName {
    private static let mostLinks = 40

    /// Where a file of this name is to be written.
    ///
    /// - Returns: the path itself, or what its link leads to; and the status of the file that is there.
    /// - Throws: `EncodeError` if the rule refuses it, or it is there and is not to be replaced.
    static func resolve(_ path: String, replacing mayReplace: Bool) throws(EncodeError) -> (path: String, old: stat?) {
        var current = path
        for _ in 0...mostLinks {
            var status = stat()
            guard lstat(current, &status) == 0 else {
                if current == path { return (path, nil) }
                throw .badLink(path: path, problem: "a link to \(current), which is not there")
            }
            guard status.isLink else {
                guard status.isRegular else { throw .notARegularFile(path: path) }
                guard mayReplace else { throw .exists(path: path) }
                return (current, status)
            }
            guard !isOfTheSystem(current.folder) else {
                throw .badLink(path: path, problem: "a link of the system's own (\(current))")
            }
            guard let next = target(of: current) else { break }
            current = next.hasPrefix("/") ? next : "\(current.folder)/\(next)"
        }
        throw .badLink(path: path, problem: "a link without an end")
    }

    /// Whether what is in this folder is made by the system: /proc, wherever it is mounted, /sys, and /dev.
    private static func isOfTheSystem(_ folder: String) -> Bool {
        if shim_is_kernels_own(folder) != 0 { return true }
        guard let real = realpath(folder, nil) else { return false }
        defer { free(real) }
        let text = String(cString: real)
        return text == "/dev" || text.hasPrefix("/dev/")
    }

    private static func target(of link: String) -> String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlink(link, &bytes, bytes.count - 1)
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
