import Glibc

/// Which file a path means, however it is spelled: by device and number, or for one that is not there yet by its
/// folder's and its name.
struct FileIdentity: Equatable {
    private let device: UInt64
    private let number: UInt64
    private let name: String?

    var isThere: Bool { name == nil }

    /// - Returns: nil for what is no file: an address, standard input, a missing folder.
    init?(_ input: String) {
        let path = input.hasPrefix("file:") ? String(input.dropFirst(5)) : input
        var status = stat()
        if stat(path, &status) == 0 {
            name = nil
        } else {
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            guard let last = parts.last, !last.isEmpty else { return nil }
            let folder = parts.count == 1 ? "." : parts.dropLast().joined(separator: "/") + "/"
            guard stat(folder, &status) == 0 else { return nil }
            name = String(last)
        }
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
    }
}
