import CPango
import Glibc

/// The fonts that text may be drawn with: those of a Fontconfig configuration, and Pango's map of them. To be used from
/// one thread.
final class FontLibrary {
    let config: OpaquePointer
    let map: UnsafeMutablePointer<PangoFontMap>

    /// What `added` is called in this library, whatever it calls itself, so that no installed font of the same name is
    /// taken in its place.
    static let addedFamily = "camstream: the font that overlay.font names"

    /// - Parameters:
    ///   - configuration: the path of a Fontconfig file; nil: the system's.
    ///   - added: the path of a font's file; its first font comes before all others.
    init(configuration: String? = nil, added: String? = nil) throws(OverlayError) {
        guard let config = Self.load(configuration, isOwn: added != nil) else { throw .noFonts }
        do throws(OverlayError) {
            if let added { try Self.add(added, to: config) }
        } catch {
            FcConfigDestroy(config)  // since a class's deinit does not run for what init did not finish
            throw error
        }
        guard let map = shim_pango_font_map(config) else {
            FcConfigDestroy(config)
            throw .noFonts
        }
        (self.config, self.map) = (config, map)
    }

    deinit {
        shim_unref(map)
        FcConfigDestroy(config)
    }

    /// - Parameter isOwn: the configuration will be changed, so that it must not be the process's.
    private static func load(_ file: String?, isOwn: Bool) -> OpaquePointer? {
        guard let file else { return isOwn ? FcInitLoadConfigAndFonts() : FcConfigReference(nil) }
        guard let config = FcConfigCreate() else { return nil }
        guard FcConfigParseAndLoad(config, file, FcTrue) == FcTrue, FcConfigBuildFonts(config) == FcTrue else {
            FcConfigDestroy(config)
            return nil
        }
        return config
    }

    private static func add(_ path: String, to config: OpaquePointer) throws(OverlayError) {
        var count: Int32 = 0
        guard let pattern = FcFreeTypeQuery(path, 0, nil, &count) else {
            throw .cannotReadFont(path: path, cause: cause(path))
        }
        FcPatternDestroy(pattern)
        let rule = """
            <fontconfig><match target="scan">
            <test name="file"><string>\(escaped(path))</string></test><test name="index"><int>0</int></test>
            <edit name="family" mode="assign"><string>\(addedFamily)</string></edit>
            </match></fontconfig>
            """
        guard FcConfigParseAndLoadFromMemory(config, rule, FcTrue) == FcTrue,
            FcConfigAppFontAddFile(config, path) == FcTrue
        else { throw .cannotReadFont(path: path, cause: "Fontconfig refuses it") }
    }

    /// Fontconfig only says that it cannot.
    private static func cause(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return String(cString: strerror(errno)) }
        fclose(file)
        return "it holds no font"
    }

    private static func escaped(_ text: String) -> String {
        text.map { ["&": "&amp;", "<": "&lt;", ">": "&gt;"][$0] ?? String($0) }.joined()
    }
}
