import Pipeline

/// Writes one JSON object a line for each frame, at once, so that all that is in the file can be read at any time.
package final class SidecarWriter: @unchecked Sendable {  // safe: one stage uses it at a time
    private var file: TemporaryFile
    private var line = JSONLine()
    private var isOpen = true

    /// - Throws: `EncodeError` if the file cannot be created.
    package init(path: String, replacing mayReplace: Bool) throws(EncodeError) {
        file = try TemporaryFile(for: path, replacing: mayReplace)
    }

    /// - Throws: `EncodeError`, such as `.diskFull`; the unfinished file is removed, and the sidecar takes no more.
    package func write(_ record: FrameRecord) throws(EncodeError) {
        precondition(isOpen)
        line.clear()
        record.append(to: &line)
        line.end()
        do throws(EncodeError) {
            // One call for a whole line: an interrupted run leaves no half of one.
            try line.bytes.withUnsafeBufferPointer { bytes throws(EncodeError) in
                try file.write(UnsafeRawBufferPointer(bytes))
            }
        } catch {
            abandon()
            throw error
        }
    }

    /// Gives the file its final name.
    package func finish() throws(EncodeError) {
        guard isOpen else { return }
        do throws(EncodeError) {
            try file.flushToDisk()
            try file.putInPlace()
        } catch {
            abandon()
            throw error
        }
        isOpen = false
        flushFolderToDisk(file.target.folder)
    }

    /// Gives up: the unfinished file is removed. So it is when the writer dies without `finish`.
    package func abandon() {
        isOpen = false
        file.remove()
    }
}
