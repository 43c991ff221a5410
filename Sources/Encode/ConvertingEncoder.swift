import CFFmpeg
import Pipeline

/// An open encoder, and what makes of the stages' pictures those that it takes.
struct ConvertingEncoder {
    let encoder: VideoEncoder
    let notes: [EncodeNote]
    /// Whether times are rounded to those of a fixed rate.
    let hasFixedRate: Bool
    private let converter: PictureConverter
    /// nil: pictures stay as bright as they come.
    private let toneMapper: ToneMapper?
    private let path: String

    /// - Parameters:
    ///   - input: format of the pictures that will come.
    ///   - container: nil where each picture is a file of its own, and where packets go to several containers.
    ///   - path: for errors.
    /// - Throws: `EncodeError` if the encoder refuses the user's options or the pictures, even padded.
    init(
        _ codec: UnsafePointer<AVCodec>, _ config: EncodeConfig, _ input: VideoFormat,
        container: UnsafePointer<AVOutputFormat>?, mode: EncodingMode = .file, path: String
    ) throws(EncodeError) {
        do {
            let staysHDR = try input.colour.hdr == nil || !config.isForAnyPlayer && input.staysHDR(with: codec)
            toneMapper = try staysHDR ? nil : ToneMapper(input)
        } catch let error as FFmpegError {
            throw .encodingFailed(path: path, cause: error)
        } catch let error as EncodeError {
            throw error
        } catch {
            preconditionFailure("\(error)")
        }
        let format = toneMapper?.format ?? input
        let clock = EncoderClock(format, codec, container)
        var encoded = try format.encoded(by: codec, isForAnyPlayer: config.isForAnyPlayer)
        encoded.timeBase = clock.timeBase
        encoded.frameRate = clock.fixed?.rate ?? format.frameRate
        // Live, each reader puts headers where its container wants them.
        let hasGlobalHeader = container.map { $0.pointee.flags & AVFMT_GLOBALHEADER != 0 } ?? (mode == .live)
        let open: (VideoFormat) throws(EncodeError) -> VideoEncoder = { format throws(EncodeError) in
            let settings = EncoderSettings(config, codec, mode)
            return try VideoEncoder(codec, settings, format, hasGlobalHeader: hasGlobalHeader, path: path)
        }
        let padded = encoded.padded
        let isOdd = (padded.width, padded.height) != (encoded.width, encoded.height)
        if isOdd && Self.refusesOddSizes.contains(codec.pointee.id) {
            encoder = try open(padded)
            encoded = padded
        } else {
            do {
                encoder = try open(encoded)
            } catch EncodeError.encoderRefused where isOdd {
                encoder = try open(padded)
                encoded = padded
            }
        }
        do {
            converter = try PictureConverter(from: format, to: encoded)
        } catch {
            throw .encodingFailed(path: path, cause: error)
        }
        self.path = path
        hasFixedRate = clock.fixed != nil
        let loss =
            toneMapper == nil || container == nil && mode == .file ? [] : [EncodeNote.toneMapped(codec: codec.name)]
        notes = loss + Self.notes(codec.name, clock, from: format, to: encoded)
    }

    /// Takes a picture, and hands over the packets that are done; they may be of earlier pictures.
    ///
    /// - Parameter isKey: whether a player must be able to begin with this picture.
    func encode(
        _ frame: consuming Frame, asKey isKey: Bool = false, _ handle: VideoEncoder.PacketHandler
    ) throws(EncodeError) {
        let converted: Frame
        do {
            if let toneMapper {
                converted = try converter.convert(try toneMapper.map(frame))
            } else {
                converted = try converter.convert(frame)
            }
        } catch {
            throw .encodingFailed(path: path, cause: error)
        }
        try encoder.encode(converted, asKey: isKey, handle)
    }

    /// Those whose refusal we know, so that they need not print it; others are asked.
    private static let refusesOddSizes: Set<AVCodecID> = [AV_CODEC_ID_H264, AV_CODEC_ID_HEVC]

    private static func notes(
        _ codec: String, _ clock: EncoderClock, from format: VideoFormat, to encoded: VideoFormat
    ) -> [EncodeNote] {
        var notes: [EncodeNote] = []
        if (format.width, format.height) != (encoded.width, encoded.height) {
            notes.append(
                .padded(
                    codec: codec, width: format.width, height: format.height, paddedWidth: encoded.width,
                    paddedHeight: encoded.height))
        }
        if let fixed = clock.fixed {
            notes.append(.fixedRate(codecOrContainer: fixed.by, framesPerSecond: av_q2d(fixed.rate)))
        }
        return notes
    }
}
