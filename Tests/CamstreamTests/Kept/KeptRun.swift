import TestSupport
import Testing

/// The clip of a red square as the program keeps it with its heat.
enum KeptRun {
    /// - Returns: the recording's path.
    static func make(in folder: TemporaryFolder) throws -> String {
        let kept = folder.file("kept.mkv")
        let run = try Program.run(["-i", try Clips.red.get(), "-m", Clips.model, "--keep-video", "-o", kept])
        #expect(run.status == 0, "\(run.standardError)")
        return kept
    }
}
