import Capture
import Testing

@testable import Live

struct CameraProgressTests {
    private let start = ContinuousClock.now
    private let patience = Duration.seconds(15)

    private func note(
        _ progress: inout CameraProgress, _ pictures: Int, _ seconds: Int, isRunning: Bool = true
    ) -> CameraProgress.News? {
        progress.note(pictures: pictures, isRunning: isRunning, at: start + .seconds(seconds), patience: patience)
    }

    @Test func aPipelineThatHangsIsToldOnceAndSoIsItsEnd() {
        var progress = CameraProgress()
        #expect(note(&progress, 5, 0) == nil)
        #expect(note(&progress, 5, 14) == nil)
        #expect(note(&progress, 5, 15) == .stalled(patience))
        #expect(note(&progress, 5, 60) == nil)
        #expect(note(&progress, 6, 61) == .goesOn)
        #expect(note(&progress, 7, 62) == nil)
    }

    @Test func whereThereIsNoPipelineNothingHangs() {
        var progress = CameraProgress()
        for second in [0, 20, 40] { #expect(note(&progress, 0, second, isRunning: false) == nil) }
        #expect(note(&progress, 0, 41) == nil)
        #expect(note(&progress, 0, 56) == .stalled(patience))
    }

    @Test func aSilentInputAndSlowPicturesAreNoHang() {
        var config = CaptureConfig()
        #expect(CameraProgress.patience(config) == .seconds(15))
        config.timeout = 60
        #expect(CameraProgress.patience(config) == .seconds(65))
        config.frameRate = 0.02
        #expect(CameraProgress.patience(config) == .seconds(150))
    }
}
