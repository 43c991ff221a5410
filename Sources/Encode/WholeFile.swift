/// A file that is written at once, and is not there before.
package final class WholeFile {
    private var file: TemporaryFile

    /// - Parameter mayReplace: whether a file of this name may be there.
    /// - Throws: `EncodeError` if it cannot be written there.
    package init(_ path: String, replacing mayReplace: Bool) throws(EncodeError) {
        file = try TemporaryFile(for: path, replacing: mayReplace)
    }

    /// To be called once.
    package func write(_ text: String) throws(EncodeError) {
        try file.write(text)
        try file.flushToDisk()
        try file.putInPlace()
    }
}
