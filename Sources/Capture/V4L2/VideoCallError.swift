import Glibc

/// A call that failed: its error number and its name.
package struct VideoCallError: Error, Equatable, CustomStringConvertible {
    /// One of errno.h.
    package let code: Int32
    package let call: String

    package var description: String { "\(String(cString: strerror(code))) (\(call))" }
}
