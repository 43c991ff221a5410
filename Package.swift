// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// Where the dynamic linker finds the OpenVINO runtime: beside an installed program, or in the checkout's .deps/.
let runtimeLibraries: [LinkerSetting] = [
    .unsafeFlags([
        "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../lib/camstream",
        "-Xlinker", "-rpath", "-Xlinker", "$ORIGIN/../../../.deps/openvino/lib",
    ])
]

// By which debuggers find the symbols of an installed program.
let buildNumber = LinkerSetting.unsafeFlags(["-Xlinker", "--build-id=sha1"])

// Of our own loops. Compilers for arm64 would fuse multiplications with additions, and round once where others round twice.
let loops: [CSetting] = [.unsafeFlags(["-O3", "-ffp-contract=off"])]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let http: [Target.Dependency] = [
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
    .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func target(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource] = [],
    linker: [LinkerSetting] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: settings,
        linkerSettings: linker)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: settings)
}

let package = Package(
    name: "camstream",
    products: [.executable(name: "camstream", targets: ["camstream"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .executableTarget(
            name: "camstream",
            dependencies: [
                "Capture", "Catalogue", "Daemon", "Demo", "Detect", "Engine", "Evaluate", "Events", "Fit", "Infer",
                "ONNX",
                "Overlay",
                "Encode",
                "Serve", "Kept", "Live", "Reports", "Steadiness", "Batch", "Pipeline", "Teach", "Tracking", "Viewer",
                "CFFmpeg",
                "CStart",
                argumentParser, deque, logging,
            ],
            swiftSettings: settings, linkerSettings: runtimeLibraries + [buildNumber]),

        target("Pipeline", ["CFFmpeg", "CLinux", "COpenSSL", "CTone", deque, yams]),
        target("Capture", ["Kept", "Pipeline", "Demo", "CFFmpeg", "CV4L2"]),
        target("Demo", ["Pipeline", "CCairo"]),
        target("Steadiness", ["Demo", "Pipeline", "CFFmpeg"]),
        target("ONNX", [protobuf], exclude: ["onnx.proto"]),
        target("Engine", ["ONNX", "Pipeline", "COpenVINO"], linker: runtimeLibraries),
        target(
            "Infer",
            ["Detect", "Engine", "Pipeline", "ONNX", "Tracking", "CFFmpeg", "COpenBLAS", "CResize"],
            linker: runtimeLibraries),
        target("Tracking", ["Pipeline", "CMotion", "CSteady"]),
        // What detectors found: boxes, and objects over time.
        target("Detect", ["Pipeline"]),
        target("Overlay", ["Pipeline", "CFFmpeg", "CPango", "CBlend"]),
        target("Encode", ["Kept", "Pipeline", "CFFmpeg", "CLinux", "CZlib"]),
        // What a recording that stays untouched has beside its own streams.
        target("Kept", ["Pipeline"]),
        target("Catalogue", ["Infer", "Pipeline", "CCurl", "CLinux", yams], linker: runtimeLibraries),

        target(
            "Fit",
            [
                "Capture", "Engine", "Infer", "ONNX", "Overlay", "Pipeline", "Reports", "Serve", "Tracking", "CFFmpeg",
                "COpenBLAS", "CLBFGS", yams,
            ],
            linker: runtimeLibraries),
        // How well maps explain, by figures.
        target("Evaluate", ["Pipeline", "Reports", "CContour", "CZlib"]),
        // Pages that people are sent.
        target(
            "Reports", ["Overlay", "Pipeline", "Serve", "CFFmpeg"],
            resources: [.embedInCode("Resources/report.css")]),

        // Many recordings: what is to be done, what is done, and how to check it.
        target("Batch", ["Pipeline", "Reports"], resources: [.embedInCode("Resources/batch.js")]),

        // Kept recordings as pages that play them.
        target(
            "Viewer", ["Capture", "Encode", "Kept", "Overlay", "Pipeline", "Serve", "CFFmpeg", "CZlib"],
            resources: [
                "clip.html", "list.html", "view.css", "data.js", "heat.js", "boxes.js", "timeline.js", "pictures.js",
                "player.js",
                "panel.js", "list.js",
            ].map { .embedInCode("Resources/\($0)") }),

        // Classes that are taught while a camera runs.
        target(
            "Teach",
            ["Encode", "Fit", "Infer", "Live", "Pipeline", "Serve", "CFFmpeg", "CSQLite", "CZlib"],
            linker: runtimeLibraries),

        target("Daemon", []),
        // What happens before cameras, and where it goes.
        target("Events", ["Encode", "Pipeline", "Serve", "CCurl", "CLinux", "CMosquitto", "COpenSSL", logging]),
        target(
            "Live",
            [
                "Capture", "Detect", "Encode", "Engine", "Events", "Infer", "Overlay", "Pipeline", "Serve", "Tracking",
                "CFFmpeg", deque, logging,
            ],
            linker: runtimeLibraries),
        target(
            "Serve", ["Pipeline", "CColour", "CFFmpeg", "CTurboJPEG", "COpenSSL", deque, logging] + http,
            resources: [
                "head.html", "page.html", "overview.html", "style.css", "teach.html", "teach.css", "teach-set.js",
                "teach-hold.js", "teach-examples.js", "teach-panel.js", "video.js",
            ].map { .embedInCode("Resources/\($0)") }),

        // A service for DaemonTests to start; not a product.
        .executableTarget(
            name: "daemon-probe", dependencies: ["Daemon"], path: "Tests/DaemonProbe", swiftSettings: settings),

        .target(name: "CBlend", cSettings: loops),
        .target(name: "CColour", cSettings: loops),
        .target(name: "CContour", cSettings: loops),
        .target(name: "CMotion", cSettings: loops),
        .target(name: "CResize", cSettings: loops),
        .target(name: "CTone", cSettings: loops),
        .target(name: "CSteady", cSettings: loops),
        .target(name: "CStart"),
        .systemLibrary(name: "CFFmpeg", pkgConfig: "libavformat"),
        .systemLibrary(name: "COpenVINO", pkgConfig: "openvino"),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas"),
        .systemLibrary(name: "CLBFGS", pkgConfig: "liblbfgs"),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3"),
        .systemLibrary(name: "CCairo", pkgConfig: "cairo"),
        .systemLibrary(name: "CV4L2", pkgConfig: "libv4l2"),
        .systemLibrary(name: "CPango", pkgConfig: "pangocairo pangoft2 fontconfig"),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl"),
        .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        .systemLibrary(name: "CLinux"),

        // The HTTP server with numbered pictures, for tests with browsers and under load; not a product.
        .executableTarget(
            name: "numbered-server",
            dependencies: ["Serve", "TeachMock", "Pipeline", "CFFmpeg", argumentParser, logging],
            path: "Tests/Browser/Server", swiftSettings: settings),
        // What is taught, in memory.
        .target(name: "TeachMock", dependencies: ["Serve"], path: "Tests/TeachMock", swiftSettings: settings),
        // Damaged inputs for all that reads what comes from outside, `make fuzz`; not a product.
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzTargets", "TestSupport", argumentParser], path: "Tests/Fuzz",
            swiftSettings: settings, linkerSettings: runtimeLibraries),
        .target(
            name: "FuzzTargets",
            dependencies: [
                "Capture", "Catalogue", "Detect", "Encode", "Events", "Evaluate", "Infer", "Kept", "ONNX", "Overlay",
                "Pipeline",
                "Serve", "TeachMock",
                "TestSupport", "CFFmpeg", logging,
            ],
            path: "Tests/FuzzTargets", swiftSettings: settings),
        tests("FuzzTests", ["FuzzTargets"]),
        .target(
            name: "TestSupport", dependencies: ["Capture", "Demo", "ONNX", "Pipeline", "CFFmpeg", "CV4L2", "CZlib"],
            path: "Tests/TestSupport", swiftSettings: settings),
        tests("PipelineTests", ["Pipeline", "CFFmpeg"]),
        tests("CaptureTests", ["Capture", "Demo", "Kept", "Pipeline", "CFFmpeg", "CV4L2"]),
        tests("DemoTests", ["Demo", "Pipeline"]),
        tests("SteadinessTests", ["Steadiness", "Demo", "Pipeline", "CFFmpeg"]),
        tests("ONNXTests", ["ONNX", protobuf]),
        // Pictures whose motion is known, and how far off a field is.
        .target(
            name: "MotionScenes", dependencies: ["Tracking", "TestSupport"], path: "Tests/MotionScenes",
            swiftSettings: settings),
        tests("EngineTests", ["Engine", "ONNX", "Pipeline"]),
        tests("InferTests", ["Detect", "Engine", "Infer", "ONNX", "Pipeline", "Tracking", "CFFmpeg"]),
        tests("TrackingTests", ["Tracking", "MotionScenes", "Pipeline", "CMotion"]),
        tests("DetectTests", ["Detect", "Pipeline"]),
        tests("EvaluateTests", ["Evaluate", "Pipeline", "Reports", "CZlib"]),
        tests("OverlayTests", ["Overlay", "Pipeline", "CFFmpeg", "CBlend"]),
        tests("EncodeTests", ["Encode", "Kept", "Pipeline", "CFFmpeg", "CLinux"]),
        tests("ReportsTests", ["Reports", "Overlay", "Pipeline", "CFFmpeg"]),
        tests("BatchTests", ["Batch", "Pipeline"]),
        tests("KeptTests", ["Kept", "Pipeline", "CFFmpeg"]),
        tests(
            "ViewerTests", ["Viewer", "Capture", "Encode", "Kept", "Overlay", "Pipeline", "Serve", "CFFmpeg", "CZlib"]),
        tests(
            "ServeTests",
            [
                "Serve", "TeachMock", "Pipeline", "CColour", "CFFmpeg", logging,
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ] + http),
        tests("EventsTests", ["Encode", "Events", "Pipeline", "Serve", logging]),
        tests("DaemonTests", ["Daemon", "daemon-probe"]),
        tests("CatalogueTests", ["Catalogue", "Infer", "Pipeline", "CLinux"]),
        tests("FitTests", ["Fit", "Capture", "Engine", "Infer", "ONNX", "Pipeline", "Reports", "CFFmpeg"]),
        tests("TeachTests", ["Teach", "Fit", "Infer", "Live", "Pipeline", "Serve", "CSQLite"]),
        tests(
            "LiveTests",
            [
                "Live", logging, "Capture", "Detect", "Encode", "Events", "Infer", "Overlay", "Pipeline", "Serve",
                "Tracking",
                "CFFmpeg",
            ]),
        tests(
            "CamstreamTests",
            [
                "camstream", argumentParser, logging, "Batch", "Capture", "Catalogue", "Demo", "Detect", "Encode",
                "Engine", "Evaluate", "Events",
                "Fit",
                "Infer", "Kept", "Live", "Overlay", "Pipeline", "Serve", "Steadiness", "Teach", "Tracking", "CFFmpeg",
                "CV4L2",
            ]),
    ]
)

// Only with CAMSTREAM_BENCHMARKS=1 are the programs of Benchmarks/ built. They are no package of their own, as they call
// what is `package` here, which only targets of this package see.
if Context.environment["CAMSTREAM_BENCHMARKS"] == "1" {
    func benchmark(_ name: String, _ folder: String, _ dependencies: [Target.Dependency]) -> Target {
        .executableTarget(
            name: name, dependencies: dependencies, path: "Benchmarks/\(folder)", swiftSettings: settings,
            linkerSettings: runtimeLibraries)
    }
    package.targets += [
        // Times the overlay by itself.
        benchmark("overlay-bench", "OverlayBench", ["Overlay", "Pipeline", "CFFmpeg"]),
        // Times the JPEG of a picture by itself.
        benchmark("jpeg-bench", "JPEGBench", ["Serve", "Pipeline", "CFFmpeg"]),
        // Times methods on a model.
        benchmark("method-bench", "MethodBench", ["Engine", "Infer", "Pipeline", "CFFmpeg", argumentParser]),
        // Times measurements of maps.
        benchmark("evaluate-bench", "EvaluateBench", ["Engine", "Evaluate", "Infer", "Pipeline", argumentParser]),
        // Times what makes maps steady, the motion search and the decoder's vectors.
        benchmark(
            "steady-bench", "SteadyBench",
            ["MotionScenes", "TestSupport", "Infer", "Pipeline", "Tracking", "CFFmpeg", argumentParser]),
    ]
}
