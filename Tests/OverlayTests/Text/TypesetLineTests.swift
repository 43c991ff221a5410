import Pipeline
import Testing

@testable import Overlay

struct TypesetLineTests {
    private func line(_ name: String, _ probability: Float = 0.821) -> LabelLine {
        LabelLine(Prediction(classID: 0, label: name, probability: probability))
    }

    @Test(
        arguments: ["Egyptian cat", "العربية الفصحى", "קטן", String(repeating: "long ", count: 40), ""],
        [70, 90, 150, 400])
    func aTextNeverLosesItsNumber(name: String, room: Int) throws {
        let typesetter = try TestFonts.typesetter(size: 16)
        let line = TypesetLine(line(name), within: room, typesetter)
        #expect(line.width <= room)
        let number = line.images.suffix(6).map(\.image)
        let wanted = "82.1 %".map { typesetter.image(String($0)) }
        #expect(zip(number, wanted).allSatisfy { $0 === $1 } && number.count == 6)
    }

    @Test func withoutRoomForAnEllipsisTheNumberStandsAlone() throws {
        let typesetter = try TestFonts.typesetter(size: 16)
        let room = TypesetLine.width(of: "82.1 %", typesetter)
        #expect(TypesetLine(line("Egyptian cat"), within: room, typesetter).images.count == 6)
    }

    @Test func theFontIsSmallEnoughForTheLongestNumber() throws {
        for room in [30, 50, 80, 200] {
            let typesetter = Label.typesetter(try TestFonts.bold(), size: 20, pixelAspect: 1, room: room)
            #expect(TypesetLine.width(of: "100.0 %", typesetter) < room)
            #expect(room < 100 || typesetter.lineHeight > 20)
        }
    }

    @Test func digitsAreDrawnOnceWhateverTheNumber() throws {
        let typesetter = try TestFonts.typesetter(size: 16)
        let one = TypesetLine(line("cat", 0.123), within: 400, typesetter)
        let other = TypesetLine(line("cat", 0.321), within: 400, typesetter)
        #expect(
            Set(one.images.map { ObjectIdentifier($0.image) }) == Set(other.images.map { ObjectIdentifier($0.image) }))
        #expect(one.width == other.width)
    }

    @Test func highLettersMakeTheirLineHigher() throws {
        let typesetter = try TestFonts.typesetter(size: 16)
        let plain = TypesetLine(line("cat"), within: 400, typesetter)
        let high = TypesetLine(line("e\u{302}\u{301}\u{302}\u{301}\u{302}"), within: 400, typesetter)
        #expect(plain.ascent == typesetter.ascent && high.ascent > plain.ascent)
    }
}
