import CZlib
import Foundation
import Pipeline

/// The numbers of a PNG picture's pixels as they are in the file: grey levels, or places in its palette. Masks mean numbers, not
/// colours, so nothing may convert them.
struct GreyPNG {
    let width: Int
    let height: Int
    /// `[height, width]`; of colours the largest.
    let values: [UInt8]
    let isPalette: Bool

    struct Defect: Error, Equatable {
        let problem: String
    }

    /// More would be no photograph.
    private static let mostPixels = 1 << 26
    /// What deflate can make of a byte.
    private static let mostGrowth = 1032
    private static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    init(_ file: [UInt8]) throws(Defect) {
        guard file.starts(with: Self.signature) else { throw Defect(problem: "it is no PNG image") }
        func number(_ place: Int) -> Int { file[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
        var (place, header, packed) = (8, nil as Range<Int>?, [UInt8]())
        while place + 12 <= file.count {
            let length = number(place)
            guard length >= 0, length <= file.count - place - 12 else { break }
            let content = place + 8..<place + 8 + length
            switch String(decoding: file[place + 4..<place + 8], as: UTF8.self) {
            case "IHDR" where length == 13: header = content
            case "IDAT": packed += file[content]
            default: break
            }
            place = content.upperBound + 4
        }
        guard let start = header?.lowerBound else { throw Defect(problem: "the PNG image has no header") }
        (width, height) = (number(start), number(start + 4))
        let (depth, kind) = (Int(file[start + 8]), file[start + 9])
        let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][kind]
        guard let channels, [1, 2, 4, 8, 16].contains(depth), width > 0, height > 0, width <= Self.mostPixels / height
        else { throw Defect(problem: "the PNG image's header is damaged") }
        guard file[start + 12] == 0 else {
            throw Defect(problem: "interlaced PNG images are not read: save it plainly")
        }
        isPalette = kind == 3
        let rowBytes = (width * channels * depth + 7) / 8
        let rows = try Self.unpacked(packed, count: (rowBytes + 1) * height)
        let plain = try Self.unfiltered(rows, rowBytes, height, step: max(1, channels * depth / 8))
        var values: [UInt8] = []
        values.reserveCapacity(width * height)
        // Of grey with alpha, and of colours with alpha, the last channel is none.
        let counted = channels == 2 || channels == 4 ? channels - 1 : channels
        for y in 0..<height {
            let row = y * rowBytes
            for x in 0..<width {
                var highest: UInt8 = 0
                for channel in 0..<counted {
                    let bit = (x * channels + channel) * depth
                    let byte = plain[row + bit / 8]
                    let value = depth >= 8 ? byte : byte >> UInt8(8 - depth - bit % 8) & UInt8((1 << depth) - 1)
                    highest = max(highest, value)
                }
                values.append(highest)
            }
        }
        self.values = values
    }

    private static func unpacked(_ packed: [UInt8], count: Int) throws(Defect) -> [UInt8] {
        // A header that promises more than can come of so few bytes is not believed.
        guard count / mostGrowth <= packed.count else { throw Defect(problem: "the PNG image was cut off") }
        var size = uLong(count)
        var code = Z_OK
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            code = uncompress(buffer.baseAddress, &size, packed, uLong(packed.count))
            filled = code == Z_OK ? Int(size) : 0
        }
        guard code == Z_OK, bytes.count == count else {
            throw Defect(problem: "the PNG image is damaged or was cut off")
        }
        return bytes
    }

    /// Undoes the filters (PNG, section 9.2), and takes their numbers away.
    private static func unfiltered(_ rows: [UInt8], _ rowBytes: Int, _ height: Int, step: Int) throws(Defect) -> [UInt8]
    {
        var plain = [UInt8](repeating: 0, count: rowBytes * height)
        for y in 0..<height {
            let (from, to) = (y * (rowBytes + 1) + 1, y * rowBytes)
            let filter = rows[from - 1]
            guard filter <= 4 else { throw Defect(problem: "the PNG image is damaged") }
            for x in 0..<rowBytes {
                let left = x >= step ? Int(plain[to + x - step]) : 0
                let above = y > 0 ? Int(plain[to - rowBytes + x]) : 0
                let corner = x >= step && y > 0 ? Int(plain[to - rowBytes + x - step]) : 0
                let guess =
                    switch filter {
                    case 1: left
                    case 2: above
                    case 3: (left + above) / 2
                    case 4: paeth(left, above, corner)
                    default: 0
                    }
                plain[to + x] = rows[from + x] &+ UInt8(guess)
            }
        }
        return plain
    }

    private static func paeth(_ left: Int, _ above: Int, _ corner: Int) -> Int {
        let guess = left + above - corner
        let (a, b, c) = (abs(guess - left), abs(guess - above), abs(guess - corner))
        return a <= b && a <= c ? left : b <= c ? above : corner
    }
}

extension TrueMask {
    /// What a mask's file says.
    ///
    /// - Parameter isTrimap: whether 1 is the object, 2 the background and 3 its edge, as in the Oxford pets.
    /// - Throws: `DataError`.
    package init(path: String, isTrimap: Bool) throws(DataError) {
        let bytes: Data
        do throws(TextFile.Problem) {
            bytes = try TextFile.bytes(of: path)
        } catch {
            throw .cannotRead(path: path, reason: "\(error)")
        }
        let picture: GreyPNG
        do throws(GreyPNG.Defect) {
            picture = try GreyPNG([UInt8](bytes))
        } catch {
            throw .file(path: path, problem: error.problem)
        }
        let kinds = try Self.kinds(picture, isTrimap, path)
        self.init(width: picture.width, height: picture.height, pixels: picture.values.map { kinds[Int($0)] })
    }

    /// What each number means.
    private static func kinds(_ picture: GreyPNG, _ isTrimap: Bool, _ path: String) throws(DataError) -> [Pixel] {
        var isThere = [Bool](repeating: false, count: 256)
        for value in picture.values { isThere[Int(value)] = true }
        let found = isThere.indices.filter { isThere[$0] }
        if isTrimap {
            guard found.allSatisfy({ (1...3).contains($0) }) else {
                throw .file(
                    path: path,
                    problem: "a trimap has the values 1, 2 and 3, and this one has \(found[0]) to \(found.last!)")
            }
            return (0...255).map { $0 == 1 ? .object : $0 == 2 ? .background : .ignored }
        }
        // Places in a palette are classes, and the last one is nobody's, as in Pascal VOC.
        if picture.isPalette { return (0...255).map { $0 == 0 ? .background : $0 == 255 ? .ignored : .object } }
        // Of two values the higher one is the object's; of many, as at soft edges, what is nearer to it.
        let highest = found.last!
        return (0...255).map { highest > 0 && 2 * $0 > highest ? .object : .background }
    }
}
