extension ReadData {
    /// A folder for each class.
    init(folders tree: FileTree) throws(DataError) {
        for picture in tree.pictures {
            guard let end = picture.firstIndex(of: "/") else {
                leftOut.append(LeftOut(name: picture, reason: "it lies in no class's folder"))
                continue
            }
            pictures.append(
                LabelledPicture(path: tree.full(picture), name: picture, label: String(picture[..<end])))
        }
        guard !pictures.isEmpty else {
            throw .notLikeThis(path: tree.path, layout: .folders, missing: "no folder has images")
        }
    }

    /// Pictures, and for each a PNG file of the same name that says which pixels are the object.
    ///
    /// - Parameter folder: of those files.
    init(masks tree: FileTree, folder: String) throws(DataError) {
        let layout = folder == "masks" ? DataLayout.masks : .trimaps
        guard let masks = tree.folder(folder)?.filter({ FileTree.ending($0) == "png" }), !masks.isEmpty else {
            throw .notLikeThis(path: tree.path, layout: layout, missing: "there is no folder \(folder) with PNG files")
        }
        for mask in masks {
            // Below the folder masks lie as pictures do.
            let parts = mask.split(separator: "/").map(String.init)
            let below = parts[(parts.lastIndex(of: folder)! + 1)...].dropLast()
            guard let picture = tree.picture(of: (below + [FileTree.stem(mask)]).joined(separator: "/"), below: below)
            else {
                leftOut.append(LeftOut(name: mask, reason: "there is no image of its name"))
                continue
            }
            pictures.append(
                LabelledPicture(
                    path: tree.full(picture), name: picture,
                    label: below.first ?? Self.beforeNumber(FileTree.stem(picture)), mask: tree.full(mask)))
        }
        guard !pictures.isEmpty else {
            throw .notLikeThis(path: tree.path, layout: layout, missing: "no mask has an image of its name")
        }
    }

    /// "american_bulldog" of "american_bulldog_100".
    private static func beforeNumber(_ stem: String) -> String {
        let name = stem.reversed().drop(while: \.isNumber).drop { "_- ".contains($0) }.reversed()
        return name.isEmpty ? stem : String(name)
    }
}

extension FileTree {
    /// The same of a name that must end with these folders, where there are any.
    func picture(of name: String, below folders: some Collection<String>) -> String? {
        guard !folders.isEmpty else { return picture(of: name) }
        let end = folders.joined(separator: "/")
        return pictures(called: name).first { Self.parent($0) == end || Self.parent($0).hasSuffix("/" + end) }
    }
}
