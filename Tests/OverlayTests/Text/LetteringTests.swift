import Pipeline
import Testing

@testable import Overlay

struct LetteringTests {
    @Test func aTextIsCutIntoLinesAtItsSpaces() throws {
        let format = videoFormat("gbrp", width: 8, height: 8)
        let codes = CodeValues(format, try #require(PixelLayout(format.pixelFormat)))
        let lettering = Lettering(try TestFonts.bold(), size: 15, codes)
        let text = "no gradient for operator NonMaxSuppression"
        let lines = lettering.lines(text, within: lettering.width("no gradient for"))
        #expect(lines == ["no gradient for", "operator", "NonMaxSuppression"])
        #expect(lettering.lines(text, within: 10_000) == [text])
    }
}
