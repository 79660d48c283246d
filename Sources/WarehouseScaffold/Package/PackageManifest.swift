/// The text of a written package's Package.swift and of what lies beside it.
enum PackageManifest {
    /// `seeds` are CSV files below the target's folder that its executable carries.
    static func text(_ name: PackageName, on engine: EngineDependency, seeds: [String]) -> String {
        let resources = seeds.isEmpty ? "" : """
            ,
                        resources: [
            \(seeds.map { "                .embedInCode(\(SwiftWords.literal($0)))," }.joined(separator: "\n"))
                        ]
            """
        return """
            // swift-tools-version: 6.1
            import PackageDescription

            let package = Package(
                name: \(SwiftWords.literal(name.text)),
                platforms: [.macOS(.v15)],
                dependencies: [
                    \(engine.declaration),
                ],
                targets: [
                    .executableTarget(
                        name: \(SwiftWords.literal(name.text)),
                        dependencies: [
                            .product(name: "WarehouseModels", package: \(SwiftWords.literal(engine.identity))),
                            .product(name: "WarehouseCommands", package: \(SwiftWords.literal(engine.identity))),
                        ]\(resources)),
                ],
                swiftLanguageModes: [.v6]
            )

            """
    }

    static let ignored = ".build/\n.swiftpm/\nPackage.resolved\n*.mlwh/\n/target/\n"
}
