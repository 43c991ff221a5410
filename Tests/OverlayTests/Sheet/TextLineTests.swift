import Pipeline
import Testing

@testable import Overlay

struct TextLineTests {
    private let glyphs: Glyphs

    init() throws { glyphs = try Glyphs(FontFinder.find(nil), size: 17, pixelAspect: 1) }

    private func line(_ name: String, then value: String = "", _ room: Int, _ edge: TextLine.Edge = .end) -> TextLine {
        TextLine(name, then: value, within: room, losing: edge, glyphs)
    }

    private func characters(_ line: TextLine, _ text: String) -> [Int] {
        text.unicodeScalars.map { glyphs.index(of: $0) }
    }

    @Test func whatFitsStaysAsItIs() {
        let whole = TextLine("Grad-CAM", glyphs)
        #expect(line("Grad-CAM", whole.width).placed.map(\.glyph) == characters(whole, "Grad-CAM"))
    }

    @Test func aNameThatIsTooLongLosesTheEndThatItMayLose() {
        let name = "features/block4/relu"
        let whole = TextLine(name, glyphs)
        let (end, start) = (line(name, whole.width / 2), line(name, whole.width / 2, .start))
        for short in [end, start] {
            #expect(short.width <= whole.width / 2 && short.width > whole.width / 4)
        }
        #expect(end.placed.prefix(3).map(\.glyph) == characters(end, "fea"))
        #expect(end.placed.last?.glyph == characters(end, "…")[0])
        #expect(start.placed.suffix(3).map(\.glyph) == characters(start, "elu"))
        #expect(start.placed.first?.glyph == characters(start, "…")[0])
    }

    @Test func aValueStays() {
        let short = line("Egyptian cat", then: " 82.1 %", TextLine("Egyptian 82.1 %", glyphs).width)
        #expect(short.placed.suffix(7).map(\.glyph) == characters(short, " 82.1 %"))
    }

    @Test func aTextIsCutIntoLinesAtItsSpaces() throws {
        let format = videoFormat("gbrp", width: 8, height: 8)
        let codes = CodeValues(format, try #require(PixelLayout(format.pixelFormat)))
        let lettering = try Lettering(FontFinder.find(nil), size: 15, codes)
        let text = "no gradient for operator NonMaxSuppression"
        let lines = lettering.lines(text, within: lettering.width("no gradient for"))
        #expect(lines == ["no gradient for", "operator", "NonMaxSuppression"])
        #expect(lettering.lines(text, within: 10_000) == [text])
    }
}
