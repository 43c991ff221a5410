import CLinux
import Foundation
import Glibc

/// Writes a hook's picture under a name that is not taken. It is whole as soon as it has that name.
enum SnapshotFile {
    /// - Parameters:
    ///   - pattern: strftime's letters, in local time, and `{camera}`.
    ///   - time: seconds since 1970.
    static func path(_ pattern: String, camera: String, time: Double) -> String {
        var moment = time_t(time)
        var parts = tm()
        localtime_r(&moment, &parts)
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = strftime(&bytes, bytes.count, pattern, &parts)
        let name = count > 0 ? String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : pattern
        return name.replacing("{camera}", with: camera)
    }

    /// - Returns: the path that it got: where that is taken, with a number behind.
    static func write(_ bytes: [UInt8], to path: String) throws(HookFault) -> String {
        let url = URL(filePath: path)
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        } catch {
            throw HookFault("\(path) cannot be written: its folder cannot be made")
        }
        let part = url.deletingLastPathComponent().path + "/.\(url.lastPathComponent).\(getpid()).part"
        let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw fault(path) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                defer { unlink(part) }
                close(descriptor)
                throw fault(path)
            }
            rest = rest.dropFirst(count)
        }
        close(descriptor)
        let (stem, ending) = (path.dropLast(url.pathExtension.count + 1), url.pathExtension)
        for number in 1...1000 {
            let name = number == 1 ? path : "\(stem)-\(number).\(ending)"
            if shim_rename_unless_exists(part, name) == 0 { return name }
            guard errno == EEXIST else { break }
        }
        defer { unlink(part) }
        throw fault(path)
    }

    private static func fault(_ path: String) -> HookFault {
        HookFault("\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
}
