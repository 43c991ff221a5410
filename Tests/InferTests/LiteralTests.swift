import Testing

@testable import Infer

struct LiteralTests {
    @Test(
        arguments: [
            (
                "{0: 'red', 1: \"it's\"}",
                .map([
                    Literal.Entry(key: .number(0), value: .text("red")),
                    Literal.Entry(key: .number(1), value: .text("it's")),
                ])
            ),
            (" (0.5, -1e-2,) ", .list([.number(0.5), .number(-0.01)])), ("(1,)", .list([.number(1)])),
            ("(1)", .number(1)),
            ("[True, false, None, null]", .list([.flag(true), .flag(false), .none, .none])),
            (#"'caf\xe9 \u00df \ud83d\ude00 \'\\ \d'"#, .text("café ß 😀 '\\ \\d")), ("[]", .list([])), ("{}", .map([])),
        ] as [(String, Literal)])
    func pythonsAndJSONsFormsAreRead(text: String, value: Literal) throws {
        #expect(try Literal(text) == value)
    }

    @Test(arguments: [
        ("{0: 'red'", "a comma or '}' is missing at byte 9"), ("['red", "a closing quote is missing at byte 5"),
        ("__import__('os')", "'__import__' is no value at byte 0"), ("1 2", "there is more than one value at byte 2"),
        ("{'a' 1}", "a colon is missing at byte 5"), ("", "the text ends where a value is wanted at byte 0"),
        (#""\u12""#, "4 hexadecimal digits are missing at byte 3"),
    ])
    func whatIsNoValueIsSaidWithItsPlace(text: String, message: String) {
        let defect = #expect(throws: Literal.Defect.self) { try Literal(text) }
        #expect(defect?.description == message)
    }

    @Test func aHundredThousandListsInEachOtherAreRefused() {
        for open in ["[", "(", "{0:"] {
            let defect = #expect(throws: Literal.Defect.self) {
                try Literal(String(repeating: open, count: 100_000))
            }
            #expect(defect?.reason == "more than 32 lists lie in each other")
        }
    }
}
