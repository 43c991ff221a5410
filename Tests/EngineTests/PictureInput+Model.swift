import ONNX

@testable import Engine

extension PictureInput {
    /// RGB from 0 to 1, at the size that the model has.
    init(of model: borrowing Model) throws {
        let image = try model.graph.imageInput()
        let size = image.height ?? 16
        self.init(
            name: image.name, height: size, width: image.width ?? size, channels: 3, isChannelsFirst: true,
            mean: [0, 0, 0], scale: [255, 255, 255])
    }
}
