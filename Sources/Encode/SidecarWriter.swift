package import Kept
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
        try write(line.bytes)
    }

    /// Writes what the whole recording's lines have in common, before the first of them.
    package func write(_ facts: KeptFacts) throws(EncodeError) {
        precondition(isOpen)
        try write(Array("\(facts.line)\n".utf8))
    }

    private func write(_ line: [UInt8]) throws(EncodeError) {
        do throws(EncodeError) {
            // One call for a whole line: an interrupted run leaves no half of one.
            try line.withUnsafeBufferPointer { bytes throws(EncodeError) in
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
