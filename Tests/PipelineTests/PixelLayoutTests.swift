import CFFmpeg
import Pipeline
import Testing

struct PixelLayoutTests {
    @Test(arguments: [
        (AV_PIX_FMT_YUV420P, 8, 1, 1, false), (AV_PIX_FMT_YUV422P, 8, 1, 0, false),
        (AV_PIX_FMT_YUV444P, 8, 0, 0, false), (AV_PIX_FMT_YUVJ420P, 8, 1, 1, false),
        (AV_PIX_FMT_YUV420P10LE, 10, 1, 1, false), (AV_PIX_FMT_YUV444P12LE, 12, 0, 0, false),
        (AV_PIX_FMT_GBRP, 8, 0, 0, true), (AV_PIX_FMT_GBRP16LE, 16, 0, 0, true),
    ])
    func planarFormatsAreDescribed(
        format: AVPixelFormat, bits: Int, log2ChromaWidth: Int, log2ChromaHeight: Int, isRGB: Bool
    ) throws {
        let layout = try #require(PixelLayout(format))
        #expect(layout.bitsPerSample == bits)
        #expect(layout.bytesPerSample == (bits > 8 ? 2 : 1))
        #expect(layout.log2ChromaWidth == log2ChromaWidth)
        #expect(layout.log2ChromaHeight == log2ChromaHeight)
        #expect(layout.isRGB == isRGB)
    }

    @Test(arguments: [
        AV_PIX_FMT_NV12, AV_PIX_FMT_RGB24, AV_PIX_FMT_GRAY8, AV_PIX_FMT_YUVA420P, AV_PIX_FMT_PAL8, AV_PIX_FMT_YUYV422,
        AV_PIX_FMT_YUV420P10BE, AV_PIX_FMT_GBRPF32LE, AV_PIX_FMT_NONE,
    ])
    func otherFormatsAreRefused(format: AVPixelFormat) {
        #expect(PixelLayout(format) == nil)
    }

    @Test func chromaOfOddSizesRoundsUp() throws {
        let layout = try #require(PixelLayout(AV_PIX_FMT_YUV420P))
        #expect(layout.width(ofPlane: 1, forWidth: 641) == 321)
        #expect(layout.height(ofPlane: 2, forHeight: 361) == 181)
        #expect(layout.width(ofPlane: 0, forWidth: 641) == 641)
    }
}
