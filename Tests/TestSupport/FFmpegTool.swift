import Foundation
import Glibc

/// Runs the programs `ffmpeg` and `ffprobe`, which make the tests' clips and say what is in the results.
package enum FFmpegTool {
    /// A tool that did not end with 0, with what it wrote to standard error.
    package struct Failure: Error, CustomStringConvertible {
        package let command: [String]
        package let code: Int32
        package let message: String
        package var description: String { "\(command.joined(separator: " ")) ended with \(code): \(message)" }
    }

    /// `ffmpeg`, quiet, overwriting, bit-exact from run to run.
    package static func run(_ arguments: [String]) throws {
        _ = try output(["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y"] + arguments)
    }

    /// What `ffprobe` prints; by default one value a line and nothing else, as in `-show_entries frame=pts`.
    package static func probe(_ arguments: [String], format: String = "default=noprint_wrappers=1:nokey=1") throws
        -> String
    {
        let bytes = try output(["ffprobe", "-hide_banner", "-loglevel", "error", "-of", format] + arguments)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The pictures of a file as `ffmpeg` decodes them, one after the other without gaps.
    ///
    /// - Parameter pixelFormat: FFmpeg's name of the format to convert to; nil: the file's own.
    /// - Parameter options: put before the output, such as `-vf hflip`.
    package static func rawVideo(
        _ path: String, pixelFormat: String? = nil, inputOptions: [String] = [], options: [String] = []
    ) throws -> [UInt8] {
        try output(
            ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error"] + inputOptions + ["-i", path] + options
                + (pixelFormat.map { ["-pix_fmt", $0] } ?? []) + ["-fps_mode", "passthrough", "-f", "rawvideo", "-"])
    }

    /// Runs a program found in PATH and waits for its end.
    ///
    /// - Returns: what it wrote to standard output.
    package static func output(_ command: [String]) throws -> [UInt8] {
        let folder = try TemporaryFolder()
        // Files rather than pipes, which would have to be emptied while the program runs.
        let (out, err) = (folder.file("out"), folder.file("err"))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT, 0o600)

        var arguments = command.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var process = pid_t()
        let spawned = posix_spawnp(&process, command[0], &actions, nil, &arguments, environ)
        guard spawned == 0 else {
            throw Failure(command: command, code: spawned, message: String(cString: strerror(spawned)))
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else {
            throw Failure(
                command: command, code: status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f),
                message: String(decoding: try folder.bytes(of: "err"), as: UTF8.self))
        }
        return try folder.bytes(of: "out")
    }
}
