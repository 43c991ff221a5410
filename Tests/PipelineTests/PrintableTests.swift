import Pipeline
import Testing

struct PrintableTests {
    @Test(arguments: [
        ("\u{1B}]52;c;aGk=\u{7}", "\\u{1B}]52;c;aGk=\\u{7}"), ("a\r\nb", "a\\r\\nb"), ("\u{9B}2J", "\\u{9B}2J"),
        ("a\u{202E}b\u{2066}\u{200F}", "a\\u{202E}b\\u{2066}\\u{200F}"), ("a\u{2028}b\u{85}", "a\\u{2028}b\\u{85}"),
        ("\0\u{7F}", "\\u{0}\\u{7F}"), ("Kätzchen 猫 👩‍🔬\t'x'", "Kätzchen 猫 👩‍🔬\t'x'"),
    ])
    func whatATerminalWouldObeyIsShownAsText(_ text: String, _ shown: String) {
        #expect(Printable.line(text) == shown)
    }

    @Test(arguments: [
        (String(repeating: "HW", count: 100_000), "HWHW…"), ("a\nbcd", "a\\nbc…"), ("a\nbc", "a\\nbc"), ("", ""),
        ("e" + String(repeating: "\u{301}", count: 1000), "e\u{301}\u{301}\u{301}…"),
    ])
    func aMessageShowsTheBeginningOfALongTextInOneLine(_ text: String, _ shown: String) {
        #expect(Printable.beginning(text, upTo: 4) == shown)
    }

    @Test func aWrongSettingIsToldInOneLineHoweverLongItIs() {
        let value = "NC\n" + String(repeating: "HW", count: 100_000)
        let message = "\(ConfigError.outOfRange(key: "input.layout", value: value, allowed: "NCHW, NHWC"))"
        #expect(message.hasPrefix("input.layout cannot be 'NC\\nHWHW") && message.hasSuffix("…'; allowed: NCHW, NHWC"))
        #expect(message.count < 300)
    }

    @Test func linesOfATextStay() {
        #expect(Printable.text("a\n\tb\u{1B}[31m\n") == "a\n\tb\\u{1B}[31m\n")
        // Swift takes both for one character.
        #expect(Printable.text("a\r\nb") == "a\\r\nb")
    }
}
