import CFFmpeg
import Pipeline

/// What the container and the codec say of all pictures of a stream; a picture's own word goes first, if it has one.
struct SourceFacts {
    /// For messages.
    var name = ""
    /// From the container; nil: it says nothing.
    var orientation: Orientation?
    var colour = ColourTags()
    var sampleAspectRatio = AVRational(num: 0, den: 1)
    var frameRate = AVRational(num: 0, den: 1)
    var hdr = HDRMetadata()
    /// Every picture stands for itself, such as a photograph, and with it what it says of its orientation.
    var isIntraOnly = false
    /// Whether the chroma of YUV pictures keeps its resolution.
    var chroma = NormalisedFormat.Chroma.kept
    /// Grey pictures without a range: black is 16 in film codecs (their standards say so), 0 in picture files.
    var isGreyFullRange = true

    init() {}

    init(_ reader: FrameReader) {
        let parameters = reader.stream.pointee.codecpar.pointee
        name = reader.demuxer.location.name
        if let matrix = shim_display_matrix(reader.stream) {
            orientation = Orientation(matrix: matrix)
        }
        colour = ColourTags(
            range: parameters.color_range, matrix: parameters.color_space, primaries: parameters.color_primaries,
            transfer: parameters.color_trc, chromaLocation: parameters.chroma_location)
        frameRate = reader.frameRate
        hdr = HDRMetadata(of: reader.stream)
        // The container's, if it has one, goes before the codec's.
        sampleAspectRatio = reader.stream.pointee.sample_aspect_ratio
        let properties = avcodec_descriptor_get(parameters.codec_id)?.pointee.props ?? 0
        isIntraOnly = properties & AV_CODEC_PROP_INTRA_ONLY != 0
        isGreyFullRange = properties & AV_CODEC_PROP_REORDER == 0
    }

    /// A picture's tags, completed.
    func colour(of picture: borrowing Frame, _ normalised: NormalisedFormat) -> ColourTags {
        var tags = ColourTags(of: picture.av)
        if tags.range == AVCOL_RANGE_UNSPECIFIED { tags.range = colour.range }
        if tags.matrix == AVCOL_SPC_UNSPECIFIED { tags.matrix = colour.matrix }
        if tags.primaries == AVCOL_PRI_UNSPECIFIED { tags.primaries = colour.primaries }
        if tags.transfer == AVCOL_TRC_UNSPECIFIED { tags.transfer = colour.transfer }
        if tags.chromaLocation == AVCHROMA_LOC_UNSPECIFIED { tags.chromaLocation = colour.chromaLocation }

        if normalised.isFullRange && !normalised.isRGB { tags.range = AVCOL_RANGE_JPEG }
        if tags.range == AVCOL_RANGE_UNSPECIFIED && (normalised.isRGB || normalised.isGrey && isGreyFullRange) {
            tags.range = AVCOL_RANGE_JPEG
        }
        if normalised.isRGB {
            tags.matrix = AVCOL_SPC_RGB
        } else if tags.matrix == AVCOL_SPC_RGB {
            tags.matrix = AVCOL_SPC_UNSPECIFIED
        }
        return tags
    }

    func sampleAspectRatio(of picture: borrowing Frame) -> AVRational {
        let own = picture.av.pointee.sample_aspect_ratio
        let known = sampleAspectRatio.num > 0 && sampleAspectRatio.den > 0 ? sampleAspectRatio : own
        var ratio = AVRational(num: 0, den: 1)
        if known.num > 0 && known.den > 0 {
            // A JPEG's pixel density comes as 72:72.
            av_reduce(&ratio.num, &ratio.den, Int64(known.num), Int64(known.den), Int64(Int32.max))
        }
        return ratio
    }
}
