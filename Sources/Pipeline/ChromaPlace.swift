import CFFmpeg

extension Scaler.Side {
    /// With chroma where the tags say: video's samples are above the left pixel, JPEG's between the pixels.
    package init(placingChromaOf format: VideoFormat) {
        self.init(format)
        chroma = (Self.column(format.colour), Self.row(format.colour))
    }

    private static func column(_ colour: ColourTags) -> Int {
        switch colour.chromaLocation {
        case AVCHROMA_LOC_CENTER, AVCHROMA_LOC_TOP, AVCHROMA_LOC_BOTTOM: 128
        case AVCHROMA_LOC_UNSPECIFIED: colour.isFullRange ? 128 : 0
        default: 0
        }
    }

    private static func row(_ colour: ColourTags) -> Int {
        switch colour.chromaLocation {
        case AVCHROMA_LOC_TOP, AVCHROMA_LOC_TOPLEFT: 0
        case AVCHROMA_LOC_BOTTOM, AVCHROMA_LOC_BOTTOMLEFT: 256
        default: 128
        }
    }
}
