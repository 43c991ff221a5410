import CFFmpeg

/// The names of pictures: one, or numbered ones where the name has a place for a number, such as "out_%05d.png".
struct PictureNames {
    let pattern: String

    init(_ pattern: String) { self.pattern = pattern }

    /// As the ffmpeg command counts, so that its pictures of the same video have the same names.
    static let first = 1

    var isSequence: Bool { av_filename_number_test(pattern.fileName) != 0 }

    func path(number: Int) -> String {
        guard isSequence else { return pattern }
        // Only the last part: a folder may have a "%" in its name.
        let name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { text in
            av_get_frame_filename(text.baseAddress, Int32(text.count), pattern.fileName, Int32(number)) == 0
                ? String(cString: text.baseAddress!) : pattern.fileName
        }
        return String(pattern.dropLast(pattern.fileName.count)) + name
    }
}
