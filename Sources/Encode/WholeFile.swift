/// A file that is written at once, or in parts, and is not there before it is whole.
package final class WholeFile {
    private var file: TemporaryFile

    /// - Parameter mayReplace: whether a file of this name may be there.
    /// - Throws: `EncodeError` if it cannot be written there.
    package init(_ path: String, replacing mayReplace: Bool) throws(EncodeError) {
        file = try TemporaryFile(for: path, replacing: mayReplace)
    }

    /// To be called once, for all of it.
    package func write(_ text: String) throws(EncodeError) {
        try file.write(text)
        try putInPlace()
    }

    /// Where it can be read before it is in place.
    package var temporaryPath: String { file.path }

    package func append(_ bytes: [UInt8]) throws(EncodeError) {
        let failure = bytes.withUnsafeBytes { bytes -> EncodeError? in
            do throws(EncodeError) {
                try file.write(bytes)
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    package func append(_ text: String) throws(EncodeError) { try file.write(text) }

    /// It is whole. To be called once.
    package func putInPlace() throws(EncodeError) {
        try file.flushToDisk()
        try file.putInPlace()
    }
}
