package import Pipeline

/// What is wrong with the output: where it should go, how it should be written, or the writing itself.
package enum EncodeError: Error, Equatable, CustomStringConvertible {
    // The command is wrong.
    case noOutput
    case unknownExtension(path: String)
    /// `near`: the encoder that was most likely meant.
    case unknownCodec(name: String, near: String? = nil)
    /// `fits`: endings of containers that hold the codec.
    case codecDoesNotFit(codec: String, path: String, fits: [String])
    case hardwareOnly(codec: String)
    case unknownOption(codec: String, key: String)
    case optionValue(codec: String, key: String, value: String)
    /// The encoder opens with its defaults, but not with `settings`.
    case settingsRefused(codec: String, settings: String)
    /// More pictures came than the one that the name stands for.
    case onePictureOnly(path: String)
    case sidecarIsOutput(path: String)
    case mapsAreOutput(path: String)
    case reportIsOutput(path: String)
    case dwellIsOutput(path: String)
    /// A report is of a recording.
    case reportOfLive(path: String)
    case dwellOfLive(path: String)
    /// Raw maps are written of files and stills alone.
    case mapsOfLive(path: String)
    /// A live recording needs a container that plays when it is cut off.
    case notForLive(path: String)
    case badName(path: String, problem: String)
    /// Only live recordings are cut.
    case segmentsOfAFile
    /// `target`: without secrets.
    case badPush(target: String, problem: String)
    /// Only live pictures are sent.
    case pushOfAFile
    case noEncoderForStreams

    /// `what`: a codec, or what else the recording has; `fits`: endings of containers that hold it.
    case cannotKeep(_ what: String, container: String, fits: [String])
    /// `path` names no container that a recording can be kept in.
    case notForKeeping(path: String)
    /// Only a recording has a video that can be kept.
    case nothingToKeep
    /// The input is live, and sends pictures rather than packets.
    case noPacketsToKeep
    case videoWithoutTimes
    /// An encoder's settings, where nothing is encoded.
    case settingOfKept(option: String)

    // The place cannot be written to.
    case folderMissing(folder: String)
    case notAFolder(folder: String)
    case folderNotWritable(folder: String, reason: String)
    case exists(path: String)
    case notARegularFile(path: String)
    /// `problem`: what kind of link it is.
    case badLink(path: String, problem: String)
    /// Another program made `path` while it was being written; the complete result is kept as `keptAs`.
    case cameIntoBeing(path: String, keptAs: String)
    case diskFull(path: String)
    case cannotWrite(path: String, reason: String)
    /// `left`: what other programs may still have of it; nil: unknown.
    case noRoom(folder: String, left: DataSize?)
    case notMounted(folder: String)
    /// The file, or its folder, was deleted while it was being written.
    case recordingDeleted(path: String)

    // The writing failed.
    case encoderRefused(codec: String, picture: String, cause: FFmpegError)
    case containerRefused(path: String, cause: FFmpegError)
    case encodingFailed(path: String, cause: FFmpegError)
    case noFrames(path: String)
    /// There is no thread for the writing.
    case lack(LackOfResources)

    /// Whose fault it is, for the exit code.
    package enum Category: Sendable {
        /// 64: the command asks for what cannot be.
        case usage
        /// 73: the output cannot be created.
        case cannotWrite
        /// 1: the system does not give what is needed.
        case other
    }

    package var category: Category {
        switch self {
        case .noOutput, .unknownExtension, .unknownCodec, .codecDoesNotFit, .hardwareOnly, .unknownOption,
            .optionValue, .settingsRefused, .onePictureOnly, .sidecarIsOutput, .mapsAreOutput, .mapsOfLive,
            .reportIsOutput,
            .reportOfLive, .dwellIsOutput, .dwellOfLive, .notForLive,
            .badName, .segmentsOfAFile, .badPush, .pushOfAFile, .noEncoderForStreams, .cannotKeep, .notForKeeping,
            .nothingToKeep, .noPacketsToKeep,
            .videoWithoutTimes, .settingOfKept:
            .usage
        case .folderMissing, .notAFolder, .folderNotWritable, .exists, .notARegularFile, .badLink, .cameIntoBeing,
            .diskFull, .cannotWrite, .noRoom, .notMounted, .recordingDeleted, .encoderRefused, .containerRefused,
            .encodingFailed,
            .noFrames:
            .cannotWrite
        case .lack: .other
        }
    }

    package var description: String {
        switch self {
        case .noOutput:
            "there is nothing to write to: name the output, such as --out overlay.mp4"
        case .unknownExtension(let path):
            "cannot write \(path): its file extension names no video or image format; use .mp4, .mkv, .mov, .webm, .png or .jpg"
        case .unknownCodec(let name, let near):
            "the linked FFmpeg has no video encoder '\(name)'; "
                + (near.map { "did you mean '\($0)'? " } ?? "") + "`ffmpeg -encoders` lists those it has"
        case .codecDoesNotFit(let codec, let path, let fits):
            "\(codec) cannot go into \(path): "
                + (fits.isEmpty
                    ? "choose another codec" : "choose another codec, or write \(fits.joined(separator: " or "))")
        case .hardwareOnly(let codec):
            "\(codec) takes only frames in a graphics card's memory; choose a software encoder, such as libx264"
        case .unknownOption(let codec, let key):
            "\(codec) has no option '\(key)'; `ffmpeg -h encoder=\(codec)` lists those it has"
        case .optionValue(let codec, let key, let value):
            "\(codec) does not take '\(value)' for \(key); `ffmpeg -h encoder=\(codec)` shows what is allowed"
        case .settingsRefused(let codec, let settings):
            "\(codec) does not open with \(settings); `ffmpeg -h encoder=\(codec)` shows what is allowed"
        case .onePictureOnly(let path):
            "\(path) holds one image, but the input has more; number them, such as out_%05d.png, or write a video"
        case .sidecarIsOutput(let path):
            "the sidecar and the output are both \(path); give the sidecar a name of its own, such as out.jsonl"
        case .mapsAreOutput(let path):
            "the maps and another output are both \(path); give the maps a name of their own, such as maps.npz"
        case .mapsOfLive(let path):
            "the maps of live video are not written into \(path): record it, and take the maps of the recording"
        case .reportIsOutput(let path):
            "the report and another output are both \(path); give the report a name of its own, such as seen.html"
        case .dwellIsOutput(let path):
            "the picture of where objects were and another output are both \(path); give it a name of its own, such as where.png"
        case .dwellOfLive(let path):
            "where objects were in live video is not written into \(path): record it, or look at it with --heat dwell"
        case .reportOfLive(let path):
            "the report of live video is not written into \(path): record it, and make the report of the recording"
        case .notForLive(let path):
            "cannot record live video into \(path): write .mp4, .mov, .mkv, .webm or .ts"
        case .badName(let path, let problem):
            "cannot name recordings \(path): \(problem); %% stands for a percent sign"
        case .segmentsOfAFile:
            "only live recordings are cut into segments; leave out --segment, --keep and --max-bytes, or give --live"
        case .badPush(let target, let problem):
            "cannot push to \(target): \(problem)"
        case .pushOfAFile:
            "only live video is pushed; give --live to play the recording at its own rate, or leave --push away"
        case .noEncoderForStreams:
            "the linked FFmpeg has no encoder for H.264, which --push and clips of hooks need"
        case .cannotKeep(let what, let container, let fits):
            "\(container) cannot hold the \(what) of the input as it is: "
                + (fits.isEmpty ? "leave --keep-video away" : "write \(fits.joined(separator: " or "))")
        case .notForKeeping(let path):
            "cannot keep the video in \(path): write .mkv, .mp4 or .mov"
        case .nothingToKeep:
            "the input is no recorded video, so there is nothing to keep; leave --keep-video away"
        case .noPacketsToKeep:
            "the input sends raw frames, so there is no video to keep: choose --pixel-format mjpeg or h264 where the camera "
                + "has it (see `camstream devices`), or leave --keep-video away"
        case .videoWithoutTimes:
            "the input's frames have no time stamps that a copy could keep; leave --keep-video away, or put it into a container "
                + "that has them (`ffmpeg -fflags +genpts -i … -c copy clip.mkv`)"
        case .settingOfKept(let option):
            "\(option) is for a video that is encoded: with --keep-video the input's own is copied; leave one of them away"
        case .noRoom(let folder, let left):
            "the disk of \(folder) is full\(left.map { " (\($0) left)" } ?? ""); make room"
        case .notMounted(let folder):
            "the disk of \(folder) is gone; mount it again"
        case .recordingDeleted(let path):
            "\(path) was deleted while it was being written"
        case .folderMissing(let folder):
            "the output folder \(folder) does not exist; create it, or write somewhere else"
        case .notAFolder(let folder):
            "\(folder) is not a folder, so nothing can be written in it; write somewhere else"
        case .folderNotWritable(let folder, let reason):
            "cannot write in folder \(folder): \(reason); write somewhere else"
        case .exists(let path):
            "\(path) exists already; remove it, choose another name, or give --force to replace it"
        case .notARegularFile(let path):
            "\(path) exists and is not a regular file; choose another name"
        case .badLink(let path, let problem):
            "\(path) is \(problem), and is left alone; give the name of the file itself"
        case .cameIntoBeing(let path, let keptAs):
            "\(path) came into being meanwhile and is left alone (no --force); the complete result is \(keptAs), rename it"
        case .diskFull(let path):
            "the disk is full: \(path) was not written; make room, or write somewhere else"
        case .cannotWrite(let path, let reason):
            "cannot write \(path): \(reason)"
        case .encoderRefused(let codec, let picture, let cause):
            "\(codec) refuses to encode \(picture) frames: \(cause); choose another codec, such as libx264"
        case .containerRefused(let path, let cause):
            "cannot begin \(path): \(cause); write .mkv, which holds almost everything, or copy no streams"
        case .encodingFailed(let path, let cause):
            "encoding \(path) failed in \(cause.function): \(cause)"
        case .noFrames(let path):
            "\(path) was not written: no frame came"
        case .lack(let lack):
            lack.description
        }
    }
}
