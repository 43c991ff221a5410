import CFFmpeg
package import Pipeline

/// Which recordings can be kept in which files.
extension KeptVideoWriter {
    /// The container for a file's ending, if a recording can be kept in it.
    static func container(_ path: String) throws(EncodeError) -> UnsafePointer<AVOutputFormat> {
        guard ["mkv", "mp4", "m4v", "mov"].contains(path.fileExtension) else { throw .notForKeeping(path: path) }
        return try OutputPlan.container(path)
    }

    /// Refuses what would not be kept as it is.
    static func check(
        _ container: UnsafePointer<AVOutputFormat>, _ video: AuxiliaryStream, _ path: String
    ) throws(EncodeError) {
        let (holding, fits) = (Holding(container), Holding.endings(for: video).filter { $0 != ".ts" })
        let ending = ".\(path.fileExtension)"
        guard holding.holds(video) else { throw .cannotKeep(video.codecName, container: ending, fits: fits) }
        // Else players show it lying on its side, and the heat upright.
        guard !video.isTurned || holding.hasTurns else {
            throw .cannotKeep("rotation", container: ending, fits: fits.filter { $0 != ".mkv" })
        }
    }
}

extension EncodeConfig {
    /// Refuses a live video that could not be kept as it is.
    package func checkKept(_ video: AuxiliaryStream) throws(EncodeError) {
        try KeptVideoWriter.check(try keptContainer(), video, output)
    }
}
