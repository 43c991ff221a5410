import Pipeline
import Testing

@testable import Fit

struct ViewTests {
    @Test func theFirstViewIsTheWholeAndTheSecondItsMirrorImage() {
        let views = View.some(6, mirrors: true, seed: 7)
        #expect(views[0] == View())
        #expect(views[1].isWhole && views[1].isMirrored)
        #expect(views.map(\.isMirrored) == [false, true, false, true, false, true])
        #expect(views[2...].allSatisfy { !$0.isWhole })
    }

    @Test func withoutMirroringNoneIsMirroredAndNoneIsTwice() {
        let views = View.some(6, mirrors: false, seed: 7)
        #expect(views.allSatisfy { !$0.isMirrored })
        #expect(views[1...].allSatisfy { !$0.isWhole })
    }

    @Test func theSameSeedGivesTheSameViews() {
        #expect(View.some(8, mirrors: true, seed: 3) == View.some(8, mirrors: true, seed: 3))
        #expect(View.some(8, mirrors: true, seed: 3) != View.some(8, mirrors: true, seed: 4))
        // More views are the same ones and others.
        #expect(Array(View.some(8, mirrors: true, seed: 3)[..<4]) == View.some(4, mirrors: true, seed: 3))
    }

    @Test(arguments: 0..<50) func viewsStayWithinTheExample(_ seed: UInt64) {
        let area = PixelBox(x0: 10, y0: 20, x1: 11 + Int(seed), y1: 60)
        for view in View.some(10, mirrors: true, seed: seed) {
            let box = view.box(in: area)
            #expect(box.x0 >= area.x0 && box.y0 >= area.y0 && box.x1 <= area.x1 && box.y1 <= area.y1)
            #expect(box.x0 < box.x1 && box.y0 < box.y1)
            // Most of it is always seen.
            #expect(2 * (box.y1 - box.y0) > area.y1 - area.y0)
        }
    }

    @Test func mirroringTurnsRowsAndKeepsChannels() {
        var picture: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19]
        picture.withUnsafeMutableBytes { View(isMirrored: true).change($0, width: 3, channels: 3) }
        #expect(picture == [7, 8, 9, 4, 5, 6, 1, 2, 3, 17, 18, 19, 14, 15, 16, 11, 12, 13])
    }

    @Test func lightKeepsBlackAndWhite() {
        var picture: [UInt8] = [0, 64, 128, 255]
        picture.withUnsafeMutableBytes { View(gamma: 0.5).change($0, width: 4, channels: 1) }
        #expect(picture == [0, 128, 181, 255])
    }
}
