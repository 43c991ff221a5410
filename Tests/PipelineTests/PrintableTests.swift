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

    @Test func linesOfATextStay() {
        #expect(Printable.text("a\n\tb\u{1B}[31m\n") == "a\n\tb\\u{1B}[31m\n")
        // Swift takes both for one character.
        #expect(Printable.text("a\r\nb") == "a\\r\nb")
    }
}
