// swift-tools-version: 6.1
import PackageDescription

// Each target imports only what stands above it in this list; README.md draws the map.
let package = Package(
    name: "mlwh",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "MiniWarehouse", targets: ["MiniWarehouse"]),
        .library(name: "WarehouseModels", targets: ["WarehouseModels"]),
        .library(name: "WarehouseCharts", targets: ["WarehouseCharts"]),
        .library(name: "WarehouseDocs", targets: ["WarehouseDocs"]),
        .library(name: "WarehouseCommands", targets: ["WarehouseCommands"]),
        .library(name: "SQLLogicTest", targets: ["SQLLogicTest"]),
        .library(name: "WarehouseS3", targets: ["WarehouseS3"]),
        .executable(name: "mlwh", targets: ["mlwh"]),
        .executable(name: "slt", targets: ["slt"]),
    ],
    traits: [
        .trait(name: "S3", description: "External stages on s3://, by HTTP: brings an HTTP client and its libraries."),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"]), .brew(["lz4"])]),
        .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),

        .target(name: "WarehouseBasics"),
        .target(name: "WarehouseTerminal", dependencies: ["WarehouseBasics"]),
        .target(name: "WarehouseSQL", dependencies: ["WarehouseBasics"]),
        .target(name: "WarehousePlan", dependencies: ["WarehouseBasics", "WarehouseSQL"]),
        .target(name: "WarehouseColumns", dependencies: ["WarehouseBasics"]),
        .target(name: "WarehouseStorage", dependencies: ["WarehouseBasics", "WarehouseColumns", "CZlib", "CLZ4"]),
        .target(name: "WarehouseIngest", dependencies: ["WarehouseBasics", "WarehouseColumns", "CZlib", "CLZ4"]),
        .target(name: "WarehouseEngine", dependencies: [
            "WarehouseBasics", "WarehouseSQL", "WarehousePlan", "WarehouseColumns", "WarehouseStorage", "WarehouseIngest",
        ]),
        .target(name: "MiniWarehouse", dependencies: [
            "WarehouseBasics", "WarehouseSQL", "WarehousePlan", "WarehouseColumns", "WarehouseStorage",
            "WarehouseIngest", "WarehouseEngine", "CZlib",
            .target(name: "CCrypt", condition: .when(platforms: [.linux])),
        ]),
        .target(name: "WarehouseS3", dependencies: [
            "MiniWarehouse", "WarehouseIngest", "WarehouseBasics",
            .product(name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["S3"])),
            .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["S3"])),
        ]),
        .target(name: "WarehouseModels", dependencies: ["MiniWarehouse", "WarehouseBasics", "WarehouseSQL", "WarehousePlan"]),
        .target(name: "WarehouseCharts", dependencies: [
            "WarehouseModels", "MiniWarehouse", "WarehouseBasics", "WarehouseColumns",
        ], resources: [
            .embedInCode("Resources/theme.css"), .embedInCode("Resources/elements.js"),
            .embedInCode("Resources/dashboard.css"), .embedInCode("Resources/chart.js"),
            .embedInCode("Resources/dashboard.js"),
        ]),
        .target(name: "WarehouseServer", dependencies: ["WarehouseBasics"]),
        .target(name: "WarehouseDocs", dependencies: [
            "WarehouseCharts", "WarehouseModels", "MiniWarehouse", "WarehouseBasics", "WarehouseColumns", "WarehouseIngest",
        ], resources: [.embedInCode("Resources/site.css"), .embedInCode("Resources/site.js")]),
        .target(name: "MovieLens", dependencies: ["WarehouseCharts", "WarehouseModels", "MiniWarehouse", "WarehouseBasics", "CZlib"]),
        .target(name: "WarehouseCommands", dependencies: [
            "WarehouseDocs", "WarehouseCharts", "WarehouseServer", "MiniWarehouse", "WarehouseModels", "WarehouseBasics", "WarehouseSQL",
            "WarehouseColumns", "WarehouseIngest", "WarehouseTerminal", "CZlib",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ]),
        .target(name: "WarehouseScaffold", dependencies: [
            "WarehouseModels", "MiniWarehouse", "WarehouseBasics", "WarehouseSQL",
        ]),
        .executableTarget(name: "mlwh", dependencies: [
            "WarehouseCommands", "WarehouseScaffold", "WarehouseS3", "MovieLens", "MiniWarehouse", "WarehouseBasics",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ]),
        .target(name: "SQLLogicTest", dependencies: ["MiniWarehouse", "WarehouseBasics"]),
        .executableTarget(name: "slt", dependencies: ["SQLLogicTest"]),

        .target(name: "TestSupport", dependencies: ["WarehouseBasics"], path: "Tests/Support"),
        // Random cases against references: the unit tests run a few, `torture` many.
        .target(name: "Trials", dependencies: [
            "TestSupport", "MiniWarehouse", "WarehouseStorage", "WarehouseIngest", "WarehouseSQL", "WarehouseColumns", "WarehouseBasics",
            "CZlib",
        ], path: "Tests/Trials", exclude: ["Parser/Corpus"]),
        .executableTarget(name: "torture", dependencies: [
            "Trials", "TestSupport", "SQLLogicTest", "WarehouseModels", "MiniWarehouse", "WarehouseStorage", "WarehouseBasics",
        ], path: "Tests/Torture", exclude: ["TPCH"]),

        .testTarget(name: "DifferentialTests", dependencies: ["Trials"]),
        .testTarget(name: "WarehouseBasicsTests", dependencies: ["WarehouseBasics"]),
        .testTarget(name: "WarehouseTerminalTests", dependencies: ["WarehouseTerminal", "WarehouseBasics"]),
        .testTarget(name: "MiniWarehouseTests", dependencies: ["Trials", "TestSupport", "MiniWarehouse", "WarehouseSQL", "WarehouseBasics"]),
        .testTarget(name: "WarehouseModelsTests", dependencies: [
            "TestSupport", "WarehouseModels", "MiniWarehouse", "WarehouseSQL", "WarehouseBasics",
        ]),
        .testTarget(name: "MovieLensTests", dependencies: [
            "TestSupport", "MovieLens", "WarehouseModels", "MiniWarehouse", "WarehouseBasics", "CZlib",
        ], exclude: ["Oracle"]),
        .testTarget(name: "WarehouseSQLTests", dependencies: ["TestSupport", "Trials", "WarehouseSQL", "WarehouseBasics"]),
        .testTarget(name: "WarehouseEngineTests", dependencies: [
            "TestSupport", "WarehouseEngine", "WarehouseBasics", "WarehouseColumns", "WarehousePlan", "WarehouseStorage",
        ]),
        .testTarget(name: "WarehouseStorageTests", dependencies: [
            "Trials", "TestSupport", "WarehouseStorage", "WarehouseColumns", "WarehouseBasics",
        ]),
        .testTarget(name: "WarehousePlanTests", dependencies: ["WarehousePlan", "WarehouseSQL", "WarehouseBasics"]),
        .testTarget(name: "WarehouseCommandsTests", dependencies: [
            "TestSupport", "WarehouseCommands", "MiniWarehouse", "WarehouseIngest", "WarehouseStorage", "WarehouseColumns",
            "WarehouseBasics", "WarehouseTerminal", "WarehouseSQL", "MovieLens", "mlwh",
        ], exclude: ["Golden", "terminal.py"]),
        .testTarget(name: "WarehouseScaffoldTests", dependencies: [
            "TestSupport", "WarehouseScaffold", "WarehouseModels", "WarehouseCommands", "MiniWarehouse", "WarehouseBasics",
            // What our reader of YAML is compared with; no product brings it.
            .product(name: "Yams", package: "Yams"),
        ]),
        .testTarget(name: "WarehouseServerTests", dependencies: ["WarehouseServer", "WarehouseBasics"]),
        .testTarget(name: "WarehouseDocsTests", dependencies: [
            "TestSupport", "WarehouseCommands", "WarehouseServer", "WarehouseDocs", "WarehouseCharts", "WarehouseModels", "MiniWarehouse",
            "WarehouseBasics",
        ]),
        .testTarget(name: "WarehouseIngestTests", dependencies: [
            "TestSupport", "Trials", "WarehouseIngest", "WarehouseColumns", "WarehouseBasics", "CZlib",
        ]),
        .testTarget(name: "SQLLogicTestTests", dependencies: ["SQLLogicTest"]),
        .testTarget(name: "WarehouseS3Tests", dependencies: [
            "WarehouseS3", "MiniWarehouse", "WarehouseIngest", "WarehouseBasics", "mlwh",
        ]),
        .testTarget(name: "TidyTests"),
    ],
    swiftLanguageModes: [.v6]
)

// For a program that is to be small (`Scripts/static`) what does no work on rows is compiled for size.
if Context.environment["MLWH_SMALL"] == "1" {
    let cold: Set = ["WarehouseModels", "WarehouseScaffold", "WarehouseCommands", "WarehouseDocs", "WarehouseCharts",
                     "WarehouseServer", "WarehouseTerminal", "MovieLens"]
    for target in package.targets where cold.contains(target.name) {
        target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-Osize"])]
    }
}
