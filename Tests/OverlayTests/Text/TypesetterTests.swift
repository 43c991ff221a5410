import Testing

@testable import Overlay

struct TypesetterTests {
    private let typesetter: Typesetter

    init() throws { typesetter = try TestFonts.typesetter() }

    private func looksLike(_ one: String, _ other: String) -> Bool {
        let (one, other) = (typesetter.image(one), typesetter.image(other))
        return one.rows == other.rows && one.left == other.left && one.top == other.top
    }

    @Test func lettersBeyondASCIIHaveShapesOfTheirOwn() throws {
        let texts = ["Ä", "é", "ß", "…", "Ж", "א"]
        for (number, text) in texts.enumerated() {
            #expect(typesetter.image(text).ink != nil && typesetter.image(text).advance > 0)
            for other in texts[..<number] { #expect(!looksLike(text, other), "\(text) and \(other)") }
        }
    }

    @Test func anOutlineGoesAroundTheLetters() throws {
        let image = try TestFonts.typesetter(isOutlined: true).image("H")
        let outline = try #require(image.outline)
        let isCovered = { (x: Int, y: Int) in outline.start[y * image.width + x] > 100 }
        for (y, row) in image.rows.enumerated() {
            guard let first = row.firstIndex(where: { $0 > 200 }) else { continue }
            #expect(isCovered(first, y) && isCovered(first - 2, y))
        }
    }

    @Test func arabicLettersJoinAndRunFromRightToLeft() {
        // Beh, teh: joined, they are narrower than side by side, and the first one stands at the right.
        let joined = typesetter.image("بت")
        let apart = typesetter.image("ب").advance + typesetter.image("ت").advance
        #expect(joined.advance < apart * 9 / 10)
        // One below the base line, two above it.
        let dotsBelow = joined.rows.enumerated().filter { $0.offset + joined.top > 3 }.map(\.element)
        let below = (0..<joined.width).filter { x in dotsBelow.contains { $0[x] > 0 } }
        #expect(below.min()! > joined.width / 2, "the dot of beh, the first letter, is at the right")
    }

    @Test func hebrewRunsFromRightToLeft() throws {
        // Lamed is the only letter that reaches above the others.
        func columnOfTheHighest(_ text: String) -> Double {
            let image = typesetter.image(text)
            let top = image.rows.first { $0.contains { $0 > 128 } } ?? []
            return Double(top.firstIndex { $0 > 128 } ?? 0) / Double(image.width)
        }
        #expect(columnOfTheHighest("לבב") > 0.5 && columnOfTheHighest("בבל") < 0.4)
    }

    @Test func marksStandOnTheirLetters() {
        let (plain, marked) = (typesetter.image("e"), typesetter.image("e\u{301}"))
        #expect(marked.advance == plain.advance && marked.ascent > plain.ascent + 3)
    }

    @Test func pairsAreKerned() {
        #expect(typesetter.width("AV") < typesetter.width("A") + typesetter.width("V"))
    }

    @Test(arguments: ["cat\u{7}", "c\u{0}a\u{1b}t", "\u{9f}cat", "ca\u{200b}t", "\u{feff}cat"])
    func controlCharactersAreNotSeen(text: String) {
        #expect(looksLike(text, "cat"))
    }

    @Test(arguments: ["a\tcat", "a\ncat", "a\r\ncat", "a\u{2028}cat", "a\u{2029}cat"])
    func endsOfLinesAreSpaces(text: String) {
        #expect(looksLike(text, "a cat"))
    }

    @Test func whatFitsStaysAsItIs() {
        let whole = typesetter.image("Grad-CAM")
        #expect(typesetter.image("Grad-CAM", within: whole.advance) === whole)
    }

    @Test(arguments: ["features/block4/relu", "العربية والعبرية", "ein sehr langer Name"])
    func aNameThatIsTooLongLosesTheEndThatItMayLose(name: String) {
        let whole = typesetter.width(name)
        for edge in [Typesetter.Edge.start, .end] {
            let short = typesetter.image(name, within: whole / 2, losing: edge)
            #expect(short.advance <= whole / 2 && short.advance > whole / 4)
        }
        let (end, start) = (
            typesetter.image(name, within: whole / 2), typesetter.image(name, within: whole / 2, losing: .start)
        )
        #expect(end.rows != start.rows)
    }

    @Test func aShortenedNameBeginsAsTheWholeOne() throws {
        let whole = typesetter.image("Egyptian cat")
        let short = typesetter.image("Egyptian cat", within: whole.advance / 2)
        let same = typesetter.width("Eg")
        for (one, other) in zip(whole.rows, short.rows) where whole.top == short.top {
            #expect(one.prefix(same) == other.prefix(same))
        }
    }

    @Test func lettersKeepTheirShapeOnTheScreenWherePixelsAreWide() throws {
        let square = try #require(try TestFonts.typesetter(size: 40).image("W").ink)
        let wide = try #require(try TestFonts.typesetter(size: 40, pixelAspect: 2).image("W").ink)
        #expect(abs(square.columns.count - 2 * wide.columns.count) <= 3)
        #expect(abs(square.rows.count - wide.rows.count) <= 1)
    }

    @Test func whatWasDrawnBeforeIsNotDrawnAgain() {
        #expect(typesetter.image("tabby") === typesetter.image("tabby"))
    }

    @Test func whatIsKeptIsBounded() {
        let first = typesetter.image("tabby")
        for number in 0..<2000 { _ = typesetter.image("a class with a name of its own, number \(number)") }
        #expect(typesetter.image("tabby") !== first)
    }
}
