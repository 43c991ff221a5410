import CZlib
package import Foundation

/// What Python's zipfile and NumPy read of a `.npz` file: the last directory, stored files, little-endian arrays.
package struct NPZFile {
    /// What is wrong with the file.
    package struct Defect: Error, Equatable {
        package let text: String

        package init(text: String) { self.text = text }
    }

    private struct Array {
        let type: String
        let shape: [Int]
        let bytes: Data
    }
    private var arrays: [String: Array] = [:]
    /// Names in the directory's order.
    package private(set) var names: [String] = []

    package init(path: String) throws { try self.init(Data(contentsOf: URL(fileURLWithPath: path))) }

    package init(_ file: Data) throws {
        // The end may be followed by what an interrupted run has just begun to write; Python looks for it in the last 64 KB.
        let last = max(file.startIndex, file.endIndex - 65_557)..<file.endIndex
        guard let end = file.range(of: Data([0x50, 0x4b, 5, 6]), options: .backwards, in: last)?.lowerBound, end >= 20
        else {
            throw Defect(text: "no end of a directory")
        }
        let locator = end - 20
        guard try file.number(locator, 4) == 0x0706_4b50 else { throw Defect(text: "no 64-bit locator") }
        let record = try file.number(locator + 8, 8)
        guard try file.number(record, 4) == 0x0606_4b50 else { throw Defect(text: "no 64-bit end of a directory") }
        let (count, size) = (try file.number(record + 32, 8), try file.number(record + 40, 8))
        var place = try file.number(record + 48, 8)
        guard place + size == record else { throw Defect(text: "the directory is elsewhere") }
        for _ in 0..<count { place = try read(file, recordAt: place) }
        guard place == record else { throw Defect(text: "the directory is longer") }
    }

    /// - Returns: where the next record begins.
    private mutating func read(_ file: Data, recordAt place: Int) throws -> Int {
        guard try file.number(place, 4) == 0x0201_4b50 else { throw Defect(text: "no record at \(place)") }
        let (nameLength, extraLength) = (try file.number(place + 28, 2), try file.number(place + 30, 2))
        let name = String(decoding: try file.slice(place + 46, nameLength), as: UTF8.self)
        let extra = place + 46 + nameLength
        guard try file.number(place + 24, 4) == 0xffff_ffff, try file.number(extra, 2) == 1 else {
            throw Defect(text: "\(name): no 64-bit sizes")
        }
        let (size, offset) = (try file.number(extra + 4, 8), try file.number(extra + 20, 8))
        guard try file.number(offset, 4) == 0x0403_4b50,
            try file.slice(offset + 30, nameLength) == file.slice(place + 46, nameLength)
        else { throw Defect(text: "\(name): no header at \(offset)") }
        let start = offset + 30 + (try file.number(offset + 26, 2)) + (try file.number(offset + 28, 2))
        try add(name, try file.slice(start, size), checksum: try file.number(place + 16, 4))
        return extra + extraLength
    }

    private mutating func add(_ name: String, _ file: Data, checksum: Int) throws {
        guard file.starts(with: [0x93] + "NUMPY".utf8 + [1, 0]), name.hasSuffix(".npy") else {
            throw Defect(text: "\(name) is no array")
        }
        let length = try file.number(file.startIndex + 8, 2)
        guard (10 + length).isMultiple(of: 64) else { throw Defect(text: "\(name): its header is not padded") }
        let text = String(decoding: try file.slice(file.startIndex + 10, length), as: UTF8.self)
        let pattern = /\{'descr': '([^']+)', 'fortran_order': False, 'shape': \(([0-9, ]*)\), \} *\n/
        guard let match = try pattern.wholeMatch(in: text) else { throw Defect(text: "\(name): header \(text)") }
        let shape = match.2.split(whereSeparator: { ", ".contains($0) }).compactMap { Int($0) }
        guard (shape.count == 1) == match.2.hasSuffix(","), let width = Int(match.1.drop { !$0.isNumber }) else {
            throw Defect(text: "\(name): header \(text)")
        }
        let type = String(match.1)
        let size = shape.reduce(type.hasPrefix("<U") ? 4 * width : width, *)
        let bytes = try file.slice(file.startIndex + 10 + length, size)
        // As Python: the checksum is looked at where a file is read to its end.
        if 10 + length + size == file.count {
            let found = file.withUnsafeBytes {
                crc32_z(0, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
            }
            guard found == UInt(checksum) else { throw Defect(text: "\(name): wrong checksum") }
        }
        names.append(String(name.dropLast(4)))
        arrays[String(name.dropLast(4))] = Array(type: type, shape: shape, bytes: bytes)
    }

    package func shape(_ name: String) -> [Int]? { arrays[name]?.shape }
    package func floats(_ name: String) -> [Float] { elements(name, "<f4") }
    package func doubles(_ name: String) -> [Double] { elements(name, "<f8") }
    package func integers(_ name: String) -> [Int] { elements(name, "<i8") }

    package func texts(_ name: String) -> [String] {
        guard let array = arrays[name], array.type.hasPrefix("<U"), let width = Int(array.type.dropFirst(2)) else {
            return []
        }
        let scalars: [UInt32] = values(array)
        return stride(from: 0, to: scalars.count, by: width).map { start in
            String(
                String.UnicodeScalarView(scalars[start..<start + width].prefix { $0 != 0 }.map { Unicode.Scalar($0)! }))
        }
    }

    private func elements<Element: BitwiseCopyable>(_ name: String, _ type: String) -> [Element] {
        guard let array = arrays[name], array.type == type else { return [] }
        return values(array)
    }

    private func values<Element: BitwiseCopyable>(_ array: Array) -> [Element] {
        let count = array.bytes.count / MemoryLayout<Element>.size
        return [Element](unsafeUninitializedCapacity: count) { elements, filled in
            filled = array.bytes.copyBytes(to: elements) / MemoryLayout<Element>.size
        }
    }
}

extension Data {
    fileprivate func slice(_ start: Int, _ count: Int) throws -> Data {
        guard start >= startIndex, count >= 0, count <= endIndex - start else {
            throw NPZFile.Defect(text: "ends before \(start) + \(count)")
        }
        return self[start..<start + count]
    }

    fileprivate func number(_ start: Int, _ size: Int) throws -> Int {
        try slice(start, size).reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
