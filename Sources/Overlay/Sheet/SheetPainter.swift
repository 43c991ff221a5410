import CFFmpeg
package import Pipeline

/// Draws sheets: 8-bit RGB, dark text on white. To be used from one thread.
package final class SheetPainter {
    /// Of the sheet.
    package let outputFormat: VideoFormat

    private let sheet: Sheet
    let layout: SheetLayout
    private let input: VideoFormat
    private let isSmall: Bool
    /// nil: the input is SDR.
    private let toneMapper: ToneMapper?
    private let pixels: PixelLayout
    private let codes: CodeValues
    private let heat: HeatTables
    private let colours: HeatTables
    /// Of the head's first line, of titles, and of all else.
    private let large: Lettering
    private let medium: Lettering
    private let small: Lettering
    /// On the picture, and over heat.
    private let boxes: (named: BoxPainter, plain: BoxPainter)
    private let hasCaptionsOfTwoLines: Bool
    private let footnotes: [String]

    private static let ink = RGB(0.1, 0.1, 0.12)
    private static let grey = RGB(0.4, 0.4, 0.43)
    private static let pale = RGB(0.93, 0.93, 0.94)
    /// Of a box, in pixels.
    private static let line = 2
    /// Of the colour bar, in pixels.
    private static let bar = (width: 180, height: 12)

    /// - Parameters:
    ///   - config: colours, blending and font.
    ///   - input: of the picture that the sheet is about.
    package init(_ sheet: Sheet, _ config: OverlayConfig, input: VideoFormat) throws(OverlayError) {
        self.sheet = sheet
        do { toneMapper = try ToneMapper(input) } catch { throw .outOfMemory(error) }
        self.input = toneMapper?.format ?? input.withRangeInTag
        var format = VideoFormat(
            width: 0, height: 0, pixelFormat: AV_PIX_FMT_GBRP,
            colour: ColourTags(range: AVCOL_RANGE_JPEG, matrix: AVCOL_SPC_RGB), timeBase: input.timeBase)
        pixels = PixelLayout(format.pixelFormat)!
        let codes = CodeValues(format, pixels)
        self.codes = codes
        heat = HeatTables(config.colormap, .over(config.blend, opacity: config.opacity), codes)
        colours = HeatTables(config.colormap, .opaque, codes)
        let fonts = (bold: try Font(config.font), plain: try Font(config.font, .regular))
        let medium = Lettering(fonts.bold, size: 17, codes)
        let small = Lettering(fonts.plain, size: 15, codes)
        boxes = (
            BoxPainter(codes, line: Self.line, Typesetter(fonts.bold, size: 13, isOutlined: false)),
            BoxPainter(codes, line: Self.line, nil)
        )
        (large, self.medium, self.small) = (Lettering(fonts.bold, size: 26, codes), medium, small)

        let pixelAspect = Painter.aspect(input)
        let aspect = pixelAspect * Double(input.width) / Double(input.height)
        // Small pictures are enlarged by a whole factor: each pixel is a square then.
        isSmall =
            pixelAspect == 1 && min(input.width, input.height) <= Enlarger.smallSide
            && max(input.width, input.height) <= SheetLayout.leastTileWidth
        let unit = isSmall ? input.width : 1
        footnotes = sheet.footnotes.flatMap {
            small.lines($0, within: SheetLayout.usualWidth - 2 * SheetLayout.margin)
        }
        let sizes = (
            head: large.lineHeight + small.lineHeight + 20,
            foot: footnotes.isEmpty ? 0 : footnotes.count * small.lineHeight + 12
        )
        // One line where all fit into one.
        let wide = SheetLayout(
            cells: sheet.cells.count, aspect: aspect, head: sizes.head,
            caption: medium.lineHeight + small.lineHeight + 6, foot: sizes.foot, unit: unit)
        hasCaptionsOfTwoLines = sheet.cells.contains { cell in
            let gap = cell.detail.isEmpty ? 0 : 12
            return medium.width(cell.title.text) + gap + small.width(cell.detail) > wide.tileWidth
        }
        layout =
            hasCaptionsOfTwoLines
            ? wide
            : SheetLayout(
                columns: wide.columns, cells: sheet.cells.count, aspect: aspect, head: sizes.head,
                caption: medium.lineHeight + 6, foot: sizes.foot, unit: unit)
        (format.width, format.height) = (layout.width, layout.height)
        outputFormat = format
    }

    /// - Parameter picture: of the input's format; it is only read.
    package func paint(_ picture: borrowing Frame) throws(OverlayError) -> Frame {
        let page: Frame
        do { page = try FramePool(outputFormat).frame(timedLike: picture) } catch { throw .outOfMemory(error) }
        let tile = try tile(of: picture)
        let panel = Panel(page, pixels, width: layout.width, height: layout.height)
        fill(panel, .white)
        drawHead(on: panel)
        let blender = HeatBlender(width: tile.width, height: tile.height, pixels, AVCHROMA_LOC_UNSPECIFIED)
        let scale = (x: Double(tile.width) / Double(input.width), y: Double(tile.height) / Double(input.height))
        let source = Panel(tile, pixels, width: tile.width, height: tile.height)
        for (number, cell) in sheet.cells.enumerated() {
            let (x, y) = layout.origin(number)
            let target = panel.part(x: x, y: y, width: tile.width, height: tile.height)
            switch cell.content {
            case .picture:
                target.copy(source)
                boxes.named.draw(sheet.things, scale: scale, avoiding: nil, on: target)
            case .heat(let map):
                blender.blend(map.scaled(x: scale.x, y: scale.y), heat, from: source, to: target)
                boxes.plain.draw(sheet.things, scale: scale, avoiding: nil, on: target)
            case .remark(let text): draw(text, on: target)
            }
            drawCaption(cell, x: x, y: y + tile.height + 4, on: panel)
        }
        for (number, line) in footnotes.enumerated() {
            small.draw(
                line, x: SheetLayout.margin, y: layout.footTop + 12 + number * small.lineHeight,
                room: layout.width - 2 * SheetLayout.margin, Self.grey, on: panel)
        }
        return page
    }

    /// The picture in a tile's size, with square pixels.
    private func tile(of picture: borrowing Frame) throws(OverlayError) -> Frame {
        guard isSmall else { return try scaled(picture, width: layout.tileWidth, height: layout.tileHeight) }
        let own = try scaled(picture, width: input.width, height: input.height)
        var format = outputFormat
        (format.width, format.height) = (input.width, input.height)
        let side = layout.tileWidth / input.width * min(input.width, input.height)
        guard let enlarger = try Enlarger(format, leastSide: side) else { return own }
        return try enlarger.enlarge(own)
    }

    private func scaled(_ picture: borrowing Frame, width: Int, height: Int) throws(OverlayError) -> Frame {
        var format = outputFormat
        (format.width, format.height) = (width, height)
        let tile: Frame
        do { tile = try FramePool(format).frame(timedLike: picture) } catch { throw .outOfMemory(error) }
        let isShrunk = format.width < input.width && format.height < input.height
        do {
            let scaler = try Scaler(
                from: Scaler.Side(placingChromaOf: input), to: Scaler.Side(format), isShrunk ? .area : .exact)
            if let toneMapper {
                try scaler.scale(try toneMapper.map(picture), into: tile)
            } else {
                try scaler.scale(picture, into: tile)
            }
        } catch {
            throw .cannotScale(error)
        }
        return tile
    }

    private func fill(_ panel: Panel, _ colour: RGB) {
        panel.fill(PixelBox(x0: 0, y0: 0, x1: panel.width, y1: panel.height), colour, opacity: 1, codes)
    }

    private func drawHead(on panel: Panel) {
        let margin = SheetLayout.margin
        let words = ("no evidence", "most")
        let (barX, barY) = (
            layout.width - margin - small.width(words.1) - 8 - Self.bar.width,
            margin + (large.lineHeight - Self.bar.height) / 2 + 2
        )
        let wordsX = barX - 8 - small.width(words.0)
        let wordsY = barY + (Self.bar.height - small.lineHeight) / 2
        let room = layout.width - 2 * margin
        large.draw(sheet.title, x: margin, y: margin, room: max(wordsX - margin - 24, 0), Self.ink, on: panel)
        small.draw(sheet.remark, x: margin, y: margin + large.lineHeight + 2, room: room, Self.grey, on: panel)

        small.draw(words.0, x: wordsX, y: wordsY, room: room, Self.grey, on: panel)
        small.draw(words.1, x: barX + Self.bar.width + 8, y: wordsY, room: room, Self.grey, on: panel)
        let target = panel.part(x: barX, y: barY, width: Self.bar.width, height: Self.bar.height)
        // Two nodes at the bar's ends: half of what the map covers lies beyond them.
        let length = Double(Self.bar.width)
        let ramp = Heatmap(
            height: 1, width: 2, values: [0, 1],
            region: Region(x: -length / 2, y: 0, width: 2 * length, height: Double(Self.bar.height)))
        HeatBlender(width: Self.bar.width, height: Self.bar.height, pixels, AVCHROMA_LOC_UNSPECIFIED)
            .blend(ramp, colours, from: target, to: target)
    }

    private func drawCaption(_ cell: Sheet.Cell, x: Int, y: Int, on panel: Panel) {
        let room = layout.tileWidth
        let edge: Typesetter.Edge = if case .path = cell.title { .start } else { .end }
        medium.draw(cell.title.text, x: x, y: y, room: room, Self.ink, losing: edge, on: panel)
        // On a line of its own, or at the end of the title's, on the same base line.
        let top = hasCaptionsOfTwoLines ? y + medium.lineHeight : y + medium.ascent - small.ascent
        small.draw(
            cell.detail, x: x, y: top, room: room, Self.grey, hasCaptionsOfTwoLines ? .left : .right, losing: .start,
            on: panel)
    }

    /// A few words in the middle of a grey tile.
    private func draw(_ remark: String, on target: Panel) {
        fill(target, Self.pale)
        let room = target.width - 24
        let lines = small.lines(remark, within: room).prefix(max(target.height / small.lineHeight, 1))
        let top = (target.height - lines.count * small.lineHeight) / 2
        for (number, line) in lines.enumerated() {
            small.draw(line, x: 12, y: top + number * small.lineHeight, room: room, Self.grey, .centre, on: target)
        }
    }
}
