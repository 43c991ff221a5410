package import Kept
package import Pipeline

/// Why an input gives no pictures. `input` is its path, or its address without passwords.
package enum CaptureError: Error, Equatable, CustomStringConvertible {
    case notFound(input: String)
    case isDirectory(input: String)
    case folderOfVideos(input: String, count: Int)
    /// The names have no number in common, or more than that differs.
    case folderOfPictures(input: String, count: Int)
    /// `found`: paths of the cameras that are there.
    case noCamera(input: String, found: [String])
    /// The screen is asked for.
    case screen
    case permissionDenied(input: String)
    case empty(input: String)
    case isTerminal
    case nothingMatches(pattern: String)
    case unknownInputFormat(name: String)
    case unknownDemoSetting(name: String, allowed: [String])
    case badDemoSetting(name: String, value: String, allowed: String)

    case isText(input: String)
    /// An MP4 or MOV file that ends before its index.
    case noIndex(input: String)
    /// An MP4 or MOV from a pipe, whose index is needed first and comes last.
    case indexComesLast(input: String)
    case notRecognised(input: String, cause: FFmpegError)
    case cannotOpen(input: String, cause: FFmpegError)
    case unreachable(input: String, cause: FFmpegError)
    case tooManyRedirects(input: String, most: Int)
    case unknownProtocol(input: String)
    /// A playlist, or what is like one.
    case namesOtherFile(input: String, file: String)

    /// `found` says what streams there are instead, such as "audio (aac)".
    case noVideo(input: String, found: [String])
    case noSuchVideoStream(input: String, number: Int, videoStreams: [Int])
    case noDecoder(input: String, codec: String)
    case decoderFailed(input: String, codec: String, cause: FFmpegError)
    /// `cause`: what the decoder said of the last packet; nil if there was none.
    case nothingDecoded(input: String, packets: Int, cause: FFmpegError?)
    /// It may be sound.
    case cannotDecode(input: String, Undecodable)
    case cannotConvert(input: String, pixelFormat: String, cause: FFmpegError)
    case outOfMemory

    case camera(CameraError)
    /// A live input that is there, and gave no picture.
    case noSignal(SignalLoss)
    /// A setting that has a meaning for cameras only.
    case onlyOfCameras(input: String, setting: String)
    /// What was meant to be a kept recording.
    case kept(input: String, KeptFault)

    /// The interrupt was raised before the first picture came.
    case interrupted

    /// Whether the settings are at fault, and not the input.
    package var isUsage: Bool {
        switch self {
        case .camera(let error): error.isUsage
        case .onlyOfCameras: true
        case .kept(_, let fault): fault.isUsage
        default: false
        }
    }

    package var description: String {
        switch self {
        case .notFound(let input):
            "\(input): no such file. Check the path."
        case .isDirectory(let input):
            "\(input) is a folder. Name a file in it, or numbered images such as \(input)/frame_%05d.png."
        case .folderOfVideos(let input, let count):
            "\(input) is a folder with \(count == 1 ? "a video" : "\(count) videos"). Name one of them, or draw them all with 'camstream batch plan \(input)'."
        case .folderOfPictures(let input, let count):
            "\(input) is a folder with \(count == 1 ? "an image" : "\(count) images") whose names are not numbered alike. Name one of them, or draw each by "
                + "itself with 'camstream batch plan \(input) --endings jpg,png'."
        case .noCamera(let input, let found):
            found.isEmpty
                ? "\(input): this machine has no camera. Is it plugged in? `camstream devices` lists what is there."
                : "\(input): there is no such camera, only "
                    + found.enumerated().map { "\($0) (\($1))" }.joined(separator: ", ")
                    + ". Cameras are counted from 0."
        case .screen:
            "screen: camstream does not record screens itself. Let FFmpeg send it (ffmpeg -f x11grab -i :0 -f mpegts udp://127.0.0.1:5000) "
                + "and name that with --input udp://127.0.0.1:5000."
        case .permissionDenied(let input):
            "\(input): this user may not read the file. Change its permissions or its owner."
        case .empty(let input):
            "\(input) is empty (0 bytes). Was the recording or the download finished?"
        case .isTerminal:
            "standard input is a terminal. Pipe a video into it, as in: camstream --input - < clip.mp4"
        case .nothingMatches(let pattern):
            "\(pattern): no file has such a name. Check the folder and the number of digits."
        case .unknownInputFormat(let name):
            "'\(name)' is not an input format of this FFmpeg. `ffmpeg -demuxers` lists them."
        case .unknownDemoSetting(let name, let allowed):
            "demo: has no setting '\(name)'; allowed: \(allowed.joined(separator: ", ")), as in demo:seconds=60,fps=25"
        case .badDemoSetting(let name, let value, let allowed):
            "demo: \(name) cannot be '\(value)'; allowed: \(allowed)"
        case .isText(let input):
            "\(input) is a text file. Name a video or an image."
        case .noIndex(let input):
            "\(input) ends before its index (moov): the recording or the download was cut off. Fetch the whole file."
        case .indexComesLast(let input):
            "\(input) is an MP4 whose index (moov) comes last, which a pipe cannot go back from. Name the file itself."
        case .notRecognised(let input, let cause):
            "\(input) is not a video or image that FFmpeg knows, or it is damaged (\(cause)). Does it play elsewhere?"
        case .cannotOpen(let input, let cause):
            "cannot open \(input): \(cause). Check that it is a whole video or image."
        case .unreachable(let input, let cause):
            "cannot open \(input): \(cause). Check the address, and that its server is up."
        case .tooManyRedirects(let input, let most):
            "\(input): its server sends us elsewhere more than \(most) times. Name the address at which the stream is."
        case .unknownProtocol(let input):
            "\(input): this FFmpeg cannot open such addresses, and there is no file of that name."
        case .namesOtherFile(let input, let file):
            "\(input) names \(file), which is no file in its own folder and is not opened. Copy or link the folder as a whole."
        case .noVideo(let input, let found):
            "\(input) has no video\(found.isEmpty ? "" : ", only \(found.joined(separator: ", "))"). Name a file that has video."
        case .noSuchVideoStream(let input, let number, let videoStreams):
            "stream \(number) of \(input) is not a video. Its video streams: \(Self.list(videoStreams))."
        case .noDecoder(let input, let codec):
            "\(input): this FFmpeg has no decoder for its video (\(codec)). Convert the file, or install a fuller FFmpeg."
        case .decoderFailed(let input, let codec, let cause):
            "\(input): the decoder for its video (\(codec)) does not start: \(cause). Convert the file to another codec."
        case .nothingDecoded(let input, let packets, let cause):
            "\(input): no frame could be decoded\(packets == 0 ? ", the file ends before the first" : " from \(packets) packets")"
                + "\(cause.map { " (\($0))" } ?? ""). It is damaged or was cut off: fetch or record it again."
        case .cannotDecode(let input, let reason):
            "\(input) \(reason.description)"
        case .cannotConvert(let input, let pixelFormat, let cause):
            "\(input): cannot convert frames of format \(pixelFormat): \(cause). Convert the file to yuv420p."
        case .outOfMemory:
            "out of memory while reading. Free some, or use a smaller video."
        case .camera(let error):
            error.description
        case .noSignal(let loss):
            "\(loss). Check that its camera is on, and that it plays elsewhere."
        case .onlyOfCameras(let input, let setting):
            "capture.\(setting) is a setting of cameras, and \(input) is none. Leave it out, or name a camera such as /dev/video0."
        case .kept(let input, let fault):
            "\(input) \(fault)"
        case .interrupted:
            "interrupted before the first frame."
        }
    }

    private static func list(_ numbers: [Int]) -> String {
        numbers.isEmpty ? "none" : numbers.map(String.init).joined(separator: ", ")
    }
}
