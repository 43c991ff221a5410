/// When a picture was taken, and what it is of.
package struct PictureStamp: Sendable, Equatable {
    /// In microseconds, by the source's own clock, which may jump.
    package let time: Int64
    /// In microseconds since 1970.
    package let wall: Int64
    /// Whether it stands in for pictures that the input does not give.
    package let isSlate: Bool
}

/// What a reader wants of the picture that comes next.
package enum PictureWish: Sendable {
    case none
    case picture
    /// The picture, so that a player can begin with it.
    case start
}

/// Why a reader does not get a picture that it wished for.
package enum MissReason: Sendable, Equatable {
    /// The encoder refuses it, or failed.
    case encoder(EncodeError)
    /// The encoder left it out, or no key picture came before it.
    case leftOut
    /// The reader's queue is full.
    case full
    /// Pictures before it are missing, up to the next key frame.
    case untilKey
    /// There was no time left.
    case end
}

/// Reads the packets of a `LiveEncoder`: a recording, a stream on the net.
///
/// What it wished for it gets in the order of decoding, and a key picture first; or `miss` tells why not. Whatever takes
/// its time in `read` and `end` belongs behind a `QueuedReader`, for the encoder waits for it.
package protocol PacketReader: AnyObject, Sendable {
    /// Asked on the encoder's thread before each picture. Must not wait.
    func wish(for picture: PictureStamp) -> PictureWish

    /// Takes the next packet. Its format is another object than the last one's where an encoder began anew.
    func read(_ packet: EncodedPacket)

    /// Tells at once that a picture will not come; packets before it may still wait. Must not wait.
    func miss(_ picture: PictureStamp, because reason: MissReason)

    /// No packet comes until the reader wishes for one again.
    func end()
}
