import Testing

@testable import Overlay

struct ColormapTests {
    /// Entries 0, 51, 128, 200 and 255, as RGB: OpenCV 5.0's, unless a line names another source.
    static let published: [(Colormap, [[Int]])] = [
        (.autumn, [[255, 0, 0], [255, 51, 0], [255, 128, 0], [255, 200, 0], [255, 255, 0]]),
        (.bone, [[0, 0, 0], [45, 45, 62], [112, 123, 144], [179, 207, 207], [255, 255, 255]]),
        (.cividis, [[0, 34, 78], [53, 69, 108], [125, 124, 120], [196, 180, 104], [254, 232, 56]]),
        (.cool, [[0, 255, 255], [51, 204, 255], [128, 127, 255], [200, 55, 255], [255, 0, 255]]),
        (.deepgreen, [[0, 0, 0], [0, 51, 0], [0, 128, 64], [90, 200, 172], [255, 255, 255]]),
        (.hot, [[0, 0, 0], [128, 0, 0], [255, 65, 0], [255, 245, 0], [255, 255, 255]]),
        (.inferno, [[0, 0, 4], [66, 10, 104], [188, 55, 84], [251, 157, 7], [252, 255, 164]]),
        (.jet, [[0, 0, 128], [0, 76, 255], [130, 255, 126], [255, 92, 0], [128, 0, 0]]),
        (.magma, [[0, 0, 4], [59, 15, 112], [183, 55, 121], [253, 152, 105], [252, 253, 191]]),
        (.ocean, [[0, 0, 0], [0, 0, 51], [0, 64, 128], [90, 172, 200], [255, 255, 255]]),
        (.parula, [[53, 42, 135], [13, 119, 217], [57, 185, 157], [227, 191, 75], [249, 251, 14]]),
        (.pink, [[0, 0, 0], [142, 93, 93], [208, 171, 148], [236, 236, 192], [255, 255, 255]]),
        (.plasma, [[13, 8, 135], [106, 0, 168], [204, 71, 120], [251, 161, 57], [240, 249, 33]]),
        (.rainbow, [[255, 0, 0], [255, 128, 0], [125, 255, 0], [0, 20, 235], [170, 0, 255]]),
        (.spring, [[255, 0, 255], [255, 51, 204], [255, 128, 127], [255, 200, 55], [255, 255, 0]]),
        (.summer, [[0, 128, 102], [51, 153, 102], [128, 192, 102], [200, 228, 102], [255, 255, 102]]),
        (.turbo, [[48, 18, 59], [62, 155, 254], [164, 252, 60], [244, 102, 23], [122, 4, 3]]),
        (.twilight, [[226, 217, 226], [109, 144, 192], [48, 20, 54], [188, 106, 89], [226, 217, 226]]),
        (.twilightShifted, [[48, 20, 55], [95, 89, 177], [226, 217, 226], [165, 68, 80], [47, 20, 54]]),
        (.viridis, [[68, 1, 84], [65, 68, 135], [33, 145, 140], [112, 207, 87], [253, 231, 37]]),
        (.winter, [[0, 0, 255], [0, 51, 230], [0, 128, 191], [0, 200, 155], [0, 255, 128]]),
    ]

    /// To two levels: OpenCV cuts its values off or interpolates 64 of them, and `twilight-shifted` is turned here after
    /// resampling, there before it.
    @Test(arguments: published)
    func entriesAreThePublishedOnes(_ map: Colormap, _ expected: [[Int]]) {
        for (index, colour) in zip([0, 51, 128, 200, 255], expected) {
            let entry = map.entries[index]
            for (value, level) in zip([entry.red, entry.green, entry.blue], colour) {
                #expect(abs(value * 255 - Double(level)) <= 2, "entry \(index)")
            }
        }
    }

    /// Entry 128 of OpenCV's `hsv` lies next to a kink, where its 64 values are interpolated: seven levels off.
    @Test func hueCircleBeginsAndEndsInRed() {
        let entries = Colormap.hsv.entries
        for (index, colour) in [(0, RGB(1, 0, 0)), (85, RGB(0, 1, 0)), (170, RGB(0, 0, 1)), (255, RGB(1, 0, 0))] {
            #expect(abs(entries[index].red - colour.red) < 0.001)
            #expect(abs(entries[index].green - colour.green) < 0.001)
            #expect(abs(entries[index].blue - colour.blue) < 0.001)
        }
        // OpenCV's entry 51.
        #expect(abs(entries[51].red * 255 - 204) <= 2 && entries[51].green == 1 && entries[51].blue == 0)
    }

    @Test func allMapsAreCompleteAndTested() {
        for map in Colormap.allCases { #expect(map.entries.count == 256) }
        #expect(Set(Self.published.map(\.0)).union([.hsv]) == Set(Colormap.allCases))
    }
}
