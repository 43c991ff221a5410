import Testing

@testable import Overlay

struct MissingGlyphsTests {
    @Test func whatDejaVuHasIsNotMissing() throws {
        let names = ["tabby, tabby cat", "Äpfel", "Жук", "العربية", "עברית", "zwj\u{200d}", "a\u{fe0f}", "tab\tbed"]
        #expect(MissingGlyphs(names, try TestFonts.library()) == nil)
        #expect(try MissingGlyphs.remark(["cat", "dog"], font: nil) == nil)
    }

    @Test func whatIsMissingIsToldInOneLineWithItsPackages() throws {
        let names = ["cat", "红色", "黄色い花", "ไทย"]
        let missing = try #require(MissingGlyphs(names, try TestFonts.library()))
        #expect(
            missing.description
                == "3 of 4 class names have characters that no installed font has, such as 红 in '红色': they are drawn as "
                + "boxes with their codes; install fonts-noto-cjk and fonts-noto-core (Debian), or name a font that has "
                + "them with overlay.font")
    }

    @Test(
        arguments: [
            ("中", "fonts-noto-cjk"), ("か", "fonts-noto-cjk"), ("カ", "fonts-noto-cjk"), ("한", "fonts-noto-cjk"),
            ("，", "fonts-noto-cjk"), ("。", "fonts-noto-cjk"), ("ไ", "fonts-noto-core"), ("अ", "fonts-noto-core"),
            ("ა", "fonts-noto-core"), ("አ", "fonts-noto-core"), ("🦊", "fonts-noto-color-emoji"), ("\u{e000}", nil),
            ("\u{10fffe}", nil),
        ] as [(Unicode.Scalar, String?)])
    func eachScriptHasItsPackage(character: Unicode.Scalar, package: String?) {
        #expect(MissingGlyphs.package(for: character) == package)
    }

    @Test func withoutAPackageTheAdviceIsToNameAFont() throws {
        let missing = try #require(MissingGlyphs(["logo \u{f8ff}"], try TestFonts.library()))
        #expect(
            missing.packages == [] && missing.description.hasSuffix("; name a font that has them with overlay.font"))
    }
}
