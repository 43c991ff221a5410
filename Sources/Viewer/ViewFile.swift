import Encode

/// The files that are the same for every clip and every list, and how files are written.
enum ViewFile {
    /// By their names, beside `clip.js`, the heat and the video.
    static let clip: [(name: String, bytes: [UInt8])] = [
        ("index.html", PackageResources.clip_html), ("view.css", PackageResources.view_css),
        (
            "view.js",
            PackageResources.data_js + PackageResources.heat_js + PackageResources.boxes_js
                + PackageResources.timeline_js + PackageResources.pictures_js + PackageResources.player_js
                + PackageResources.panel_js
        ),
    ]

    /// By their names, beside `list.js`.
    static let list: [(name: String, bytes: [UInt8])] = [
        ("index.html", PackageResources.list_html), ("view.css", PackageResources.view_css),
        ("index.js", PackageResources.list_js),
    ]

    static func write(_ text: String, to path: String) throws(EncodeError) { try write(Array(text.utf8), to: path) }

    static func write(_ bytes: [UInt8], to path: String) throws(EncodeError) {
        let file = try WholeFile(path, replacing: false)
        try file.append(bytes)
        try file.putInPlace()
    }
}
