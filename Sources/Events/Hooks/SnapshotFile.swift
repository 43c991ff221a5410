import Encode
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
        let (stem, ending) = (path.dropLast(url.pathExtension.count + 1), url.pathExtension)
        for number in 1...mostOfAName {
            let name = number == 1 ? path : "\(stem)-\(number).\(ending)"
            do throws(EncodeError) {
                let file = try WholeFile(name, replacing: false)
                try file.append(bytes)
                try file.putInPlace()
                return name
            } catch .exists {
                continue
            } catch {
                throw HookFault("\(error)")
            }
        }
        throw HookFault("\(path) cannot be written: there are \(mostOfAName) of its name")
    }

    private static let mostOfAName = 1000
}
