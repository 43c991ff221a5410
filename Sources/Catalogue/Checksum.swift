import Glibc
import Pipeline

extension Checksum {
    /// SHA-256 of a whole file.
    static func sha256(ofFile path: String) throws(CatalogueError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path: path, reason: reason(errno)) }
        defer { close(descriptor) }
        var checksum = Checksum()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            if count == 0 { return checksum.hexDigits() }
            if count > 0 {
                checksum.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            } else if errno != EINTR {
                throw .cannotRead(path: path, reason: reason(errno))
            }
        }
    }
}

/// The system's words for an error number.
func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
