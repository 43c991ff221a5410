import CFFmpeg
package import Pipeline

/// Draws the heat, its labels and measures over pictures, or beside them. To be used from one thread.
package final class Painter: @unchecked Sendable {  // safe: one thread uses it at a time
    /// Of the pictures that come out.
    package let outputFormat: VideoFormat

    private let config: OverlayConfig
    private let pixels: PixelLayout
    private let arrangement: Arrangement
    private let pool: FramePool
    private let blender: HeatBlender
    /// For drawing over the picture, and for the heat alone.
    private let tables: HeatTables
    private let colours: HeatTables
    private let codes: CodeValues
    /// One for each panel with heat over it: it remembers the label that it drew last.
    private let decorations: [Decoration]
    private let tiles: Tiles?
    /// What stands on the panels of a comparison.
    private let methods: [LabelLine]

    /// - Parameters:
    ///   - input: of all pictures that come in.
    ///   - methods: what a comparison shows, as papers write it, in the order of the maps.
    ///   - kernel: only benchmarks and tests choose another one.
    package init(
        _ config: OverlayConfig, input: VideoFormat, methods: [String] = [], kernel: BlendKernel = .fastest
    ) throws(OverlayError) {
        guard let pixels = PixelLayout(input.pixelFormat) else {
            throw .unsupportedFormat(name: av_get_pix_fmt_name(input.pixelFormat).map { String(cString: $0) } ?? "?")
        }
        self.config = config
        self.pixels = pixels
        self.methods = methods.map { LabelLine(remark: $0, isFaint: false) }
        arrangement = Arrangement(config.layout, input, pixels, methods: max(methods.count, 1))
        var output = input
        output.width = arrangement.width
        output.height = arrangement.height
        outputFormat = output
        do { pool = try FramePool(output) } catch { throw .outOfMemory(error) }

        codes = CodeValues(input, pixels)
        tables = HeatTables(config.colormap, .over(config.blend, opacity: config.opacity), codes)
        colours = HeatTables(config.colormap, .opaque, codes)
        blender = HeatBlender(
            width: arrangement.panelWidth, height: arrangement.panelHeight, pixels, input.colour.chromaLocation,
            kernel: kernel)
        tiles =
            config.layout == .grid
            ? try Tiles(of: input, width: arrangement.panelWidth, height: arrangement.panelHeight) : nil

        let sizes = Proportions(width: arrangement.panelWidth, height: arrangement.panelHeight, pixels)
        let font = config.labels == .none && config.layout != .compare ? nil : try Font(config.font)
        let room = arrangement.panelWidth - 2 * sizes.margin
        let typesetter = font.map {
            Label.typesetter($0, size: sizes.fontSize, pixelAspect: Self.aspect(input), room: room)
        }
        let captions =
            config.labels == .none
            ? nil : font.map { BoxPainter.typesetter($0, sizes, pixelAspect: Self.aspect(input)) }
        let (codes, colours) = (codes, colours)
        decorations = arrangement.origins.map { _ in
            Decoration(config, codes, colours, sizes, pixels, typesetter, captions: captions)
        }
    }

    /// - Returns: a new picture at the same time. The one that came in is only read, because a decoder may need it still.
    package func paint(_ explained: consuming Explained) throws(OverlayError) -> Frame {
        let output: Frame
        do { output = try pool.frame(timedLike: explained.frame) } catch { throw .outOfMemory(error) }
        try draw(explained, on: output)
        return output
    }

    /// Panels don't keep their pictures: those are lent here, so that they live until the end.
    private func draw(_ explained: borrowing Explained, on output: borrowing Frame) throws(OverlayError) {
        let source = Panel(explained.frame, pixels, width: explained.frame.width, height: explained.frame.height)
        let first = explained.observations.first
        let heat = explained.heat ?? first?.heatmap
        let things = explained.observations.filter { $0.box != nil }
        let label = labelLines(explained)
        // Where nothing is named, no box says that it is there.
        let isNamed = explained.isRecognised
        switch config.layout {
        case .overlay:
            drawOverlay(heat, first, things, label, hasBox: isNamed, from: source, to: panel(0, of: output))
        case .sideBySide:
            panel(0, of: output).copy(source)
            drawOverlay(heat, first, things, label, hasBox: isNamed, from: source, to: panel(1, of: output))
        case .compare:
            drawComparison(explained.observations, label, hasBox: isNamed, from: source, on: output)
        case .triple:
            panel(0, of: output).copy(source)
            drawHeat(heat, to: panel(1, of: output))
            drawOverlay(heat, first, things, label, hasBox: isNamed, from: source, to: panel(2, of: output))
        case .grid:
            guard let tiles else { preconditionFailure("the grid has tiles") }
            drawGrid(explained, try tiles.shrink(explained.frame), label, on: output)
        }
        for number in arrangement.origins.indices {
            panel(number, of: output, padded: true).extend(from: arrangement.panelWidth)
        }
    }

    /// The picture with the heat over it; without a map, the picture and its label.
    ///
    /// - Parameter things: whose boxes are drawn; where there are none, that of the hot region is.
    private func drawOverlay(
        _ heat: Heatmap?, _ observation: Observation?, _ things: [Observation], _ label: [LabelLine], hasBox: Bool,
        from source: Panel, to target: Panel, number: Int = 0
    ) {
        let decoration = decorations[number]
        if let heatmap = heat {
            blender.blend(heatmap, tables, from: source, to: target)
            decoration.drawContour(of: heatmap, on: target)
            if hasBox, things.isEmpty { decoration.drawBox(of: heatmap, known: observation?.hotBox, on: target) }
            decoration.drawBar(on: target)
        } else {
            target.copy(source)
        }
        if hasBox { decoration.drawBoxes(things, on: target) }
        decoration.drawLabel(label, on: target)
    }

    /// Each method's heat under its name; what it is about stands on the first panel.
    private func drawComparison(
        _ observations: [Observation], _ label: [LabelLine], hasBox: Bool, from source: Panel,
        on output: borrowing Frame
    ) {
        for number in arrangement.origins.indices {
            let target = panel(number, of: output)
            guard methods.indices.contains(number) else {
                target.fill(PixelBox(x0: 0, y0: 0, x1: target.width, y1: target.height), .black, opacity: 1, codes)
                continue
            }
            let lines = [methods[number]] + (number == 0 ? label : [])
            let observation = observations.indices.contains(number) ? observations[number] : nil
            drawOverlay(
                observation?.heatmap, observation, [observation].compactMap { $0 }.filter { $0.box != nil }, lines,
                hasBox: hasBox,
                from: source, to: target, number: number)
        }
    }

    /// The colours of the heat on black.
    private func drawHeat(_ heat: Heatmap?, to target: Panel) {
        target.fill(PixelBox(x0: 0, y0: 0, x1: target.width, y1: target.height), .black, opacity: 1, codes)
        if let heatmap = heat { blender.blend(heatmap, colours, from: target, to: target) }
    }

    /// The picture, then up to five classes; what is left over shows the picture darkened.
    private func drawGrid(
        _ explained: borrowing Explained, _ tile: borrowing Frame, _ label: [LabelLine], on output: borrowing Frame
    ) {
        let source = Panel(tile, pixels, width: tile.width, height: tile.height)
        panel(0, of: output).copy(source)
        if explained.observations.isEmpty { decorations[0].drawLabel(label, on: panel(0, of: output)) }
        let scale = (
            x: Double(tile.width) / Double(explained.frame.width),
            y: Double(tile.height) / Double(explained.frame.height)
        )
        for number in 1..<arrangement.origins.count {
            let target = panel(number, of: output)
            guard number <= explained.observations.count else {
                target.copy(source)
                target.fill(PixelBox(x0: 0, y0: 0, x1: target.width, y1: target.height), .black, opacity: 0.75, codes)
                continue
            }
            let observation = explained.observations[number - 1]
            let heatmap = observation.heatmap.scaled(x: scale.x, y: scale.y)
            blender.blend(heatmap, tables, from: source, to: target)
            guard observation.box == nil else {
                decorations[number].drawBoxes([observation], scale: scale, on: target)
                continue
            }
            decorations[number].drawContour(of: heatmap, on: target)
            decorations[number].drawBox(of: heatmap, on: target)
            let classes = [LabelLine(observation.prediction.printed(explained.printed), explained.reading)]
            decorations[number].drawLabel(classes + versus(observation, explained.printed), on: target)
        }
        if !explained.observations.isEmpty {
            decorations[0].drawBar(on: panel(arrangement.origins.count - 1, of: output))
        }
    }

    private func versus(_ observation: Observation?, _ printed: [Int: Float]) -> [LabelLine] {
        observation?.versus.map { [LabelLine(versus: $0.printed(printed))] } ?? []
    }

    /// What the heat is about: the class of the map, which `top` need not begin with; what that is told apart from; and the
    /// map's age, if it is not new.
    private func labelLines(_ explained: borrowing Explained) -> [LabelLine] {
        let (top, first) = (explained.top, explained.observations.first)
        let printed = explained.printed
        let nothing = explained.isRecognised || top.isEmpty ? [] : [LabelLine.nothingRecognised]
        // What things are stands at their boxes.
        let hasCaptions = config.labels != .none && explained.observations.contains { $0.box != nil }
        var classes: [LabelLine] =
            switch config.labels {
            case .none: []
            case _ where hasCaptions: []
            case .top1:
                nothing.isEmpty
                    ? [explained.drawn].compactMap { $0 }.map { LabelLine($0.printed(printed), explained.reading) }
                    : nothing
            case .top5:
                nothing
                    + listed(explained).printed(printed).map {
                        LabelLine(
                            $0,
                            isFaint: !nothing.isEmpty || first.map(\.prediction.classID) ?? $0.classID != $0.classID,
                            explained.reading)
                    }
            }
        if nothing.isEmpty, !classes.isEmpty { classes += versus(first, printed) }
        guard explained.mapAge >= Self.oldMap, !explained.isHeld, hasCaptions || !classes.isEmpty else {
            return classes
        }
        return classes + [LabelLine(remark: Self.remark(mapAge: explained.mapAge))]
    }

    /// Of an anomaly model both classes have the same number.
    private func listed(_ explained: borrowing Explained) -> [Prediction] {
        explained.reading == .anomaly ? [explained.drawn].compactMap { $0 } : Array(explained.top.prefix(5))
    }

    /// Seconds from which the age of a map is written: younger ones follow the picture's motion, and the remark would come
    /// and go with each inference.
    private static let oldMap = 0.2

    /// In steps of 10 ms, so that the line is not drawn anew for every picture.
    private static func remark(mapAge seconds: Double) -> String {
        "map \(Int((seconds * 100).rounded()) * 10) ms old"
    }

    private func panel(_ number: Int, of frame: borrowing Frame, padded: Bool = false) -> Panel {
        let origin = arrangement.origins[number]
        return Panel(
            frame, pixels, x: origin.x, y: origin.y,
            width: padded ? arrangement.pitch : arrangement.panelWidth, height: arrangement.panelHeight)
    }

    /// Shape of a pixel, for letters.
    static func aspect(_ format: VideoFormat) -> Double {
        let ratio = format.sampleAspectRatio
        guard ratio.num > 0, ratio.den > 0 else { return 1 }
        return min(max(Double(ratio.num) / Double(ratio.den), 0.25), 4)
    }
}
