import TestSupport
import Testing
import WarehouseBasics
@testable import WarehouseScaffold

/// The package that `init` writes.
@Suite struct InitTests {
    private let directory: ScratchDirectory
    private let engine = EngineDependency.folder(SwiftCompiler.packageRoot)

    init() throws { directory = try ScratchDirectory() }

    /// What the package manager makes of embedded files.
    private static let resources = "enum PackageResources { static let countries_csv: [UInt8] = [] }\n"

    @Test func itTypeChecks() throws {
        let files = try SampleProject(PackageName("my-shop"), on: engine).files
        try files.write(to: directory.path + "/out")
        var sources = files.files.map(\.path).filter { $0.hasPrefix("Sources/") && $0.hasSuffix(".swift") }
            .map { "\(directory.path)/out/\($0)" }
        #expect(sources.count == 5)
        sources.append(try directory.file("resources.swift", Self.resources))
        #expect(try SwiftCompiler.typecheck(sources, in: directory, module: "my_shop") == [])
    }

    @Test(.enabled(if: Effort.isLong, "builds a package of its own, which takes minutes: MLWH_LONG=1"))
    func itBuildsAndRuns() throws {
        try SampleProject(PackageName("shop"), on: engine).files.write(to: directory.path + "/shop")
        let built = try Shell.run("cd shop && swift build 2>&1 | tail -20", in: directory)
        #expect(built.output.contains("Build complete"), "\(built.output)")
        let set = try Shell.run("cd shop && .build/debug/shop sql -f setup.sql", in: directory)
        #expect(set.code == 0, "\(set.output)")
        let run = try Shell.run("cd shop && .build/debug/shop build", in: directory)
        #expect(run.code == 0, "\(run.output)")
        #expect(run.output.contains("ERROR=0"))
        let shown = try Shell.run("cd shop && .build/debug/shop show --select revenue_by_region --format csv", in: directory)
        let rows = Set(shown.output.split(separator: "\n").map(String.init))
        // Sums by hand, from data/orders.csv and countries.csv; order 3 was not paid.
        for row in ["Europe,2,20.25", "America,2,99", "Asia,1,45.25", "unknown,1,31"] {
            #expect(rows.contains(row), "\(shown.output)")
        }
    }

    @Test func aFolderThatHoldsAnythingStaysAsItIs() throws {
        try directory.file("there/notes.txt", "mine")
        let files = try SampleProject(PackageName("shop"), on: engine).files
        #expect(throws: WarehouseError.self) { try files.write(to: directory.path + "/there") }
        #expect(try Shell.run("ls -A there", in: directory).output == "notes.txt\n")
        #expect(throws: WarehouseError.self) { try files.write(to: directory.path + "/there/notes.txt") }
        // An empty one is taken.
        #expect(try Shell.run("mkdir empty", in: directory).code == 0)
        try files.write(to: directory.path + "/empty")
        #expect(try Shell.run("ls empty", in: directory).output == "Package.swift\nREADME.md\nSources\ndata\nsetup.sql\n")
    }

    @Test(arguments: [
        "", "1shop", "-shop", "a b", "a/b", "../up", "shöp", "class", "Self", "select", "order", "swift", "main", "mlwh",
        "warehousemodels", "a\nb", "a\"b", String(repeating: "x", count: 65),
    ])
    func namesThatCannotBe(_ name: String) { #expect(throws: WarehouseError.self) { try PackageName(name) } }

    @Test func namesThatCan() throws {
        #expect(try PackageName("my-shop").module == "my_shop")
        #expect(try PackageName("my-shop").database == "MY_SHOP")
        #expect(try PackageName("Orders2").database == "ORDERS2")
    }

    @Test func whereTheEngineIs() throws {
        let released = try EngineDependency("https://example.org/tools/warehouse.git", branch: nil, version: "0.1.0")
        #expect(released.declaration == ".package(url: \"https://example.org/tools/warehouse.git\", from: \"0.1.0\")")
        #expect(released.identity == "warehouse")
        let branch = try EngineDependency("git@example.org:tools/mlwh.git", branch: "main", version: "0.1.0")
        #expect(branch.declaration == ".package(url: \"git@example.org:tools/mlwh.git\", branch: \"main\")")
        #expect(branch.identity == "mlwh")
        #expect(throws: WarehouseError.self) { try EngineDependency(directory.path, branch: nil, version: "0.1.0") }
        #expect(throws: WarehouseError.self) {
            try EngineDependency(SwiftCompiler.packageRoot, branch: "main", version: "0.1.0")
        }
    }
}
