import Foundation
import TestSupport

/// Pictures with a coloured square on grey, 160x120, which the model of colours knows, and what is known of them.
struct ColouredPictures {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    static let colours = ["red": (224, 24, 24), "green": (24, 200, 40), "blue": (30, 60, 230)]

    /// - Parameter corner: of the square, 40 pixels wide and high.
    func picture(_ name: String, _ colour: String, corner: (x: Int, y: Int)) throws {
        let (red, green, blue) = Self.colours[colour]!
        var bytes = Array("P6 160 120 255\n".utf8)
        for y in 0..<120 {
            for x in 0..<160 {
                let isInside = (corner.x..<corner.x + 40).contains(x) && (corner.y..<corner.y + 40).contains(y)
                bytes += isInside ? [UInt8(red), UInt8(green), UInt8(blue)] : [128, 128, 128]
            }
        }
        try FileManager.default.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: true)
        try folder.write(bytes, to: "data/\(name)")
    }

    /// A table with so many pictures, of three colours in turn.
    ///
    /// - Returns: its path.
    func table(_ count: Int) throws -> String {
        var lines = ["path,label,x,y,w,h"]
        for number in 0..<count {
            let colour = ["red", "green", "blue"][number % 3]
            let corner = (x: 10 + 13 * number % 100, y: 5 + 7 * number % 70)
            try picture("\(number).ppm", colour, corner: corner)
            lines.append("\(number).ppm,\(colour),\(corner.x),\(corner.y),40,40")
        }
        return try folder.write(Array(lines.joined(separator: "\n").utf8), to: "data/list.csv")
    }
}
