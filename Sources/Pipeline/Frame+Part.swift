import CFFmpeg

extension Frame {
    /// A part of the picture, of the same pixels: nothing is copied. Its corner is moved to where chroma has a sample, so that
    /// the part may be a pixel larger.
    ///
    /// - Parameter box: within the picture.
    package func part(_ box: PixelBox, _ layout: PixelLayout) throws(FFmpegError) -> Frame {
        let part = try reference()
        let x = box.x0 & ~((1 << layout.log2ChromaWidth) - 1)
        let y = box.y0 & ~((1 << layout.log2ChromaHeight) - 1)
        part.av.pointee.crop_left = x
        part.av.pointee.crop_top = y
        part.av.pointee.crop_right = width - box.x1
        part.av.pointee.crop_bottom = height - box.y1
        try FFmpegError.check(
            av_frame_apply_cropping(part.av, Int32(AV_FRAME_CROP_UNALIGNED)), "av_frame_apply_cropping")
        return part
    }
}
