// swift-tools-version: 6.1
import PackageDescription

// Measures the library from within a program that imports it; `compare` runs it. Apart from the package itself, so that
// who builds that does not build this.
let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "mlwh", path: "..")],
    targets: [
        .executableTarget(name: "bench", dependencies: [.product(name: "MiniWarehouse", package: "mlwh")]),
    ],
    swiftLanguageModes: [.v6]
)
