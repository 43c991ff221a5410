import Foundation
import Testing

@testable import Overlay

struct FontTests {
    private static let serif = "\(TestFonts.folder)/DejaVuSerif.ttf"

    private func picture(_ font: Font) -> [[UInt8]] { Typesetter(font, size: 32, isOutlined: false).image("Rag").rows }

    @Test func aFontMayBeNamedByFamilyOrFile() throws {
        let sans = try picture(TestFonts.bold())
        #expect(try picture(Font("dejavu sans", .bold, in: TestFonts.library())) == sans)
        #expect(try picture(Font("\(TestFonts.folder)/DejaVuSans-Bold.ttf")) == sans)
        #expect(try picture(Font("DejaVu Serif", .bold, in: TestFonts.library())) != sans)
    }

    @Test func aFileIsDrawnAsItIsThoughItsNameIsInstalledToo() throws {
        // The file of the plain font, where a bold one of the same family is at hand.
        let plain = try picture(Font("DejaVu Serif", .regular, in: TestFonts.library()))
        #expect(try picture(Font(Self.serif)) == plain)
        #expect(try picture(Font(Self.serif, .regular)) == plain)
    }

    @Test func aFilesPathMayHaveAnyCharacters() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "fonts & <\(UUID().uuidString)> ß")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let copy = folder.appending(path: "a font.TTF")
        try FileManager.default.copyItem(atPath: Self.serif, toPath: copy.path)
        #expect(try picture(Font(copy.path)) == picture(Font(Self.serif)))
    }

    @Test func lettersThatAFileLacksComeFromOtherFonts() throws {
        // DejaVu Sans Mono has no Hebrew, DejaVu Sans has.
        let mono = try Font("\(TestFonts.folder)/DejaVuSansMono.ttf")
        #expect(MissingGlyphs(["אבג"], mono.library) == nil)
        let letter = { (font: Font) in Typesetter(font, size: 32, isOutlined: false).image("א").rows }
        #expect(letter(mono).joined().contains { $0 > 200 })
    }

    @Test(arguments: [
        ("/nowhere/font.ttf", "cannot read the font /nowhere/font.ttf: No such file or directory."),
        (#filePath, "cannot read the font \(#filePath): it holds no font."),
        ("No Such Family", "no font is called 'No Such Family': "),
    ])
    func aFontThatIsMissingIsOneClearLine(_ name: String, _ beginning: String) {
        #expect {
            _ = try Font(name)
        } throws: { error in
            let line = "\(error)"
            return error is OverlayError && line.hasPrefix(beginning) && !line.contains("\n")
        }
    }
}
