import CFFmpeg
import Capture
import Encode
import Foundation
package import Kept
package import Overlay
package import Pipeline

/// A kept recording as a page for browsers: files in a folder that any web server can hand out, or none.
package struct ClipPage {
    private let tracks: KeptTracks
    private let plan: BrowserVideo.Plan
    private let input: String
    private let style: OverlayConfig
    private let program: String
    private let isListed: Bool

    /// What was made.
    package struct Summary: Sendable, Equatable {
        package let frames: Int
        /// Pictures whose heat or record is not in the file.
        package let framesWithoutHeat: Int
        /// The codec of a sound that no browser plays; nil: it is there, or there is none.
        package let soundLeftOut: String?
    }

    /// Opens the recording; nothing is written yet.
    ///
    /// - Parameters:
    ///   - style: how its run would have drawn, which the page begins with.
    ///   - program: such as "camstream 1.0".
    ///   - isListed: whether the page that lists it with others is in the folder above.
    /// - Throws: `CaptureError` for what is no kept recording, `ViewError.noBrowserPlays`.
    package init(
        of path: String, style: (KeptFacts) -> OverlayConfig, program: String, isListed: Bool = false,
        interrupt: Interrupt = Interrupt()
    ) throws {
        input = path
        (self.program, self.isListed) = (program, isListed)
        tracks = try KeptTracks(path, interrupt: interrupt)
        self.style = style(tracks.facts)
        guard let plan = BrowserVideo.Plan(video: tracks.video, sound: tracks.sound) else {
            throw ViewError.noBrowserPlays(input: path, codec: Self.codec(tracks.video))
        }
        self.plan = plan
    }

    private static func codec(_ stream: AuxiliaryStream) -> String {
        String(cString: avcodec_get_name(stream.parameters.pointee.codec_id))
    }

    /// Writes all files.
    ///
    /// - Parameter folder: is there, and empty.
    /// - Throws: `CaptureError`, `EncodeError`.
    package func write(to folder: String) throws -> Summary {
        let (times, facts) = (tracks.times, tracks.facts)
        let maps = facts.heat.map { ClipFacts.Track($0) }
        let video = try BrowserVideo(
            "\(folder)/video\(plan.ending)", plan, video: tracks.video, sound: tracks.sound, start: times[0])
        let pieces = HeatPieces(in: folder, maps: maps.map { ($0.width, $0.height) })
        var table = ClipTable(tracks: maps.count)
        var objects = ClipObjects(width: facts.width, height: facts.height)
        var withoutHeat = 0
        func takePictures() throws {
            while table.count < times.count, try tracks.isReady(for: table.count) {
                let picture = table.count
                let (record, heats) = tracks.take()
                // Heat says nothing without what it is about.
                let count = record?.heatCount ?? 0
                let shown = heats.enumerated().map { $0.offset < count ? $0.element : nil }
                if record == nil || shown.prefix(count).contains(where: { $0 == nil }) { withoutHeat += 1 }
                objects.add(record?.objects ?? [])
                table.add(
                    record, step: picture == 0 ? 0 : times[picture] - times[picture - 1],
                    hasHeat: shown.map { $0 != nil })
                try pieces.add(shown)
            }
        }
        while let piece = try tracks.next() {
            switch piece {
            case .video(let packet): try video.writeVideo(packet)
            case .sound(let packet): try video.writeSound(packet)
            }
            try takePictures()
        }
        try takePictures()
        try pieces.finish()
        try video.finish()
        try write(table, objects, maps, pieceLength: pieces.length, to: folder)
        for (name, bytes) in ViewFile.clip { try ViewFile.write(bytes, to: "\(folder)/\(name)") }
        return Summary(
            frames: times.count, framesWithoutHeat: withoutHeat,
            soundLeftOut: plan.takesSound ? nil : tracks.sound.map(Self.codec))
    }

    private func write(
        _ table: ClipTable, _ objects: ClipObjects, _ maps: [ClipFacts.Track], pieceLength: Int, to folder: String
    ) throws {
        let (facts, unit) = (tracks.facts, tracks.video.timeBase)
        let clip = ClipFacts(
            name: URL(filePath: input).lastPathComponent, program: program, keptBy: facts.camstream,
            model: facts.model.name, modelSha256: facts.model.sha256, width: facts.width, height: facts.height,
            video: "video\(plan.ending)", codec: Self.codec(tracks.video), unit: [unit.num, unit.den],
            frames: table.count, isListed: isListed, tracks: maps,
            names: Dictionary(uniqueKeysWithValues: tracks.names.map { ("\($0)", $1) }),
            style: .init(
                colormap: style.colormap.rawValue, blend: style.blend.rawValue, opacity: style.opacity),
            colormaps: ClipFacts.allColormaps, pieceLength: pieceLength,
            table: Data(zlibCompressed(table.bytes)).base64EncodedString(),
            objects: facts.reading == .objects ? Data(zlibCompressed(objects.bytes)).base64EncodedString() : nil)
        try ViewFile.write("camstreamClip(\(try JSONText.compact.text(clip)))\n", to: "\(folder)/clip.js")
    }
}
