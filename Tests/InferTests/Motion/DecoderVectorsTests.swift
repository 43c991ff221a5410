import CFFmpeg
import Pipeline
import Testing
import Tracking

@testable import Infer

struct DecoderVectorsTests {
    /// A picture of 64 by 64 pixels with blocks of 16, each with a vector in quarter pixels: where it was before.
    private func frame(
        _ type: AVPictureType = AV_PICTURE_TYPE_P,
        _ vector: (_ column: Int, _ row: Int) -> (x: Int32, y: Int32, source: Int32)?
    ) throws -> Frame {
        var vectors: [AVMotionVector] = []
        for row in 0..<4 {
            for column in 0..<4 {
                guard let motion = vector(column, row) else { continue }
                var block = AVMotionVector()
                block.source = motion.source
                (block.w, block.h) = (16, 16)
                (block.dst_x, block.dst_y) = (Int16(column * 16 + 8), Int16(row * 16 + 8))
                (block.motion_x, block.motion_y, block.motion_scale) = (motion.x, motion.y, 4)
                vectors.append(block)
            }
        }
        let av = try #require(av_frame_alloc())
        (av.pointee.width, av.pointee.height, av.pointee.pict_type) = (64, 64, type)
        if !vectors.isEmpty {
            let bytes = vectors.count * MemoryLayout<AVMotionVector>.stride
            let side = try #require(av_frame_new_side_data(av, AV_FRAME_DATA_MOTION_VECTORS, bytes))
            vectors.withUnsafeBytes {
                side.pointee.data.update(from: $0.bindMemory(to: UInt8.self).baseAddress!, count: bytes)
            }
        }
        return Frame(adopting: av, index: 0, pts: 0, duration: 0, timeBase: AVRational(num: 1, den: 25))
    }

    private let whole = Region(x: 0, y: 0, width: 64, height: 64)

    private func read(
        _ frame: borrowing Frame, _ region: Region, columns: Int = 4, rows: Int = 4, distance: Int = 1
    ) -> (DecoderVectors.Reading, MotionField) {
        var vectors = DecoderVectors(columns: columns, rows: rows)
        var field = MotionField(columns: columns, rows: rows)
        let reading = vectors.read(frame, region: region, distance: distance, into: &field)
        return (reading, field)
    }

    @Test func aVectorToTheLeftIsAMotionToTheRight() throws {
        // 16 quarters to the left and 8 up: the content came 4 pixels to the right and 2 down.
        let (reading, field) = read(try frame { _, _ in (-16, -8, -1) }, whole)
        #expect(reading == .known)
        #expect(field.dx.allSatisfy { $0 == 4.0 / 64 } && field.dy.allSatisfy { $0 == 2.0 / 64 })
        #expect(field.confidence.allSatisfy { $0 == 1 })
    }

    @Test func aReferenceThatIsFurtherAwayIsDividedBy() throws {
        let (_, field) = read(try frame { _, _ in (-16, 0, -1) }, whole, distance: 4)
        #expect(field.dx.allSatisfy { $0 == 1.0 / 64 })
    }

    @Test func blocksThatWereCodedByThemselvesAreNotKnown() throws {
        let (reading, field) = read(try frame { column, row in column == 1 && row == 2 ? nil : (-16, 0, -1) }, whole)
        #expect(reading == .known)
        #expect(field.confidence[9] == 0 && field.dx[9] == 0)
        #expect(field.confidence[8] == 1)
    }

    @Test func aCellTakesTheMedianOfItsBlocks() throws {
        // One wild block of 16 under a single cell.
        let (_, field) = read(
            try frame { column, row in column == 0 && row == 0 ? (400, 400, -1) : (-16, 4, -1) }, whole, columns: 1,
            rows: 1)
        #expect(field.dx == [4.0 / 64] && field.dy == [-1.0 / 64])
    }

    @Test func theFieldCoversThePartThatTheClassifierSees() throws {
        let right = Region(x: 32, y: 0, width: 32, height: 64)
        let (_, field) = read(try frame { column, _ in (column < 2 ? 0 : -16, 0, -1) }, right, columns: 2, rows: 4)
        #expect(field.dx.allSatisfy { $0 == 4.0 / 32 })
    }

    @Test func vectorsFromTheFutureAreLeftOut() throws {
        let (reading, field) = read(try frame { _, _ in (-16, 0, 1) }, whole)
        #expect(reading == .none && !field.isKnown)
    }

    @Test func aPictureThatWasCodedByItselfHasNone() throws {
        let (reading, field) = read(try frame(AV_PICTURE_TYPE_I) { _, _ in nil }, whole)
        #expect(reading == .none && !field.isKnown)
    }

    @Test func bidirectionalPicturesAreRefused() throws {
        let (reading, field) = read(try frame(AV_PICTURE_TYPE_B) { _, _ in (-16, 0, -1) }, whole)
        #expect(reading == .bidirectional && !field.isKnown)
    }
}
