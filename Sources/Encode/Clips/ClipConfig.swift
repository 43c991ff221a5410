/// What a clip of a live picture is written to, and what is in it.
package struct ClipConfig: Sendable, Equatable {
    /// The file, MP4, MOV, MKV or TS; strftime's letters stand for the time of its first picture.
    package var path: String
    /// Seconds before what it is of, and after that is over.
    package var before = 5.0
    package var after = 5.0
    /// The age at which clips are deleted, and how many bytes all may take together; nil: they stay.
    package var keep: TimeSpan?
    package var maxBytes: DataSize?

    package init(path: String) { self.path = path }

    /// A clip that goes on is cut here into files.
    static let longest = TimeSpan(seconds: 600)

    /// As a recorder takes it.
    var recording: EncodeConfig {
        var config = EncodeConfig()
        config.output = path
        (config.segment, config.keep, config.maxBytes) = (Self.longest, keep, maxBytes)
        return config
    }

    /// Checks what can be known of the file's name without a disk.
    ///
    /// - Throws: `EncodeError`.
    package func check() throws(EncodeError) {
        let names = try RecordingNames(path)
        guard case .video(let container) = try OutputPlan(recording).target else { throw .notForLive(path: path) }
        _ = try LiveContainer(container, path: path)
        // What is older is found by its name.
        if !names.hasConversions, keep != nil || maxBytes != nil {
            throw .badName(
                path: path, problem: "clips that are deleted one day have the time in their names, such as %F_%H-%M-%S")
        }
    }
}
