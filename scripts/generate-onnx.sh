#!/usr/bin/env bash
# Generates Sources/ONNX/onnx.pb.swift from onnx.proto. Needs protoc (Debian: protobuf-compiler); the Swift plugin is
# built from the swift-protobuf release that the package resolved. Only for those who change onnx.proto.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(grep -A 6 '"swift-protobuf"' Package.resolved | grep -m 1 -o '"version" : "[^"]*"' | cut -d '"' -f 4)
mkdir -p "$work/Sources/plugin"
echo 'print("builds the plugin")' >"$work/Sources/plugin/main.swift"
cat >"$work/Package.swift" <<SWIFT
// swift-tools-version: 6.0
import PackageDescription
let package = Package(
    name: "plugin",
    dependencies: [.package(url: "https://github.com/apple/swift-protobuf", exact: "$version")],
    targets: [
        .executableTarget(
            name: "plugin", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")])
    ]
)
SWIFT
swift build --package-path "$work" --product protoc-gen-swift
bin=$(swift build --package-path "$work" --show-bin-path)

protoc --plugin="$bin/protoc-gen-swift" --proto_path=Sources/ONNX \
    --swift_opt=Visibility=Internal --swift_opt=UseAccessLevelOnImports=true \
    --swift_out=Sources/ONNX onnx.proto
