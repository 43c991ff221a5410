import Encode
import Glibc
import Pipeline
import TestSupport
import Testing

/// What `checkOutput` finds before anything is opened, and what a user then reads.
@Suite struct OutputCheckTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func failure(_ config: EncodeConfig) -> EncodeError? {
        do {
            try config.checkOutput()
            return nil
        } catch {
            return error
        }
    }

    private func config(_ path: String, codec: String? = nil) -> EncodeConfig {
        var config = EncodeConfig()
        config.output = path
        config.codec = codec
        return config
    }

    @Test(arguments: ["out.mp4", "out.MKV", "out.mov", "out.webm", "out.avi", "a.png", "a.jpg", "a.JPEG", "a%05d.png"])
    func knownEndingsAreFine(name: String) throws {
        #expect(failure(config(folder.file(name))) == nil)
        #expect(try folder.contents() == [], "a trial is left over")
    }

    @Test(arguments: ["out", "out.xyz", "out.txt", "out.mp3", "out.wav", "out.m3u8", "out.bmp", ".mp4", "out.mp4/"])
    func unknownEndingsAreNamed(name: String) {
        let error = failure(config(folder.file(name)))
        #expect(error == .unknownExtension(path: folder.file(name)))
        #expect(error?.category == .usage)
        #expect(error?.description.contains("use .mp4, .mkv, .mov, .webm, .png or .jpg") == true)
    }

    @Test func noOutputAtAll() {
        #expect(failure(EncodeConfig()) == .noOutput)
        #expect(EncodeError.noOutput.category == .usage)
    }

    // "copy" is a word of the ffmpeg command, "aac" compresses sound.
    @Test(arguments: [
        ("h246", "h264"), ("libx246", "libx264"), ("mjpg", "mjpeg"), ("copy", nil), ("aac", nil), ("", nil),
    ])
    func unknownCodecsAreNamedWithTheNearest(codec: String, near: String?) {
        let error = failure(config(folder.file("out.mp4"), codec: codec))
        #expect(error == .unknownCodec(name: codec, near: near))
        #expect(error?.category == .usage)
    }

    @Test(
        arguments: [
            ("libx264", "out.webm", [".mp4", ".mov", ".mkv"]), ("libvpx", "out.mp4", [".mkv", ".webm"]),
            ("vp9", "out.mov", [".mp4", ".mkv", ".webm"]), ("ffv1", "out.mp4", [".mkv"]),
            ("libx264", "out.png", [".mp4", ".mov", ".mkv"]),
            ("png", "out.jpg", [".mp4", ".mov", ".mkv"]),
        ] as [(String, String, [String])])
    func codecsThatDoNotFitTheContainerAreNamed(codec: String, name: String, fits: [String]) {
        let error = failure(config(folder.file(name), codec: codec))
        let encoder = codec == "vp9" ? "libvpx-vp9" : codec
        #expect(error == .codecDoesNotFit(codec: encoder, path: folder.file(name), fits: fits))
        #expect(error?.category == .usage)
        #expect(
            error?.description.hasSuffix("choose another codec, or write \(fits.joined(separator: " or "))") == true)
    }

    @Test func codecsForGraphicsCardsAreRefused() {
        // Debian's FFmpeg has them on all machines.
        var config = config(folder.file("out.mp4"), codec: "h264_vaapi")
        config.options = []
        #expect(failure(config) == .hardwareOnly(codec: "h264_vaapi"))
    }

    @Test func optionsAreChecked() {
        var config = config(folder.file("out.mp4"))
        config.options = ["tune=film", "g=50"]
        #expect(failure(config) == nil)
        config.options = ["tunne=film"]
        #expect(failure(config) == .unknownOption(codec: "libx264", key: "tunne"))
        config.options = ["g=often"]
        #expect(failure(config) == .optionValue(codec: "libx264", key: "g", value: "often"))
        config.options = []
        config.preset = "hasty"
        #expect(failure(config) == .settingsRefused(codec: "libx264", settings: "preset=hasty"))
        config.preset = nil
        config.crf = 52
        #expect(failure(config) == .optionValue(codec: "libx264", key: "crf", value: "52"))
        config.codec = "mpeg4"
        config.crf = 20
        #expect(failure(config) == .unknownOption(codec: "mpeg4", key: "crf"))
        #expect(failure(config)?.category == .usage)
    }

    @Test func aMissingFolderIsNamed() {
        let error = failure(config(folder.file("not/there/out.mp4")))
        #expect(error == .folderMissing(folder: folder.file("not/there")))
        #expect(error?.category == .cannotWrite)
        #expect(
            error?.description
                == "the output folder \(folder.file("not/there")) does not exist; create it, or write somewhere else")
    }

    @Test func aFileIsNoFolder() throws {
        try folder.write([], to: "file")
        #expect(failure(config(folder.file("file/out.mp4"))) == .notAFolder(folder: folder.file("file")))
    }

    // A superuser may write everywhere else; the kernel's own folder refuses all.
    @Test func aFolderThatRefusesFilesIsNamed() {
        let place = "/proc"
        let error = failure(config("\(place)/out.mp4"))
        guard case .folderNotWritable(folder: place, reason: _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.category == .cannotWrite)
        #expect(error?.description.hasPrefix("cannot write in folder \(place): ") == true)
    }

    @Test(.enabled(if: getuid() != 0, "a superuser may write everywhere"))
    func aFolderWithoutPermissionIsNamed() throws {
        chmod(folder.path, 0o500)
        defer { chmod(folder.path, 0o700) }
        #expect(
            failure(config(folder.file("out.mp4")))
                == .folderNotWritable(folder: folder.path, reason: "Permission denied"))
    }

    @Test func anExistingFileIsLeftAlone() throws {
        try folder.write([1, 2, 3], to: "out.mp4")
        let error = failure(config(folder.file("out.mp4")))
        #expect(error == .exists(path: folder.file("out.mp4")))
        #expect(error?.category == .cannotWrite)
        #expect(error?.description.contains("--force") == true)
        var config = config(folder.file("out.mp4"))
        config.force = true
        #expect(failure(config) == nil)
        #expect(try folder.bytes(of: "out.mp4") == [1, 2, 3])
    }

    @Test func theFirstPictureOfASequenceIsLookedFor() throws {
        try folder.write([], to: "a00001.png")
        #expect(failure(config(folder.file("a%05d.png"))) == .exists(path: folder.file("a00001.png")))
    }

    @Test func foldersAndDevicesAreNotReplaced() throws {
        mkdir(folder.file("out.mp4"), 0o700)
        symlink("/dev/null", folder.file("null.mkv"))
        for name in ["out.mp4", "null.mkv"] {
            var config = config(folder.file(name))
            config.force = true
            #expect(failure(config) == .notARegularFile(path: folder.file(name)))
        }
    }

    @Test func linksOfTheSystemAreRefused() throws {
        try folder.write([7], to: "open")
        let descriptor = open(folder.file("open"), O_RDONLY)
        defer { close(descriptor) }
        symlink("/proc/self/fd/\(descriptor)", folder.file("out.mp4"))
        symlink("out.mp4", folder.file("second.mp4"))
        symlink("/dev/fd/\(descriptor)", folder.file("third.mp4"))
        for name in ["out.mp4", "second.mp4", "third.mp4"] {
            for force in [true, false] {
                var config = config(folder.file(name))
                config.force = force
                guard case .badLink(folder.file(name), let problem) = failure(config) else {
                    Issue.record("\(name): \(String(describing: failure(config)))")
                    continue
                }
                #expect(problem.hasPrefix("a link of the system's own (/"))
            }
        }
        #expect(
            failure(config("/proc/self/fd/\(descriptor)")) == .unknownExtension(path: "/proc/self/fd/\(descriptor)"))
        var sidecar = config(folder.file("a.mp4"))
        (sidecar.sidecar, sidecar.force) = ("/dev/stdout", true)
        #expect(failure(sidecar) != nil)
        #expect(failure(sidecar)?.category == .cannotWrite)
        #expect(try folder.contents() == ["open", "out.mp4", "second.mp4", "third.mp4"])
    }

    @Test func theSidecarIsCheckedToo() throws {
        try checkThatItIsChecked(\.sidecar, "out.jsonl") { .sidecarIsOutput(path: $0) }
    }

    @Test func theMapsAreCheckedToo() throws {
        try checkThatItIsChecked(\.maps, "maps.npz") { .mapsAreOutput(path: $0) }
        var config = config(folder.file("out.mp4"))
        (config.sidecar, config.maps) = (folder.file("beside"), folder.file("beside"))
        #expect(failure(config) == .mapsAreOutput(path: folder.file("beside")))
    }

    private func checkThatItIsChecked(
        _ beside: WritableKeyPath<EncodeConfig, String?>, _ name: String, isOutput: (String) -> EncodeError
    ) throws {
        var config = config(folder.file("out.mp4"))
        config[keyPath: beside] = folder.file("not/there")
        #expect(failure(config) == .folderMissing(folder: folder.file("not")))
        config[keyPath: beside] = folder.file("out.mp4")
        #expect(failure(config) == isOutput(folder.file("out.mp4")))
        try folder.write([], to: name)
        config[keyPath: beside] = folder.file(name)
        #expect(failure(config) == .exists(path: folder.file(name)))
    }
}
