import CFFmpeg

/// A negative return code of an FFmpeg function, and which function returned it.
package struct FFmpegError: Error, Equatable, CustomStringConvertible {
    package let code: Int32
    package let function: String

    package init(code: Int32, function: String) {
        self.code = code
        self.function = function
    }

    /// FFmpeg's own words for the code, such as "No such file or directory".
    package var description: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(AV_ERROR_MAX_STRING_SIZE)) { text in
            av_strerror(code, text.baseAddress, text.count)
            return String(cString: text.baseAddress!)
        }
    }

    package static func outOfMemory(_ function: String) -> FFmpegError {
        FFmpegError(code: shim_error_out_of_memory, function: function)
    }

    /// Passes a code through, or throws if it is an error.
    @discardableResult
    package static func check(_ code: Int32, _ function: String) throws(FFmpegError) -> Int32 {
        guard code >= 0 else { throw FFmpegError(code: code, function: function) }
        return code
    }
}
