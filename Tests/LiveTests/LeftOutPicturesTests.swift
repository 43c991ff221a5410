import Infer
import Testing

@testable import Live

struct LeftOutPicturesTests {
    private let start = ContinuousClock.now
    private func error(_ frame: Int) -> InferError {
        .scoresNotFinite(model: "line.onnx", frame: frame)
    }

    @Test func theFirstIsToldAtOnceAndThoseAfterItOnceAMinute() {
        var leftOut = LeftOutPictures()
        #expect(
            leftOut.note(error(7), at: start)?.hasPrefix("a frame is left out: line.onnx") == true)
        for second in 1..<60 {
            #expect(leftOut.note(error(second), at: start + .seconds(second)) == nil)
        }
        #expect(
            leftOut.note(error(60), at: start + .seconds(60))?.hasPrefix("60 more frames were left out")
                == true)
        #expect(leftOut.note(error(61), at: start + .seconds(61)) == nil)
        #expect(leftOut.note(error(999), at: start + .seconds(999))?.hasPrefix("2 more frames") == true)
    }

    @Test func aModelThatCannotRunIsNoTroubleOfAPicture() {
        #expect(error(1).isOfOnePicture && !InferError.noModel.isOfOnePicture)
    }
}
