/// Reads the size of a JPEG's picture from its frame header (ITU-T T.81, B.2.2), which stands before the first scan.
///
/// - Returns: nil if there is none.
func jpegSize(_ bytes: UnsafeBufferPointer<UInt8>) -> (width: Int32, height: Int32)? {
    guard bytes.count > 4, bytes[0] == 0xff, bytes[1] == 0xd8 else { return nil }
    func number(_ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }
    var position = 2
    while position + 9 <= bytes.count, bytes[position] == 0xff {
        let marker = bytes[position + 1]
        switch marker {
        case 0xff: position += 1  // fill
        case 0x01, 0xd0...0xd8: position += 2
        case 0xda, 0xd9: return nil
        // Three of the row are tables.
        case 0xc0...0xcf where ![0xc4, 0xc8, 0xcc].contains(marker):
            let (height, width) = (number(position + 5), number(position + 7))
            return width > 0 && height > 0 ? (Int32(width), Int32(height)) : nil
        default: position += 2 + max(number(position + 2), 2)
        }
    }
    return nil
}
